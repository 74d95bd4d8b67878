"""What a standup asks, and the words that people head their answers with."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.api import Kind
from bot.i18n import BabelLocalizer
from cogs.standup.questions import (
    DEFAULT,
    KINDS,
    BadQuestions,
    Problem,
    Question,
    Vocabulary,
    dump,
    load,
    parse_questions,
    plain,
)
from cogs.standup.vocabulary import vocabulary

WORDS = Vocabulary(
    {"done": Kind.DONE, "next": Kind.NEXT, "blockers": Kind.BLOCKER},
    frozenset({"none", "nada"}),
    {Kind.DONE: frozenset({"what did you finish"})},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What went well?", [(Kind.NOTE, "What went well?")]),
        ("A? | B?", [(Kind.NOTE, "A?"), (Kind.NOTE, "B?")]),
        ("done: A? | Blocker: B?", [(Kind.DONE, "A?"), (Kind.BLOCKER, "B?")]),
        ("A?\nnext: B?", [(Kind.NOTE, "A?"), (Kind.NEXT, "B?")]),
        ("Mood: how is it?", [(Kind.NOTE, "Mood: how is it?")]),
        ("done： A? ｜ blocker：B?", [(Kind.DONE, "A?"), (Kind.BLOCKER, "B?")]),
        (" | ".join("ABCDEFGHIJ"), [(Kind.NOTE, c) for c in "ABCDEFGHIJ"]),
    ],
)
def test_questions_are_parted_by_bars_or_lines_and_may_name_their_kind(text: str, expected: Any) -> None:
    assert [(q.kind, q.text) for q in parse_questions(text)] == expected


def test_a_kind_may_be_named_by_another_languages_word() -> None:
    named = {"Hindernis": Kind.BLOCKER, "完了": Kind.DONE}.get
    found = parse_questions("Hindernis: A? | 完了：B? | done: C? | Bloqueo: D?", named)
    assert [(q.kind, q.text) for q in found] == [
        (Kind.BLOCKER, "A?"), (Kind.DONE, "B?"), (Kind.DONE, "C?"), (Kind.NOTE, "Bloqueo: D?")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem.NONE),
        (" | ", Problem.NONE),
        ("A? | | B?", Problem.EMPTY),
        ("blocker: | B?", Problem.EMPTY),
        ("|".join("ABCDEFGHIJK"), Problem.MANY),
        ("x" * 301, Problem.LONG),
    ],
)
def test_what_is_no_list_of_questions_is_refused_with_the_reason(text: str, problem: Problem) -> None:
    with pytest.raises(BadQuestions) as refused:
        parse_questions(text)
    assert refused.value.problem is problem


@given(st.lists(st.builds(Question, st.sampled_from(KINDS), st.none() | st.text(min_size=1)), min_size=1))
def test_stored_questions_come_back_as_they_were(questions: list[Question]) -> None:
    assert load(dump(questions)) == tuple(questions)


def test_the_default_questions_take_no_room() -> None:
    assert dump(DEFAULT) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What's NEXT?", "what's next"),
        ("  **Próximo** ", "proximo"),
        ("¿Qué hiciste?", "que hiciste"),
        ("👍", ""),
        ("a \t b", "a b"),
    ],
)
def test_phrases_are_compared_without_case_accents_and_decoration(text: str, expected: Any) -> None:
    assert plain(text) == expected


@given(st.text())
def test_a_plain_phrase_is_plain_already(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_headings_belong_to_the_first_question_of_their_kind() -> None:
    questions = (Question(Kind.NOTE, "Mood?"), Question(Kind.DONE, "Shipped?"), Question(Kind.DONE))
    phrases = WORDS.phrases(questions)
    assert phrases["done"] == 1
    assert phrases["mood"] == 0
    assert phrases["what did you finish"] == 2
    assert "next" not in phrases
    assert WORDS.phrases(tuple(questions)) is phrases


@pytest.mark.parametrize("text", ["", " ", "-", "—", "none", "None.", "NADA!", "- none", "..."])
def test_some_answers_say_that_there_is_nothing_to_tell(text: str) -> None:
    assert WORDS.is_nothing(text)


@pytest.mark.parametrize("text", ["none of the keys work", "👍", "0", "🖼 http://x/y.png", "none, but slow", "a. none"])
def test_other_answers_do_not(text: str) -> None:
    assert not WORDS.is_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        "nothing today", "Nothing, all good!", "no blockers 🎉", "n/a", "N/A.", "No. Nothing new.", "That’s all",
        "nothing at the moment", "-", "--",
        "ya nada", "Nada más.", "nada mas", "no, nada por ahora", "sin novedades", "De momento nada, todo bien",
        "Ninguno por ahora", "no tengo bloqueos", "hoy nada", "¡Nada!",
        "keine", "heute nichts", "Nein, nichts.", "nix", "nichts Neues", "noch nichts", "derzeit keine", "Alles gut!",
        "Keine Hürden", "Das war's.",
        "特になし", "特に無し", "特にありません。", "今日は特になし", "今のところありません", "いいえ、特にありません",
        "以上です。",
        "なし",
        "ナシ", "もうないです",
    ],
)  # fmt: skip
def test_nothing_to_tell_is_understood_in_every_language(text: str) -> None:
    assert vocabulary(BabelLocalizer()).is_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        "nothing works since the update", "No blockers, but the review waits", "none of the tests pass",
        "not today's build",
        "Nothing new in the log, restarted it", "same as yesterday", "all clear after the fix in prod",
        "nada más llegar arreglé el servidor", "ya nada funciona", "sin novedades del proveedor", "igual que ayer",
        "Nada nuevo, sigo con la migración", "no tengo acceso al repositorio", "hoy no pude desplegar",
        "keine Antwort vom Kunden", "nichts geht mehr", "heute nichts geschafft wegen Krankheit", "wie gestern",
        "Kein Zugriff auf den Server", "nein, der Build ist rot", "alles klar mit dem Vertrag bis auf Punkt 3",
        "特になしと言いたいが障害あり", "特にありませんが、レビューをお願いします", "なしの方向で検討", "昨日と同じ",
        "以上の作業を継続",
        "問題ない範囲で進行中",
    ],
)  # fmt: skip
def test_an_answer_that_begins_with_such_a_word_is_an_answer(text: str) -> None:
    assert not vocabulary(BabelLocalizer()).is_nothing(text)
