"""`tui-rnn sweep FOLDER --cancel RUN` and `--resume RUN`: one run of a sweep is ended by hand, or taken up again."""

import sys
from collections.abc import Sequence

from tui_rnn.engine.errors import RunError, shell_word
from tui_rnn.headless.sweep_lines import plain
from tui_rnn.runs.log import as_line
from tui_rnn.started_as import program as started_as
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.rows import Row, SweepReader
from tui_rnn.sweeps.spec import Status


def change(folder: SweepFolder, cancel: Sequence[str], resume: Sequence[str], *, as_json: bool) -> int:
    """Cancel these runs, by number or name, and take those up again; 0. Whoever trains the sweep heeds it at once.

    Raises RunError, with nothing changed, where one is no run of this sweep, or has come to its end.
    """
    rows = SweepReader(folder).look()
    to_cancel, to_resume = ([rows[folder.plan().number_of(each) - 1] for each in runs] for runs in (cancel, resume))
    for row in to_cancel:
        if row.status in (Status.FINISHED, Status.DIVERGED, Status.CUT):
            raise RunError(f"{row.spec.name} has come to its end ({row.status}): there is nothing left to cancel")
    for row in to_resume:
        if row.status != Status.CANCELLED:
            raise RunError(f"{row.spec.name} was not cancelled (it is {row.status}): only such a run is taken up again")
    for row in to_cancel:
        folder.cancelled.add(row.spec.name)
        _say(row, "cancelled", _after_cancel(folder, row, rows.index(row) + 1), as_json=as_json)
    for row in to_resume:
        folder.cancelled.remove(row.spec.name)
        _say(row, "resumed", _after_resume(folder), as_json=as_json)
    return 0


def _after_cancel(folder: SweepFolder, row: Row, number: int) -> str:
    ends = "it ends with a checkpoint; " if row.status == Status.TRAINING else ""
    return f"{ends}{_command(folder)} --resume {number} takes it up again"


def _after_resume(folder: SweepFolder) -> str:
    return "the sweep goes on with it" if folder.is_locked() else f"{_command(folder)} goes on with it"


def _command(folder: SweepFolder) -> str:
    return f"{started_as()} sweep {shell_word(folder.path)}"


def _say(row: Row, event: str, what_follows: str, *, as_json: bool) -> None:
    spec = row.spec
    if as_json:
        record = {"event": f"job_{event}", "name": spec.name, "setting": spec.setting, "seed": spec.seed}
        sys.stdout.write(as_line(record | {"run": spec.run}))
    else:
        sys.stdout.write(plain(f"{spec.name}: {event}; {what_follows}") + "\n")
