"""The losses of this epoch and of the last along the text, where training reads now, and the words there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.instruments.book import Losses, beginning_of_word
from tui_rnn.engine.loss_along import EpochLosses, LossAlong
from tui_rnn.engine.vocabulary import Vocabulary
from tui_rnn.engine.windows import Window

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


def epochs(
    along: LossAlong, order: str, window: Window, text: NDArray[np.unsignedinteger], vocabulary: Vocabulary
) -> Epochs:
    """`order` is the configuration's, `window` the next that training reads of this text."""
    places = tuple(map(int, window.places))
    at = beginning_of_word(text, vocabulary, places[0])
    return Epochs(
        number=along.epoch,
        order=order,
        this=_losses(along.this_epoch),
        last=_losses(along.last_epoch),
        windows=along.windows,
        places=places,
        quote=vocabulary.decode(text[at : at + _QUOTED]),
    )


def _losses(epoch: EpochLosses) -> tuple[Losses, ...]:
    return tuple(map(Losses, epoch.sums.tolist(), epoch.counts.tolist()))
