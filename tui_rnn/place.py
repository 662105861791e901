"""Whether there is a terminal to draw a screen on, and somebody to press its keys."""

import os
import select
import sys
from collections.abc import Mapping
from dataclasses import dataclass

# Set by what runs commands without a person, though often on a pseudo-terminal.
_MACHINES = (
    "APPVEYOR",
    "BITBUCKET_BUILD_NUMBER",
    "BUILDKITE",
    "CIRCLECI",
    "CODEBUILD_BUILD_ID",
    "CONTINUOUS_INTEGRATION",
    "DRONE",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "JENKINS_URL",
    "TEAMCITY_VERSION",
    "TF_BUILD",
    "TRAVIS",
    "CI",
)
_NO = ("", "0", "false", "no", "off")
# The kernel of a notebook gives its children a pseudo-terminal that nobody writes to. Jupyter sets the first name for
# every kernel and for nothing else: a terminal beside the notebook, Colab's too, has none. ipykernel sets the backend
# of figures where it was started by something else, as an editor.
_KERNEL = "JPY_PARENT_PID"
_BACKENDS = ("module://matplotlib_inline", "module://ipykernel")
SIGNS = (*_MACHINES, _KERNEL, "MPLBACKEND")  # all that is looked at here, but for TERM


_SIGNS = "⣿█▁╭━●◆▲✓"  # that the screen is drawn with


def fitting_marker(environ: Mapping[str, str], encoding: str | None) -> str:
    """What a terminal can show the chart's dots with: `ascii` on a console, or where the encoding lacks our signs.

    The Linux console's font holds 256 or 512 signs, with neither braille nor the eighths of a block among them.
    """
    if environ.get("TERM") == "linux":
        return "ascii"
    try:
        _SIGNS.encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return "ascii"
    return "braille"


@dataclass(frozen=True, slots=True)
class Streams:
    """The standard streams: each a terminal or not; whether stdin, a terminal, is at its end, and stdout has a size."""

    stdin: bool = True
    stdout: bool = True
    stderr: bool = True
    at_end: bool = False
    has_size: bool = True


def streams() -> Streams:
    """Those of this process; a closed one is no terminal."""
    stdin, stdout, stderr = (
        stream is not None and not stream.closed and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)
    )
    return Streams(stdin, stdout, stderr, stdin and _is_at_end(), not stdout or _has_size())


def why_no_screen(on: Streams, environ: Mapping[str, str]) -> str:
    """Why no screen can be drawn, or is of no use, in a few words; "" where there is one."""
    if undrawable := why_undrawable(on, environ):
        return undrawable
    if not on.stdin:
        return "stdin is no terminal"
    if nobody := why_nobody_types(on, environ):
        return nobody
    # As of what `script` makes, where it is not itself on a terminal.
    return "" if on.has_size else "the terminal has no size"


def why_undrawable(on: Streams, environ: Mapping[str, str]) -> str:
    """Why no screen can be drawn, not even with --screen, in a few words; "" where it can."""
    for name in ("stdout", "stderr"):
        if not getattr(on, name):
            return f"{name} is no terminal"
    return "TERM is dumb" if environ.get("TERM") == "dumb" else ""


def why_nobody_types(on: Streams, environ: Mapping[str, str]) -> str:
    """By what sign nobody can press a key on this terminal, in a few words; "" where somebody can, as far as is seen.

    Not seen: a pseudo-terminal with no such sign whose other end is silent, as that of `docker run -t` without -i.
    """
    if on.at_end:
        return "stdin is at its end"
    if environ.get(_KERNEL) or environ.get("MPLBACKEND", "").startswith(_BACKENDS):
        return "this is a notebook"
    for name in _MACHINES:
        if environ.get(name, "").strip().lower() not in _NO:
            return f"{name} is set"
    return ""


def _has_size() -> bool:
    try:
        return os.get_terminal_size(sys.stdout.fileno()) != (0, 0)
    except (OSError, ValueError, AttributeError):  # gone; or a stream that only says that it is a terminal
        return True


def _is_at_end() -> bool:
    """Whether there will be nothing to read from this terminal: its other end is closed, or has said so.

    Takes no key that was typed: readable, with nothing there to read, is what the system calls the end.
    """
    try:
        import fcntl
        import termios

        stdin = sys.stdin.fileno()
        if not select.select([stdin], [], [], 0)[0]:
            return False
        return int.from_bytes(fcntl.ioctl(stdin, termios.FIONREAD, bytes(4)), sys.byteorder) == 0
    except ImportError:  # Windows
        return False
    except OSError:  # the terminal is gone
        return True
    except (ValueError, AttributeError):  # a stream that only says that it is a terminal
        return False
