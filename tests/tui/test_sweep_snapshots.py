"""Pictures of a made-up sweep, compared with those that were looked at and accepted."""

import pytest

from tests.tui.sweep_support import MadeUpReader, a_sweep
from tui_rnn.runs.course import Course
from tui_rnn.tui import course_reader
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.sweep_app import SweepViewApp


def a_course(directory):
    """Of the run in this folder, which is not there: the course that its row tells."""
    row = next(row for row in a_sweep() if row.line is not None and row.line.run == str(directory.path))
    points = [(float(step), loss / 25) for step, loss in row.followed.log.course]
    steps, losses = zip(*points, strict=True)
    return Course(row.spec.name, steps, losses, 25, recent=tuple(points))


@pytest.mark.parametrize(("size", "keys"), [((120, 40), "o"), ((80, 24), "v")], ids=["runs", "settings"])
def test_a_sweep_looks_as_accepted(snap_compare, monkeypatch, size, keys):
    monkeypatch.setattr(course_reader, "read_course", a_course)
    app = SweepViewApp("sweeps/made-up", ScreenOptions(), MadeUpReader)
    app.animation_level = "none"

    async def look(pilot):
        for _ in range(500):
            if app.sweep.panel.table is not None:
                break
            await pilot.pause(0.01)
        await pilot.press("end", *keys, "up")
        for _ in range(500):
            if set(app.sweep.panel.wanted) <= set(app.sweep.panel._courses):
                break
            await pilot.pause(0.01)

    assert snap_compare(app, terminal_size=size, run_before=look)
