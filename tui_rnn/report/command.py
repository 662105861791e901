"""`tui-rnn report`: read the runs or the sweep, make the document and its figures, write them, print the path."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui_rnn.engine.errors import ConfigError, RunError
from tui_rnn.engine.text import MOST_MEGABYTES, most_bytes
from tui_rnn.report import assignment, comparison, drawing, figures, files, folder, inside_figures, sweep
from tui_rnn.report.document import Document
from tui_rnn.report.files import MARKDOWN, PAGE
from tui_rnn.report.inside import look_inside
from tui_rnn.report.lettered import LETTERS as RUN_LETTERS
from tui_rnn.report.lettered import lettered
from tui_rnn.report.read import read_run
from tui_rnn.report.run_record import RunRecord
from tui_rnn.report.sections.inside import BOOK, LETTERS
from tui_rnn.report.views import best_place, compares_recent, epochs, levels, line, loss_picture
from tui_rnn.runs import corpus_search
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.new_folder import folder_named
from tui_rnn.safe_text import safe_text
from tui_rnn.sweeps.folder import SweepFolder

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLDER = "report"
_MOST_POINTS = 8000  # of all curves of a comparison


def report(names: Sequence[str], out: str | None, corpora: Sequence[str] = ()) -> int:
    """Write the report of these runs, or of one sweep, and print the path of its page; 0."""
    page = _of_sweep(names, out, corpora) or write(names, out, corpora)
    print(safe_text(str(page), one_line=True))
    return 0


def _of_sweep(names: Sequence[str], out: str | None, corpora: Sequence[str]) -> Path | None:
    """The page of the report of a sweep; None where no name is the folder of one. Raises ConfigError for a mixture."""
    folders = [name for name in names if SweepFolder(Path(name)).holds_a_sweep()]
    if not folders:
        return None
    if len(names) > 1:
        raise ConfigError(f"{folders[0]} is a sweep, which has a report of its own: name it alone")
    if corpora:
        raise ConfigError("--corpus is for runs: the report of a sweep reads no text, so leave it out")
    return sweep.write(Path(folders[0]), folder_named("-o", out))


def write(names: Sequence[str | Path], out: str | Path | None, corpora: Sequence[str] = ()) -> Path:
    """The page of the report of one run, or of the comparison of several; what it holds is said in the package.

    `corpora` are where texts of the runs lie now.
    """
    drawing.require()
    into = folder_named("-o", out)
    given = [str(name) for name in names]
    directories = [RunDirectory.find(name).path.resolve() for name in given]
    if twice := [name for name, path in zip(given, directories, strict=True) if directories.count(path) > 1]:
        raise ConfigError(f"{twice[0]} is given twice: name runs that differ")
    if not 1 <= len(given) <= len(RUN_LETTERS):
        raise ConfigError(f"{len(given)} runs cannot stand on one page: give 1 to {len(RUN_LETTERS)}")
    if into is None:
        into = _default_folder(given)
        if len(given) == 1 and into.is_symlink():  # a run's files lead nowhere else
            raise RunError(f"{into} is a link: name the folder with -o, or move the link away")
    folder.check(into, [PAGE, MARKDOWN])  # before the work is done
    runs = [read_run(name, corpora) for name in given]
    for corpus in corpora:
        _check_corpus(corpus, runs)
    document, drawn = _one(runs[0]) if len(runs) == 1 else _several(runs)
    return files.write(into, document, drawn)


def _check_corpus(path: str, runs: Sequence[RunRecord]) -> None:
    """Raise CorpusError where the file cannot be read, ConfigError where none of the runs was trained on it."""
    digests = {sha256 for run in runs for sha256 in (run.corpus.sha256, *(each.sha256 for each in run.corpus.files))}
    if not corpus_search.read([path], digests, most_bytes(MOST_MEGABYTES)).fits:
        texts = ", ".join(dict.fromkeys(run.corpus.path for run in runs))
        raise ConfigError(
            f"--corpus {path} is not what was trained on, {texts} (its sha256 differs): name that, or leave --corpus "
            f"out"
        )


def _default_folder(names: Sequence[str]) -> Path:
    """`report/` in the run; of several, beside the first of them."""
    first = RunDirectory.find(names[0]).path
    if len(names) == 1:
        return first / FOLDER
    beside = first.parent if first.name not in ("", "..") else first.resolve().parent
    return beside / FOLDER


def _one(run: RunRecord) -> tuple[Document, dict[str, "Figure"]]:
    known, overlaid = levels(run), epochs(run)
    drawn = {}
    if len(run.curve.steps):
        drawn["loss"] = figures.loss_figure(loss_picture(run, known))
        if overlaid:
            many = run.config.batch_size
            place = best_place(run)
            where = f"each of {many:,} parts of the text" if many > 1 else "the text"
            drawn["position"] = figures.position_figure(
                overlaid, (run.best[0], place) if run.best and place is not None else None, run.config.seq_length, where
            )
    seen = look_inside(run)
    if seen:
        drawn[LETTERS] = inside_figures.letters_figure(seen[0].letters, seen[0].characters)
        drawn[BOOK] = inside_figures.book_figure([(each.name, each.reading) for each in seen], run.config.holdout)
    return assignment.document(run, known, overlaid, seen), drawn


def _several(runs: Sequence[RunRecord]) -> tuple[Document, dict[str, "Figure"]]:
    # The lines of simple guesses hold where all read the same text.
    same = len({(run.corpus.sha256, run.corpus.vocab_size) for run in runs}) == 1
    read = next((run for run in runs if run.text is not None), runs[0])
    known = levels(read, per_character=True) if same else []
    named, drawn = lettered(runs), {}
    if any(len(run.curve.steps) for run in runs):
        most = min(800, _MOST_POINTS // len(runs))
        recent = compares_recent(runs)
        lines = [line(each, most, by_recent=recent) for each in named]
        drawn["comparison"] = figures.comparison_figure(lines, known, "recent loss" if recent else "smooth loss")
    return comparison.document(named, known), drawn
