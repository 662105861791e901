"""Instruments: what can be seen in a network between two updates, each a pure function of its weights and a text."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from tui_rnn.engine.errors import InputError
from tui_rnn.engine.instruments.beat import beat
from tui_rnn.engine.instruments.book import book_reading, chapters
from tui_rnn.engine.instruments.broken import broken_checks
from tui_rnn.engine.instruments.epochs import epoch_losses
from tui_rnn.engine.instruments.health import health
from tui_rnn.engine.instruments.letters import map_of_letters
from tui_rnn.engine.instruments.norms import parameter_norms
from tui_rnn.engine.instruments.passage import passage
from tui_rnn.engine.instruments.ranking import ranking
from tui_rnn.engine.instruments.reach import average_reach, reach_stairs
from tui_rnn.engine.instruments.subject import Subject


class Instrument(Protocol):
    """Reads a copy of the network and changes nothing else: what it computes in is its own.

    It works in pieces of at most about 5 ms, so that neither training nor a key waits for it, and draws no random
    number of a stream that training knows. Whatever it raises, the run goes on.
    """

    def __call__(self, subject: Subject, argument: Any, /) -> Iterator[Any]:
        """Yields None after each piece of work, and last of all what was seen, frozen.

        `argument` is what was asked about, such as a text of one's own; None where that is nothing in particular.
        """


INSTRUMENTS: Mapping[str, Instrument] = {
    "parameter_norms": parameter_norms,
    "passage": passage,
    "ranking": ranking,
    "health": health,
    "beat": beat,
    "reach": reach_stairs,
    "average_reach": average_reach,
    "letters": map_of_letters,
    "book": book_reading,
    "chapters": chapters,
    "epochs": epoch_losses,
    "broken_checks": broken_checks,
}


def instrument(name: str) -> Instrument:
    """The instrument of this name. Raises InputError where there is none."""
    if name not in INSTRUMENTS:
        raise InputError(f"there is no instrument {name!r}: choose {', '.join(INSTRUMENTS)}")
    return INSTRUMENTS[name]


def look(name: str, subject: Subject, argument: Any = None) -> Any:
    """What this instrument sees, all of its work at once. Raises InputError where there is no such instrument."""
    return [None, *instrument(name)(subject, argument)][-1]
