"""A sweep that was asked for is trained, on the live table or in lines; then its answer is said, its report written."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_rnn import place, signals, stdio
from tui_rnn.cli.showing import say_warnings
from tui_rnn.engine.errors import InputError, counted, shell_word
from tui_rnn.safe_text import safe_text
from tui_rnn.started_as import program as started_as

if TYPE_CHECKING:
    from tui_rnn.sweeps.engines import Engine
    from tui_rnn.sweeps.folder import SweepFolder
    from tui_rnn.sweeps.plan import Plan
    from tui_rnn.tui.panels.base import ScreenOptions


def train_sweep(
    folder: "SweepFolder",
    plan: "Plan",
    places: int,
    make_engine: Callable[[], "Engine"],
    screen: "ScreenOptions | None",
    *,
    as_json: bool,
) -> int:
    """Train what is left of it, with the screen on a table, else in lines; then say what came of it, and report."""
    from tui_rnn.headless import sweep as lines
    from tui_rnn.sweeps.conduct import Conductor
    from tui_rnn.sweeps.estimate import Estimate

    with folder.locked():
        folder.create(plan)
        if screen is not None:
            signals.hold()
            return _train_on_screen(folder, plan, make_engine, screen)
        engine = make_engine()
        places = engine.places or places
        conductor = Conductor(folder, engine)
        estimate = Estimate(plan, [row.spec.name for row in conductor.rows if row.status.is_final])
        signals.hold()
        code, done = lines.train(folder, plan, estimate, conductor, places, as_json=as_json)
    if not done.is_stopped and not as_json:
        _report(folder.path)
    if failed := done.counts.get("failed"):
        again = safe_text(f"{started_as()} sweep {shell_word(folder.path)}", one_line=True)
        stdio.write_stderr(f"tui-rnn: {counted(failed, 'run')} failed, as said above: {again} tries again\n")
    return code


def _train_on_screen(
    folder: "SweepFolder", plan: "Plan", make_engine: Callable[[], "Engine"], screen: "ScreenOptions"
) -> int:
    """On the live table; behind it, once all runs have ended, the answer and the report."""
    from tui_rnn.tui import program

    say_warnings()

    def begin() -> Any:
        from tui_rnn.sweeps.conduct import Conductor

        return Conductor(folder, make_engine())

    nobody = place.why_nobody_types(place.streams(), os.environ)
    code = program.sweep(str(folder.path), begin, screen, is_attended=not nobody)
    if code in (0, 1):
        from tui_rnn.sweeps.answer import answer
        from tui_rnn.sweeps.rows import SweepReader
        from tui_rnn.sweeps.words import headline

        rows = SweepReader(folder).look()
        if all(row.status.is_final for row in rows):
            print(headline(plan, answer(plan, rows)))
            _report(folder.path)
    return code


def engine(dask: str | None, places: int) -> "Engine":
    """That of the cluster, or that of this machine."""
    if dask is not None:
        from tui_rnn.sweeps.dask_engine import DaskEngine

        return DaskEngine(dask)
    from tui_rnn.sweeps.local import LocalEngine

    return LocalEngine(places)


def _report(path: Path) -> None:
    """Write the report of the sweep and say where; where it cannot be written, why."""
    from tui_rnn.cli.studies import measure
    from tui_rnn.report import sweep as report

    measure(path)
    try:
        print(f"report   {safe_text(str(report.write(path)), one_line=True)}")
    except InputError as error:  # no matplotlib, or a file of its name that is another's
        stdio.write_stderr(f"tui-rnn: warning: no report was written: {safe_text(str(error), one_line=True)}\n")
