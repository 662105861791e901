"""How the next sample is written: its temp and top-p, from the values there are, and by which weights."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tui_rnn.engine.control import SampleRequest

TEMPERATURES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5, 2.0)
TOP_P = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
_LENGTH = 1000  # characters


class NextSample:
    """What the next sample is asked for with, changed by keys; `show` is called with each change."""

    def __init__(self, show: Callable[[SampleRequest], object]) -> None:
        self.request = SampleRequest(_LENGTH)
        self._show = show

    def take(self, request: SampleRequest | None) -> None:
        """Take this one from here on; None: that one stays."""
        if request is not None:
            self.request = request
            self._show(request)

    def step_temperature(self, change: int) -> None:
        """The temperature so many values up or down."""
        self._change(temperature=neighbour(TEMPERATURES, self.request.temperature, change))

    def step_top_p(self, change: int) -> None:
        """Its top-p so many values up or down."""
        self._change(top_p=neighbour(TOP_P, self.request.top_p, change))

    def take_other_weights(self) -> None:
        """The best weights in place of the live ones, or the other way round."""
        self._change(model="live" if self.request.model == "best" else "best")

    def _change(self, **changes: Any) -> None:
        self.take(replace(self.request, **changes))


def neighbour(values: tuple[float, ...], value: float, change: int) -> float:
    """The value `change` places further in `values`, or the outermost."""
    return values[min(max(values.index(value) + change, 0), len(values) - 1)]
