"""The plan of a sweep: what is varied over which values, with how many seeds; and the jobs that makes."""

import hashlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from tui_rnn.engine.errors import RunError, nearest, shown
from tui_rnn.sweeps.spec import JobSpec, Record


@dataclass(frozen=True, slots=True)
class Plan(Record):
    """A sweep as it was asked for, as `sweep.json` keeps it. Every setting is trained with every seed."""

    corpus: list[str]  # the text's files in order, absolute
    corpus_sha256: str
    recipe: str
    options: dict[str, Any]  # what all runs have in common and the recipe has not, by the long names
    varied: dict[str, list[Any]]  # the values of each option that is varied, in order: {"eta": [0.05, 0.1]}
    seeds: list[int]
    jobs: list[JobSpec]  # in the order in which they are begun
    version: str
    study: str | None = None  # the name of the study that it is
    halving: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> list[dict[str, Any]]:
        """Every combination of the varied values, in the order of the options; one empty setting where none is."""
        names = list(self.varied)
        return [dict(zip(names, values, strict=True)) for values in itertools.product(*self.varied.values())]

    def number_of(self, run: str) -> int:
        """The number, from 1, of the run that goes by it, by its name or by the path of its folder. Raises RunError."""
        name = run.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
        names = [job.name for job in self.jobs]
        if name in names:
            return names.index(name) + 1
        if run.isdecimal() and 1 <= int(run) <= len(names):
            return int(run)
        close = nearest(name, names)
        remedy = f"did you mean {close}?" if close else f"give its number, from 1 to {len(names)}, or its name"
        raise RunError(f"{shown(run)} is no run of this sweep: {remedy}")

    @property
    def digest(self) -> str:
        """Of all that decides what is trained and which runs are cut, wherever it lies: equal digests, equal sweeps."""
        runs = [[job.name, {**job.config, "corpus": ""}] for job in self.jobs]
        what = [self.corpus_sha256, runs, self.study, self.halving]
        return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """The plan in a JSON object. Raises RunError for what cannot be used."""
        jobs = record.get("jobs")
        if not isinstance(jobs, list) or not all(isinstance(job, dict) for job in jobs):
            raise RunError("the plan of the sweep lists no jobs: begin the sweep again in another folder, with -o DIR")
        # Not super(): with slots the dataclass is another class than the one that super() was compiled for.
        return super(Plan, cls).from_json({**record, "jobs": [JobSpec.from_json(job) for job in jobs]})
