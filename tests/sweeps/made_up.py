"""Sweeps made up of plans and rows alone: no run is trained, and no file is read."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from tui_rnn.engine.config import RunConfig
from tui_rnn.runs.listing import RunLine
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.rows import Row
from tui_rnn.sweeps.spec import JobSpec, Status

Told = tuple[Status, float | None]  # how a run stands, and its loss


def plan(varied: dict[str, list[Any]], seeds: Sequence[int] = (0, 1, 2), **options: Any) -> Plan:
    """A plan on no text, for 10,000 steps unless the options say otherwise."""
    options = {"steps": 10_000, **options}
    jobs = []
    for values in itertools.product(*varied.values()):
        setting = dict(zip(varied, values, strict=True))
        for seed in seeds:
            name = f"{len(jobs):03}" + "".join(f"-{option}={value}" for option, value in setting.items())
            config = RunConfig.from_recipe("adagrad", "made-up.txt", seed=seed, **{**options, **setting})
            spec = JobSpec(f"{name}-seed={seed}", f"/sweep/{name}", [], "0" * 64, config.to_json(), setting, "1")
            jobs.append(spec)
    return Plan(["made-up.txt"], "0" * 64, "adagrad", options, varied, list(seeds), jobs, "1")


def rows(of: Plan, tell: Callable[[dict[str, Any], int], Told]) -> list[Row]:
    """A row for each job: how it stands and its loss, which is all of its losses, by its setting and seed."""
    return [_row(job, *tell(job.setting, job.seed)) for job in of.jobs]


def _row(job: JobSpec, status: Status, loss: float | None) -> Row:
    line = RunLine(
        run=job.run,
        corpus="made-up.txt",
        recipe="adagrad",
        step=job.run_config.steps,
        steps=job.run_config.steps,
        best_smooth_loss=None if loss is None else 25 * loss,
        best_step=1,
        seq_length=25,
        state="steps",
        changed=0.0,
        nats_per_char=loss,
        best_held_out_nats_per_char=loss,
        recent_nats_per_char=loss,
    )
    return Row(job, status, line=None if status == Status.WAITING else line)
