"""How long a sweep takes, about: from a short trial of each size of network, and then from the runs that have ended."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.joined_text import joined, read_files
from tui_rnn.engine.text import MAX_CORPUS, most_bytes
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.spec import JobResult, JobSpec

START_SECONDS = 0.5  # of a process: imports, the text, the gradient checks, the first and the last files
_ALL_TRIALS = 3.0  # seconds, of all sizes together
_ONE_TRIAL = 0.3
_MOST_TRIED = 20  # sizes; of more only some are tried, evenly along their cost
_WARM_UP = 3  # updates that are not measured
# What an update's time depends on.
_SIZE = ("cell", "layers", "hidden_size", "seq_length", "batch_size", "optimizer", "dtype", "kernel", "dropout")

_Size = tuple[object, ...]


class Estimate:
    """Seconds of each job, about; corrected by those that have ended."""

    def __init__(self, plan: Plan, ended: Collection[str] = ()) -> None:
        """Trains a few updates of each size of network, on the plan's text, in this process.

        Jobs whose names are in `ended` take no more time.
        """
        jobs = [job for job in plan.jobs if job.name not in ended]
        self._seconds = dict(zip([job.name for job in jobs], _guessed(jobs), strict=True))
        self._ratios: list[float] = []  # of what a run took to what was guessed
        self._ended: set[str] = set()

    def ended(self, result: JobResult) -> None:
        """A job has ended, and took so long; one that was found to have ended before says nothing."""
        guessed = self._seconds.get(result.name)
        if guessed and result.seconds and result.name not in self._ended:
            self._ratios.append(result.seconds / guessed)
        self._ended.add(result.name)

    def left(self, names: Iterable[str], places: int, trained: Mapping[str, float] | None = None) -> float:
        """Seconds that so many at a time take for these jobs; `trained` are those that one has behind it already."""
        ratio = median(self._ratios[-50:]) if self._ratios else 1.0
        trained = trained or {}
        seconds = [max(0.0, self._seconds.get(name, 0.0) * ratio - trained.get(name, 0.0)) for name in names]
        return max(sum(seconds) / max(1, places), max(seconds, default=0.0))  # no job is cut over two places


def _guessed(jobs: Sequence[JobSpec]) -> list[float]:
    configs = [job.run_config for job in jobs]
    sizes = {_size(config): config for config in configs if config.minutes is None}
    rates = _rates(jobs[0], sizes) if sizes else {}
    return [START_SECONDS + _seconds_of(config, rates) for config in configs]


def _seconds_of(config: RunConfig, rates: dict[_Size, float]) -> float:
    if config.minutes is not None:
        return 60 * config.minutes
    return config.steps * rates[_size(config)]


def _size(config: RunConfig) -> _Size:
    return tuple(getattr(config, name) for name in _SIZE)


def _cost(config: RunConfig) -> int:
    """What an update costs in about the same unit for all sizes: for those that are not tried."""
    gates = {"rnn": 1, "gru": 3, "lstm": 4}.get(config.cell, 1)
    return (
        config.seq_length * config.batch_size * config.hidden_size * config.layers * gates * (config.hidden_size + 60)
    )


def _rates(job: JobSpec, sizes: dict[_Size, RunConfig]) -> dict[_Size, float]:
    """Seconds of an update of each size: tried, or of the tried one nearest in cost."""
    from tui_rnn.engine.corpus import Corpus  # NumPy
    from tui_rnn.engine.kernels.preparing import Preparation
    from tui_rnn.engine.trainer import Trainer

    files = read_files(job.corpus, most_bytes(job.bounds.get("max_corpus", MAX_CORPUS)))
    source = joined([(Path(path).name, data) for path, data in files], job.config["encoding"], job.config["errors"])
    corpus = Corpus.from_source(source)
    ordered = sorted(sizes.items(), key=lambda each: _cost(each[1]))
    step = -(-len(ordered) // _MOST_TRIED)
    tried = dict(ordered[::step])
    share = min(_ONE_TRIAL, _ALL_TRIALS / len(tried))
    rates = {}
    for size, config in tried.items():
        trainer = Trainer(config, corpus)
        preparation = Preparation(config, is_ready=trainer.has_kernel)  # once, here, and not in every process at a time
        if preparation.is_needed:
            preparation.begin()
            while not preparation.is_done(_ONE_TRIAL):
                pass
        for _ in range(_WARM_UP):
            trainer.step(0.0)
        made, begun_at = 0, time.perf_counter()
        while made == 0 or time.perf_counter() - begun_at < share:
            trainer.step(0.0)
            made += 1
        rates[size] = (time.perf_counter() - begun_at) / made
    for size, config in ordered:
        if size not in rates:
            near = min(tried, key=lambda other: abs(_cost(tried[other]) - _cost(config)))
            rates[size] = rates[near] * _cost(config) / _cost(tried[near])
    return rates
