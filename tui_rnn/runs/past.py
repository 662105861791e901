"""What was logged of a run up to a step: by its own processes, and before it by the runs that it is a branch of."""

import contextlib
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import RunError
from tui_rnn.engine.events import Adjusted, Checkpointed, Finding, HeldOut, InheritedSample, Progress, Sample
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.following import LogFollower
from tui_rnn.runs.manifest import Manifest, Origin
from tui_rnn.runs.run_log import RunLog

Past = Sample | HeldOut | Adjusted | Checkpointed | Finding | Progress


def own_past(directory: RunDirectory, last: int) -> Iterator[Past]:
    """What the run's own processes logged up to this step: samples, held-out losses, changes, findings, checkpoints.

    Last of all its progress, evenly thinned where there is much.
    """
    log = RunLog()
    for line in LogFollower(directory.events_file).lines():
        event = log.take(line)
        if isinstance(event, Sample | HeldOut | Adjusted | Checkpointed | Finding) and event.step <= last:
            yield event
    yield from (event for event in log.progress if event.step <= last)


def inherited_past(directory: RunDirectory, manifest: Manifest) -> Iterator[Past]:
    """What the runs that this one is a branch of logged up to where each was left, the oldest first.

    Samples come as `InheritedSample`. Checkpoints and findings stay those of their run, and held-out losses of another
    text are left out. Of a run that is gone, or is another one by now, there is nothing.
    """
    line: list[tuple[RunDirectory, int, bool]] = []  # the runs before, the newest first: where left, on this text
    on_this_text, last = True, None
    seen = {directory.path.resolve()}
    while (origin := manifest.origin) is not None:
        parent = _parent(directory, manifest.config, origin)
        if parent is None or parent[0].path.resolve() in seen:
            break
        seen.add(parent[0].path.resolve())
        on_this_text = on_this_text and not origin.new_text
        last = origin.step if last is None else min(last, origin.step)
        directory, manifest = parent
        line.append((directory, last, on_this_text))
    for directory, last, on_this_text in reversed(line):
        for event in own_past(directory, last):
            if isinstance(event, Sample):
                values = {each.name: getattr(event, each.name) for each in fields(event)}
                yield InheritedSample(**values, by=str(directory.path))
            elif not isinstance(event, Checkpointed | Finding) and (on_this_text or not isinstance(event, HeldOut)):
                yield event


def _parent(directory: RunDirectory, config: RunConfig, origin: Origin) -> tuple[RunDirectory, Manifest] | None:
    """The run that a run of this configuration went on from: at the path it had, or beside the branch."""
    for path in (Path(origin.run), directory.path.parent / Path(origin.run).name):
        with contextlib.suppress(RunError, OSError):
            found = RunDirectory(path)
            manifest = Manifest.read(found)
            # A branch has the configuration of its parent, but for what may be another from there on.
            if replace(manifest.config, corpus=config.corpus, kernel=config.kernel) == config:
                return found, manifest
    return None
