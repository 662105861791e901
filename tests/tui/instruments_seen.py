"""What every instrument sees in small trained networks, of usual and odd alphabets, for panels to show."""

from functools import cache
from typing import Any

from tests.small import small_trainer, trained
from tui_rnn.engine.events import BookRead, Event, Observed
from tui_rnn.engine.instruments import INSTRUMENTS, look
from tui_rnn.engine.instruments.subject import Subject

TEXTS = (
    "CHAPTER I\n\nSo it goes, and on it goes. It is so.\nA man sat; an ant ran.\n" * 30,
    "a" * 600,
    "".join(chr(0x4E00 + k * k % 1009) for k in range(2000)),  # two cells wide
    "நி லா க்\n" * 120,  # combining marks
)


@cache
def seen(text: str, updates: int = 60) -> dict[str, Any]:
    """By the instrument's name, after so many updates on this text."""
    subject = Subject.of(trained(small_trainer("adagrad", text, hidden_size=6, seq_length=12, holdout=0.3), updates))
    return {name: look(name, subject) for name in INSTRUMENTS}


def all_seen(text: str, step: int = 500) -> list[Event]:
    """The events that tell it."""
    book = BookRead("".join(sorted(set(text))), None)
    return [book, *(Observed(step, name, value) for name, value in seen(text).items())]
