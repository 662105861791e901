"""Options that several commands have: of the screen, of the way a run is shown, of a text that is read."""

import os
import sys

from tui_rnn import place
from tui_rnn.cli import completion
from tui_rnn.cli.base import PREFIX, option, options
from tui_rnn.engine.errors import ConfigError, not_known

MARKERS = ("braille", "hd", "dot", "ascii")
LOOKS = ("marker", "fps", "theme")  # by which a command draws the screen
_SCREEN, _OUTPUT = "Screen", "Output"

looks_options = options(
    option(
        "--theme",
        metavar="NAME",
        envvar=f"{PREFIX}_THEME",
        group=_SCREEN,
        shell_complete=completion.names(completion.THEMES),
        help="The screen's theme: ink, paper (light), or any of Textual's, as nord or gruvbox. [ink]",
    ),
    option(
        "--marker",
        metavar="NAME",
        default=lambda: place.fitting_marker(os.environ, getattr(sys.stdout, "encoding", None)),
        envvar=f"{PREFIX}_MARKER",
        group=_SCREEN,
        shell_complete=completion.names(MARKERS),
        help=f"The chart's dots: {', '.join(MARKERS)}. [braille, or ascii where the terminal lacks it]",
    ),
    option(
        "--fps",
        type=float,
        default=2.0,
        metavar="X",
        envvar=f"{PREFIX}_FPS",
        group=_SCREEN,
        help="Most redraws of the screen's panels a second. [2]",
    ),
)

front_end_options = options(
    option("--headless", is_flag=True, group=_OUTPUT, help="No screen: readable lines on stdout."),
    option("--json", "as_json", is_flag=True, group=_OUTPUT, help="Headless, with one JSON object a line on stdout."),
    option(
        "--progress-every",
        type=int,
        default=1000,
        metavar="N",
        group=_OUTPUT,
        help="Steps between progress events. [1000]",
    ),
    option(
        "--screen",
        is_flag=True,
        group=_SCREEN,
        help="The screen also where nobody seems to press keys, as in a notebook.",
    ),
    looks_options,
)

reading_options = options(  # of a command that reads a text and keeps no run
    option(
        "--encoding",
        default="utf-8",
        metavar="NAME",
        shell_complete=completion.names(completion.ENCODINGS),
        help="The text's encoding. [utf-8]",
    ),
    option(
        "--errors",
        default="strict",
        metavar="NAME",
        shell_complete=completion.names(("strict", "replace")),
        help="Bytes that do not decode: strict (refuse) or replace. [strict]",
    ),
    option("--max-corpus", type=int, metavar="MB", help="The largest text that is read. [256]"),
)


def check_looks(marker: str = MARKERS[0], fps: float = 1.0) -> None:
    """Raise ConfigError where the screen cannot be drawn so."""
    if marker not in MARKERS:
        raise not_known("--marker", marker, MARKERS)
    if not 0.1 <= fps <= 30:
        raise ConfigError(f"--fps {fps:g} cannot be used: give a number from 0.1 to 30")
