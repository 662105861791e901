"""The commands that show what is there, `view` and the home screen, and how a command's screen is drawn."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from tui_rnn import place, signals, user_folder
from tui_rnn.cli import completion, defaults
from tui_rnn.cli.defaults import WithDefaults
from tui_rnn.cli.shared import check_looks, looks_options
from tui_rnn.engine.errors import ConfigError
from tui_rnn.engine.kernels.cache import keep_in

if TYPE_CHECKING:
    from tui_rnn.tui.panels.base import ScreenOptions


@click.command(cls=WithDefaults, short_help="Look at a run, or at a sweep, on the screen, read-only.")
@click.argument("run", metavar="RUN|SWEEP", shell_complete=completion.runs)
@looks_options
def view(run: str, marker: str, fps: float, theme: str | None) -> int:
    """Look at the run RUN, finished, damaged, or in training elsewhere and followed live; nothing is changed.

    SWEEP is the folder of a sweep, of which the table of its runs is shown.
    """
    check_looks(marker, fps)
    if why := place.why_no_screen(place.streams(), os.environ):
        raise ConfigError(f"view needs a screen, and there is none ({why}): tui-rnn runs lists runs in lines")
    return _shown(lambda program, screen: program.view(run, screen), marker, fps, theme)


@click.command(cls=WithDefaults, hidden=True)
@looks_options
def home(marker: str, fps: float, theme: str | None) -> int:
    """The runs and texts at hand, on a terminal: what `tui-rnn` alone shows."""
    check_looks(marker, fps)
    return _shown(lambda program, screen: program.home(screen), marker, fps, theme)


def _shown(show: Callable[[Any, "ScreenOptions"], int], marker: str, fps: float, theme: str | None) -> int:
    """Have `show` begin the screen; it is given the module that does so, and how the screen is drawn."""
    screen = screen_options({"marker": marker, "fps": fps, "theme": chosen_theme(theme)})
    from tui_rnn.tui import program

    say_warnings()
    keep_in(user_folder.kernels_folder())
    signals.hold()
    try:
        return show(program, screen)
    finally:
        signals.release()


def has_terminal() -> bool:
    """Whether a screen can be drawn and somebody can press its keys."""
    return not place.why_no_screen(place.streams(), os.environ)


def say_warnings() -> None:
    """Say what is left out of the settings, once it is clear that there is something to show."""
    if (ctx := click.get_current_context(silent=True)) is not None:
        defaults.of(ctx).say_warnings()


def chosen_theme(theme: str | None) -> str | None:
    """The theme by an option, a variable, the settings file, or as it was last chosen. Raises ConfigError."""
    ctx = click.get_current_context(silent=True)
    return theme if ctx is None else defaults.theme_of(ctx, theme)


def screen_options(looks: Mapping[str, Any]) -> "ScreenOptions":
    """How the screen is drawn, by the options of LOOKS and the settings."""
    from tui_rnn.tui.panels.base import ScreenOptions

    screen = ScreenOptions(*(looks[name] for name in ("marker", "fps", "theme")))
    if (ctx := click.get_current_context(silent=True)) is None:
        return screen
    given = defaults.of(ctx)
    return replace(screen, panel=given.panel, warnings=tuple(given.warnings))
