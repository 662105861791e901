"""A run followed through its files while another process may train it: no lock is held, and nothing is written."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui_rnn.engine.adjustments import Hyperparameters
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import CheckpointError, ConfigError, CorpusError, RunError
from tui_rnn.engine.events import Event
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.text import SourceText
from tui_rnn.runs import corpus_search
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.following import LogFollower, newest_lines
from tui_rnn.runs.manifest import Manifest
from tui_rnn.runs.run_log import RunLog

if TYPE_CHECKING:
    from tui_rnn.engine.checkpoint import Snapshot
    from tui_rnn.engine.state import TrainingState

TRAINING, INTERRUPTED = "training", "interrupted"  # the states of a run that are no Ending


class FollowedRun:
    """What the files of one run say. `log` is the newest of it at first, and all of it once `news` was read."""

    def __init__(self, directory: RunDirectory) -> None:
        """Takes a glance at the files, however large they are. Raises RunError where nothing says what was trained."""
        self.directory = directory
        self.log = RunLog()
        for line in newest_lines(directory.events_file):
            self.log.take(line, samples=False)
        self._follower = LogFollower(directory.events_file)
        self._has_read = self._has_looked = False
        self._saved: TrainingState | None = None  # as the newest checkpoint says, of a run without a log
        self.fault = ""  # why config.json is of no use
        self.manifest = self._manifest()
        self.in_use = directory.is_locked()

    @classmethod
    def find(cls, name: str) -> "FollowedRun":
        """The run at this path or of this name under runs/. Raises RunError."""
        return cls(RunDirectory.find(name))

    @classmethod
    def at(cls, folder: str | Path) -> "FollowedRun":
        """The run in this folder. Raises RunError."""
        return cls(RunDirectory(Path(folder)))

    @property
    def run(self) -> str:
        """Its folder, as the user sees it."""
        return str(self.directory.path)

    @property
    def config(self) -> RunConfig:
        """The configuration as it was last adjusted, as far as config.json, the newest start and the log say.

        Its own goal, over which the schedule of eta is spread, is that of config.json: a start tells where it ended.
        """
        started = self._of_newest_start()  # as it was in force then
        manifest = started or self.manifest
        adjusted = {**({} if started else manifest.adjusted), **self.log.adjusted}
        own = self.manifest.config.goal
        config = replace(manifest.config, steps=own.steps, minutes=own.minutes)
        try:
            return Hyperparameters.of(config, adjusted).in_force(config)
        except ConfigError:  # of a log that a newer version wrote
            return config

    @property
    def goal(self) -> Goal:
        """Where the latest process was to end."""
        return (self._of_newest_start() or self.manifest).goal

    @property
    def state(self) -> str:
        """The word of its Ending; TRAINING; or INTERRUPTED, where its process ended without a word."""
        if self.log.done is not None:
            return self.log.done.reason.value
        return TRAINING if self.in_use else INTERRUPTED

    @property
    def is_paused(self) -> bool:
        """Whether the process that trains it waits for its user."""
        return self.state == TRAINING and self.log.is_paused

    @property
    def is_saved(self) -> bool:
        """Whether nothing was lost when it ended; of a run that diverged nothing later is worth having."""
        done = self.log.done
        return done is None or done.saved or done.reason == "diverged"

    @property
    def is_damaged(self) -> bool:
        """Whether config.json is of no use, or the log cannot be read, as far as the last look saw."""
        return bool(self.fault) or self._follower.is_unreadable

    def news(self, *, samples: bool = True) -> Iterator[Event]:
        """What was logged since the last look, all of it at the first one, but for the progress: that is in `log`.

        Without `samples` neither are they: of many, most are never parsed.
        """
        self.in_use = self.directory.is_locked()  # first: a process writes its last event before it lets go
        for line in self._follower.lines():
            if not self._has_read:
                self._has_read, self.log = True, RunLog()
            if (event := self.log.take(line, samples=samples)) is not None:
                yield event

    def saved_alone(self) -> "TrainingState | None":
        """What the newest checkpoint says of a run whose log says nothing; None where that does, or there is none."""
        if self.log.first_start is not None or self.log.step:
            return None
        if not self._has_looked:
            self._has_looked = True  # once: a checkpoint is read whole
            snapshot = self.snapshot() if any(self.directory.checkpoints.glob("*.ckpt")) else None
            self._saved = None if snapshot is None else snapshot.state
        return self._saved

    def snapshot(self) -> "Snapshot | None":
        """The newest sound state on disk; None where there is none."""
        with contextlib.suppress(CheckpointError, OSError):
            return self.directory.latest()[0]
        return None

    def text(self) -> SourceText | None:
        """The very text that the run is trained on, where a resume would find it; None where it does not."""
        stored, sha256 = self.manifest, self._text_sha256()
        if sha256 is None:
            return None
        with contextlib.suppress(CorpusError, ConfigError):
            found = corpus_search.find_text(self.directory, stored, {sha256})
            if found.fits:
                return found.decoded(stored.config)
        return None

    def _text_sha256(self) -> str | None:
        """The digest of the run's text, as the first says of config.json, the log, and the newest checkpoint."""
        logged = self.log.corpus.get("sha256")
        if self.manifest.corpus.sha256 is not None or isinstance(logged, str):
            return self.manifest.corpus.sha256 or logged
        return None if (snapshot := self.snapshot()) is None else snapshot.corpus_sha256

    def _of_newest_start(self) -> Manifest | None:
        """What the options of the latest process make, if its start can be read."""
        if self.log.start is not None:
            with contextlib.suppress(ConfigError):
                return Manifest.from_json(self.log.start.config)
        return None

    def _manifest(self) -> Manifest:
        """What config.json holds; else what the log's start does, or the newest checkpoint."""
        try:
            return Manifest.read(self.directory)
        except (RunError, OSError) as error:
            self.fault = getattr(error, "strerror", None) or str(error)
        if (found := self._of_newest_start() or self._of_first_start()) is not None:
            return found
        if (snapshot := self.snapshot()) is not None:
            return Manifest(snapshot.config, snapshot.config.goal)
        raise RunError(
            f"{self.directory.path} holds neither a configuration nor a checkpoint that can be read: name another run, "
            f"of those in tui-rnn runs"
        )

    def _of_first_start(self) -> Manifest | None:
        first = RunLog()
        for line in LogFollower(self.directory.events_file).lines():
            first.take(line)
            if first.start is not None:
                with contextlib.suppress(ConfigError):
                    found = Manifest.from_json(first.start.config)
                    return replace(found, run=self.run)
                return None
        return None
