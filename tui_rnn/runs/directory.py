"""The run directory: begun whole or not at all, found again, and all that is written there.

No NumPy is imported before a checkpoint is written or read, so that a bad path is said at once.
"""

import contextlib
import errno
import os
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_rnn.engine import exact_json
from tui_rnn.engine.errors import RunError, shell_word
from tui_rnn.engine.events import Checkpointed
from tui_rnn.engine.kinds import CheckpointKind
from tui_rnn.runs import checkpoint_choice
from tui_rnn.runs.lock import RunLock
from tui_rnn.runs.log import EventLog
from tui_rnn.runs.new_folder import RUNS, default_place, folder_named, not_made
from tui_rnn.storage.atomic import (
    make_folder,
    make_numbered_folder,
    remove_folders,
    remove_leftovers,
    write_atomically,
    write_numbered,
)
from tui_rnn.storage.files import SYSTEM, Files
from tui_rnn.storage.safe_open import open_regular

if TYPE_CHECKING:
    from tui_rnn.engine.checkpoint import Snapshot

MOST_CONFIG_BYTES = 1 << 20
# What is written here atomically.
_WRITTEN = re.compile(r"config\.json|ngrams\.json|[\w-]+\.ckpt|traceback-[\d-]+\.txt")


class RunDirectory:
    """One run on disk: config.json, events.jsonl, checkpoints/, and the samples that its user saved."""

    def __init__(self, path: Path, files: Files = SYSTEM) -> None:
        self.path = path
        self.config_file = path / "config.json"
        self.events_file = path / "events.jsonl"
        self.checkpoints = path / "checkpoints"
        self.ngrams_file = path / "ngrams.json"
        self._lock = RunLock(path)
        self._files = files
        self._is_new = False  # made by `create`
        self._read_back: set[str] = (
            set()
        )  # the contents (state, model) of which a checkpoint was read back and compared
        self._made: list[Path] = []  # the folders that `create` made, the outermost first
        self._written: list[Path] = []  # the files that this process wrote and that were not there before

    @classmethod
    def create(cls, path: str | Path | None, corpus: str, now: datetime, files: Files = SYSTEM) -> "RunDirectory":
        """A new, locked, empty run at `path`, or at runs/<corpus>-<date>-<time>.

        Raises ConfigError or RunError. What was made by then is removed, unless another process began a run in it.
        """
        given = folder_named("--run", path)
        place = given or default_place(corpus, now)
        try:
            if path is None:  # two runs may begin within a second
                made = make_numbered_folder(place, files)
                place = made[-1]
            else:
                cls(place)._refuse_to_begin_twice()
                made = make_folder(place, files)
        except OSError as error:
            raise not_made(place, error, was_given=given is not None) from None
        run = cls(place, files)
        run._made, run._is_new = made, True
        try:
            run.lock()
            run._refuse_to_begin_twice()  # another process may have begun one, and ended it
            run._made = made + make_folder(run.checkpoints, files)
        except BaseException as error:
            if run._lock.is_locked and not isinstance(error, RunError):
                run.abandon()
            else:  # another process began a run here: what is in the folder is that one's
                run.release()
                remove_folders(made, files)
            if isinstance(error, OSError):
                raise not_made(place, error, was_given=given is not None) from None
            raise
        return run

    def abandon(self) -> None:
        """Remove what was made and written since `create`, but no folder that holds anything else; let others write."""
        try:
            self.check()
        except OSError:  # the folder at this path is another run's by now
            self.release()
            return
        # The content of the folder is removed while no other process can lock it, and the lock file last of all.
        for path in reversed(self._written):
            self._unlink(path)
        remove_folders([folder for folder in self._made if folder == self.checkpoints], self._files)
        self._unlink(self._lock.file)  # Windows removes it when it is released
        self.release()
        remove_folders([folder for folder in self._made if folder != self.checkpoints], self._files)

    @classmethod
    def find(cls, name: str) -> "RunDirectory":
        """The run at the path `name`, or of that name under runs/. Raises RunError where there is none."""
        for path in (Path(name), RUNS / name):
            run = cls(path)
            if run.holds_a_run():
                return run
        for path in Path(name).parents if os.path.exists(name) else ():
            if path.name and cls(path).holds_a_run():  # `name` is a file or folder in it
                raise RunError(f"{name} is a part of the run {path}: give {shell_word(path)}")
        if os.path.isfile(name) and name.endswith(".ckpt"):
            raise RunError(
                f"{name} is a checkpoint outside of a run: write with it by tui-rnn sample {shell_word(name)}"
            )
        if os.path.isfile(name):
            raise RunError(f"{name} is a file, not a run: begin one with tui-rnn {shell_word(name)}")
        raise RunError(f"{name} holds no run: see tui-rnn runs for those under {RUNS}/")

    def holds_a_run(self) -> bool:
        """Whether a run was begun here."""
        return (
            os.path.isfile(self.config_file)
            or os.path.isfile(self.events_file)
            or (os.path.isdir(self.checkpoints) and any(self.checkpoints.glob("*.ckpt")))
        )

    def lock(self) -> None:
        """Keep every other process from writing here until `release` or the end of this one. Raises RunError.

        Temporary files that a killed process left are removed.
        """
        self._lock.acquire()
        for path in (self.config_file, self.checkpoints):  # what is written would go elsewhere
            if path.is_symlink():
                self.release()
                raise RunError(f"{path} cannot be used (it is a link): put what it leads to in its place")
        for folder in (self.path, self.checkpoints):
            remove_leftovers(folder, _WRITTEN, self._files)

    def release(self) -> None:
        """Let others write."""
        self._lock.release()

    def is_locked(self) -> bool:
        """Whether a process trains the run; False where it cannot be known, as of another user's run."""
        return self._lock.is_taken()

    def check(self) -> None:
        """Raise OSError where the folder that was locked has been moved, removed, or replaced by another."""
        self._lock.check()

    def open_log(self) -> EventLog:
        """events.jsonl, to append to. Raises RunError."""
        try:
            self.check()
            return EventLog(self.events_file, self._files)
        except OSError as error:
            raise RunError(
                f"{self.events_file} cannot be written ({error.strerror}): make room, or the folder writable, or "
                f"move it away"
            ) from None

    def write_config(self, config: dict[str, Any]) -> None:
        """Put the resolved configuration on disk. Raises RunError."""
        try:
            self._write(self.config_file, (exact_json.dumps(config, indent=2) + "\n").encode())
        except OSError as error:
            raise self._not_written(error) from None

    def keep_text(self, name: str, data: bytes) -> Path:
        """Keep a text that lies nowhere else; its path. Raises RunError."""
        path = self.path / name
        try:
            self._write(path, data)
        except OSError as error:
            raise self._not_written(error) from None
        return path

    def read_config(self) -> dict[str, Any]:
        """What `write_config` wrote. Raises RunError."""
        try:
            with open_regular(self.config_file) as file:
                config = exact_json.loads(file.read(MOST_CONFIG_BYTES))  # a larger file is cut, and so refused
        except FileNotFoundError:
            raise RunError(
                f"{self.config_file} is missing: the run cannot be resumed, but its checkpoints can be sampled"
            ) from None
        except OSError as error:
            raise RunError(f"{self.config_file} cannot be read ({error.strerror}): the run cannot be resumed") from None
        except (ValueError, RecursionError):
            raise RunError(f"{self.config_file} is damaged: use the run's checkpoints with tui-rnn sample") from None
        if not isinstance(config, dict):
            raise RunError(f"{self.config_file} is damaged: use the run's checkpoints with tui-rnn sample")
        return config

    def save(self, snapshot: "Snapshot", kind: CheckpointKind) -> Checkpointed:
        """Write a checkpoint: a best model to best.ckpt or best-held-out.ckpt, a final or timed state to last.ckpt.

        Other states go to last.ckpt and then to step-N.ckpt; the event names the latter. Raises OSError: then the files
        are as they were, or last.ckpt is already the new one.

        The first state and the first model that this process writes are read back and compared, so that "saved" is
        never said of a file that cannot be read.
        """
        from tui_rnn.engine.checkpoint import check_file, check_seal, seal

        data = seal(snapshot)
        is_first = snapshot.contents not in self._read_back
        if is_first:
            check_seal(data, snapshot)  # before the file that is there is replaced
        names = checkpoint_choice.files_of(kind, snapshot.state.step)
        for name in names:
            self._write(self.checkpoints / name, data)
            if is_first:
                check_file(self.checkpoints / name, snapshot)
        self._read_back.add(snapshot.contents)
        kind = CheckpointKind.PERIODIC if kind == CheckpointKind.TIMED else kind
        return Checkpointed(snapshot.state.step, kind, str(self.checkpoints / names[-1]))

    def keep(self, snapshot: "Snapshot") -> None:
        """Write the first checkpoint of a branch: the state that it goes on from. Raises RunError."""
        try:
            self.save(snapshot, CheckpointKind.TIMED)
        except OSError as error:
            raise self._not_written(error) from None

    def keep_file(self, path: Path, data: bytes) -> None:
        """Write a file of the run's folder that later looks at the run can do without. Raises OSError."""
        self._write(path, data)

    def save_sample(self, name: str, text: str, suffix: str = ".txt") -> Path:
        """Write the text as it is to samples/name.txt, or to name-2.txt, … where that is taken. Returns its path.

        Raises OSError, its strerror plain words.
        """
        return self.keep_numbered("samples", name, suffix, text)

    def keep_numbered(self, folder: str, name: str, suffix: str, text: str) -> Path:
        """Write the text to folder/name + suffix in the run's folder, or with -2, -3, … where that is taken; its path.

        Raises OSError, its strerror plain words.
        """
        self.check()
        place = self.path / folder
        if place.is_symlink():  # what is written would go elsewhere
            raise OSError(errno.ELOOP, f"{folder} is a link", str(place))
        make_folder(place, self._files)
        path = write_numbered(place / name, suffix, text.encode("utf-8", "surrogatepass"), self._files)
        self.check()  # so that what is said to be saved is found at its path
        return path

    def latest(self) -> tuple["Snapshot | None", str | None, list[str]]:
        """The newest sound state, as `checkpoint_choice.state` finds it."""
        return checkpoint_choice.state(self.checkpoints)

    def saved_steps(self) -> list[int]:
        """The steps that `state_at` finds, ascending."""
        return checkpoint_choice.steps(self.checkpoints)

    def state_at(self, step: int) -> tuple["Snapshot", str]:
        """The state of this step, as `checkpoint_choice.state_at` finds it."""
        return checkpoint_choice.state_at(self.path, self.checkpoints, step)

    def model(self, *, last: bool, held_out: bool = False) -> tuple["Snapshot", list[str]]:
        """The model to write text with, as `checkpoint_choice.model` finds it."""
        return checkpoint_choice.model(self.path, self.checkpoints, last=last, held_out=held_out)

    def _write(self, path: Path, data: bytes) -> None:
        """As write_atomically, into the folder that was locked and no other. Raises OSError."""
        self.check()
        if not os.path.exists(path):
            self._written.append(path)
        write_atomically(path, data, self._files)
        self.check()  # so that what is said to be saved is found at its path

    def _not_written(self, error: OSError) -> RunError:
        remedy = "give another folder with --run" if self._is_new else "make room, or make the folder writable"
        return RunError(f"{self.path} cannot be written ({error.strerror}): {remedy}")

    def _unlink(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            self._files.unlink(path)

    def _refuse_to_begin_twice(self) -> None:
        if self.holds_a_run():
            raise RunError(
                f"--run {self.path} already holds a run: give another folder, or go on with tui-rnn resume "
                f"{shell_word(self.path)}"
            )
