"""What can be wrong with what a person asked for, said so that they can put it right."""

from __future__ import annotations

from bot.model.message import Choice, Message, Sentence, Text


class HeliotropeError(Exception):
    """Base of every error this project raises on purpose."""


class BadInput(HeliotropeError):
    """A person's input can't be used: says what was wrong and, if it helps, shows the right form.

    Raised by command handlers and converters. The transaction is rolled back and the sentences are the reply.
    """

    def __init__(self, *sentences: Sentence, choices: tuple[Choice, ...] = ()) -> None:
        """Take whole sentences in reading order, and choices that put it right with one press."""
        super().__init__(" ".join(s.text for s in sentences))
        self.message = Message((Text(sentences),), choices)


class NotAllowed(BadInput):
    """The person may not do this."""


class AskFirst(HeliotropeError):
    """The command may be meant differently: ask, and run `command` if the person says yes.

    Raised, it rolls back what was done; a handler returns it to keep that until the answer.
    """

    def __init__(self, question: Sentence, command: str, *details: Sentence) -> None:
        """Take the yes-or-no question, the unambiguous command that "yes" stands for, and what it does in detail."""
        super().__init__(question.text)
        self.question = question
        self.details = details
        self.command = command
