"""What the people cog says where accounts are joined to one person, or parted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.api import (
    Account,
    AskFirst,
    BadInput,
    CommandText,
    Linked,
    Listing,
    Message,
    Parting,
    Quote,
    Sentence,
    Span,
    Text,
    catalogue,
    message,
    platform_name,
    say,
)

_, n_ = catalogue("people")
_MINUTE = timedelta(minutes=1)


def account_name(account: Account) -> Sentence:
    """An account, by its name and its address where they differ; an address that is only a number tells nobody."""
    who = account.identity
    platform = platform_name(who.platform)
    if account.name and who.account.isdecimal():
        return _("{account} on {platform}", account=account.name, platform=platform)
    if account.name in ("", who.account):
        return _("{account} on {platform}", account=who.account, platform=platform)
    return _("{name} ({account}) on {platform}", name=account.name, account=who.account, platform=platform)


def code(made: str, mine: Account, lasts: timedelta) -> Message:
    """Tell somebody the code that joins another account with this one.

    The words to write stand by themselves, as any platform takes them: a slash would be a client's own command there.
    """
    return message(
        _("On the other platform, write this to me in private, from your account there:"),
        Quote(f"me link {made}"),
        Text(
            (
                _("It works once, for {span}, and makes that account and this one the same person.", span=Span(lasts)),
                _("Where both are known to me, the settings of {account} stay.", account=account_name(mine)),
                _("Tell it to nobody: whoever has it can answer in your name."),
            )
        ),
    )


def code_sent() -> Message:
    """Say in a room where the code is."""
    return say(_("I have sent you the code in private: whoever has it can answer in your name."))


def begin_privately() -> BadInput:
    """Tell somebody where to ask for a code whom the bot can't write to by itself yet."""
    return BadInput(
        _("I tell you the code in private, so that nobody else sees it."),
        _("Write {form} to me directly.", form=CommandText("me link")),
    )


def wrong_code() -> Message:
    """Say that a code links nothing."""
    return say(
        _("This code is wrong, used up or older than ten minutes, so nothing has changed."),
        _("Get a new one with {form}, written to me from your other account.", form=CommandText("me link")),
    )


def too_many(wait: timedelta) -> Message:
    """Say that somebody has typed too many wrong codes."""
    return say(
        _("You have typed too many wrong codes, so I look at no more of them for now."),
        _("Try again in {span}.", span=Span(-(-wait // _MINUTE) * _MINUTE)),
    )


def seen_by_others() -> Message:
    """Say that a code is spent, because it was typed where others read."""
    return say(
        _("Others can read that here, so the code is void now, and nothing has changed."),
        _("Get a new one with {form}, and write it to me in private.", form=CommandText("me link")),
    )


def same_platform(platform: str) -> BadInput:
    """Refuse to join two accounts on one platform."""
    name = platform_name(platform)
    return BadInput(
        _("That code is from {platform} too; I join accounts on two different platforms.", platform=name),
        _("Write it to me from your account on the other one."),
    )


def linked_already(other: Account) -> BadInput:
    """Say that the two accounts are one person as it is."""
    return BadInput(
        _("This account and {other} are one person to me already, so nothing has changed.", other=account_name(other))
    )


def other_linked(account: Account, linked: Account) -> BadInput:
    """Refuse to join an account that is joined with another one there."""
    return BadInput(
        _(
            "{account} is one person with {linked} already, so nothing has changed.",
            account=account_name(account),
            linked=account_name(linked),
        ),
        _("To part those first, write {form} to me from one of them.", form=CommandText("me unlink")),
    )


def nobody_yet() -> BadInput:
    """Say that neither account is known in any team."""
    return BadInput(
        _("Neither of your accounts is in a team yet, so there is nothing to join."),
        _("Once an admin has added one of them, try again."),
    )


def linked(other: Account, mine: Account, done: Linked) -> Message:
    """Confirm that two accounts are one person now."""
    sentences = [
        _("{other} and {mine} are one person to me now.", other=account_name(other), mine=account_name(mine)),
        _("I ask you once, where you have written to me last."),
    ]
    if done.merged:
        where = Listing(tuple(workspace.name for workspace in done.merged))
        sentences.append(
            _(
                "Both were known to me in {workspaces}: the teams and leave of both count, the settings of {other} "
                "stay, and all that you wrote is kept.",
                workspaces=where,
                other=account_name(other),
            )
        )
    return message(Text(tuple(sentences)), _("To part them again: {form}.", form=CommandText("me unlink")))


def linked_there(mine: Account) -> Message:
    """Tell the account that got the code what was done by it."""
    return say(
        _("This account and {account} are one person to me now.", account=account_name(mine)),
        _("If that was not you, part them: {form}.", form=CommandText("me unlink")),
    )


def nothing_linked() -> BadInput:
    """Say that there is nothing to part."""
    return BadInput(
        _("This account is not joined with any other, so nothing has changed."),
        _("To join it with one: {form}.", form=CommandText("me link")),
    )


def ask_unlink(mine: Account, parts: Sequence[Parting]) -> AskFirst:
    """Ask before accounts are parted, with what happens to each."""
    others = _names(parted_from(mine, parts))
    question = _("Part {mine} from {others}?", mine=account_name(mine), others=others)
    return AskFirst(question, "me unlink yes:yes", *(_what_happens(part) for part in parts))


def unlinked(parts: Sequence[Parting]) -> Message:
    """Confirm that accounts were parted."""
    sentences = [_("The accounts are parted: each is a person of its own to me."), *map(_what_happens, parts)]
    again = _("To join them again: {form}.", form=CommandText("me link"))
    return message(Text(tuple(sentences)), again)


def unlinked_there(mine: Account, other: Account, parts: Sequence[Parting]) -> Message:
    """Tell an account that it was parted from `mine`, which asked for that."""
    sentences = [
        _("This account and {account} are two people to me now.", account=account_name(mine)),
        *(_what_happens(part) for part in parts if other in (part.stays, part.goes)),
    ]
    return message(Text(tuple(sentences)), _("To join them again: {form}.", form=CommandText("me link")))


def parted_from(mine: Account, parts: Sequence[Parting]) -> Sequence[Account]:
    """Return the accounts that one is parted from."""
    return list(dict.fromkeys(part.goes if part.stays == mine else part.stays for part in parts))


def _what_happens(part: Parting) -> Sentence:
    values = {"workspace": part.workspace.name, "stays": account_name(part.stays), "goes": account_name(part.goes)}
    if part.anew:
        return _(
            "In {workspace}, {stays} keeps the teams, the leave and all that was written; {goes} keeps a copy of the "
            "settings, and is in no team until an admin adds it.",
            **values,
        )
    return _(
        "In {workspace}, {stays} keeps everything, and {goes} is not known there any more.",
        **values,
    )


def _names(accounts: Sequence[Account]) -> Listing:
    return Listing(tuple(account_name(account) for account in accounts))
