"""What a study measures beside its runs, where the command line has the bench measure for the report."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_rnn.engine.errors import TuiRnnError

if TYPE_CHECKING:
    from tui_rnn.engine.corpus import Corpus
    from tui_rnn.sweeps.plan import Plan

_SECONDS = 1.0  # for each way to compute the gradient, and for the update of each setting
_ABOUT_TIME = ("batches", "cells", "speed")  # studies that ask what an update costs


def measure(folder: Path) -> None:
    """Measure what the report of this sweep is to tell and its runs do not: the cost of updates, and of gradients.

    In turns, so that other work on the machine falls on all alike. Once; what cannot be measured the report says is
    missing.
    """
    from tui_rnn.sweeps.folder import SweepFolder

    sweep = SweepFolder(folder)
    with suppress(TuiRnnError, OSError):
        if not sweep.holds_a_sweep() or (plan := sweep.plan()).study not in _ABOUT_TIME or not plan.jobs:
            return
        from tui_rnn.bench.sections import text_for
        from tui_rnn.report.studies.costs import COSTS
        from tui_rnn.report.studies.speed import GRADIENTS

        missing = [name for name in (COSTS, GRADIENTS) if not (folder / name).exists()]
        config = plan.jobs[0].config
        if COSTS in missing or (GRADIENTS in missing and plan.study == "speed"):
            with text_for(plan.corpus[0], str(config.get("encoding")), str(config.get("errors"))) as text:
                if COSTS in missing:
                    _write(folder / COSTS, {"costs": _costs(plan, text.corpus)})
                if GRADIENTS in missing and plan.study == "speed":
                    _write(folder / GRADIENTS, {"gradients": _gradients(text.corpus)})


def _costs(plan: "Plan", corpus: "Corpus") -> list[dict[str, Any]]:
    """For each kind of update in the plan the seconds it takes: medians over rounds, in turns."""
    from statistics import median

    from tui_rnn.bench.measure import by_turns
    from tui_rnn.engine.trainer import Trainer
    from tui_rnn.report.studies.costs import cost_key

    configs = {cost_key(job.config): job.run_config for job in plan.jobs}
    trainers = [Trainer(config, corpus.holding_out(config.holdout)) for config in configs.values()]
    times = by_turns([trainer.step for trainer in trainers], _SECONDS)
    return [{"of": of, "seconds_per_update": median(found)} for of, found in zip(configs, times, strict=True)]


def _gradients(corpus: "Corpus") -> list[dict[str, Any]]:
    """For each way to compute a gradient its name, the microseconds it takes, and how much quicker that is."""
    from tui_rnn.bench.gradients import gradients

    figures = gradients(corpus, _SECONDS)
    micros = {each.name: each.value for each in figures if each.unit == "µs"}
    times = {each.name: each.value for each in figures if each.unit == "x"}
    return [{"name": name, "microseconds": micros[name], "times": times[name]} for name in micros]


def _write(path: Path, record: dict[str, Any]) -> None:
    from tui_rnn.engine import exact_json
    from tui_rnn.storage.atomic import write_atomically

    write_atomically(path, (exact_json.dumps(record, indent=1) + "\n").encode())
