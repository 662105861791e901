"""One window's gradient, computed naively, indexed, and indexed and hoisted: the assignment's optional speed task.

All are checked to agree before they are timed.
"""

from collections.abc import Callable, Mapping
from statistics import median

import numpy as np

from tui_rnn.bench import rivals
from tui_rnn.bench.literal import Columns, columns, indexed_gradient, one_hot_gradient
from tui_rnn.bench.measure import Figure, by_turns, ratio
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.errors import TuiRnnError
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.rng import stream
from tui_rnn.engine.windows import Sequential

Gradient = Callable[[], Mapping[str, Array]]
NAIVE = "naive: one-hot, step by step, float64"
_TOLERANCE = {"float64": 1e-12, "float32": 1e-4}  # of the norm-wise error against the naive gradient


def gradients(corpus: Corpus, seconds: float, T: int = 25, m: int = 100) -> list[Figure]:
    """Microseconds a gradient and the speed-up over the naive one. Raises TuiRnnError where two disagree."""
    ways = _ways(corpus, T, m)
    expected = ways[NAIVE]()
    for name, way in ways.items():
        found = way()
        worst = max(_error(found[key], expected[key]) for key in expected)
        if not worst <= _TOLERANCE["float32" if "float32" in name else "float64"]:
            raise TuiRnnError(f"the gradient of {name!r} is off by {worst:.1e}: nothing was timed")
    times = dict(zip(ways, by_turns(list(ways.values()), seconds), strict=True))
    return [
        *(Figure(name, median(found) * 1e6, "µs") for name, found in times.items()),
        *(Figure(name, ratio(times[NAIVE], found), "x") for name, found in times.items()),
    ]


def _ways(corpus: Corpus, T: int, m: int) -> dict[str, Gradient]:
    config = RunConfig.from_recipe("report", corpus.path or "text", hidden_size=m)
    model = Model.from_config(config, len(corpus.vocabulary))
    theta = model.init(stream(0, "init"), np.float64, "scaled")
    window = Sequential(corpus.indices, T, 1).next()
    x, y = window.x, window.y
    literal, inputs, targets, zero = columns(theta), x[:, 0].tolist(), y[:, 0].tolist(), np.zeros((m, 1))

    def hoisted(dtype: str) -> Gradient:
        own = theta.copy(dtype)
        g = Parameters(model.shapes, dtype)
        ws, h0 = model.workspace(T, 1, dtype), model.zero_state(1, dtype)

        def gradient() -> Parameters:
            model.loss_and_gradient(own, x, y, h0, ws, g)
            return g

        return gradient

    ways: dict[str, Gradient] = {
        NAIVE: lambda: _rows(one_hot_gradient(literal, inputs, targets, zero)[1]),
        "indexed, step by step, float64": lambda: _rows(indexed_gradient(literal, inputs, targets, zero)[1]),
        "indexed and hoisted, float64": hoisted("float64"),
        "indexed and hoisted, float32": hoisted("float32"),
    }
    if rivals.torch_version() is not None:
        ways["PyTorch autograd, float64"] = rivals.autograd(theta, x, y)
        ways["PyTorch autograd, float32"] = rivals.autograd(theta.copy("float32"), x, y)
    return ways


def _rows(g: Columns) -> dict[str, Array]:
    """A gradient of columns in the engine's shapes, as views."""
    return {name: value.T if name in "UWV" else value[:, 0] for name, value in g.items()}


def _error(a: Array, b: Array) -> float:
    """The norm-wise relative error ‖a − b‖ / (‖a‖ + ‖b‖)."""
    return float(np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b)))
