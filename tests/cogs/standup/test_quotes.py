"""What the bot quotes of a member to themselves follows what they change and take back."""

from __future__ import annotations

from bot.testing.stage import Stage
from tests.cogs.standup.conftest import at

ANSWER = "1. a\n2. the secret plan\n3. none"


def shown(stage: Stage) -> str:
    """Everything that stands in Ana's direct conversation."""
    mine = (m for m in stage.server.messages.values() if m.address == "dm:Ana" and m.by == "Heliotrope")
    return "\n".join(message.text for message in mine if not message.deleted)


async def test_a_prompt_quotes_the_plan_as_it_was_changed_since(asked: Stage) -> None:
    await asked.says("Ana", ANSWER)
    await asked.until(at(27, 9, 30))
    assert "secret" in asked.to("Ana")[-1].text
    await asked.edits("Ana", 2, "1. a\n2. the public plan\n3. none")
    assert "secret" not in shown(asked)
    assert "the public plan\n\n1. What did you finish?" in shown(asked)


async def test_every_prompt_that_quotes_a_plan_forgets_it_with_its_message(asked: Stage) -> None:
    await asked.says("Ana", ANSWER)
    await asked.until(at(28, 9, 30))
    assert shown(asked).count("Your plan from Mon") == 2
    await asked.deletes("Ana", 2)
    assert "secret" not in shown(asked)
    assert "Your plan" not in shown(asked)


async def test_a_late_prompt_still_says_so_when_its_quote_is_changed(asked: Stage) -> None:
    await asked.says("Ana", ANSWER)
    await asked.downtime(at(27, 9), at(27, 11))
    await asked.deletes("Ana", 2)
    assert "secret" not in shown(asked)
    assert "I am late: I was not running" in shown(asked)


async def test_a_summary_that_was_asked_for_follows_each_change(asked: Stage) -> None:
    await asked.says("Ana", ANSWER)
    await asked.says("Ana", "update")
    await asked.says("Ana", "update")
    assert shown(asked).count("so far:") == 2
    await asked.edits("Ana", 2, "1. a\n2. the public plan\n3. none")
    assert "secret" not in shown(asked)
    assert shown(asked).count("the public plan") == 3
    await asked.deletes("Ana", 2)
    assert "plan" not in shown(asked)


async def test_two_quotes_in_one_message_are_changed_together(asked: Stage) -> None:
    """The prompt of Tuesday came merged with Monday's receipt: one deletion changes both parts."""
    asked.kill()
    asked.server.say("Ana", ANSWER)
    asked.clock.move_to(at(27, 11))
    await asked.restart()
    (merged,) = [seen for seen in asked.to("Ana") if "secret" in seen.text]
    assert [part.kind for part in merged.parts] == ["standup.prompt", "standup.receipt"]
    await asked.deletes("Ana", 2)
    assert "secret" not in shown(asked)
    assert "You took back your Atlas update" in shown(asked)
