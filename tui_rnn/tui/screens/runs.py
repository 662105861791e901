"""The screen of other runs: look at one, overlay it, compare, train on or again, name it, or put it away."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Input

from tui_rnn.engine.errors import RunError, TuiRnnError
from tui_rnn.runs.course import Course
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.followed import FollowedRun
from tui_rnn.runs.label import RunLabel, read_label, write_label
from tui_rnn.runs.listing import DAMAGED
from tui_rnn.runs.manifest import Manifest
from tui_rnn.runs.new_folder import RUNS
from tui_rnn.runs.trash import move_to_trash
from tui_rnn.runs.twin import begun_with
from tui_rnn.tui.bindings import key
from tui_rnn.tui.destinations import Destination, again, trained_on
from tui_rnn.tui.drawing.run_row import RunRow
from tui_rnn.tui.footer import KeyBar
from tui_rnn.tui.notices import notify
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.panels.rows import RowsPanel
from tui_rnn.tui.panels.runs import RunsPanel
from tui_rnn.tui.run_state import RunState
from tui_rnn.tui.runs_reader import RunsRead, RunsReader
from tui_rnn.tui.screens.confirm import ConfirmScreen
from tui_rnn.tui.screens.label import LabelScreen
from tui_rnn.tui.screens.over import OverScreen
from tui_rnn.tui.screens.view import open_view

_key = partial(key, shown=True, group="Runs")
_OF_A_RUN = ("mark", "open", "train_on", "train_again", "label", "put_away")


class RunsScreen(OverScreen[None]):
    """The runs under runs/, in the place of the panels."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("o", "mark", "overlay", "this run on the chart and beside the chosen one, or off"),
        _key("enter", "open", "look", "look at this run"),
        _key("d", "differences", "differences", "all options that differ"),
        _key("t", "train_on", "train on", "train this run on"),
        _key("h", "train_again", "again, changed", "train this run again with an option changed"),
        _key("i", "label", "name", "a name and a note of your own"),
        _key("slash", "find", "find", "find by name, recipe, text, state", display="/"),
        _key("delete", "put_away", "put away", "put this run into the trash, after a question", display="del"),
    ]
    AUTO_FOCUS = "#over"
    name_shown = "Runs"
    about = "Other runs beside this one: what each reached, how, and what it wrote."

    def __init__(self, options: ScreenOptions, marks: list[str], overlay: Callable[[Course | None], object]) -> None:
        """`marks` are the marked runs of the last time, kept up to date; `overlay` draws the newest on the chart."""
        super().__init__()
        self._options, self._marks, self._overlay = options, marks, overlay
        self._shown: Course | None = None  # on the chart
        self.box = self.runs = RunsPanel(options, place=f"{RUNS}/", id="over")
        self.runs.marks = list(marks)
        self.reader = RunsReader(self.post_message, RUNS)
        self._find = Input(id="find", placeholder="name, recipe, text, state", compact=True)

    def compose(self) -> ComposeResult:
        yield self.runs
        yield self._find
        yield KeyBar(self.always, name_shown=self.name_shown, more=self.footer)

    def body(self) -> Iterable[Widget]:
        return ()

    def on_mount(self) -> None:
        super().on_mount()
        self._find.display = False
        self.run_worker(self.reader.work, thread=True, exit_on_error=False, group="runs")

    def on_unmount(self) -> None:
        self.reader.stop()

    # What is read

    def on_runs_read(self, message: RunsRead) -> None:
        message.stop()
        if not self.runs.rows and (below := self._run_below()):
            self.runs.choose_first(below)
        self.runs.show([self._as_on_screen(row) for row in message.rows], message.courses)
        newest = self.runs.marks[-1] if self.runs.marks else None
        course = message.courses.get(newest) if newest else None
        if newest and course is not None and course is not self._shown:
            self._shown = course
            self._overlay(course if course.steps else None)

    def _run_below(self) -> str:
        """The path of the run that the screen below shows."""
        shown = _runs_below(self)
        return shown[-1].run if shown else ""

    def _as_on_screen(self, row: RunRow) -> RunRow:
        """The row of a run that a screen below shows with the figures of its header."""
        shown = next((run for run in _runs_below(self) if _is_at(run, row.line.run)), None)
        if shown is None or shown.picture is None:
            return row
        return row.as_on_screen(shown.picture, is_paused=shown.state == "paused")

    def on_rows_panel_chosen(self, message: RowsPanel.Chosen) -> None:
        message.stop()
        self._marks[:] = self.runs.marks
        self.reader.want([row.line.run for row in self.runs.compared])
        self.refresh_bindings()

    # What the keys ask for

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is done to a run where none is chosen."""
        return action not in _OF_A_RUN or self.runs.chosen is not None

    def why_refused(self, action: str) -> str:
        """Why a key of a run does nothing."""
        return "No run is chosen: this key is about one." if action in _OF_A_RUN else ""

    def action_mark(self) -> None:
        """Lay the chosen run over the chart, or take it away; the run whose chart it is cannot lie over itself."""
        chosen = self.runs.chosen
        if chosen is not None and chosen.line.run not in self.runs.marks and _is_below(self, chosen.line.run):
            notify(self.app, "This is the run whose chart it is: choose another one to lay over it.")
            return
        if self.runs.mark() is None:
            self._shown = None
            self._overlay(None)
            return
        self.reader.look_again()
        below = next((row for row in self.runs.rows if _is_below(self, row.line.run)), None)
        marked = chosen if chosen is not None and chosen.line.run in self.runs.marks else None
        if marked is not None and below is not None and marked.has_another_text(below):
            words = f"{marked.name} was trained on another text, {marked.corpus}"
            notify(self.app, f"{words}: losses on two texts cannot be compared.")

    def action_differences(self) -> None:
        """All options that differ; with no run marked there is nothing to compare the chosen one with."""
        if not self.runs.shows_differences and len(self.runs.compared) < 2:
            notify(self.app, "Mark a run with o first: d shows in what it differs from the chosen one.")
            return
        self.runs.shows_differences = not self.runs.shows_differences
        self.runs.repaint()

    def action_open(self) -> None:
        """Look at the chosen run; at the one that is below this screen, by leaving it."""
        if (chosen := self.runs.chosen) is None:
            return
        if _is_below(self, chosen.line.run):
            self.dismiss(None)
            return
        open_view(self, chosen.line.run, self._options)

    def action_train_on(self) -> None:
        """Leave what is on the screen, saved, and go on with the chosen run."""
        if (chosen := self.runs.chosen) is None:
            return
        if chosen.line.in_use:
            notify(self.app, "This run is open in a process: it can be trained on when that has ended.")
            return
        if chosen.line.state == DAMAGED:
            notify(self.app, "This run's config.json cannot be used: it can be looked at, and not trained on.")
            return
        run = chosen.line.run
        self._leave(
            lambda: trained_on(FollowedRun.at(run)), f"{chosen.name} goes on", "Save, and train that one on", "t"
        )

    def _leave(self, make: Callable[[], Destination], what_follows: str, yes: str, key: str) -> None:
        """Go to this destination; where a run trains on the screen below, after a question that this key answers."""
        ground = getattr(self.app.ground, "run", None)
        if ground is not None and not ground.is_over:
            question = f"The run that trains now is saved and left at step {ground.step:,}, and {what_follows}?"
            self.app.push_screen(ConfirmScreen(question, yes, key), partial(self._go, make))
        else:
            self._go(make, True)

    def _go(self, make: Callable[[], Destination], wanted: bool | None) -> None:
        if not wanted:
            return
        try:
            destination = make()
        except (RunError, OSError) as error:
            notify(self.app, str(error), severity="error")
        else:
            self.app.leave_for(destination)

    def action_train_again(self) -> None:
        """Ask for what is to be another, and train the chosen run again so."""
        from tui_rnn.tui.screens.again import AgainScreen  # for which no first frame waits

        if (chosen := self.runs.chosen) is None:
            return
        run = chosen.line.run
        try:
            begun = begun_with(Manifest.read(RunDirectory(Path(run))))
        except (TuiRnnError, OSError) as error:
            notify(self.app, str(error), severity="error")
            return

        def answered(changes: dict[str, Any] | None) -> None:
            if changes is not None:
                self._leave(lambda: again(run, changes), f"{chosen.name} begins again", "Save, and begin that one", "h")

        self.app.push_screen(AgainScreen(run, begun), answered)

    def action_label(self) -> None:
        if (chosen := self.runs.chosen) is None:
            return
        run = chosen.line.run
        self.app.push_screen(LabelScreen(run, read_label(Path(run))), partial(self._labelled, Path(run)))

    def _labelled(self, folder: Path, label: RunLabel | None) -> None:
        if label is None:
            return
        try:
            write_label(folder, label)
        except OSError as error:
            notify(self.app, f"The name is not kept: {error.strerror}", severity="error")
        self.reader.look_again()

    def action_put_away(self) -> None:
        if (chosen := self.runs.chosen) is None:
            return
        if chosen.line.in_use:
            notify(self.app, "This run is open in a process: it can be put away when that has ended.")
            return
        run = Path(chosen.line.run)
        question = f"Put {run} into {run.parent / '.trash'}? Nothing is lost: moved back, it is in the list again."
        self.app.push_screen(ConfirmScreen(question, "Put it away", "delete"), partial(self._put_away, run))

    def _put_away(self, run: Path, wanted: bool | None) -> None:
        if not wanted:
            return
        try:
            place = move_to_trash(run)
        except RunError as error:
            notify(self.app, str(error), severity="error")
        else:
            notify(self.app, f"{run} is in {place.parent} now")
        self.reader.look_again()

    # Find

    def action_find(self) -> None:
        self._find.display = True
        self._find.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        self.runs.find(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.runs.focus()

    def action_back(self) -> None:
        """Out of finding, then out of the screen."""
        if self._find.display:
            self._find.value, self._find.display = "", False
            self.runs.find("")
            self.runs.focus()
        elif self.runs.shows_differences:
            self.action_differences()
        else:
            self.dismiss(None)


def _runs_below(screen: RunsScreen) -> list[RunState]:
    """The runs that the screens below this one show."""
    return [run for each in screen.app.screen_stack if (run := getattr(each, "run", None)) is not None]


def _is_below(screen: RunsScreen, run: str) -> bool:
    """Whether the run is shown by a screen below this one."""
    return any(_is_at(each, run) for each in _runs_below(screen))


def _is_at(shown: RunState, run: str) -> bool:
    return Path(shown.run).resolve() == Path(run).resolve()
