"""Counts the n-grams of the text in a thread of its own beside training, and posts what counting reaches.

A thread, and no slice of the worker's: NumPy sorts without the interpreter's lock, so that training and keys go on
meanwhile. Of a book (900,000 characters) it takes 0.25 s of another core, and holds the lock for 11 ms at the most.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from tui_rnn.engine.events import NGramsCounted
from tui_rnn.runs import ngrams
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.tui.messages import EventPosted

if TYPE_CHECKING:
    from tui_rnn.engine.corpus import Corpus

MOST_CHARACTERS = 4_000_000  # of a text that is counted: its n-grams take some 60 bytes a character meanwhile


def count_ngrams(
    corpus: "Corpus", directory: RunDirectory, post: Callable[[Message], object], is_stopped: Callable[[], bool]
) -> threading.Thread | None:
    """Post NGramsCounted at once, where the run keeps what was counted; else count, in the thread that is returned.

    A text that is too long, or too short to be judged by its end, is not counted.
    """
    facts = corpus.sha256, len(corpus.vocabulary)
    if (losses := ngrams.kept(directory, *facts)) is not None:
        post(EventPosted(NGramsCounted(losses)))
        return None
    if len(corpus) > MOST_CHARACTERS:
        return None

    def count() -> None:
        from tui_rnn.engine.ngram import text_losses

        losses = tuple(text_losses(corpus.indices, len(corpus.vocabulary)))
        if losses and not is_stopped():
            post(EventPosted(NGramsCounted(losses)))
            ngrams.keep(directory, *facts, losses)

    thread = threading.Thread(target=count, name="n-grams", daemon=True)
    thread.start()
    return thread
