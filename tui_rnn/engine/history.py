"""LossHistory: the losses of a whole run in bounded memory, thinned without losing a minimum."""

from collections.abc import Mapping

import numpy as np

from tui_rnn.engine.parameters import Array
from tui_rnn.engine.recent import mean_of_last

CAPACITY = 4096  # points kept at the most; even, since points are merged in pairs


class LossHistory:
    """A point for every `stride` updates; the stride doubles each time the capacity is reached."""

    def __init__(self) -> None:
        self.stride = 1
        self.steps: list[int] = []  # the last update of each point
        self.smooth: list[float] = []  # smooth loss at that update
        self.lowest: list[float] = []  # lowest smooth loss within the point
        self.raw: list[float] = []  # mean loss within the point
        self._pending = 0
        self._raw_sum = 0.0
        self._lowest = float("inf")

    def append(self, step: int, loss: float, smooth_loss: float) -> None:
        """Add one update's losses."""
        self._pending += 1
        self._raw_sum += loss
        if smooth_loss < self._lowest:
            self._lowest = smooth_loss
        if self._pending < self.stride:
            return
        self.steps.append(step)
        self.smooth.append(smooth_loss)
        self.lowest.append(self._lowest)
        self.raw.append(self._raw_sum / self._pending)
        self._pending, self._raw_sum, self._lowest = 0, 0.0, float("inf")
        if len(self.steps) >= CAPACITY:
            self._thin()

    def _thin(self) -> None:
        self.stride *= 2
        self.steps = self.steps[1::2]
        self.smooth = self.smooth[1::2]
        self.lowest = list(map(min, self.lowest[::2], self.lowest[1::2]))
        self.raw = [(a + b) / 2 for a, b in zip(self.raw[::2], self.raw[1::2], strict=True)]

    def recent(self) -> float | None:
        """The mean loss of the last 50 updates (recent.py), the same after a resume: it follows from the points."""
        return mean_of_last(self.raw, self.stride, self._pending, self._raw_sum)

    def arrays(self) -> dict[str, Array]:
        """The points as arrays, and the point not yet complete as (stride, updates, sum of losses, lowest)."""
        return {
            "steps": np.array(self.steps, np.int64),
            "smooth": np.array(self.smooth, np.float64),
            "lowest": np.array(self.lowest, np.float64),
            "raw": np.array(self.raw, np.float64),
            "pending": np.array(
                [self.stride, self._pending, self._raw_sum, min(self._lowest, np.finfo(np.float64).max)], np.float64
            ),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> "LossHistory":
        """The history that `arrays` gave."""
        history = cls()
        for name in ("steps", "smooth", "lowest", "raw"):
            getattr(history, name).extend(arrays[name].tolist())
        stride, pending, history._raw_sum, history._lowest = arrays["pending"].tolist()
        history.stride, history._pending = int(stride), int(pending)
        return history
