"""The shell: an app that fits its terminal, hears signals, and leaves the terminal as it was, whatever it shows.

An app on it names a `control` whose stop ends it, a `worker` that does its work in a thread, and the `ground`: the
screen that lies below all others, which has `action_quit_training` and, for the command palette, `commands`.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.command import Provider
from textual.driver import Driver
from textual.events import Event, Key, Paste, Resize
from textual.geometry import Size
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES, Theme, ThemeProvider

from tui_rnn import remembered, signals, stdio
from tui_rnn.engine.control import Control
from tui_rnn.engine.errors import not_known
from tui_rnn.engine.kinds import Ending
from tui_rnn.runs.crash import record_crash
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.commands import of_screen, of_textual
from tui_rnn.tui.destinations import Destination
from tui_rnn.tui.keys import ANYWHERE
from tui_rnn.tui.messages import Ended
from tui_rnn.tui.notices import notify
from tui_rnn.tui.palette import INK, OWN_THEMES, role_variables
from tui_rnn.tui.panels.area import PanelArea
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.refusals import why_refused
from tui_rnn.tui.screens.command_palette import InOrder, Palette
from tui_rnn.tui.screens.mended import MendedScreen
from tui_rnn.tui.terminal import job_control
from tui_rnn.tui.terminal.driver import enduring
from tui_rnn.tui.terminal.watchdog import EndingKeys, Watchdog, Worker

_BEFORE_LAST_WORDS = "\r\x1b[K"  # keys typed into the last moments stand where the summary begins
_NO_KEYS = ("ctrl+d", "ctrl+@")  # what the end of an input that nobody types is read as
_MOST_PASTED = 1000  # characters taken of what is pasted


class _Ground(MendedScreen, Screen[None]):
    """What lies below all other screens."""


class ShellApp(App[None]):
    """`exit_code` and `last_words` are for after it has closed."""

    CSS_PATH = "tui_rnn.tcss"
    TITLE = "tui-rnn"
    BINDINGS: ClassVar[list[BindingType]] = ANYWHERE
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {InOrder}

    control: Control
    worker: Worker

    def __init__(self, options: ScreenOptions | None = None, *, is_attended: bool = True) -> None:
        """`is_attended`: somebody can press a key."""
        self._options = options or ScreenOptions()  # before Textual asks for the driver
        super().__init__()
        self._is_attended = is_attended
        self.exit_code = 0
        self.last_words: list[str] = []
        self.caught_signal: int | None = None
        self.goes_on: Destination | None = None  # what this process shows next
        self._chosen: dict[str, str] = {}  # on the screen, to be remembered
        self.ending_keys = EndingKeys(self)
        self.ground: Any = None  # from on_mount on
        self._marked_runs: list[str] = []  # paths, the newest last
        self._may_stop = signals.may_stop()  # asked before Textual's driver listens
        self._job_control: job_control.JobControl | None = None

    def make_ground(self) -> Screen[None]:
        """The screen that lies below all others."""
        raise NotImplementedError

    @property
    def leads_on(self) -> bool:
        """Whether this process shows something else when the app has closed."""
        return self.goes_on is not None and self.caught_signal is None

    def leave_for(self, destination: Destination) -> None:
        """End this, with all saved, and show that."""
        self.goes_on = destination
        self.control.stop(patient=True)

    @property
    def options_to_go_on_with(self) -> ScreenOptions:
        """How what this process shows next is drawn: as this is by now."""
        theme, panel = (self._chosen.get(name) for name in (remembered.THEME, remembered.PANEL))
        now = self._options
        return replace(now, theme=theme or now.theme, panel=panel or now.panel, warnings=())

    def remember(self) -> None:
        """Keep for the next start what was chosen on the screen."""
        remembered.remember(self._chosen)

    def _theme_chosen(self, theme: Theme) -> None:
        begun_with = self._options.theme or INK.name  # of which Textual tells as well
        if theme.name != begun_with or remembered.THEME in self._chosen:
            self._chosen[remembered.THEME] = theme.name

    def on_panel_area_front_changed(self, message: PanelArea.FrontChanged) -> None:
        self._chosen[remembered.PANEL] = message.name

    def conclude_in_haste(self) -> None:
        """Find the exit code and the last words, in another thread, where the screen does not come to it."""

    def on_load(self) -> None:
        """Set the theme before the style sheet is read for the first time."""
        for theme in OWN_THEMES.values():
            self.register_theme(theme)
        self.theme = self._options.theme or INK.name
        self.stylesheet.set_variables(self.get_css_variables())

    def on_mount(self) -> None:
        self.theme_changed_signal.subscribe(self, self._theme_chosen)
        for warning in self._options.warnings:
            notify(self, warning, title="Settings", severity="warning")
        if hasattr(self._driver, "is_gone") and sys.platform != "win32":  # a real terminal
            if self._may_stop:
                self._job_control = job_control.JobControl(
                    self.control, self._driver, partial(self.refresh, layout=True)
                )
                self._job_control.begin()
        self.ground = self.make_ground()
        self.push_screen(self.ground)
        # After the first frame is painted: a worker begins by importing NumPy and reading files.
        self.call_after_refresh(
            self.run_worker, self.worker.work, thread=True, exclusive=True, exit_on_error=False, name="worker"
        )

    async def on_event(self, event: Event) -> None:
        """Textual's; a field that text is pasted into would show it, and pass it on to the terminal, as it is.

        A size is the terminal's of this moment: several may be on their way here, from signals and in reports.
        """
        if isinstance(event, Paste):
            event.text = safe_text(event.text[:_MOST_PASTED])
        if isinstance(event, Resize) and (size := getattr(self._driver, "terminal_size", None)):
            event.size = event.virtual_size = event.container_size = Size(*size)
        await super().on_event(event)

    def on_key(self, event: Key) -> None:
        """Say why a key does nothing; comes before Textual looks for what it does."""
        if why := why_refused(self.screen, event.key):
            notify(self, why)

    def on_unmount(self) -> None:
        self.control.stop()  # a worker that goes on would keep the process alive

    def on_ended(self, message: Ended) -> None:
        self.exit()

    def refresh_css(self, animate: bool = True) -> None:
        """Textual's; that of the theme set on loading would read the style sheet twice before the first frame."""
        if self.ground is not None:
            super().refresh_css(animate)

    def get_css_variables(self) -> dict[str, str]:
        """Textual's, and the greys of the roles."""
        variables, colourless = super().get_css_variables(), getattr(self, "no_color", False)  # not known at once
        return {**variables, **role_variables(self.current_theme, variables, colourless=colourless)}

    def get_default_screen(self) -> Screen[None]:
        return _Ground(id="_default")

    def get_driver_class(self) -> type[Driver]:
        """The driver of this system, writing to a terminal that may be closed."""
        plain_signs = self._options.marker == "ascii"
        return enduring(
            super().get_driver_class(), lambda: self.control.stopped, self._key_read, plain_signs=plain_signs
        )

    @property
    def terminal_is_stalled(self) -> bool:
        """Whether the terminal took nothing for so long that it was given up."""
        terminal = getattr(self._driver, "terminal", None)
        return terminal is not None and terminal.given_up

    def _key_read(self, key: str) -> None:
        """A key comes from the terminal; called by the thread that reads it."""
        if key not in _NO_KEYS:
            self._is_attended = True
        self.ending_keys.press(key)

    def leave_terminal_at_once(self) -> None:
        """Leave the terminal as it was, though the screen has not closed; may be called by any thread."""
        if (leave := getattr(self._driver, "leave_at_once", None)) is not None:
            leave()

    def close_terminal(self) -> None:
        """Give back what the screen opened; after `run`: a driver that is suspended writes again later."""
        if (terminal := getattr(self._driver, "terminal", None)) is not None:
            terminal.close()

    async def action_quit(self) -> None:
        """What Textual's own ctrl+q does: here it saves, and asks first where something is unsaved."""
        if self.ground is not None:
            self.ground.action_quit_training()

    def action_help(self) -> None:
        """Help on the screen in front; where help is in front, out of it; where it lies under the palette, nothing."""
        from tui_rnn.tui.screens.help import HelpScreen  # for which no first frame waits

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss(None)
        elif self.ground is not None and not self._is_open(HelpScreen):
            with_panels = [screen for screen in self.screen_stack if screen.query("#panels")] or [self.ground]
            self.push_screen(HelpScreen(self.screen, with_panels[-1]))

    def action_other_runs(self) -> None:
        """The runs under runs/, over the screen in front; the newest that is marked there lies over its chart."""
        from tui_rnn.tui.screens.runs import RunsScreen  # for which, and all that it draws, no first frame waits

        if not self._is_open(RunsScreen):
            with_chart = [screen for screen in self.screen_stack if hasattr(screen, "overlay")]
            overlay = with_chart[-1].overlay if with_chart else lambda course: None
            self.push_screen(RunsScreen(self._options, self._marked_runs, overlay))

    def action_command_palette(self) -> None:
        """Textual's own, in our form; without an id, since a palette that is still closing has it."""
        if not self._is_open(Palette):
            self.push_screen(Palette())

    def search_themes(self) -> None:
        """Textual's own list of themes, in the same form."""
        self.push_screen(Palette(providers=[ThemeProvider], placeholder="Search for themes…"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command palette: the keys of the screen it opens over by name, then Textual's own."""
        yield from screen.commands() if hasattr(screen, "commands") else of_screen(screen)
        yield from of_textual(super().get_system_commands(screen))

    def _is_open(self, kind: type[Screen[Any]]) -> bool:
        """Whether there is such a screen, in front or not. Two that may each open over the other would never end."""
        return any(isinstance(screen, kind) for screen in self.screen_stack)

    def action_stop_process(self) -> None:
        """Go back to the shell, as ctrl+z does everywhere; `fg` comes back."""
        if self._job_control is not None:
            job_control.stop_group()

    def look_at_terminal(self) -> None:
        """End, as a hang-up does, where the terminal is gone though nobody sent SIGHUP; called by the watchdog.

        Where that signal is ignored, as under nohup, training goes on to its end; a run that waits for a key ends now.
        """
        driver: Any = self._driver
        if sys.platform == "win32" or not getattr(driver, "is_gone", False):
            return
        driver.stop_input()
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            self.end_for(signal.SIGHUP)
        elif self.control.paused:  # as a run that is over is, too
            self.control.stop()

    def end_for(self, number: int) -> None:
        """End the run with a checkpoint, and exit with the code of this signal."""
        self.caught_signal = self.caught_signal or number
        self.control.stop(Ending.SIGNAL)

    def _fatal_error(self) -> None:
        """Close on an unexpected error. Textual would print a page with the values of all variables."""
        self._close_messages_no_wait()


def check_theme(name: str | None) -> None:
    """Raise ConfigError unless the theme is known."""
    known = (*OWN_THEMES, *sorted(BUILTIN_THEMES))
    if name is not None and name not in known:
        raise not_known("--theme", name, known)


def shown(app: ShellApp, directory: RunDirectory | None = None) -> int:
    """Run the app to its end, and say its last words; a crash is recorded in the run's directory, if there is one."""
    crash: Exception | None = None
    with signals.caught(app.end_for, lambda: app.leads_on):
        try:
            with signals.heard() as (heard, wake), Watchdog(app, heard, wake, partial(_force, app, directory)):
                app.run()
        except Exception as error:
            crash = error
        finally:
            app.close_terminal()
            app.worker.wait()
            app.remember()
    lines, exit_code = _closing(app, directory, crash)
    if app.terminal_is_stalled:
        stdio.discard_stdout()
        return exit_code
    with contextlib.suppress(OSError):  # the terminal may be gone
        print(_BEFORE_LAST_WORDS, end="")
        words = "".join(f"{line}\n" for line in lines)
        print(words, end="", file=sys.stderr if exit_code in (1, 2) else sys.stdout, flush=True)
    return exit_code


def _force(app: ShellApp, directory: RunDirectory | None) -> None:
    """End the process as `shown` would have, from another thread, where the screen does not close."""
    exit_code = 1
    try:
        app.conclude_in_haste()
        lines, exit_code = _closing(app, directory)
        app.leave_terminal_at_once()
        if not app.terminal_is_stalled:
            stdio.write_at_once(2 if exit_code in (1, 2) else 1, _BEFORE_LAST_WORDS + "\n".join((*lines, "")))
    finally:
        os._exit(exit_code)


def _closing(app: ShellApp, directory: RunDirectory | None, crash: Exception | None = None) -> tuple[list[str], int]:
    """What is said once the screen has closed, and the exit code."""
    lines, exit_code = app.last_words, app.exit_code
    if crash := app._exception or crash:
        lines, exit_code = [f"tui-rnn: {safe_text(record_crash(directory, crash), one_line=True)}"], 1
    elif app.caught_signal is not None and exit_code == 0:
        exit_code = 128 + app.caught_signal
    return lines, exit_code
