"""The screen of a sweep: the header of the whole, the table of its runs, and what each key asks for."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.events import Resize
from textual.screen import Screen

from tui_rnn.engine.errors import RunError, shell_word
from tui_rnn.safe_text import safe_text
from tui_rnn.sweeps.cancelled import Cancelled
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.spec import Status
from tui_rnn.tui.bindings import THE_APP, key
from tui_rnn.tui.commands import commands
from tui_rnn.tui.destinations import ToSweep
from tui_rnn.tui.footer import KeyBar
from tui_rnn.tui.header.sweep import SweepHeader, status_of
from tui_rnn.tui.keys import HELP, QUIT
from tui_rnn.tui.layout import size_of
from tui_rnn.tui.notices import notify
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.panels.rows import RowsPanel
from tui_rnn.tui.panels.sweep import SweepPanel
from tui_rnn.tui.reporting import Reported, Reporting
from tui_rnn.tui.screens.closes_once import ClosesOnce
from tui_rnn.tui.screens.confirm import ConfirmScreen
from tui_rnn.tui.screens.mended import MendedScreen
from tui_rnn.tui.screens.view import open_view
from tui_rnn.tui.sweep_reader import Reader, SweepRead, SweepTableReader, SweepUnread

_key = partial(key, shown=True, group="Sweep")
# Actions that are refused at times; of those about one run, what the key does with it.
_REFUSED = {"open": "", "mark": "", "train_on": "", "differences": "d compares", "cancel": "del cancels",
            "take_up": "del cancels"}  # fmt: skip
_CAN_BE_CANCELLED = (Status.WAITING, Status.TRAINING, Status.STOPPED, Status.FAILED)


class SweepScreen(ClosesOnce, MendedScreen, Screen[None]):
    """Follows the files of a sweep, which this process trains, another one, or none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("enter", "open", "look", "look at this run"),
        _key("o", "mark", "mark", "its curve beside the chosen one's, or off"),
        _key("d", "differences", "differences", "all options that differ"),
        _key("t", "train_on", "go on", "go on with a sweep that is stopped"),
        _key("r", "report", "report", "write the report of the sweep"),
        _key("delete", "cancel", "cancel", "end this run alone, after a question; again: take it up", display="del"),
        _key("delete", "take_up", "take up", "end this run alone, after a question; again: take it up", display="del"),
        key("escape", "back", "back", "out, back; never quits", display="esc", group="Sweep"),
        HELP,
        QUIT,
        key("ctrl+c", "app.quit", "copy or quit", "copy what is selected, else quit", group=THE_APP),
    ]
    AUTO_FOCUS = "#table"
    name_shown = "Sweep"
    about = "Many runs that differ in what is varied: how each stands, what it reached, and which setting is best."
    always: ClassVar[tuple[str, ...]] = ("app.help", "app.quit")

    def __init__(
        self,
        folder: str,
        open_reader: Callable[[], Reader],
        options: ScreenOptions,
        quit_app: Callable[[], object],
        *,
        conducted: bool = False,
    ) -> None:
        """`quit_app` ends the app, after a question where there is one; `conducted`: this process trains the sweep."""
        super().__init__()
        self._folder, self._options, self._quit = folder, options, quit_app
        self._in_use, self.stopping = conducted, False
        self.header = SweepHeader(large=options.marker != "ascii", id="header")
        self.panel = SweepPanel(options, id="table")
        self.reader = SweepTableReader(open_reader, self.post_message)
        self._reporting = Reporting(self, folder)

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.panel
        yield KeyBar(self.always, name_shown=self.name_shown)

    def on_mount(self) -> None:
        self._fit()
        self.call_after_refresh(self.run_worker, self.reader.work, thread=True, exit_on_error=False, group="sweep")

    def on_unmount(self) -> None:
        self.reader.stop()

    def on_resize(self, event: Resize) -> None:
        self._fit()

    def _fit(self) -> None:
        size = size_of(*self.app.size)
        self.header.fit(size)
        self.set_class(size == "tiny", "-tiny")

    # What is read

    def on_sweep_read(self, message: SweepRead) -> None:
        message.stop()
        self._in_use = message.in_use
        self.panel.show(message.table, message.courses)
        self.reader.want(self.panel.wanted)
        self.show_state()
        self.refresh_bindings()

    def on_sweep_unread(self, message: SweepUnread) -> None:
        message.stop()
        notify(self.app, message.why, severity="error")

    def show_state(self) -> None:
        """Show how the whole stands."""
        if (table := self.panel.table) is not None:
            by = self._goes_on_by
            self.header.status = status_of(table, in_use=self._in_use, stopping=self.stopping, goes_on_by=by)

    @property
    def _goes_on_by(self) -> str:
        return f"tui-rnn sweep {safe_text(str(shell_word(self._folder)), one_line=True)}"

    def on_rows_panel_chosen(self, message: RowsPanel.Chosen) -> None:
        message.stop()
        self.reader.want(self.panel.wanted)
        self.refresh_bindings()

    # What the keys ask for

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A run is looked at and compared where one is chosen and has begun."""
        if action == "open":
            return self.panel.chosen is not None and self.panel.chosen.run is not None
        if action == "differences":
            return not self.panel.by_setting and self.panel.chosen is not None
        if action == "train_on":
            table = self.panel.table
            return table is not None and not self._in_use and not table.progress.is_over
        if action in ("cancel", "take_up"):
            chosen = None if self.panel.by_setting else self.panel.chosen
            offered = (Status.CANCELLED,) if action == "take_up" else _CAN_BE_CANCELLED
            return chosen is not None and chosen.job.status in offered
        return action != "mark" or self.panel.chosen is not None

    def why_refused(self, action: str) -> str:
        """Why a key does nothing, as `check_action` has it."""
        table, chosen = self.panel.table, self.panel.chosen
        if table is None or action not in _REFUSED:
            return ""
        if action == "train_on":
            ended = "All runs of the sweep have ended: there is none to go on with."
            return "The sweep is being trained: there is nothing to go on with." if self._in_use else ended
        if self.panel.by_setting and action != "open":
            return f"A setting is several runs: v shows them one by one, and {_REFUSED[action]} one of those."
        if chosen is None:
            return "No run is chosen: this key is about one."
        if action == "open":
            return f"Run {chosen.number} has not begun: there is nothing to look at yet."
        return f"Run {chosen.number} has ended ({chosen.job.status.value}): there is nothing to cancel."

    async def action_in_panel(self, name: str, action: str) -> None:
        """Do what the table does on one of its keys."""
        await self.app.run_action(action, self.query_one(f"#{name}"))

    def action_open(self) -> None:
        """Look at the chosen run; of a setting at its best one."""
        if (chosen := self.panel.chosen) is None or chosen.run is None:
            return
        open_view(self, chosen.run.line.run, self._options)

    def action_mark(self) -> None:
        self.panel.mark()

    def action_differences(self) -> None:
        self.panel.shows_differences = not self.panel.shows_differences
        self.panel.repaint()

    def action_train_on(self) -> None:
        """Leave what is on the screen, and go on with the sweep in this process."""
        self.app.leave_for(ToSweep(self._folder))

    def action_cancel(self) -> None:
        """End the chosen run and no other; whoever trains the sweep heeds it."""
        if (chosen := self.panel.chosen) is None:
            return
        ends = "It ends with a checkpoint, and" if chosen.job.status == Status.TRAINING else "It"
        question = f"Cancel run {chosen.number}? {ends} is not trained until del takes it up again."
        change = partial(self._change, self._cancelled.add, chosen.name)
        self.app.push_screen(ConfirmScreen(question, "Cancel it", "delete"), lambda yes: change() if yes else None)

    def action_take_up(self) -> None:
        """Have the chosen run, which was cancelled, go on; where no run is in training, once the sweep goes on."""
        if (chosen := self.panel.chosen) is not None:
            self._change(self._cancelled.remove, chosen.name)
            if self.panel.table is not None and not self.panel.table.progress.training:
                notify(self.app, f"It is trained once the sweep goes on, by {self._goes_on_by}.")

    @property
    def _cancelled(self) -> Cancelled:
        return SweepFolder(Path(self._folder)).cancelled

    def _change(self, change: Callable[[str], object], name: str) -> None:
        try:
            change(name)
        except RunError as error:
            notify(self.app, str(error), severity="error")
        self.reader.look_again()

    def action_report(self) -> None:
        self._reporting.ask()

    def on_reported(self, message: Reported) -> None:
        self._reporting.ended(message)

    def action_back(self) -> None:
        """Out of what a key opened here; never out of the program."""
        if self.panel.shows_differences:
            self.action_differences()
        elif self.panel.by_setting:
            self.panel.action_other_view()
        elif self.app.ground is not self:
            self.dismiss(None)

    def action_quit_training(self) -> None:
        """Quit; a sweep in training is stopped, each run with a checkpoint, and nothing of it is lost."""
        self._quit()

    def commands(self) -> Iterable[SystemCommand]:
        """The keys, for the command palette."""
        bindings = [each for each in (*SweepScreen.BINDINGS, *SweepPanel.BINDINGS) if not isinstance(each, tuple)]

        async def run(action: str) -> None:
            in_panel = hasattr(self.panel, f"action_{action.partition('(')[0]}")
            await self.app.run_action(action, self.panel if in_panel else self)

        return commands(bindings, {}, lambda action: bool(self.check_action(action, ())), run)
