"""A run without a screen whose terminal goes away, with a hang-up or without a word."""

import fcntl
import os
import struct
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

import termios

from tests.cli.support import SECONDS, SMALL, TALE, is_one_line, running
from tui_rnn.engine.checkpoint import load
from tui_rnn.runs.log import read_records

STEPS = 2000  # at a line each these fill a terminal's buffer many times over, so the run waits for us before its end
OPTIONS = ("--headless", *SMALL, "--steps", str(STEPS), "--progress-every", "1", "--run", "run")
STREAMS = (("stderr",), ("stdout",), ("stdout", "stderr"))


def ended(folder, shown, *, hangs_up):
    """The exit code of a run some of whose streams are a terminal that is closed; the others are files."""
    Path(folder, "tale.txt").write_text(TALE, newline="")
    window, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))  # a person's: others have no size
    own = {"start_new_session": True, "preexec_fn": lambda: fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)}
    with open(folder / "stdout", "wb") as lines, open(folder / "stderr", "wb") as words:
        streams = {"stdout": lines, "stderr": words, **dict.fromkeys(shown, terminal)}
        with running("tale.txt", *OPTIONS, cwd=folder, **streams, **(own if hangs_up else {})) as process:
            os.close(terminal)
            read = b""
            while (b"steps, about" if "stderr" in shown else b"\nstep ") not in read:
                read += os.read(window, 1 << 12)
            os.close(window)
            return process.wait(SECONDS)


@pytest.mark.parametrize(
    ("shown", "hangs_up"),
    [
        pytest.param(shown, hangs_up, marks=() if hangs_up == ("stdout" in shown) else pytest.mark.slow)
        for shown in STREAMS
        for hangs_up in (False, True)
    ],
    ids=lambda part: " and ".join(part) if isinstance(part, tuple) else ("without a word", "with a hang-up")[part],
)
def test_a_terminal_that_goes_away_leaves_a_run_that_ended_in_good_order(tmp_path, monkeypatch, shown, hangs_up):
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # what a stream took no more of would be tried again at exit
    code = ended(tmp_path, shown, hangs_up=hangs_up)
    *_, done = read_records(tmp_path / "run" / "events.jsonl")
    assert (done["event"], done["saved"]) == ("done", True)
    assert load(tmp_path / "run" / "checkpoints" / "last.ckpt").state.step == done["step"]
    assert list(tmp_path.glob("run/traceback-*")) == []
    told = (tmp_path / "stderr").read_text()
    if hangs_up:
        assert code == 129
        assert 0 < done["step"] < STEPS
        assert told == ""
    elif "stdout" in shown:
        assert (code, done["reason"]) == (1, "stopped")
        assert 0 < done["step"] < STEPS
        assert "stderr" in shown or is_one_line(told)
        assert "stderr" in shown or "stdout takes no more (Input/output error)" in told
    else:  # nothing that anybody asked for is lost
        assert (code, done["reason"], done["step"], told) == (0, "steps", STEPS, "")
