"""Matplotlib at work: found or missed, in our own style, its figures as bytes that are the same every time.

No pyplot, and so none of its global state; matplotlib is imported when a report is written, and never before.
"""

import io
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_rnn.engine.errors import InputError
from tui_rnn.engine.extras import install_command
from tui_rnn.report.svg import COLOURS, as_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DPI = 200  # of the PNG
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text as text: small, and it can be searched and read aloud
    "svg.hashsalt": "tui-rnn",  # ids that are the same at every drawing
    "font.family": "sans-serif",
    "font.size": 8.5,
    "axes.titlesize": 9.5,
    "axes.labelsize": 8.5,
    "axes.edgecolor": COLOURS["muted"],
    "axes.labelcolor": COLOURS["ink"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,
    "grid.color": COLOURS["line"],
    "grid.linewidth": 0.5,
    "text.color": COLOURS["ink"],
    "text.parse_math": False,
    "xtick.color": COLOURS["muted"],
    "ytick.color": COLOURS["muted"],
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "legend.borderaxespad": 0.2,
    "lines.solid_joinstyle": "round",
    "figure.facecolor": COLOURS["paper"],
    "axes.facecolor": "none",
    "path.simplify": False,
}


def require() -> None:
    """Raise InputError, one line with the remedy, where matplotlib cannot be loaded.

    Figures are drawn to files alone, so MPLBACKEND, which every notebook sets to a backend of its own, is not read; and
    no matplotlibrc but matplotlib's own, so that none that lies beside a text is.
    """
    # That it has no folder for its cache, as where HOME cannot be written, is its own matter: the figures are the same.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    backend = os.environ.pop("MPLBACKEND", None)
    try:
        with _beside_its_own_settings():
            import matplotlib.figure  # noqa: F401
    except (ImportError, ValueError) as error:
        missing = isinstance(error, ModuleNotFoundError) and (error.name or "").split(".")[0] == "matplotlib"
        why = "matplotlib is not installed" if missing else f"matplotlib cannot be loaded ({error})"
        raise InputError(f"{why}: {install_command('report')}") from None
    finally:
        if backend is not None:
            os.environ["MPLBACKEND"] = backend


@contextmanager
def _beside_its_own_settings() -> Iterator[None]:
    """Inside, the current folder is matplotlib's own: it reads the first matplotlibrc it finds, and finds its default.

    There is no other way to keep it from the user's own file, which could name code to run, or be a pipe.
    """
    found = find_spec("matplotlib")
    own = Path(found.origin).parent / "mpl-data" if found is not None and found.origin else None
    try:
        here = os.getcwd()
    except OSError:  # it is gone, and holds nothing
        here = None
    if "matplotlib" in sys.modules or here is None or own is None or not own.is_dir():
        yield
        return
    os.chdir(own)
    try:
        yield
    finally:
        os.chdir(here)


@contextmanager
def styled() -> Iterator[None]:
    """Our own style alone, whatever a user's matplotlibrc says, and everything put back afterwards."""
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        # Warnings of a missing font or cache folder mean nothing to the user who asked for a report.
        warnings.simplefilter("ignore")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        yield


def svg(figure: "Figure") -> str:
    """The figure as matplotlib draws it in SVG, the same text at every drawing."""
    buffer = io.StringIO()
    with styled():
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return buffer.getvalue()


def files(figure: "Figure", drawn: str) -> dict[str, bytes]:
    """The figure as files by their suffix; `drawn` is its SVG."""
    buffer = io.BytesIO()
    with styled():
        figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    return {".svg": as_file(drawn).encode(), ".png": buffer.getvalue()}
