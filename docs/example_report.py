"""The example report: `python docs/example_report.py` trains its five runs and writes docs/example-report.

    python docs/example_report.py --folder FOLDER     where runs are kept: one that is done there is not trained again

On one idle core it takes some ten minutes.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

DOCS = Path(__file__).resolve().parent
EXAMPLE = DOCS / "example-report"
_CORPUS = "corpora/goblet.txt"
_ASSIGNMENT = ("--steps", "100000", "--seed", "0")
_CELLS = ("--steps", "20000", "--holdout", "0.1", "--seed", "0")
RUNS = {"adagrad": _ASSIGNMENT, "adam": _ASSIGNMENT, "wide": _CELLS, "lstm": _CELLS, "gru": _CELLS}  # by their recipe
PAGES = {
    "forms.html": ("adagrad", "adam"),
    "report-2021.html": ("adagrad",),
    "report-2026.html": ("adam",),
    "cells.html": ("wide", "lstm", "gru"),
    "report-lstm.html": ("lstm",),
}


def train(folder: Path, recipe: str) -> None:
    """The run of this recipe, unless it is done there."""
    run = folder / "runs" / recipe
    if not (run / "checkpoints" / "last.ckpt").exists():
        call(folder, _CORPUS, "--recipe", recipe, *RUNS[recipe], "--headless", "--run", f"runs/{recipe}")


def write(folder: Path, page: str, recipes: Sequence[str]) -> None:
    """The report of these runs as one page; of several also their curves, for the README beside it."""
    out = folder / "pages" / Path(page).stem
    call(folder, "report", *(f"runs/{recipe}" for recipe in recipes), "-o", str(out))
    shutil.copy(out / "report.html", EXAMPLE / page)
    if len(recipes) > 1:
        shutil.copy(out / "comparison.svg", EXAMPLE / page.replace("html", "svg"))


def call(folder: Path, *arguments: str) -> None:
    """`tui-rnn` in this folder, so that pages name texts and runs as a reader will have them."""
    subprocess.run([sys.executable, "-m", "tui_rnn", *arguments], cwd=folder, check=True)


def main() -> None:
    """Read the command line, train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.folder or Path(temporary)).resolve()
        (folder / "corpora").mkdir(parents=True, exist_ok=True)
        if not (folder / _CORPUS).exists():
            shutil.copy(DOCS.parent / _CORPUS, folder / _CORPUS)
        for recipe in RUNS:
            train(folder, recipe)
        for page, recipes in PAGES.items():
            write(folder, page, recipes)


if __name__ == "__main__":
    main()
