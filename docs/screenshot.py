r"""Pictures of the real screen: `python docs/screenshot.py corpora/goblet.txt` trains for some seconds and draws it.

    python docs/screenshot.py --all                     all pictures of the documents, from real runs
    python docs/screenshot.py corpora/alice.txt --recipe wide --steps 2000 --holdout 0.1 --size 200 60 \
        --keys 3 v --theme paper --output /tmp/read.svg       a panel as it looks today

The run of a single picture is paused when it is taken. NO_COLOR=1 before the command draws what a screen without
colours shows.
"""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cells import picture
from textual.pilot import Pilot

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import TuiRnnError
from tui_rnn.engine.text import read_text
from tui_rnn.runs.job import new_job
from tui_rnn.tui.app import TuiRnnApp
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.shell import ShellApp, check_theme
from tui_rnn.tui.sweep_app import SweepViewApp

DOCS = Path(__file__).resolve().parent
_FOR_A_KEY = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: where it is written, the size of the terminal, and the keys pressed before it is taken."""

    output: Path
    size: tuple[int, int] = (120, 40)
    keys: tuple[str, ...] = ()
    seconds: float = 3.0  # from the last key to the picture, for samples and instruments


@dataclass(frozen=True, slots=True)
class Run:
    """A run whose screen is drawn, and its pictures, taken one after another."""

    corpus: Path
    shots: Sequence[Shot]
    recipe: str = "adagrad"
    steps: int = 40_000  # updates before the first keys are pressed
    goal: int = 100_000
    holdout: float = 0.0
    theme: str | None = None
    marker: str = "braille"
    goes_on: bool = True  # else it is paused then
    one_by_one: bool = False  # made while paused: it stands still after exactly so many


_BOOK = DOCS.parent / "corpora" / "goblet.txt"
_SMALL = (100, 30)
_DOCUMENTS = (
    # The chart, samples, and what the network reads.
    Run(_BOOK, [Shot(DOCS / "screen.svg", keys=("3", "1"), seconds=2)]),
    # The others are of runs that have ended by then, so that the same run, made again, shows the same figures. What
    # units follow is measured each half minute.
    Run(
        _BOOK,
        [
            Shot(DOCS / "screen-update.svg", _SMALL, ("n", "m")),
            Shot(DOCS / "screen-broken.svg", _SMALL, ("v", "v", "j"), seconds=5),
        ],
        steps=1000,
        one_by_one=True,
    ),
    Run(_BOOK, [Shot(DOCS / "screen-health.svg", (120, 40), ("4", "m"), seconds=60)], steps=1000),
    Run(
        _BOOK,
        [
            Shot(DOCS / "screen-read.svg", _SMALL, ("3", "m"), seconds=60),
            Shot(DOCS / "screen-reach.svg", _SMALL, ("5",), seconds=8),
            Shot(DOCS / "screen-letters.svg", _SMALL, ("6",)),
            Shot(DOCS / "screen-sample.svg", _SMALL, ("s",), seconds=5),
        ],
        recipe="wide",
        steps=1000,
        goal=6000,
        holdout=0.1,
    ),
)


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep that is trained to its end, by these options of `tui-rnn sweep`, and the pictures of its table."""

    corpus: Path
    options: Sequence[str]
    shots: Sequence[Shot]


_OPTIONS = "--steps=20000 --holdout=0.1 --set=eta=0.03,0.1,0.3 --set=memory_start=0,10 --seeds=4"
_SWEEP = Sweep(
    _BOOK,
    _OPTIONS.split(),
    [Shot(DOCS / "screen-sweep.svg", keys=("v", "end", "o", "home"))],
)


async def take(run: Run | Sweep) -> None:
    """Train up to the moment, and write every picture of it."""
    with tempfile.TemporaryDirectory() as folder:
        corpora = Path(folder, "corpora")
        corpora.mkdir()
        shutil.copy(run.corpus, corpora)
        before = Path.cwd()
        os.chdir(folder)  # so that the screen names corpora/… and runs/…, whatever the folder
        try:
            if isinstance(run, Sweep):
                await _take_sweep(run, f"corpora/{run.corpus.name}")
            else:
                await _take_here(run, f"corpora/{run.corpus.name}")
        finally:
            os.chdir(before)


