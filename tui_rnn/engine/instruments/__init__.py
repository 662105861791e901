"""Instruments: what can be seen in a network between two updates, each a pure function of its weights and a text."""

from collections.abc import Mapping
from typing import Protocol

from tui_rnn.engine.errors import InputError
from tui_rnn.engine.instruments.norms import parameter_norms
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Parameters
from tui_rnn.engine.windows import Window


class Instrument(Protocol):
    """Reads the network and changes nothing: what it computes in is its own, and what it returns is frozen."""

    def __call__(self, model: Model, theta: Parameters, window: Window, /) -> object:
        """What is seen with these weights; `window` is the one that training reads next."""


INSTRUMENTS: Mapping[str, Instrument] = {"parameter_norms": parameter_norms}


def instrument(name: str) -> Instrument:
    """The instrument of this name. Raises InputError where there is none."""
    if name not in INSTRUMENTS:
        raise InputError(f"there is no instrument {name!r}: choose {', '.join(INSTRUMENTS)}")
    return INSTRUMENTS[name]
