"""What the end of a run means to whoever started it: whether its last state is lost, and the contract's exit code."""

from tui_rnn.engine.events import Done

EXIT_CODES = {"steps": 0, "stopped": 0, "signal": 0, "diverged": 3}  # whoever caught the signal adds 128 and its number


def is_lost(done: Done, *, wanted: bool = True) -> bool:
    """Whether the last state was to be saved and is not on disk; one that diverged never is to be."""
    return wanted and not done.saved and done.reason != "diverged"


def exit_code(done: Done, *, wanted: bool = True) -> int:
    """1 where the last state is lost, else what the reason says."""
    return 1 if is_lost(done, wanted=wanted) else EXIT_CODES[done.reason]


def faults(done: Done, run: str, refused: str = "") -> str:
    """What is lost and how it can be had, in a line: the last state, or for this reason lines to stdout; or ""."""
    lost = is_lost(done)
    told = [f"step {done.step} is not saved in {run}"] if lost else []
    remedy = "make room, or put the folder back"
    if refused:
        told.append(f"stdout takes no more ({refused})")
        if not lost:
            remedy = "make room, or write elsewhere" + ("; the run is saved" if done.saved else "")
    return f"{', and '.join(told)}: {remedy}" if told else ""
