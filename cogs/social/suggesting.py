"""Prompts that members suggest: an admin decides, the author is told, and edits and deletions follow."""

from __future__ import annotations

from dataclasses import replace

from bot.api import (
    Member,
    Person,
    SourceDeleted,
    SourceEdited,
    Team,
    Transaction,
    Value,
    to_member,
    to_micros,
)
from cogs.social import store, suggestion_messages
from cogs.social.domain import BadSuggestion, clean_suggestion, suggested_text
from cogs.social.posting import author_of, posts_again
from cogs.social.records import Standing, Suggestion


def clean(text: str, number: int | None = None) -> str:
    """Return a suggestion as it is kept; raises BadInput. `number` is that of a suggestion to be changed."""
    try:
        return clean_suggestion(text)
    except BadSuggestion as fault:
        raise suggestion_messages.refused(fault.reason, len(text.strip()), number) from None


async def decider(tx: Transaction, team: Team) -> Member:
    """Who decides about a team's suggestions: its owner, or an admin once the owner has left."""
    owner = await tx.people.member(team.owner)
    if owner.active:
        return owner
    members = await tx.people.members_of_workspace(team.workspace)
    return next((member for member in members if member.admin), owner)


async def ask(tx: Transaction, suggestion: Suggestion, team: Team) -> None:
    """Ask for a decision."""
    tx.send(
        to_member((await decider(tx, team)).id),
        suggestion_messages.request(suggestion, team, await author_of(tx, suggestion)),
        workspace=team.workspace,
        kind="social.suggestion",
        key=suggestion.request,
        asked=False,
    )


async def decide(tx: Transaction, suggestion: Suggestion, team: Team, verdict: Standing, by: Member) -> None:
    """Keep an admin's decision, and tell the author if it is somebody else's."""
    decided = replace(suggestion, state=verdict)
    await store.save_suggestion(tx, decided)
    await _show_in_request(tx, decided, team, f"{verdict}:{to_micros(tx.now)}")
    if suggestion.author == by.id:
        return
    told = (
        suggestion_messages.told_accepted(suggestion, team)
        if verdict is Standing.ACCEPTED
        else suggestion_messages.told_declined(suggestion, team)
    )
    tx.send(
        to_member(suggestion.author),
        told,
        workspace=team.workspace,
        kind="social.decision",
        key=f"{suggestion.request}:told:{verdict}:{to_micros(tx.now)}",
        asked=False,
    )


async def _show_in_request(tx: Transaction, suggestion: Suggestion, team: Team, change: str) -> None:
    """Bring the message that asked about a suggestion up to date."""
    if suggestion.requested:
        tx.edit(
            suggestion.request,
            suggestion_messages.request(suggestion, team, await author_of(tx, suggestion)),
            workspace=team.workspace,
            kind="social.suggestion",
            key=f"{suggestion.request}:{change}",
        )


# Edits and deletions of the author's message


async def edited(tx: Transaction, event: SourceEdited) -> None:
    """Let a suggestion follow its message; one that was accepted and not posted yet is decided about again."""
    suggestion = await store.suggestion_from(tx, event.source)
    if suggestion is None or suggestion.author != event.member or suggestion.state is Standing.WITHDRAWN:
        return
    team = await tx.people.team(suggestion.team)
    said = suggested_text(event.text)
    if said is None or team is None:
        await _withdraw(tx, suggestion)
        tx.reply(suggestion_messages.withdrawn(suggestion), workspace=suggestion.workspace, kind="social.withdrawn")
        return
    text = clean(said, suggestion.number)
    if text == suggestion.text:
        return
    changed = replace(suggestion, text=text, edition=suggestion.edition + 1)
    if changed.requested and changed.state is Standing.ACCEPTED and changed.posted is None:
        changed = await _ask_again(tx, changed, team)
    else:
        await _show_in_request(tx, changed, team, f"edit:{changed.edition}")
    await store.save_suggestion(tx, changed)
    await _show_in_posts(tx, changed, text)


async def _ask_again(tx: Transaction, suggestion: Suggestion, team: Team) -> Suggestion:
    _delete_request(tx, suggestion)
    pending = replace(suggestion, state=Standing.PENDING, requested=suggestion.edition)
    await ask(tx, pending, team)
    by = await decider(tx, team)
    again = suggestion_messages.asked_again(pending, Person(by.id, by.name))
    tx.reply(again, workspace=team.workspace, kind="social.asked_again")
    return pending


async def deleted(tx: Transaction, event: SourceDeleted) -> None:
    """Take a suggestion back whose message is gone, whoever deleted it."""
    suggestion = await store.suggestion_from(tx, event.source)
    if suggestion is not None and suggestion.state is not Standing.WITHDRAWN:
        await _withdraw(tx, suggestion)


async def _withdraw(tx: Transaction, suggestion: Suggestion) -> None:
    gone = replace(suggestion, text="", state=Standing.WITHDRAWN, edition=suggestion.edition + 1)
    _delete_request(tx, suggestion)
    await store.save_suggestion(tx, gone)
    await _show_in_posts(tx, gone, suggestion_messages.taken_back())


async def _show_in_posts(tx: Transaction, suggestion: Suggestion, text: Value) -> None:
    """Bring the posts that quote a suggestion up to date."""
    for post, message in await posts_again(tx, suggestion, text):
        key = f"{post.key}:edit:{suggestion.edition}"
        tx.edit(post.key, message, workspace=post.workspace, kind="social.edit", key=key)


def _delete_request(tx: Transaction, suggestion: Suggestion) -> None:
    if suggestion.requested:
        tx.delete(suggestion.request, workspace=suggestion.workspace, kind="social.suggestion")
