"""Where one update's time goes: microseconds of every phase, taken inside real training."""

import time
from collections import defaultdict
from collections.abc import Callable
from statistics import median
from typing import Any

from tui_rnn.bench.measure import ROUNDS, Figure, calls_in
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.kernels.reference import NumPyKernel
from tui_rnn.engine.trainer import Trainer

REST = "the rest: clipping, best model, history"


class _Clocks:
    """Puts a clock around methods of single objects; what runs inside one is not counted twice."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)

    def watch(self, owner: object, method: str, phase: str) -> None:
        inner: Callable[..., Any] = getattr(owner, method)

        def timed(*arguments: Any) -> Any:
            since = time.perf_counter()
            result = inner(*arguments)
            self.spent[phase] += time.perf_counter() - since
            return result

        setattr(owner, method, timed)


def watched(trainer: Trainer) -> _Clocks:
    """Clocks around the phases of this trainer's updates."""
    assert isinstance(trainer.kernel, NumPyKernel)
    clocks, stack = _Clocks(), trainer.kernel.workspace.stack
    for owner, method, phase in (
        (trainer.order, "next", "cut the window"),
        (stack, "gather", "gather: U[x] + b"),
        (stack.tape, "forward", "recurrence: h = tanh(a + h W)"),
        (trainer.model, "readout", "readout: softmax(H V + c), loss"),
        (trainer.model, "readout_gradient", "backward: dV, dc, dH"),
        (stack.tape, "backward", "backward through time"),
        (stack, "gradient", "backward: dW, db, dU"),
        (trainer.optimizer, "update", "optimizer"),
    ):
        clocks.watch(owner, method, phase)
    return clocks


def phases(corpus: Corpus, seconds: float, **options: Any) -> list[Figure]:
    """Microseconds an update of every phase, medians over rounds; `options` go to the training configuration."""
    trainer = Trainer(RunConfig.from_recipe(corpus=corpus.path or "text", **options), corpus)
    clocks = watched(trainer)
    count = calls_in(trainer.step, seconds / ROUNDS)
    rounds: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        clocks.spent.clear()
        since = time.perf_counter()
        for _ in range(count):
            trainer.step()
        whole = time.perf_counter() - since
        for phase, spent in clocks.spent.items():
            rounds[phase].append(spent / count)
        rounds[REST].append((whole - sum(clocks.spent.values())) / count)
        rounds["one update"].append(whole / count)
    return [Figure(phase, median(found) * 1e6, "µs") for phase, found in rounds.items()]
