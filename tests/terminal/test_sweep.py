"""A sweep on a real terminal: it is quit in the middle, its runs saved, goes on to its end, and then is looked at."""

import json
import time
from pathlib import Path

import pytest

from tests.cli.support import SMALL
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.rows import SweepReader
from tui_rnn.sweeps.spec import Status

SWEEP = ("sweep", "tale.txt", *SMALL, "--set", "eta=0.05,0.1", "--seeds", "2", "-j", "2")


def rows(folder):
    return SweepReader(SweepFolder(Path(folder, "s"))).look()


@pytest.mark.slow
def test_a_sweep_is_quit_goes_on_and_is_looked_at(terminal, tmp_path):
    begun = terminal(*SWEEP, "-o", "s", "--steps", "100000000")
    begun.until("TRAINING", "0 of 4 runs", "▶ training")
    while not all(row.line is not None and row.line.step > 0 for row in rows(tmp_path)[:2]):
        time.sleep(0.05)
        begun.read()
    begun.press("q")
    begun.until("2 runs in training: stop", "Stop and quit (q)")
    begun.press("q")
    code, after = begun.end()
    assert code == 0
    assert "Stopped with 0 of 4 runs done: " in after
    assert " sweep s goes on" in after
    assert begun.after == begun.before  # the terminal's modes
    stopped = rows(tmp_path)
    assert [row.status for row in stopped] == [Status.STOPPED] * 2 + [Status.WAITING] * 2
    for row in stopped[:2]:
        events = Path(row.line.run, "events.jsonl").read_text().splitlines()
        done = json.loads(events[-1])
        assert (done["event"], done["reason"], done["saved"]) == ("done", "signal", True)
    # A smaller one, to its end
    whole = terminal(*SWEEP, "-o", "t", "--steps", "2000")
    whole.until("DONE", "4 of 4 runs", "✓ finished")
    whole.press("q")
    code, after = whole.end()
    assert code == 0
    assert "eta" in after
    assert Path(tmp_path, "t", "report").is_dir()
    looked = terminal("view", "t")
    looked.until("DONE", "4 of 4 runs", "▴")
    looked.press("v")
    looked.until("median", "quartiles", "✓✓")
    looked.press("q")
    assert looked.end()[0] == 0
    again = terminal("sweep", "s")
    again.until("TRAINING", "▶ training")
    steps = [row.line.step for row in stopped[:2]]
    again.child.kill(15)
    code, after = again.end()
    assert code == 143
    assert [row.line.step >= step for row, step in zip(rows(tmp_path), steps, strict=False)] == [True, True]
