"""What one process shows, one thing after another: runs in training, runs that are looked at, what is made of them.

Each app is imported where it is shown: the first frame of one does not wait for the others.
"""

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_rnn import stdio
from tui_rnn.engine.errors import TuiRnnError
from tui_rnn.runs.branch import gone_back
from tui_rnn.runs.job import Job
from tui_rnn.safe_text import safe_text
from tui_rnn.started_as import program as started_as
from tui_rnn.tui.destinations import Destination, ToHome, ToSweep, ToTrain, ToView
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.shell import ShellApp, shown

if TYPE_CHECKING:
    from tui_rnn.tui.conducting import Conducts


class Program:
    """Shows one thing after another; each method returns the exit code of the contract."""

    def __init__(
        self, options: ScreenOptions | None = None, *, progress_every: int = 1000, is_attended: bool = True
    ) -> None:
        """`is_attended`: somebody can press a key; else a screen closes when training ends."""
        self._options = options or ScreenOptions()
        self._progress_every, self._is_attended = progress_every, is_attended

    @property
    def _recorded(self) -> Mapping[str, Any]:
        """The options of the front end, as a run that begins here records them."""
        options = self._options
        looks = {"marker": options.marker, "fps": options.fps, "theme": options.theme}
        return {"progress_every": self._progress_every, **looks, "headless": False, "json": False}

    def train(self, job: Job) -> int:
        """Train the job, what is made of it after a divergence, and what its user goes to from there."""
        from tui_rnn.tui.app import TuiRnnApp

        while True:
            app = TuiRnnApp(job, self._options, progress_every=self._progress_every, is_attended=self._is_attended)
            with job:
                exit_code = shown(app, job.directory)
            self._options = app.options_to_go_on_with
            if not app.leads_on:
                return exit_code
            if app.goes_on is not None:
                return self.follow(app.goes_on)
            try:
                job = gone_back(job, app.eta_back)
            except TuiRnnError as error:
                eta = job.hyperparameters.eta / 2 if app.eta_back is None else app.eta_back
                by_hand = f"{started_as()} resume {shlex.quote(job.run)} --eta {eta:g} --run DIR"
                return _cannot(f"the run could not go back: {error}; by hand: {by_hand}", exit_code)

    def view(self, name: str) -> int:
        """Look at the run at this path, or of this name under runs/, or at the sweep in a folder. Raises RunError."""
        from tui_rnn.sweeps.folder import SweepFolder

        if SweepFolder(Path(name)).holds_a_sweep():
            return self.view_sweep(name)
        from tui_rnn.runs.followed import FollowedRun
        from tui_rnn.tui.view_app import ViewApp

        return self._shown_and_followed(ViewApp(FollowedRun.find(name), self._options))

    def view_sweep(self, folder: str) -> int:
        """Look at the table of the sweep in this folder. Raises RunError where its plan cannot be read."""
        from tui_rnn.sweeps.folder import SweepFolder
        from tui_rnn.tui.sweep_app import SweepViewApp

        SweepFolder(Path(folder)).plan()
        return self._shown_and_followed(SweepViewApp(folder, self._options))

    def sweep(self, folder: str, begin: Callable[[], "Conducts"]) -> int:
        """Train the sweep in this folder, which is locked, with the conductor that `begin` makes, in a thread."""
        from tui_rnn.tui.sweep_app import SweepTrainApp

        return self._shown_and_followed(SweepTrainApp(folder, begin, self._options, is_attended=self._is_attended))

    def resume_sweep(self, folder: str) -> int:
        """Go on with the sweep in this folder. Raises RunError where it cannot be trained."""
        from tui_rnn.sweeps.conduct import Conductor
        from tui_rnn.sweeps.folder import SweepFolder
        from tui_rnn.sweeps.local import LocalEngine, cores
        from tui_rnn.sweeps.planning import check_text

        sweep = SweepFolder(Path(folder))
        check_text(sweep.plan())
        with sweep.locked():
            return self.sweep(folder, lambda: Conductor(sweep, LocalEngine(cores())))

    def _shown_and_followed(self, app: ShellApp) -> int:
        """Show it, and what it leads to."""
        exit_code = shown(app)
        self._options = app.options_to_go_on_with
        return self.follow(app.goes_on) if app.goes_on is not None and app.leads_on else exit_code

    def follow(self, destination: Destination) -> int:
        """Show what a screen has led to."""
        match destination:
            case ToTrain(make_job):
                try:
                    job = make_job(self._recorded)
                except TuiRnnError as error:
                    return self.home(str(error))
                return self.train(job)
            case ToView(run):
                return self.view(run)
            case ToSweep(folder):
                try:
                    return self.resume_sweep(folder)
                except TuiRnnError as error:
                    return self.home(str(error))
            case ToHome(why):
                return self.home(why)

    def home(self, why: str = "") -> int:
        """The runs and texts at hand; `why` says what could not be done."""
        from tui_rnn.tui.home_app import HomeApp

        return self._shown_and_followed(HomeApp(self._options, why))


def _cannot(line: str, exit_code: int) -> int:
    stdio.write_stderr(f"tui-rnn: {safe_text(line, one_line=True)}\n")
    return exit_code


def train(
    job: Job, options: ScreenOptions | None = None, *, progress_every: int = 1000, is_attended: bool = True
) -> int:
    """Train the job on the live screen; the exit code of the contract."""
    return Program(options, progress_every=progress_every, is_attended=is_attended).train(job)


def view(run: str, options: ScreenOptions | None = None) -> int:
    """Look at a run on the screen; the exit code of the contract. Raises RunError where there is none."""
    return Program(options).view(run)


def sweep(
    folder: str, begin: Callable[[], "Conducts"], options: ScreenOptions | None = None, *, is_attended: bool = True
) -> int:
    """Train a sweep, whose folder is locked, on the live screen; the exit code of the contract."""
    return Program(options, is_attended=is_attended).sweep(folder, begin)


def home(options: ScreenOptions | None = None) -> int:
    """The runs and texts at hand on the screen, and what its user goes to; the exit code of the contract."""
    return Program(options).home()
