"""Counts the words of the text in a thread of its own, in small pieces beside training, and posts what it found."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from textual.message import Message

from tui_rnn.engine.events import BookRead
from tui_rnn.engine.words import MOST_CHARACTERS, words_of
from tui_rnn.tui.messages import EventPosted

if TYPE_CHECKING:
    from tui_rnn.engine.corpus import Corpus

_PIECE = 1 << 14  # characters: some 2 ms
_BREATH = 0.004  # seconds for training and keys, after each piece


def read_book(corpus: "Corpus", post: Callable[[Message], object], is_stopped: Callable[[], bool]) -> threading.Thread:
    """Post BookRead now, and once more when the words are counted, if the text has words; returns the thread."""
    characters = corpus.vocabulary.characters
    post(EventPosted(BookRead(characters, None)))

    def count() -> None:
        for words in words_of(_pieces(corpus), characters):
            if is_stopped():
                return
            if words is not None:
                post(EventPosted(BookRead(characters, words)))
            time.sleep(_BREATH)

    thread = threading.Thread(target=count, name="book", daemon=True)
    if len(corpus.train) <= MOST_CHARACTERS:
        thread.start()
    return thread


def _pieces(corpus: "Corpus") -> Iterator[str]:
    for begin in range(0, len(corpus.train), _PIECE):
        yield corpus.vocabulary.decode(corpus.train[begin : begin + _PIECE].tolist())
