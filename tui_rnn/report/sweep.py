"""The report of a sweep: written any time, of what there is in its folder."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import tui_rnn
from tui_rnn.report import drawing, files, folder, studies
from tui_rnn.report.document import Block, Code, Document, Heading, Inline, Paragraph, Strong
from tui_rnn.report.sections import endings, options, settings, sweep_making
from tui_rnn.report.studies.part import Part
from tui_rnn.report.sweep_record import SweepRecord
from tui_rnn.sweeps.answer import answer
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.remarks import remarks
from tui_rnn.sweeps.rows import Row, SweepReader
from tui_rnn.sweeps.words import counts_of, done_words, headline, loss_words, option_text
from tui_rnn.wording import counted, duration_text, figure, listed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLDER = "report"


def write(sweep: Path, out: Path | None = None) -> Path:
    """Write the report of the sweep in this folder; the path of its page, report.html.

    Nothing is locked or changed; an earlier report's files are replaced, any other file of their names, or one changed
    since, raises RunError. `out` is the report's folder: by default `report/` in the sweep's. Raises RunError for a
    folder that holds no sweep, InputError where matplotlib is missing, each a line with its remedy.
    """
    drawing.require()
    into = sweep / FOLDER if out is None else out
    folder.check(into, [files.PAGE, files.MARKDOWN])  # before the work is done
    reader = SweepReader(SweepFolder(sweep))
    record = read(str(sweep), reader.plan, reader.look())
    document, drawn = made(record)
    return files.write(into, document, drawn, {sweep_making.RUNS: sweep_making.runs_csv(record)})


def read(name: str, plan: Plan, rows: Sequence[Row]) -> SweepRecord:
    """What the report of these rows is made from."""
    return SweepRecord(name, plan, tuple(rows), answer(plan, rows))


def made(record: SweepRecord) -> "tuple[Document, dict[str, Figure]]":
    """The document and its figures by name."""
    drawn: dict[str, Figure] = {}
    if settings.has_several(record):
        drawn[settings.SEEDS] = settings.seeds_drawn(record)
    if record.courses:
        drawn[settings.CURVES] = settings.curves_drawn(record)
    part = studies.part_of(record)
    is_about_losses = part is None or part.is_about_losses
    if part is not None:
        drawn.update(part.figures)
    if record.plan.varied and record.answer.effects is not None and is_about_losses:
        drawn[options.OPTIONS] = options.options_drawn(record)
    blocks: list[Block] = [
        *_first(record, part),
        *(studies.answered(record, part) if part is not None else []),
        *settings.every_setting(record),
        *settings.curves(record),
        *(options.which_matters(record) if is_about_losses else []),
        *endings.not_compared(record),
        *(sweep_making.best_setting(record) if is_about_losses else []),
        *sweep_making.how_it_was_made(record),
    ]
    document = Document(
        _title(record),
        _subtitle(record),
        tuple(_key_figures(record, is_about_losses=is_about_losses)),
        blocks,
        tui_rnn.__version__,
    )
    return document, drawn


def _title(record: SweepRecord) -> str:
    if record.study is not None:
        return record.study.title
    varied = [option_text(name) for name in record.plan.varied]
    return f"A sweep over {listed(varied)}" if varied else "One setting, several seeds"


def _subtitle(record: SweepRecord) -> tuple[Inline, ...]:
    plan = record.plan
    count, seeds = len(plan.settings), counted(len(plan.seeds), "seed")
    what = f": {count:,} settings with {seeds} each" if count > 1 else ", a seed each" if len(plan.jobs) > 1 else ""
    trained = [part for number, path in enumerate(plan.corpus) for part in (" and " * (number > 0), Code(path)) if part]
    return (
        f"{counted(len(plan.jobs), 'run')}{what}, of recipe {plan.recipe}, trained on ",
        *(Code(Path(part.text).name) if isinstance(part, Code) else part for part in trained),
        ".",
    )


def _key_figures(record: SweepRecord, *, is_about_losses: bool) -> Iterator[tuple[str, str, str]]:
    best, counts = record.answer.best, counts_of(record.answer.groups)
    if best is not None and is_about_losses:
        seeds = f", median of {len(best.losses)} seeds" if len(best.losses) > 1 else ""
        of = " of the best setting" if len(record.answer.groups) > 1 else ""
        yield loss_words(best.median), "nats/char", f"{record.answer.judge}{of}{seeds}"
    if record.answer.spread is not None and is_about_losses:
        yield figure(record.answer.spread[0], 3), "nats/char", "standard deviation between seeds of one setting"
    done, others = done_words(counts)
    finished, of, runs = done.partition(" of ")
    yield finished, (of + runs).strip(), f"finished, {others}" if others else "finished"
    if record.seconds:
        yield duration_text(sum(record.seconds.values())), "", "of training in all"


def _first(record: SweepRecord, part: Part | None) -> Iterator[Block]:
    """The answer, before all else."""
    yield Heading("The answer")
    said = part.headline if part is not None else ""
    yield Paragraph.of(Strong(said or headline(record.plan, record.answer)))
    effects = record.answer.effects
    if not said and effects is not None and len(effects.options) > 1:
        yield Paragraph.of(options.said(effects))
    if part is None or part.is_about_losses:
        for sentence in remarks(record.plan, record.answer):
            yield Paragraph.of(sentence)
