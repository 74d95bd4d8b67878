"""The social channel's rules (which prompt, theme and region), and what every prompt keeps to."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from math import gcd

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cogs.social.domain import (
    BadSuggestion,
    Deck,
    SuggestionFault,
    clean_suggestion,
    folded,
    host,
    parse_themes,
    posting_date,
    shuffled,
    split_team,
    suggested_text,
    theme_for,
)
from cogs.social.prompts import HINTS, THEMES

MONDAY = date(2026, 11, 23)
MON_WED_FRI = frozenset({0, 2, 4})
NO_HINTS: Mapping[str, frozenset[int]] = {}

seeds = st.text(max_size=20)
sizes = st.integers(1, 40)
dates = st.dates(date(2020, 1, 1), date(2060, 12, 31))
weekdays = st.frozensets(st.integers(0, 6), min_size=1)
theme_names = st.lists(st.sampled_from([theme.name for theme in THEMES]), min_size=1, unique=True)
many_with_weekend = st.lists(
    st.sampled_from([theme.name for theme in THEMES if theme.name != "weekend"]), min_size=5, unique=True
).flatmap(lambda names: st.permutations([*names, "weekend"]))


def drawn(deck: Deck, *catalogue_sizes: int) -> tuple[list[int], Deck]:
    """Draw once for each size that the catalogue has in turn."""
    prompts = []
    for size in catalogue_sizes:
        prompt, deck = deck.draw(size)
        prompts.append(prompt)
    return prompts, deck


def posting_dates(start: date, days: frozenset[int], count: int) -> list[date]:
    found: list[date] = []
    while len(found) < count:
        start = posting_date(start, days)
        found.append(start)
        start += timedelta(days=1)
    return found


# Shuffles

KNOWN = (11, 2, 5, 1, 0, 10, 9, 4, 3, 7, 6, 8)


def test_a_shuffle_is_the_same_in_every_process_and_version() -> None:
    assert shuffled("pets", "channel-7", 0, 12, None) == KNOWN
    assert shuffled("pets", "channel-7", 0, 12, KNOWN[0]) != KNOWN


@given(theme=seeds, seed=seeds, round_=st.integers(0, 99), size=sizes, last=st.none() | sizes)
def test_a_shuffle_holds_every_prompt_once(theme: str, seed: str, round_: int, size: int, last: int | None) -> None:
    assert sorted(shuffled(theme, seed, round_, size, last)) == list(range(size))


@given(seed=seeds, size=st.integers(2, 40), data=st.data())
def test_a_shuffle_never_starts_with_the_last_prompt(seed: str, size: int, data: st.DataObject) -> None:
    last = data.draw(st.integers(0, size - 1))
    assert shuffled("pets", seed, 1, size, last)[0] != last


def test_a_theme_with_one_prompt_repeats_it() -> None:
    assert shuffled("pets", "channel-7", 1, 1, 0) == (0,)


def test_channels_themes_and_rounds_have_orders_of_their_own() -> None:
    orders = {
        shuffled(theme, seed, round_, 12, None)
        for theme in ("pets", "food")
        for seed in ("channel-7", "channel-8")
        for round_ in range(3)
    }
    assert len(orders) == 12


def test_every_prompt_is_as_likely_to_come_first() -> None:
    firsts = Counter(shuffled("pets", f"channel-{number}", 1, 4, 0)[0] for number in range(3000))
    assert set(firsts) == {1, 2, 3}
    assert all(900 < count < 1100 for count in firsts.values())


def test_the_last_prompt_of_a_round_comes_anywhere_later_in_the_next() -> None:
    places = Counter(shuffled("pets", f"channel-{number}", 1, 4, 0).index(0) for number in range(3000))
    assert set(places) == {1, 2, 3}
    assert all(900 < count < 1100 for count in places.values())


# Decks


@given(seed=seeds, size=sizes, rounds=st.integers(1, 4))
def test_each_round_through_a_deck_shows_each_prompt_once(seed: str, size: int, rounds: int) -> None:
    prompts, _ = drawn(Deck("pets", seed), *[size] * size * rounds)
    for start in range(0, len(prompts), size):
        assert sorted(prompts[start : start + size]) == list(range(size))


@given(seed=seeds, size=st.integers(2, 20))
def test_no_prompt_comes_twice_in_a_row_between_rounds(seed: str, size: int) -> None:
    prompts, _ = drawn(Deck("pets", seed), *[size] * size * 4)
    assert all(one != next_ for one, next_ in pairwise(prompts))


@given(seed=seeds, size=sizes, draws=st.integers(0, 60))
def test_a_stored_deck_goes_on_where_it_was(seed: str, size: int, draws: int) -> None:
    _, deck = drawn(Deck("pets", seed), *[size] * draws)
    restored = Deck(deck.theme, deck.seed, deck.round, deck.position, deck.last, deck.size)
    unsized = Deck(deck.theme, deck.seed, deck.round, deck.position, deck.last)
    assert restored.draw(size) == deck.draw(size) == unsized.draw(size)


@given(seed=seeds, catalogue=st.lists(st.integers(2, 15), min_size=1, max_size=60))
def test_nothing_comes_again_within_a_round_while_the_catalogue_grows_and_shrinks(
    seed: str, catalogue: list[int]
) -> None:
    deck, shown = Deck("pets", seed), set[int]()
    for size in catalogue:
        before = deck.round
        prompt, deck = deck.draw(size)
        if deck.round != before:
            shown = set()
        assert prompt < size
        assert prompt not in shown
        shown.add(prompt)


def test_prompts_added_during_a_round_wait_for_the_next() -> None:
    first_round, deck = drawn(Deck("pets", "channel-7"), 3, 5, 5)
    second_round, _ = drawn(deck, *[5] * 5)
    assert sorted(first_round) == [0, 1, 2]
    assert sorted(second_round) == [0, 1, 2, 3, 4]


def test_prompts_taken_away_during_a_round_are_passed_over() -> None:
    first, deck = drawn(Deck("pets", "channel-7"), 6)
    rest, deck = drawn(deck, *[3] * len({0, 1, 2} - set(first)))
    assert set(rest) == {0, 1, 2} - set(first)
    assert deck.round == 0
    next_round, deck = drawn(deck, 3, 3, 3)
    assert sorted(next_round) == [0, 1, 2]
    assert deck.round == 1


def test_an_empty_catalogue_has_nothing_to_draw() -> None:
    with pytest.raises(ValueError, match="prompt"):
        Deck("pets", "channel-7").draw(0)


# Posting dates, themes and hosts


@given(day=dates, days=weekdays)
def test_a_posting_date_is_the_first_one_from_a_day_on(day: date, days: frozenset[int]) -> None:
    found = posting_date(day, days)
    between = [day + timedelta(days=number) for number in range((found - day).days)]
    assert found.weekday() in days
    assert not [other for other in between if other.weekday() in days]


@pytest.mark.parametrize("days", [frozenset[int](), frozenset({7}), frozenset({0, -1})])
def test_a_channel_posts_on_real_weekdays(days: frozenset[int]) -> None:
    with pytest.raises(ValueError, match="weekday"):
        posting_date(MONDAY, days)


def test_each_weekday_has_its_theme_when_there_are_as_many() -> None:
    themes = ["pets", "reading", "weekend"]
    for week in range(5):
        monday = MONDAY + timedelta(weeks=week)
        shown = [theme_for(day, themes, MON_WED_FRI) for day in posting_dates(monday, MON_WED_FRI, 3)]
        assert shown == ["reading", "pets", "weekend"]


@given(start=dates, days=weekdays, themes=theme_names)
def test_every_theme_gets_the_same_number_of_turns(start: date, days: frozenset[int], themes: list[str]) -> None:
    monday = start - timedelta(days=start.weekday())
    shown = [theme_for(day, themes, days) for day in posting_dates(monday, days, len(days) * len(themes))]
    assert Counter(shown) == dict.fromkeys(themes, len(days))


@given(day=dates, days=weekdays, themes=theme_names)
def test_a_day_between_posting_dates_has_the_theme_of_the_next(
    day: date, days: frozenset[int], themes: list[str]
) -> None:
    assert theme_for(day, themes, days) == theme_for(posting_date(day, days), themes, days)


@given(start=dates, days=weekdays, themes=theme_names.filter(lambda names: len(names) > 1))
def test_without_hints_the_queue_of_themes_shows_no_theme_twice_in_a_row(
    start: date, days: frozenset[int], themes: list[str]
) -> None:
    shown = [theme_for(day, themes, days, NO_HINTS) for day in posting_dates(start, days, 20)]
    assert all(one != next_ for one, next_ in pairwise(shown))


@given(start=dates, days=weekdays.filter(lambda days: len(days) < 7), themes=st.permutations(list(HINTS)))
def test_with_twice_as_many_themes_as_posts_a_week_none_comes_twice_in_a_row(
    start: date, days: frozenset[int], themes: list[str]
) -> None:
    shown = [theme_for(day, themes, days) for day in posting_dates(start, days, 40)]
    assert all(one != next_ for one, next_ in pairwise(shown))


def test_few_themes_on_many_days_keep_apart_where_they_can() -> None:
    days = frozenset(range(4))
    shown = [theme_for(day, ["pets", "reading"], days) for day in posting_dates(MONDAY, days, 8)]
    assert shown == ["reading", "pets"] * 4


@given(start=dates, themes=many_with_weekend)
def test_weekend_photos_come_on_a_friday_or_a_monday(start: date, themes: list[str]) -> None:
    days = posting_dates(start, frozenset(range(5)), 5 * len(themes))
    shown_on = {day.weekday() for day in days if theme_for(day, themes, frozenset(range(5))) == "weekend"}
    assert shown_on
    assert shown_on <= {0, 4}


def test_the_theme_with_fewer_hinted_weekdays_chooses_first() -> None:
    hints = {"weekend": frozenset({0, 4}), "smallwins": frozenset({4})}
    monday, friday = MONDAY, MONDAY + timedelta(days=4)
    both = ["weekend", "smallwins"]
    assert theme_for(monday, both, frozenset({0, 4}), hints) == "weekend"
    assert theme_for(friday, both, frozenset({0, 4}), hints) == "smallwins"


def test_a_hint_for_a_day_without_posts_leaves_the_theme_its_turn() -> None:
    tuesdays = posting_dates(MONDAY, frozenset({1}), 3)
    shown = {theme_for(day, ["pets", "reading", "weekend"], frozenset({1})) for day in tuesdays}
    assert shown == {"pets", "reading", "weekend"}


def test_a_channel_needs_a_theme_and_a_region() -> None:
    with pytest.raises(ValueError, match="theme"):
        theme_for(MONDAY, [], MON_WED_FRI)
    with pytest.raises(ValueError, match="region"):
        host(MONDAY, MON_WED_FRI, [])


@given(start=dates, days=weekdays, count=st.integers(1, 8))
def test_over_n_weeks_each_of_n_regions_hosts_once_on_each_weekday(
    start: date, days: frozenset[int], count: int
) -> None:
    regions = [f"region {number}" for number in range(count)]
    first_week = (start.toordinal() - 1) // 7 // count * count
    monday = date.fromordinal(1 + 7 * first_week)
    dates_shown = posting_dates(monday, days, count * len(days))
    hosts = Counter((day.weekday(), host(day, days, regions)) for day in dates_shown)
    assert hosts == {(weekday, region): 1 for weekday in days for region in range(count)}


@given(start=dates, days=weekdays, count=st.integers(1, 8))
def test_nobody_waits_for_two_rounds(start: date, days: frozenset[int], count: int) -> None:
    regions = [f"region {number}" for number in range(count)]
    hosts = [host(day, days, regions) for day in posting_dates(start, days, 2 * count - 1)]
    assert set(hosts) == set(range(count))


@given(start=dates, days=weekdays, count=st.integers(1, 8))
def test_where_weekdays_change_by_themselves_each_of_n_regions_hosts_once_in_n_dates(
    start: date, days: frozenset[int], count: int
) -> None:
    assume(gcd(len(days), count) == 1)
    hosts = [host(day, days, range(count)) for day in posting_dates(start, days, count)]
    assert sorted(hosts) == list(range(count))


def test_three_regions_on_three_days_a_week_all_get_their_friday() -> None:
    fridays = [MONDAY + timedelta(days=4, weeks=week) for week in range(3)]
    assert {host(day, MON_WED_FRI, ["Asia", "Europe", "Americas"]) for day in fridays} == {0, 1, 2}


@given(day=dates, days=weekdays)
def test_a_day_between_posting_dates_has_the_host_of_the_next(day: date, days: frozenset[int]) -> None:
    regions = ["Asia", "Europe", "Americas"]
    assert host(day, days, regions) == host(posting_date(day, days), days, regions)


# Suggestions


def test_a_suggestion_becomes_one_line() -> None:
    assert clean_suggestion("  Which\n\tbridge \x00 is\u00a0yours? ") == "Which bridge is yours?"


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00", "\u200b\u200d", "\u00a0"])
def test_a_suggestion_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(BadSuggestion) as refused:
        clean_suggestion(text)
    assert refused.value.reason is SuggestionFault.EMPTY


def test_a_suggestion_has_at_most_three_hundred_characters() -> None:
    assert len(clean_suggestion(f"  {'a' * 300}  ")) == 300
    with pytest.raises(BadSuggestion) as refused:
        clean_suggestion("a" * 301)
    assert refused.value.reason is SuggestionFault.TOO_LONG


def test_a_suggestion_keeps_its_emoji_and_its_letters() -> None:
    assert clean_suggestion("¿Qué hay en tu taza? 👩‍🌾") == "¿Qué hay en tu taza? 👩‍🌾"


@given(st.text(max_size=400))
def test_a_clean_suggestion_stays_as_it_is(text: str) -> None:
    try:
        cleaned = clean_suggestion(text)
    except BadSuggestion:
        return
    assert clean_suggestion(cleaned) == cleaned


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("social suggest Which bridge?", "Which bridge?"),
        ("!helio social suggest  Which\nbridge?", "Which\nbridge?"),
        ("Social  Suggest team:Atlas Which bridge?", "Which bridge?"),
        ('social suggest team:"Blue Whale" Which bridge?', "Which bridge?"),
        ("social suggest Which bridge? team:Atlas", "Which bridge?"),
        ("social suggest What does team: mean?", "What does team: mean?"),
        ("social suggest", ""),
        ("Which bridge?", None),
    ],
)
def test_an_edited_message_is_read_like_the_command(said: str, text: str | None) -> None:
    found = suggested_text(said)
    assert (found if found is None else found.strip()) == text


# Names as people type them


def test_themes_are_read_in_any_order_with_commas_or_blanks() -> None:
    known = ["pets", "reading", "food"]
    assert parse_themes(" Food,pets ;PETS\n", known) == ("pets", "food")
    with pytest.raises(LookupError, match="cats"):
        parse_themes("pets cats", known)


def test_a_theme_may_be_named_by_another_languages_word() -> None:
    known, named = ["pets", "reading", "food"], {"ペット": "pets", "essen": "food"}.get
    assert parse_themes("ペット、reading", known, named) == ("pets", "reading")
    assert parse_themes("essen pets", known, named) == ("pets", "food")
    with pytest.raises(LookupError, match="Bücher"):
        parse_themes("essen, Bücher", known, named)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Atlas pets", ("Atlas", "pets")),
        ("atlas", ("Atlas", "")),
        ('"Atlas Two" pets', ("Atlas Two", "pets")),
        ("Atlas Two pets", ("Atlas Two", "pets")),
        ("Atlases", (None, "Atlases")),
        ("pets", (None, "pets")),
        ("", (None, "")),
    ],
)
def test_a_team_may_stand_before_the_other_words(text: str, found: tuple[str | None, str]) -> None:
    assert split_team(text, ["Atlas", "Atlas Two"]) == found


def test_names_are_compared_without_case_and_accents() -> None:
    assert folded("  Música\tY  más ") == "musica y mas"


# The catalogue

PROMPTS = [(theme.name, prompt) for theme in THEMES for prompt in theme.prompts]


def test_the_promised_themes_are_there_and_six_more() -> None:
    names = [theme.name for theme in THEMES]
    assert {"pets", "reading", "weekend"} <= set(names)
    assert len(names) == len(set(names)) >= 9
    assert all(theme.title and theme.emoji for theme in THEMES)
    assert len({theme.emoji for theme in THEMES}) == len(THEMES)


def test_every_theme_has_at_least_twelve_prompts() -> None:
    assert [theme.name for theme in THEMES if len(theme.prompts) < 12] == []


def test_no_prompt_is_asked_in_two_places() -> None:
    assert len({prompt.casefold() for _, prompt in PROMPTS}) == len(PROMPTS)


@pytest.mark.parametrize(("theme", "prompt"), PROMPTS)
def test_every_prompt_is_short_and_ready_to_post(theme: str, prompt: str) -> None:
    assert len(prompt) <= 200
    assert prompt.endswith((".", "?", "!"))
    assert not set(prompt) & set("{}%\n")
    assert prompt == " ".join(prompt.split())


def test_hints_are_weekdays_and_belong_to_the_themes() -> None:
    assert {theme.name: theme.weekday_hint for theme in THEMES} == HINTS
    assert all(hint <= frozenset(range(7)) for hint in HINTS.values())
    assert HINTS["weekend"] == {0, 4}
