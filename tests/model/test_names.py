"""Where a name ends in what people write."""

import pytest

from bot.model.message import flowing
from bot.model.names import after_name


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("Ana, please", "Ana", ", please"), ("Ana", "Ana", ""), ("Anabel", "Ana", None), ("Ana2", "Ana", None),
        ("Anaさん、お願い", "Ana", "、お願い"), ("Anaの鍵", "Ana", "の鍵"), ("Ana様へ", "Ana", "へ"),
        ("Ana待ち", "Ana", "待ち"),
        ("田中さんに相談", "田中", "に相談"), ("田中に相談", "田中", "に相談"), ("田中一郎", "田中", None),
        ("ハナへ", "ハナ", "へ"), ("ハナコ", "ハナ", None), ("はなこ", "はな", None), ("はなさん", "はな", ""),
        ("Ünal", "Ün", None), ("Ana🙏", "Ana", "🙏"),
    ],
)  # fmt: skip
def test_a_name_ends_where_its_word_does_or_with_a_title(text: str, name: str, rest: str | None) -> None:
    end = after_name(text, len(name))
    assert (None if end is None else text[end:]) == rest


@pytest.mark.parametrize(
    ("sentences", "text"),
    [
        (["One.", "Two?", "Three"], "One. Two? Three"),
        (["了解です。", "ありがとう！", "では", "また。"], "了解です。ありがとう！では また。"),
        (["A。", "", "B"], "A。B"),
        (["", "B"], "B"),
        ([], ""),
    ],
)
def test_sentences_follow_one_another_with_a_space_where_their_script_has_one(sentences: list[str], text: str) -> None:
    assert flowing(sentences) == text
