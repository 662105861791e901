"""An unexpected error: the state is saved where it is whole, the traceback kept in a file, and one line returned."""

import contextlib
import traceback
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import tui_rnn
from tui_rnn.engine.kinds import CheckpointKind
from tui_rnn.storage.atomic import write_atomically

if TYPE_CHECKING:
    from tui_rnn.runs.directory import RunDirectory
    from tui_rnn.runs.session import Session


def record_crash(run: "RunDirectory | None", error: BaseException, session: "Session | None" = None) -> str:
    """The one line for the user. If no update was half made, the state is saved as the run's last checkpoint.

    The traceback is kept in the run directory, or without a run in the system's folder for temporary files. Call it
    while the run is still locked: nothing is written to a folder that has taken its place.
    """
    if session is not None and session.trainer.between_updates:
        with contextlib.suppress(Exception):  # saving may be what failed; the user is shown the first error
            from tui_rnn.engine.checkpoint import state_snapshot  # imports NumPy, as a session has done already

            snapshot = state_snapshot(session.trainer, session.control.clock.elapsed_seconds)
            session.job.directory.save(snapshot, CheckpointKind.FINAL)
    line = f"unexpected {type(error).__name__}: {error}"
    path = (run.path if run else _temporary_folder()) / f"traceback-{datetime.now():%Y%m%d-%H%M%S}.txt"
    text = f"tui-rnn {tui_rnn.__version__}\n" + "".join(traceback.format_exception(error))
    try:
        if run is not None:
            run.check()
        write_atomically(path, text.encode("utf-8", "backslashreplace"))
    except OSError as disk:
        return f"{line}; the traceback could not be written ({disk.strerror})"
    return f"{line}; the traceback is in {path}"


def _temporary_folder() -> Path:
    import tempfile  # here, since it takes 10 ms and is seldom needed

    return Path(tempfile.gettempdir())
