"""Counts the words of the text in a thread of its own, in small pieces beside training, and posts what it found."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from textual.message import Message

from tui_rnn.engine.errors import TuiRnnError
from tui_rnn.engine.events import BookRead
from tui_rnn.engine.text import held_out_length, read_text
from tui_rnn.engine.words import MOST_CHARACTERS, words_of
from tui_rnn.tui.messages import EventPosted

if TYPE_CHECKING:
    from tui_rnn.engine.config import RunConfig
    from tui_rnn.engine.corpus import Corpus

_PIECE = 1 << 14  # characters: some 2 ms
_BREATH = 0.004  # seconds for training and keys, after each piece


def read_book(corpus: "Corpus", post: Callable[[Message], object], is_stopped: Callable[[], bool]) -> threading.Thread:
    """Post BookRead now, and once more when the words are counted, if the text has words; returns the thread."""
    characters = corpus.vocabulary.characters
    post(EventPosted(BookRead(characters, None)))

    def count() -> None:
        _count(_pieces(corpus), characters, post, is_stopped)

    thread = threading.Thread(target=count, name="book", daemon=True)
    if len(corpus.train) <= MOST_CHARACTERS:
        thread.start()
    return thread


def read_book_of(
    path: str,
    sha256: str,
    config: "RunConfig",
    post: Callable[[Message], object],
    is_stopped: Callable[[], bool],
) -> threading.Thread:
    """The same for a run that is viewed, of the file at this path, where it still is the text of this sha256."""

    def count() -> None:
        with contextlib.suppress(TuiRnnError, OSError, ValueError):
            if os.path.getsize(path) > MOST_CHARACTERS:
                return
            source = read_text(path, config.encoding, config.errors)
            if source.sha256 == sha256:
                text = source.characters
                characters = "".join(sorted(set(text)))
                post(EventPosted(BookRead(characters, None)))
                text = text[: len(text) - held_out_length(len(text), config.holdout)]
                pieces = (text[begin : begin + _PIECE] for begin in range(0, len(text), _PIECE))
                _count(pieces, characters, post, is_stopped)

    thread = threading.Thread(target=count, name="book", daemon=True)
    thread.start()
    return thread


def _count(
    pieces: Iterable[str], characters: str, post: Callable[[Message], object], is_stopped: Callable[[], bool]
) -> None:
    for words in words_of(pieces, characters):
        if is_stopped():
            return
        if words is not None:
            post(EventPosted(BookRead(characters, words)))
        time.sleep(_BREATH)


def _pieces(corpus: "Corpus") -> Iterator[str]:
    for begin in range(0, len(corpus.train), _PIECE):
        yield corpus.vocabulary.decode(corpus.train[begin : begin + _PIECE].tolist())
