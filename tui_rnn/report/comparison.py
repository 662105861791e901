"""Several runs on one page: their curves overlaid, what differs between them, and what each reached."""

from collections.abc import Iterator, Sequence
from dataclasses import fields

import tui_rnn
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.events import CENTRAL, COMPLEX
from tui_rnn.engine.recent import RECENT_UPDATES
from tui_rnn.published import BOOK_VOCAB_SIZE, HANDOUT_2026, OPTIMIZERS, REPORT_2021, compare
from tui_rnn.report.document import (
    Block,
    Code,
    Document,
    Facts,
    Heading,
    Inline,
    Paragraph,
    Picture,
    Table,
    Text,
    Verdict,
)
from tui_rnn.report.figures import Level
from tui_rnn.report.lettered import Lettered
from tui_rnn.report.sections.fairness import fairness
from tui_rnn.report.sections.making import again, facts, setting
from tui_rnn.report.sections.reached import reached
from tui_rnn.report.sections.texts import stood
from tui_rnn.report.views import compares_recent, levels_said
from tui_rnn.wording import changes_text, figure, loss_text

_STEPS = (1, 1000, 4000, *range(10_000, 100_001, 10_000), 150_000, 200_000, 500_000, 1_000_000)
_IN_WORDS = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six"}
_MOST_MODEL_TEXT = 400  # characters of each best model


def document(runs: Sequence[Lettered], known: list[Level]) -> Document:
    """The comparison of two runs or more; `known` are the lines of its figure."""
    blocks: list[Block] = [
        *_remarks(runs),
        *reached(runs),
        *fairness(runs),
        *_curves(runs, known),
        *_milestones(runs),
        *_differences(runs),
        *_gradients(runs),
        *_texts(runs),
        *_making(runs),
    ]
    recipes = ", ".join(f"{each.letter}: recipe {each.run.config.recipe} ({_how(each)})" for each in runs)
    title = f"{_IN_WORDS.get(len(runs), len(runs))} runs of a character RNN, compared"
    return Document(title, (f"{recipes}.",), (), blocks, tui_rnn.__version__)


def _how(each: Lettered) -> str:
    return ", ".join([OPTIMIZERS[each.run.config.optimizer], *(words for _, words in each.unlike)])


def _remarks(runs: Sequence[Lettered]) -> Iterator[Block]:
    faults = [f"{letter}: {fault}" for letter, run, _ in runs for fault in run.faults]
    if faults:
        yield Heading("Read this first")
        yield Paragraph.of("Not all that a report is made from was there, or could be used:")
        yield Text("\n".join(faults))


def _curves(runs: Sequence[Lettered], known: list[Level]) -> Iterator[Block]:
    if not any(len(run.curve.steps) for _, run, _ in runs):
        yield Paragraph.of("None of the runs has logged a loss: there is no figure.")
        return
    recent = compares_recent([run for _, run, _ in runs])
    name = "recent loss" if recent else "smooth loss"
    yield Heading(name.capitalize())
    rule = f"the mean of the last {RECENT_UPDATES} updates" if recent else "0.999 × smooth loss + 0.001 × loss"
    yield Paragraph.of(
        f"{name} = {rule}, in nats per character, so that runs of different T can stand side by side. The curves come "
        "from the loss histories in the checkpoints, thinned for the page, the lowest point kept; the seconds from the "
        "progress events, pauses left out." + levels_said(known)
    )
    yield Picture(
        "comparison",
        f"Line chart of the {name} of {len(runs)} runs, against update steps and against seconds of training.",
        f"{name.capitalize()} against update steps, and against seconds of training.",
    )


def _milestones(runs: Sequence[Lettered]) -> Iterator[Block]:
    last = max((run.step for _, run, _ in runs), default=0)
    beside = [compare(run.config).published for _, run, _ in runs]
    published = [each for each in (REPORT_2021, HANDOUT_2026) if any(found is each for found in beside)]
    rows: list[tuple[Inline, ...]] = []
    for step in _STEPS:
        if step > last:
            break
        nats = [(run.curve.at(step), run.config.seq_length) for _, run, _ in runs]
        mine = [figure(loss / T, 3) if loss is not None else "–" for loss, T in nats]
        theirs = [f"{each.losses[step] / 25:.3f}" if step in each.losses else "–" for each in published]
        if any(cell != "–" for cell in mine):
            rows.append((f"{step:,}", *mine, *theirs))
    if not rows:
        return
    head = ("update", *(each.label for each in runs), *(each.title for each in published))
    yield Table("Smooth loss after so many updates, nats per character", head, tuple(rows))
    if published:
        another = any(run.corpus.vocab_size != BOOK_VOCAB_SIZE for _, run, _ in runs)
        yield Paragraph.of(
            "The published figures are for the report's own book"
            + (f" (K = {BOOK_VOCAB_SIZE}); the runs here read another text." if another else ", which has K = 80 too."),
            note=True,
        )
    for letter, run, _ in runs:
        if why := compare(run.config).why_not:
            yield Paragraph.of(f"No published figures stand beside {letter}: {why}.", note=True)


def _differences(runs: Sequence[Lettered]) -> Iterator[Block]:
    yield Heading("What differs")
    rows: list[tuple[Inline, ...]] = []
    for each in fields(RunConfig):
        values = [(getattr(run.config, each.name), changes_text(each.name, run.changes)) for _, run, _ in runs]
        if any(value != values[0] for value in values):
            settings = (
                Code(course or setting(run.config, each.name))
                for (_, run, _), (_, course) in zip(runs, values, strict=True)
            )
            rows.append((each.name.replace("_", "-"), *settings))
    if not rows:
        yield Paragraph.of("Nothing: the runs have the same settings.")
        return
    head = ("option", *(each.label for each in runs))
    yield Table("The options in which the runs differ; all others are the same", head, tuple(rows))


def _gradients(runs: Sequence[Lettered]) -> Iterator[Block]:
    rows: list[tuple[Inline, ...]] = []
    for each in runs:
        run = each.run
        found = [run.log.first_check(method) for method in (CENTRAL, COMPLEX)]
        checks = [each[1] if each else None for each in found]
        worst = [f"{max(row.relative_error for row in check.rows):.1e}" if check else "–" for check in checks]
        passed = [check.passed for check in checks if check]
        rows.append((each.label, *worst, Verdict(all(passed)) if passed else "–"))
    yield Heading("Gradient check")
    yield Table(
        "The worst norm-wise relative error of any parameter, as checked when the run began, in float64",
        ("run", "central differences", "complex step", "verdict"),
        tuple(rows),
    )


def _texts(runs: Sequence[Lettered]) -> Iterator[Block]:
    yield Heading("What the best models write")
    for each in runs:
        run = each.run
        if run.best_text is None:
            yield Paragraph.of(f"{each.letter} holds no model that could write.")
            continue
        best = run.best_text
        loss = loss_text(best.smooth_loss, run.config.seq_length)
        name = "best model" if best.is_best else "latest model"
        label = f"{each.label}: {name}, {stood(best)}"
        yield Text(best.text[:_MOST_MODEL_TEXT], label, f"smooth loss {loss}", wide=False)
    yield Paragraph.of(
        f"The first {_MOST_MODEL_TEXT} characters of what ", Code("tui-rnn sample RUN"), " writes.", note=True
    )


def _making(runs: Sequence[Lettered]) -> Iterator[Block]:
    yield Heading("How they were made, and how to make them again")
    for each in runs:
        yield Heading(each.label, 3)
        yield Facts(f"Run {each.letter}", tuple(facts(each.run)))
        yield from again(each.run)
