"""The report of a run, or of several: read from the run directory alone, written as Markdown, HTML, SVG and PNG."""

from collections.abc import Sequence
from pathlib import Path


def write(run_directories: Sequence[str | Path], out: str | Path | None = None) -> Path:
    """Write the report of one run, or the comparison of several; the path of its page, report.html.

    A run is a path, or a name under runs/; it may be finished, stopped, diverged or in training, and is neither locked
    nor changed. `out` is the folder: by default `report/` in the run, of several `report/` beside the first. An earlier
    report's files there are replaced; any other file of their names, or one changed since, raises RunError.

    Raises RunError for a path that holds no run or nothing to report, ConfigError for a run given twice, InputError
    where matplotlib is missing, each a line with its remedy.
    """
    from tui_rnn.report import command  # the package itself is light: no matplotlib, no NumPy

    return command.write(run_directories, out)
