"""The same scenario, start, days and seed give the same transcript, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.playing import heliotrope


def transcript(path: Path, seed: int, hash_seed: str) -> bytes:
    done = heliotrope(
        "demo", "--days", "3", "--seed", str(seed), "--transcript", str(path), environment={"PYTHONHASHSEED": hash_seed}
    )
    assert done.returncode == 0, done.stderr
    return path.read_bytes()


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return transcript(tmp_path_factory.mktemp("first") / "t.jsonl", 7, "1")


def test_the_same_seed_gives_the_same_bytes_in_another_process(first: bytes, tmp_path: Path) -> None:
    assert first.count(b"\n") > 20
    assert transcript(tmp_path / "t.jsonl", 7, "2") == first


def test_another_seed_gives_another_transcript(first: bytes, tmp_path: Path) -> None:
    assert transcript(tmp_path / "t.jsonl", 8, "1") != first
