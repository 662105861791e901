"""An unexpected error: save what is sound, keep the traceback in the run directory, and say it in one line."""

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
    """The one line to tell the user. A state between two updates is saved as the run's last checkpoint.

    Without a run the traceback is kept in the system's folder for temporary files. To be called before the run is
    released: what is in its place by then is not written to.
    """
    if session is not None and session.trainer.between_updates:
        with contextlib.suppress(Exception):  # saving may be what failed; the first error is the one to tell of
            from tui_rnn.engine.checkpoint import state_snapshot  # NumPy, which is loaded where there is a session

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
    import tempfile  # takes 10 ms, which nobody waits for who needs it not

    return Path(tempfile.gettempdir())
