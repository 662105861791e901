"""The losses of this epoch and of the last along the text, where training reads now, and the words there."""

from collections.abc import Iterator
from dataclasses import dataclass

from tui_rnn.engine.instruments.book import Losses, beginning_of_word
from tui_rnn.engine.instruments.subject import Subject
from tui_rnn.engine.loss_along import EpochLosses

_QUOTED = 200  # characters


@dataclass(frozen=True, slots=True)
class Epochs:
    """How hard each part of the text was when it was read, as far as this process has read it."""

    number: int  # of this epoch, from 1
    order: str  # of the windows, as the configuration names it
    this: tuple[Losses, ...]  # by equal parts of the text that is trained on
    last: tuple[Losses, ...]
    windows: int  # that were counted: all updates but those of processes before this one
    places: tuple[int, ...]  # where each stream reads on
    quote: str  # the text from the first of them on


def epoch_losses(subject: Subject, argument: None = None) -> Iterator[Epochs]:
    """The instrument. Of a saved model, which reads the text nowhere, it sees nothing."""
    along, corpus = subject.loss_along, subject.corpus
    if along is None:
        return
    places = tuple(map(int, subject.window.places))
    at = beginning_of_word(corpus.indices, corpus.vocabulary, places[0])
    yield Epochs(
        number=along.epoch,
        order=subject.config.order,
        this=_losses(along.this_epoch),
        last=_losses(along.last_epoch),
        windows=along.windows,
        places=places,
        quote=corpus.vocabulary.decode(corpus.indices[at : at + _QUOTED]),
    )


def _losses(epoch: EpochLosses) -> tuple[Losses, ...]:
    return tuple(map(Losses, epoch.sums.tolist(), epoch.counts.tolist()))
