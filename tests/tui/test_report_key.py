"""The key r has another process write the report, and says where it is or why there is none."""

import os
import sys
from pathlib import Path

import pytest

from tests.tui.support import MadeUpApp, begin, live, picture, refused, saved, tell, until
from tui_rnn.engine.control import SaveRequest
from tui_rnn.tui import reporting
from tui_rnn.tui.panels.run import RunPanel

WRITES = "import sys; print('written for ' + sys.argv[1])"
REFUSES = "import sys; sys.exit('tui-rnn: \\x1b[31mno update yet: train for longer')"
COUNTS = "import sys, time; open(sys.argv[1] + '-count', 'a').write('x'); time.sleep(0.3); print('there')"


@pytest.fixture
async def pilot(tmp_path):
    async with MadeUpApp(str(tmp_path / "run")).run_test(size=(200, 60)) as pilot:
        await begin(pilot)
        await tell(pilot, saved(500))
        yield pilot


def instead(monkeypatch, *program):
    """Start this program, with the run as its last argument, where the report's would be started."""
    monkeypatch.setattr(reporting, "command", lambda *arguments: ([*program, arguments[-1]], dict(os.environ)))


def events(pilot):
    return str(pilot.app.training.query_one(RunPanel).text.content)


@pytest.mark.parametrize(("program", "words"), [(WRITES, "report written to written for"), (REFUSES, "␛[31mno update")])
async def test_where_the_report_is_or_why_not_stands_among_the_events(pilot, monkeypatch, program, words):
    instead(monkeypatch, sys.executable, "-c", program)
    await pilot.press("r")
    await until(pilot, lambda: words in events(pilot))


async def test_one_report_is_written_at_a_time(pilot, monkeypatch):
    instead(monkeypatch, sys.executable, "-c", COUNTS)
    count = Path(pilot.app.training.run.run + "-count")
    await pilot.press("r", "r", "r")
    await until(pilot, lambda: "there" in events(pilot))
    assert count.read_text() == "x"
    await pilot.press("r")
    await until(pilot, lambda: count.read_text() == "xx")


@pytest.mark.parametrize("answer", [saved(600, "requested"), refused(600, "requested")])
async def test_of_a_run_in_training_the_model_is_saved_first_unless_the_disk_refuses(pilot, monkeypatch, answer):
    instead(monkeypatch, sys.executable, "-c", WRITES)
    begun, write_report = [], reporting.write_report
    monkeypatch.setattr(reporting, "write_report", lambda *asked: begun.append(1) or write_report(*asked))
    await picture(pilot, live(600))
    await pilot.press("r", "r")
    await until(pilot, lambda: pilot.app.control.asked == [SaveRequest()])
    await tell(pilot, saved(550, "best"))  # holds the model alone, before the state
    assert not begun
    await tell(pilot, answer)
    await until(pilot, lambda: "report written to" in events(pilot))
    assert (begun, pilot.app.control.asked) == ([1], [SaveRequest()])


async def test_a_checkpoint_writes_no_report_that_nobody_asked_for(pilot, monkeypatch):
    begun = []
    monkeypatch.setattr(reporting, "write_report", lambda *asked: begun.append(asked))
    await picture(pilot, live(600))
    await tell(pilot, saved(600))
    assert not begun


async def test_a_program_that_cannot_be_started_is_told_of(pilot, monkeypatch, tmp_path):
    instead(monkeypatch, str(tmp_path / "no-such-program"))
    await pilot.press("r")
    await until(pilot, lambda: "the report cannot be written (No such file" in events(pilot))


@pytest.mark.parametrize(
    ("environ", "platform", "there"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": "localhost:10", "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, "linux", False),
        ({}, "darwin", True),
        ({"SSH_TTY": "/dev/ttys001"}, "darwin", False),
        ({}, "win32", True),
    ],
)
def test_a_browser_is_opened_only_where_the_user_sees_it(environ, platform, there):
    assert reporting.has_display(environ, platform) == there


async def test_a_report_that_is_written_is_opened_where_there_is_a_display(pilot, monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr(reporting, "has_display", lambda *_: True)
    monkeypatch.setattr(reporting, "_open", lambda page: not opened.append(page))
    instead(monkeypatch, sys.executable, "-c", WRITES)
    await pilot.press("r")
    await until(pilot, lambda: "and open in the browser" in events(pilot))
    assert opened == [Path(f"written for {tmp_path / 'run'}")]


def test_a_browser_that_draws_in_the_terminal_is_not_opened(monkeypatch, tmp_path):
    page = tmp_path / "report.html"
    page.write_text("")
    for browser, takes in (("true", False), ("false", False)):  # named by BROWSER, each is of the kind of lynx
        monkeypatch.setenv("BROWSER", browser)
        assert reporting._open(page) is takes
    assert not reporting._open(tmp_path / "nowhere.html")
