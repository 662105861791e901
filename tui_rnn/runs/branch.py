"""A branch: a new run that goes on from a checkpoint of another one, with another learning rate, goal or text."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tui_rnn.engine.config import check_minutes
from tui_rnn.engine.errors import ConfigError
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.job import Job, going_on
from tui_rnn.runs.manifest import CorpusRecord, Manifest, Origin
from tui_rnn.runs.new_text import with_new_text
from tui_rnn.storage.files import SYSTEM, Files


def branched_job(
    name: str,
    eta: float | None,
    run: str | None,
    steps: int | None,
    options: Mapping[str, Any],
    minutes: float | None = None,
    *,
    at: int | None = None,
    kernel: str | None = None,
    corpus: tuple[str, ...] = (),
    accept_changed_corpus: bool = False,
    new_text: tuple[str, ...] = (),
    files: Files = SYSTEM,
) -> Job:
    """A new run that goes on from another's newest sound checkpoint with this learning rate; the other is not changed.

    Its configuration is the other run's, as it was given; the learning rate, where one is given, is its first
    adjustment. `at` is the step of an earlier checkpoint. Without a checkpoint it begins at the first step. `new_text`
    are the files of another text that it reads from now on, from its beginning. Goals and errors are those of
    `resumed_job`.
    """
    check_minutes(minutes)
    texts, accepts = new_text or corpus, accept_changed_corpus or bool(new_text)
    parent, stored = going_on(
        RunDirectory.find(name), steps, minutes, options, texts, accepts, at, kernel, is_new=bool(new_text)
    )
    if new_text:
        parent = _on_new_text(parent, stored)
    config, before = parent.config, parent.hyperparameters
    after = before if eta is None else before.with_value(config, "eta", eta)
    adjusted = after.adjusted_from(config)
    step = parent.snapshot.state.step if parent.snapshot else 0
    directory = RunDirectory.create(run, config.corpus, datetime.now(), files)
    try:
        job = replace(
            parent,
            directory=directory,
            manifest=replace(
                parent.manifest,
                run=str(directory.path),
                origin=Origin(parent.run, parent.resumed_from, step, before.eta, accept_changed_corpus, bool(new_text)),
                adjusted=adjusted,
            ),
            adjusted=adjusted,
            first_adjustments={**parent.first_adjustments, **({} if after.eta == before.eta else {"eta": after.eta})},
        )
        job.manifest.write(directory)
        if job.snapshot is not None:  # so that this run too can be resumed from the start
            directory.keep(replace(job.snapshot, state=replace(job.snapshot.state, adjusted=adjusted)))
    except BaseException:
        directory.abandon()
        raise
    return job


def gone_back(job: Job, eta: float | None = None) -> Job:
    """The branch that goes on from a diverged job's last good checkpoint to its goal, with this eta, or half of its.

    Its options are the diverged job's. Errors are those of `branched_job`.
    """
    of_job = job.manifest
    options = {**of_job.front_end, "max_corpus": of_job.max_corpus, "max_memory": of_job.max_memory}
    eta = job.hyperparameters.eta / 2 if eta is None else eta
    return branched_job(job.run, eta, None, job.goal.steps, options, job.goal.minutes)


def _on_new_text(parent: Job, stored: Manifest) -> Job:
    """The job of a branch on the text that was read for it. Raises ConfigError where that is the run's own."""
    last = parent.snapshot.corpus_sha256 if parent.snapshot else stored.corpus.sha256
    name = parent.source.path
    if parent.source.sha256 in (last, stored.corpus.sha256):
        raise ConfigError(f"--new-text {name} is what {parent.run} was trained on: give another text, or leave it out")
    config = replace(parent.config, corpus=name)
    snapshot = with_new_text(parent.snapshot, config, parent.source) if parent.snapshot else None
    record = CorpusRecord.of(parent.source, snapshot.state.step if snapshot else 0)
    return replace(parent, manifest=replace(parent.manifest, config=config, corpus=record), snapshot=snapshot)
