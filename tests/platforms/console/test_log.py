"""The chat service's log survives whatever happens to its process."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.platforms.console.log import BrokenLog, Log
from bot.platforms.console.server import ConsoleServer
from bot.testing.clock import VirtualClock

NOW = datetime(2026, 10, 26, 9, 30, tzinfo=UTC)


def test_what_was_appended_is_read_back(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    first = log.append(NOW, "said", {"text": "¿qué tal?\n"})
    second = log.append(NOW, "said", {"text": "bien"})
    log.close()
    assert list(Log(tmp_path / "log").after(0)) == [first, second]


def test_each_record_is_on_the_disk_before_append_returns(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    log.append(NOW, "said", {"text": "hello"})
    assert (tmp_path / "log").read_bytes().count(b"\n") == 1


@pytest.mark.parametrize("left", [1, 10, 40])
def test_a_last_line_cut_off_by_a_crash_never_happened(tmp_path: Path, left: int) -> None:
    path = tmp_path / "log"
    log = Log(path)
    first = log.append(NOW, "said", {"text": "whole"})
    whole = path.read_bytes()
    log.append(NOW, "said", {"text": "cut"})
    log.close()
    path.write_bytes(path.read_bytes()[: len(whole) + left])
    again = Log(path)
    assert list(again.after(0)) == [first]
    second = again.append(NOW, "said", {"text": "after"})
    again.close()
    assert list(Log(path).after(0)) == [first, second]


def test_a_broken_line_before_the_last_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("{}\n", encoding="utf-8")
    with pytest.raises(BrokenLog, match="line 1"):
        Log(path)


def test_a_service_that_was_killed_goes_on_where_its_log_ends(tmp_path: Path) -> None:
    clock = VirtualClock(NOW)
    before = ConsoleServer(clock, path=tmp_path / "log")
    before.add_account("Ana", admin=True)
    before.add_channel("general")
    said = before.say("Ana", "hello", act="a1")
    before.edit("Ana", said, "hello again")
    post = before.post("k1", "#general", None, {"text": "hi"}, {})
    before.open_thread("k1:thread", post, "Pets")
    before.mark("k2", said, "✅", {})
    before.set_closed("Ana")
    after = ConsoleServer(clock, path=tmp_path / "log")
    assert len(after.log) == len(before.log)
    assert after.people == before.people
    assert after.channels == before.channels
    assert after.messages == before.messages
    assert after.say("Ana", "hello", act="a1") == said
    assert after.post("k1", "#general", None, {"text": "hi"}, {}) == post
    assert len(after.log) == len(before.log)
