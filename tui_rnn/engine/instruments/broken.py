"""The gradient check on a copy, right and with each fault that students make: which rows fail, and by how much."""

from collections.abc import Iterator

from tui_rnn.engine.events import COMPLEX
from tui_rnn.engine.faults import FAULTS
from tui_rnn.engine.gradcheck import first_window, small_enough
from tui_rnn.engine.instruments.subject import Subject
from tui_rnn.engine.lessons import Lessons, teach

_FEWEST, _MOST = 4, 16  # numbers of each parameter that are tried
_BUDGET = 5 * 10**7  # multiplications that it may cost: some 50 ms
_AT_ONCE = 4


def broken_checks(subject: Subject, argument: None = None) -> Iterator[Lessons | None]:
    """The complex step on the first characters of the text; of a large network, a smaller one's with new weights."""
    model, theta, T = small_enough(subject.config, subject.model, subject.theta)
    x, y = first_window(subject.corpus.train, T)
    affordable = _BUDGET // (T * theta.flat.size * len(model.shapes))
    most = max(_FEWEST, min(_MOST, affordable))
    yield from teach(model, theta, x, y, FAULTS, method=COMPLEX, most_elements=most, at_once=_AT_ONCE)
