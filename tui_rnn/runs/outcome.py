"""What the end of a run means for its process: whether the last state is lost, and the exit code of the contract."""

from tui_rnn.engine.events import Done
from tui_rnn.engine.kinds import Ending

# A front end that caught a signal exits with 128 and its number.
EXIT_CODES = {Ending.STEPS: 0, Ending.STOPPED: 0, Ending.SIGNAL: 0, Ending.DIVERGED: 3}


def is_lost(done: Done, *, wanted: bool = True) -> bool:
    """Whether the last state is not on disk though it was `wanted`; that of a run that diverged is never saved."""
    return wanted and not done.saved and done.reason != Ending.DIVERGED


def exit_code(done: Done, *, wanted: bool = True) -> int:
    """1 where the last state is lost, else the code of the ending."""
    return 1 if is_lost(done, wanted=wanted) else EXIT_CODES[done.reason]


def faults(done: Done, run: str, refused: str = "") -> str:
    """One line: what was lost, and the remedy; "" where nothing was.

    Lost can be the last state and, where stdout `refused` for this reason, lines.
    """
    lost = is_lost(done)
    refusals = [f"step {done.step} is not saved in {run}"] if lost else []
    remedy = "make room, or put the folder back"
    if refused:
        refusals.append(f"stdout takes no more ({refused})")
        if not lost:
            remedy = "make room, or write elsewhere" + ("; the run is saved" if done.saved else "")
    return f"{', and '.join(refusals)}: {remedy}" if refusals else ""
