"""The sweeps in a folder, each in a line: how far it has come, and the best that it has reached."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tui_rnn.engine.errors import TuiRnnError
from tui_rnn.engine.joined_text import short_name
from tui_rnn.sweeps.answer import judge_of
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.planning import SWEEPS
from tui_rnn.sweeps.progress import SweepProgress, progress_of
from tui_rnn.sweeps.rows import SweepReader
from tui_rnn.sweeps.spec import Status


@dataclass(frozen=True, slots=True)
class SweepLine:
    """One sweep in short."""

    folder: str
    corpus: str
    recipe: str
    varied: tuple[str, ...]  # the long names of options
    progress: SweepProgress
    in_use: bool  # a process trains it
    best: float | None  # of its finished runs, by the loss that they are compared by, nats per character
    changed: float  # seconds since the epoch, of the newest event of a run


class SweepListing:
    """Looks at them again and again; what was read of one is kept."""

    def __init__(self, folder: Path = SWEEPS) -> None:
        self.folder = folder
        self._readers: dict[Path, SweepReader] = {}

    def look(self) -> list[SweepLine]:
        """Each sweep as it is now, the newest first; none where there is no such folder. Those damaged are left out."""
        found = []
        with suppress(OSError):
            for path in sorted(self.folder.iterdir()):
                with suppress(OSError, TuiRnnError):  # it is no sweep, or vanishes while it is read
                    found.append(self._line(path))
        return sorted(found, key=lambda line: -line.changed)  # of one time by name

    def _line(self, path: Path) -> SweepLine:
        if (reader := self._readers.get(path)) is None:
            reader = self._readers[path] = SweepReader(SweepFolder(path))
        rows, plan = reader.look(), reader.plan
        judge = judge_of(plan, rows)
        losses = [judge.loss(row) for row in rows if row.status == Status.FINISHED]
        events = [row.line.changed for row in rows if row.line is not None]
        return SweepLine(
            folder=str(path),
            corpus=", ".join(short_name(name) for name in plan.corpus),
            recipe=plan.recipe,
            varied=tuple(plan.varied),
            progress=progress_of(rows),
            in_use=reader.folder.is_locked(),
            best=min((loss for loss in losses if loss is not None), default=None),
            changed=max(events, default=reader.folder.plan_file.stat().st_mtime),
        )
