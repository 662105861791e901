"""Home: the texts, sweeps and runs at hand, to begin with, look at, compare, or go on with."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from tui_rnn.runs.new_folder import RUNS
from tui_rnn.runs.texts import FOLDERS, texts_at_hand
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.planning import SWEEPS
from tui_rnn.tui.bindings import key
from tui_rnn.tui.commands import commands
from tui_rnn.tui.destinations import begun
from tui_rnn.tui.notices import notify
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.panels.grid import GridPanel
from tui_rnn.tui.panels.rows import RowsPanel
from tui_rnn.tui.panels.sweeps import SweepsPanel
from tui_rnn.tui.panels.texts import TextsPanel
from tui_rnn.tui.runs_reader import RunsRead
from tui_rnn.tui.screens.runs import RunsScreen
from tui_rnn.tui.sweep_reader import FolderReader
from tui_rnn.tui.sweeps_reader import SweepsRead, SweepsReader

_OF_THE_RUNS = ("mark", "train_on", "train_again", "label", "put_away", "differences", "find")  # of their box alone
_LEAST_BOX = 4  # rows of a box, its border left out
_NAME = Content.styled("tui-rnn", "b $text-primary")
_TITLE = _NAME + Content.styled("   a character RNN learns a text, live", "$foreground 72%")


class HomeScreen(RunsScreen):
    """The texts above, then the sweeps if there are any, the runs below; tab goes from one to the next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "tab,shift+tab",
            "other_box",
            "texts, runs",
            "from the texts to the sweeps, to the runs, and back",
            display="tab",
            shown=True,
            group="Home",
        ),
    ]
    AUTO_FOCUS = ""  # on_mount decides
    name_shown = "Home"
    about = "Begin with a text, or look at a run, compare it, or go on with it."
    always: ClassVar[tuple[str, ...]] = ("other_box", "app.help", "app.quit")

    def __init__(self, options: ScreenOptions, why: str = "") -> None:
        """`why` is said at once: what could not be done."""
        super().__init__(options, [], lambda course: None)
        self._why = why
        self.texts = TextsPanel(options, id="texts")
        self.sweeps = SweepsPanel(options, place=f"{SWEEPS}/", id="sweeps")
        self.sweeps_reader = SweepsReader(self.post_message, SWEEPS)
        self._front: GridPanel = self.runs  # the box that was last in focus
        self._title = Static(id="home-title", markup=False)

    def compose(self) -> ComposeResult:
        yield self._title
        yield self.texts
        yield self.sweeps
        yield from super().compose()

    def on_mount(self) -> None:
        super().on_mount()
        self.texts.show(texts_at_hand())
        has_runs = next(iter(RUNS.glob("*/config.json")), None) is not None
        self._focus_on(self.runs if has_runs else self.texts)
        self.run_worker(self.sweeps_reader.work, thread=True, exit_on_error=False, group="sweeps")
        if self._why:
            notify(self.app, self._why, severity="warning")

    def on_unmount(self) -> None:
        super().on_unmount()
        self.sweeps_reader.stop()

    def on_resize(self, event: Resize) -> None:
        self._arrange()

    def _arrange(self) -> None:
        """The texts get the rows they need, at the most two fifths; where that is too little one box has them all.

        The sweeps get theirs, at the most a quarter. All differences of runs get all the room.
        """
        width, rows = self.app.size.width, self.app.size.height - 2
        self._title.update(_TITLE if _TITLE.cell_length <= width - 2 else _NAME)
        has_sweeps = bool(self.sweeps.sweeps)
        has_room = rows >= (4 if has_sweeps else 3) * _LEAST_BOX and not self.runs.shows_differences
        self.texts.display = has_room or self._front is self.texts
        self.sweeps.display = has_sweeps and (has_room or self._front is self.sweeps)
        self.runs.display = has_room or self._front is self.runs
        most = round(0.4 * rows) - 2 if has_room else rows - 2
        most_sweeps = max(2, round(0.25 * rows) - 2) if has_room else rows - 2
        self.sweeps.styles.height = 2 + min(self.sweeps.rows_wanted, most_sweeps)
        self.texts.styles.height = 2 + min(self.texts.rows_wanted, max(_LEAST_BOX, most))

    def _take_place(self) -> None:
        """There is nothing below."""

    def on_runs_read(self, message: RunsRead) -> None:
        super().on_runs_read(message)
        self.texts.show(texts_at_hand([row.line for row in message.rows], FOLDERS))
        self._arrange()

    def on_sweeps_read(self, message: SweepsRead) -> None:
        message.stop()
        self.sweeps.show(message.sweeps)
        self._arrange()

    def on_rows_panel_chosen(self, message: RowsPanel.Chosen) -> None:
        if self.focused is self.sweeps:
            message.stop()
        else:
            super().on_rows_panel_chosen(message)

    # What the keys ask for

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the texts or the sweeps have the focus, a key is about them."""
        if action == "back":
            return self._find.display or self.runs.shows_differences
        if self.focused in (self.texts, self.sweeps):
            return action not in _OF_THE_RUNS
        return super().check_action(action, parameters)

    def why_refused(self, action: str) -> str:
        """Why a key of the runs does nothing while another box has the focus."""
        if action in _OF_THE_RUNS and self.focused in (self.texts, self.sweeps):
            return "This key is about the runs: tab goes to them."
        return super().why_refused(action)

    def action_differences(self) -> None:
        super().action_differences()
        self._arrange()

    def action_open(self) -> None:
        """Begin a run on the chosen text, or look at the chosen sweep or run."""
        if self.focused is self.sweeps:
            self._open_sweep()
        elif self.focused is not self.texts:
            super().action_open()
        elif (text := self.texts.chosen) is not None:
            self.app.leave_for(begun(text.path, self.texts.recipe, self.texts.minutes))

    def _open_sweep(self) -> None:
        if (chosen := self.sweeps.chosen) is not None:
            from tui_rnn.tui.screens.sweep import SweepScreen  # for which no first frame waits

            reader = partial(FolderReader, SweepFolder(Path(chosen.folder)))
            self.app.push_screen(SweepScreen(chosen.folder, reader, self._options, self.action_quit_training))

    def action_other_box(self) -> None:
        """From the texts to the sweeps, to the runs, and back."""
        boxes: list[GridPanel] = [self.texts, *([self.sweeps] if self.sweeps.sweeps else []), self.runs]
        self._focus_on(boxes[(boxes.index(self._front) + 1) % len(boxes)] if self._front in boxes else self.runs)

    def _focus_on(self, box: GridPanel) -> None:
        self._front = box
        self.runs.shows_differences = self.runs.shows_differences and box is self.runs
        self._arrange()
        self.set_focus(box)

    def action_back(self) -> None:
        """Out of what a key opened here; never out of the program."""
        if self._find.display or self.runs.shows_differences:
            super().action_back()

    def action_quit_training(self) -> None:
        """Quit: there is nothing to save."""
        self.app.control.stop()

    def commands(self) -> Iterable[SystemCommand]:
        """The keys, for the command palette."""
        bindings = [each for each in (*RunsScreen.BINDINGS, *self.BINDINGS) if not isinstance(each, tuple)]
        return commands(bindings, {}, lambda action: bool(self.check_action(action, ())), self.run_action)
