"""The studies of docs/studies: `python docs/studies.py` trains them on the stand-in novel and writes a page of each.

    python docs/studies.py --folder FOLDER seeds cells     these alone, their sweeps kept in FOLDER/sweeps

A sweep that is done in the folder is not trained again. On two idle cores all of them take some half an hour.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parent
PAGES = DOCS / "studies"
_CORPUS = "corpora/goblet.txt"
_STUDIES = ("seeds", "orders", "batches", "cells", "sampling", "speed")
_OF_THE_REPORT = "`runs.csv` beside this page"  # a sentence of a file that is not kept here


def train(folder: Path, study: str) -> None:
    """The sweep of this study, unless it is done there."""
    sweep = Path("sweeps", study)
    if (folder / sweep / "sweep.json").exists():
        call(folder, "sweep", str(sweep), "--headless")
    else:
        call(folder, "sweep", _CORPUS, "--study", study, "-o", str(sweep), "--headless")


def write(folder: Path, study: str) -> None:
    """Its report as Markdown, with its figures beside it."""
    with tempfile.TemporaryDirectory() as out:
        call(folder, "report", f"sweeps/{study}", "-o", out)
        page = Path(out, "report.md").read_text(encoding="utf-8")
        PAGES.mkdir(exist_ok=True)
        for figure in Path(out).glob("*.svg"):
            shutil.copy(figure, PAGES / f"{study}-{figure.name}")
            page = page.replace(f"]({figure.stem}.png)", f"]({study}-{figure.name})")
        lines = [line for line in page.splitlines() if _OF_THE_REPORT not in line]
        (PAGES / f"{study}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def call(folder: Path, *arguments: str) -> None:
    """`tui-rnn` in this folder, so that pages name the text as a reader will have it."""
    subprocess.run([sys.executable, "-m", "tui_rnn", *arguments], cwd=folder, check=True)


def main() -> None:
    """Read the command line, train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("studies", nargs="*", metavar="STUDY", help=f"of {', '.join(_STUDIES)} [all]")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.folder or Path(temporary)).resolve()
        (folder / "corpora").mkdir(parents=True, exist_ok=True)
        if not (folder / _CORPUS).exists():
            shutil.copy(DOCS.parent / _CORPUS, folder / _CORPUS)
        for study in given.studies or _STUDIES:
            train(folder, study)
            write(folder, study)


if __name__ == "__main__":
    main()
