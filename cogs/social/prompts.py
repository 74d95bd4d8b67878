"""The themes of the social channel and their prompts.

Each prompt is for everybody: nobody needs a pet, a partner, children, a faith, money or holidays to answer;
a few written words or one photo are enough; nothing private is asked, and there is nothing to win.

Decks remember prompts by their place in a theme: add new ones at the end.
"""

from dataclasses import dataclass


def N_(text: str) -> str:
    """Mark a text for the catalogue (gettext keyword ``N_``); it is translated where it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Theme:
    """A subject for a social channel; `weekday_hint`: the weekdays it suits best (Monday is 0), or none."""

    name: str
    title: str
    emoji: str
    weekday_hint: frozenset[int]
    prompts: tuple[str, ...]


ANY_DAY: frozenset[int] = frozenset()
MONDAY = 0
FRIDAY = 4

THEMES: tuple[Theme, ...] = (
    Theme(
        name="pets",
        title=N_("Pets and other creatures"),
        emoji="🐾",
        weekday_hint=ANY_DAY,
        prompts=(
            N_(
                "Show us an animal you share your days with, or one you only know by sight: "
                "the neighbour's cat, the pigeon on the ledge, the dog at the corner shop."
            ),
            N_("If any animal could join the team for one day, which one would you pick, and for which task?"),
            N_("What is the funniest or the kindest thing you have ever seen an animal do?"),
            N_("Which animal has a talent that you would happily borrow for an afternoon?"),
            N_("Name a creature that most people overlook and that you find wonderful."),
            N_("Tell us about an animal that turned up somewhere it clearly had no business being."),
            N_("Post an animal that looks the way your day feels: a photo, a drawing or an emoji will do."),
            N_("What is the best animal name you have ever heard? Ship's cats, cartoon dogs and stuffed toys count."),
            N_("Which fictional animal would you trust to water your plants, and which one certainly not?"),
            N_(
                "Animals sleep in gloriously silly positions. Show us one, or describe the best nap you have witnessed."
            ),
            N_("Which animal could you watch for an hour without getting bored?"),
            N_("Which animals are completely ordinary where you are? Somebody here will find them exotic."),
        ),
    ),
    Theme(
        name="reading",
        title=N_("What we are reading"),
        emoji="📚",
        weekday_hint=frozenset({MONDAY}),
        prompts=(
            N_(
                "What are you reading at the moment? Novels, comics, recipes, manuals "
                "and the back of the cereal box all count."
            ),
            N_("Share one sentence that has stayed with you, and tell us where you found it."),
            N_("Show us the pile, shelf, list or app where the things you mean to read are waiting."),
            N_("Which book or article do you keep recommending to people, whether or not they ask?"),
            N_("Where do you read or listen best: on a train, under a tree, at the kitchen table? Show us the spot."),
            N_("Which place from a story would you visit for one afternoon, and what would you do there?"),
            N_("Which book that everybody praises did you give up on? Confess here, nobody will argue."),
            N_("Which text would you hand to somebody on their first day in your line of work?"),
            N_("Recommend something short: a poem, a comic strip, anything that takes less than ten minutes."),
            N_("Which character from a story would make a surprisingly good colleague?"),
            N_("Tell us about the last rabbit hole you fell into: what were you looking up, and where did you end up?"),
            N_("What can you read, hear or watch again and again, knowing exactly how it ends?"),
        ),
    ),
    Theme(
        name="weekend",
        title=N_("Weekend photos"),
        emoji="📷",
        weekday_hint=frozenset({MONDAY, FRIDAY}),
        prompts=(
            N_(
                "One photo from your latest days off, no masterpiece needed: what was in front of you at a good moment?"
            ),
            N_("What does the first hour of a day off look like for you? A photo of your teapot tells us a lot."),
            N_("Show us the sky on one of your days off. Plain grey counts."),
            N_("Which small thing turns an ordinary day off into a good one?"),
            N_("Look for something bright yellow on a day off, take a picture, and tell us where it was hiding."),
            N_("What do you gladly leave undone when you have a day to yourself?"),
            N_(
                "If your last weekend were a film, what would it be called? "
                "A film in which nothing happens is still a film."
            ),
            N_("Show us one spot where you like to spend a free hour, even if it is the sofa."),
            N_("Which sound belongs to your days off: rain, a kettle, a crowd, complete silence?"),
            N_("Cooked, mended, planted, tidied or drawn: show us something you did lately, finished or not."),
            N_("Imagine that this weekend had two extra hours that nobody else knew about. How would you spend them?"),
            N_("Find the last photo you took just because something was pretty or funny, and share it with us."),
        ),
    ),
    Theme(
        name="food",
        title=N_("At the table"),
        emoji="🍲",
        weekday_hint=ANY_DAY,
        prompts=(
            N_("What did you last eat that made you stop and think: this is really good?"),
            N_("What is a perfectly ordinary breakfast where you are? Show us one, or describe it to us."),
            N_("Which dish would you like everybody here to taste once?"),
            N_("What is your most reliable meal when there is no time and no patience left?"),
            N_("Tea, coffee, mate, water with a slice of something: what is in your cup today? Show us the cup."),
            N_("Which smell from a kitchen, a bakery or a street stall makes you turn your head at once?"),
            N_("Tell us about a kitchen disaster that you can laugh about today."),
            N_("Which fruit or vegetable deserves more love? Plead its case in two sentences."),
            N_("Which combination of foods do you enjoy although it makes people raise an eyebrow?"),
            N_("Which spice, sauce or herb makes almost everything better?"),
            N_("Explain a snack from your part of the world to somebody who has never seen it. Pictures help."),
            N_("Do you follow recipes to the letter or make them up as you go? Give us one example, good or terrible."),
        ),
    ),
    Theme(
        name="music",
        title=N_("Music and sounds"),
        emoji="🎧",
        weekday_hint=ANY_DAY,
        prompts=(
            N_("Which song has been stuck in your head lately? Pass it on, we can take it."),
            N_("What do you like to have around you when you concentrate: music, rain, café noise, nothing at all?"),
            N_("Share a song in a language that few people here speak, and tell us what it is about."),
            N_("Which song makes it impossible for you to keep still?"),
            N_("You come through the door like the hero of a film. What is playing?"),
            N_("Tell us about a live performance you enjoyed: on a big stage, in a school hall, at a street corner."),
            N_("Which instrument would you like to wake up playing perfectly?"),
            N_("Show us an object near you that makes a satisfying sound, whether or not it is an instrument."),
            N_("What is the right music for a grey and rainy afternoon?"),
            N_("Which film, series or game has a soundtrack that works without the pictures?"),
            N_(
                "Add one track to the playlist for a long train journey, and tell us what should be outside the window."
            ),
            N_("Which line of a song did you mishear for years, and what did you think it said?"),
        ),
    ),
    Theme(
        name="places",
        title=N_("Where we are"),
        emoji="🗺️",
        weekday_hint=ANY_DAY,
        prompts=(
            N_(
                "Show us a view that you often have, from a window, a bus stop or a bench. "
                "It need not tell anybody where you live."
            ),
            N_("Close your eyes for ten seconds. What do you notice around you?"),
            N_("If somebody from the team had one free hour in your area, where would you send them?"),
            N_("Which building or bridge do you like to look at? Ugly but lovable ones are welcome."),
            N_("Report today's weather in the style of a poet, a pirate or a sports commentator."),
            N_("How do you notice that a new season has begun where you are?"),
            N_("What do visitors to your part of the world nearly always get wrong?"),
            N_("Show us a tree, a flower or a stubborn weed that you pass regularly."),
            N_("Which place is much better than its reputation?"),
            N_("Where do you go, outdoors or indoors, when you need ten minutes of peace?"),
            N_("What did you notice only recently, although it has been around the corner for years?"),
            N_("Show us a sign, a mural or a shop window that made you smile."),
        ),
    ),
    Theme(
        name="desk",
        title=N_("Desks and corners"),
        emoji="🪴",
        weekday_hint=ANY_DAY,
        prompts=(
            N_(
                "Show us your desk as it is, or its one presentable corner. "
                "Just check that no secrets are in the picture."
            ),
            N_("What stands on your desk without any practical use, and why may it stay?"),
            N_("Which tool or trick did you discover late and would not give up again?"),
            N_("Where do you work or think when you are tired of your usual spot?"),
            N_("Name three things that you can reach right now without getting up."),
            N_("Which cup, pencil or cushion has earned its place in your working day?"),
            N_("Show us the best light of your working day: morning sun, a small lamp, the glow of the screen."),
            N_("What do you do in the two minutes between one task and the next?"),
            N_("Which keyboard shortcut or command do your fingers know better than you do?"),
            N_("Add one impossible thing to your workspace: a fireplace, a waterfall, a library ladder. What is it?"),
            N_("How do you tell yourself that the working day is over?"),
            N_("What would a detective conclude from your desk alone?"),
        ),
    ),
    Theme(
        name="smallwins",
        title=N_("Small wins"),
        emoji="🌱",
        weekday_hint=ANY_DAY,
        prompts=(
            N_("What went better than expected in the last few days? The smaller, the better."),
            N_("Which tiny annoyance did you finally get rid of?"),
            N_("Who made something easier for you lately? Here is a good place to say thank you."),
            N_("What feels easier today than it did a month ago?"),
            N_("Show us something that got finished: a task, a jigsaw, a jar of jam, a list with ticks on it."),
            N_("Which kind sentence did somebody say or write to you that you still remember?"),
            N_("What did you delete, give away or cancel that made life a little lighter?"),
            N_("Which job did you put off for ages, only to find that it took ten minutes?"),
            N_("What did you repair, unblock or untangle without anybody noticing? We would like to notice."),
            N_("What made you laugh out loud recently?"),
            N_("Tell us about something that simply worked, at the first attempt and without drama."),
            N_(
                "Award a small medal to a thing that serves you well: "
                "a teapot, a pair of shoes, a patient piece of software."
            ),
        ),
    ),
    Theme(
        name="learned",
        title=N_("Learned lately"),
        emoji="💡",
        weekday_hint=ANY_DAY,
        prompts=(
            N_("What did you learn lately without having gone looking for it?"),
            N_("Share a fact that you like far too much."),
            N_("Which mistake taught you something that you still use?"),
            N_("What do you know now that would have saved you a whole afternoon a year ago?"),
            N_("Explain one thing from your work in one sentence, as if to a curious ten-year-old."),
            N_("Who explains things really well? Share a channel, a book, a podcast or a colleague."),
            N_("Which harmless thing did you believe for far too long?"),
            N_("You may put one question to an expert in any field, over a cup of tea. What do you ask?"),
            N_("What have you been meaning to understand for years? Perhaps somebody here can explain it."),
            N_("Show us a note, a sketch or a diagram that made something clear to you."),
            N_("What did you learn from somebody who was newer to the subject than you were?"),
            N_("Teach us something in three steps: folding, peeling, debugging, whistling, anything."),
        ),
    ),
    Theme(
        name="hobbies",
        title=N_("For the fun of it"),
        emoji="🎲",
        weekday_hint=ANY_DAY,
        prompts=(
            N_("What do your hands like to do when nothing useful is asked of them?"),
            N_("Show us something handmade that you like, whoever made it."),
            N_("What could you talk about for half an hour without any preparation?"),
            N_("Which pastime did you try once and then happily leave to others?"),
            N_("What would you enjoy being a complete beginner at?"),
            N_("Cards, dice, a ball or a screen: which game do you find hard to refuse?"),
            N_("What do you collect, on purpose or by accident? Teaspoons, screenshots and open tabs count."),
            N_("What looks boring from the outside and is secretly wonderful?"),
            N_("Think of something you enjoy doing. What would be a good first step for somebody who wants to try it?"),
            N_("You have fifteen free minutes on a busy day. What does you good?"),
            N_("Which club would you found if it met once a month and nobody had to be good at it?"),
            N_(
                "Show us a piece of kit that you are fond of: a needle, "
                "a frying pan, a paintbrush, a worn-out notebook."
            ),
        ),
    ),
    Theme(
        name="firsts",
        title=N_("First times"),
        emoji="✨",
        weekday_hint=ANY_DAY,
        prompts=(
            N_("What did you do for the first time lately, however small it was?"),
            N_("What was the first thing you built, wrote, drew or programmed that somebody else used?"),
            N_("Which story, film or song was the first that you wanted to start again as soon as it ended?"),
            N_("What was the first dish you could make, or the first thing you could repair, without any help?"),
            N_("What do you remember about your first days with this team?"),
            N_("Which game was the first to make you forget the time?"),
            N_("Which mishap from your first working years makes a good story today?"),
            N_("What would you love to read, hear or see again for the very first time?"),
            N_("What do you do first when your working day begins? The honest answer, please."),
            N_("Friendly aliens land tomorrow. What do you show them first?"),
            N_("What would you like to try for the first time in the coming months?"),
            N_("Which everyday object completely baffled you when you first met it?"),
        ),
    ),
    Theme(
        name="words",
        title=N_("Words and sayings"),
        emoji="💬",
        weekday_hint=ANY_DAY,
        prompts=(
            N_("Which word do you know that cannot be translated with a single word? Try to explain it to us."),
            N_("How do people around you say that it is raining very hard? Give us the word-for-word version."),
            N_("Say it aloud: which word, in any language, is a pleasure to pronounce?"),
            N_("Teach us how to wish somebody a good day in a language or dialect that you speak."),
            N_("Which expression did you use wrongly for years before anybody told you?"),
            N_("Invent a word for a feeling that everybody who works in front of a screen knows."),
            N_("Which term from your work would sound like a magic spell to an outsider?"),
            N_("Give us a saying that you find very wise, or completely absurd."),
            N_("Which emoji do you use most, and what does it really mean when it comes from you?"),
            N_("Which name of a dish, a shop or a paint colour makes you grin? A photo of the label is welcome."),
            N_("Describe your day so far in exactly three words."),
            N_("There is one word that your fingers mistype every single time. Which is it?"),
        ),
    ),
)

HINTS: dict[str, frozenset[int]] = {theme.name: theme.weekday_hint for theme in THEMES}

FROM_THE_TEAM = Theme(name="team", title=N_("From the team"), emoji="💌", weekday_hint=ANY_DAY, prompts=())
"""The theme of prompts that members suggested: they are the workspace's own, and not among these."""

BY_NAME: dict[str, Theme] = {theme.name: theme for theme in (*THEMES, FROM_THE_TEAM)}