async def _take_sweep(sweep: Sweep, corpus: str) -> None:
    words = ("-m", "tui_rnn", "sweep", corpus, *sweep.options, "--headless", "-o", "sweeps/first")
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    app = SweepViewApp("sweeps/first")
    async with app.run_test(size=sweep.shots[0].size) as pilot:
        while app.sweep.panel.table is None:
            await asyncio.sleep(0.05)
        for shot in sweep.shots:
            await _shoot(app, pilot, shot)


async def _take_here(run: Run, corpus: str) -> None:
    config = RunConfig.from_recipe(run.recipe, corpus, steps=run.goal, holdout=run.holdout)
    job = new_job(config, f"runs/{run.corpus.stem}-{run.recipe}", {"progress_every": 1000})
    app = TuiRnnApp(job, ScreenOptions(marker=run.marker, theme=run.theme))
    if run.one_by_one:
        app.control.pause()
        for _ in range(run.steps):
            app.control.one_step()
    async with app.run_test(size=run.shots[0].size) as pilot:
        while app.worker.picture is None or app.worker.picture.step < run.steps:
            if app.worker.has_ended:
                raise SystemExit("\n".join(app.last_words) or "the run has ended")
            await asyncio.sleep(0.05)
        if not run.goes_on:
            app.control.pause()
        for shot in run.shots:
            await _shoot(app, pilot, shot)
        app.control.stop(save=False)


async def _shoot(app: ShellApp, pilot: Pilot[None], shot: Shot) -> None:
    await pilot.resize_terminal(*shot.size)
    for key in shot.keys:
        app.simulate_key(key)
        await asyncio.sleep(_FOR_A_KEY)
    await asyncio.sleep(shot.seconds)
    shot.output.write_text(picture(app), encoding="utf-8")
    print(shot.output)


def main() -> None:
    """Read the command line and write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="?", type=Path)
    parser.add_argument("--all", action="store_true", help="all pictures of the documents; no other option is heeded")
    parser.add_argument("--steps", type=int, default=46_000, help="updates made when the picture is taken")
    parser.add_argument("--goal", type=int, help="updates the run is to make; twice as many as --steps")
    parser.add_argument("--size", type=int, nargs=2, default=(120, 40), metavar=("COLUMNS", "ROWS"))
    parser.add_argument("--keys", nargs="*", default=[], help="pressed before, as Textual names them: 3 v escape")
    parser.add_argument("--recipe", default="adagrad")
    parser.add_argument("--holdout", type=float, default=0.0)
    parser.add_argument("--theme")
    parser.add_argument("--marker", default="braille", choices=("braille", "hd", "dot", "ascii"))
    parser.add_argument("--output", type=Path, default=DOCS / "screen.svg")
    given = parser.parse_args()
    if given.all:
        for run in (*_DOCUMENTS, _SWEEP):
            asyncio.run(take(run))
        return
    if given.corpus is None:
        parser.error("a corpus, or --all")
    try:
        check_theme(given.theme)
        RunConfig.from_recipe(given.recipe, str(given.corpus), steps=given.steps, holdout=given.holdout)
        read_text(given.corpus)
    except TuiRnnError as error:  # an app that fails while it is tried never comes to its first picture
        parser.error(str(error))
    shot = Shot(given.output.resolve(), tuple(given.size), tuple(given.keys))
    asyncio.run(
        take(
            Run(
                given.corpus.resolve(),
                [shot],
                recipe=given.recipe,
                steps=given.steps,
                goal=given.goal or 2 * given.steps,
                holdout=given.holdout,
                theme=given.theme,
                marker=given.marker,
                goes_on=False,
            )
        )
    )


if __name__ == "__main__":
    main()
