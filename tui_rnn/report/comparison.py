"""Several runs on one page: their curves overlaid, what differs between them, and what each reached."""

from collections.abc import Iterator, Sequence
from dataclasses import fields

import tui_rnn
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.events import CENTRAL, COMPLEX
from tui_rnn.engine.recent import LAGS_BEFORE, RECENT_UPDATES
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
    Strong,
    Table,
    Text,
    Verdict,
)
from tui_rnn.report.figures import Level
from tui_rnn.report.run_record import RunRecord
from tui_rnn.report.sections.fairness import fairness
from tui_rnn.report.sections.making import again, facts, setting, state_of
from tui_rnn.report.sections.texts import stood
from tui_rnn.report.views import compares_recent
from tui_rnn.wording import SETTINGS, changes_text, counted, figure, loss_text, nats_and_bits

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STEPS = (1, 1000, 4000, *range(10_000, 100_001, 10_000), 150_000, 200_000, 500_000, 1_000_000)
_IN_WORDS = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six"}
_MOST_MODEL_TEXT = 400  # characters of each best model


def document(runs: Sequence[RunRecord], known: list[Level]) -> Document:
    """The comparison of two runs or more; `known` are the lines of its figure."""
    lettered = list(zip(LETTERS, runs, strict=False))
    blocks: list[Block] = [
        *_remarks(lettered),
        *_results(lettered),
        *fairness(lettered),
        *_curves(lettered, known),
        *_milestones(lettered),
        *_differences(lettered),
        *_gradients(lettered),
        *_texts(lettered),
        *_making(lettered),
    ]
    recipes = ", ".join(
        f"{letter}: recipe {run.config.recipe} ({OPTIMIZERS[run.config.optimizer]})" for letter, run in lettered
    )
    title = f"{_IN_WORDS.get(len(runs), len(runs))} runs of a character RNN, compared"
    return Document(title, (f"{recipes}.",), (), blocks, tui_rnn.__version__)


Lettered = Sequence[tuple[str, RunRecord]]


def _remarks(runs: Lettered) -> Iterator[Block]:
    faults = [f"{letter}: {fault}" for letter, run in runs for fault in run.faults]
    if faults:
        yield Heading("Read this first")
        yield Paragraph.of("Not all that a report is made from was there, or could be used:")
        yield Text("\n".join(faults))


def _results(runs: Lettered) -> Iterator[Block]:
    yield Heading("What each reached")
    judged = any(run.log.held_out for _, run in runs)
    lagging = any(run.lags for _, run in runs)
    rows: list[tuple[Inline, ...]] = []
    for letter, run in runs:
        loss: list[Inline] = ["–"] * 4
        if run.best is not None:
            best, step = run.best
            nats, bits = nats_and_bits(best, run.config.seq_length)
            # What was never read says more, and the mean of the last updates where the smooth loss of a run lags.
            lowest = figure(nats, 3) if judged or lagging else Strong(figure(nats, 3))
            loss = [figure(best, 2), lowest, figure(bits, 3), f"{step:,}"]
        seconds = run.elapsed_seconds
        held_out = [each.nats_per_char for each in run.log.held_out if each.nats_per_char is not None]
        if lagging:
            recent = figure(run.recent, 3)
            loss.append(recent if judged else Strong(recent))
        if judged:
            loss.append(Strong(figure(min(held_out), 3)) if held_out else "–")
        rows.append(
            (
                f"{letter} {run.config.recipe}",
                *loss,
                f"{run.step:,}",
                f"{seconds:,.1f}" if seconds is not None else "–",
            )
        )
    head = ["run", "lowest smooth loss, sum", "nats/char", "bits/char", "after update"]
    head += ["recent, nats/char"] if lagging else []
    head += [*(["held out, nats/char"] if judged else []), "updates", "seconds"]
    yield Table("The lowest smooth loss of each run", tuple(head), tuple(rows))
    lengths = {run.config.seq_length for _, run in runs}
    sums = (
        f"Sums are over T = {counted(lengths.pop(), 'character')}."
        if len(lengths) == 1
        else "Sums are over each run's own T."
    )
    states = " ".join(f"{letter}: {state_of(run)}" for letter, run in runs)
    yield Paragraph.of(f"{sums} {states}", note=True)
    for letter, run in runs:
        if changed := _changed(run):
            yield Paragraph.of(f"{letter} was adjusted while it trained: {'; '.join(changed)}.")
    if short := [letter for letter, run in runs if run.lags]:
        yield Paragraph.of(
            f"Below {LAGS_BEFORE:,} updates the smooth loss lags far behind the network, so that of {_listed(short)} "
            "cannot be compared with another run's. Compare the recent losses, each the mean of the run's last "
            f"{RECENT_UPDATES} updates" + (", or better the held-out ones." if judged else ".")
        )
    if len({run.corpus.sha256 for _, run in runs}) > 1:
        yield Paragraph.of(Strong("The runs read different texts: their losses cannot be ranked."))


def _changed(run: RunRecord) -> list[str]:
    """`eta 0.1 → 0.01 from 12,001`, one for each hyperparameter that was adjusted."""
    courses = ((name, changes_text(name, run.changes)) for name in SETTINGS)
    return [f"{SETTINGS[name]} {course}" for name, course in courses if course]


def _listed(letters: Sequence[str]) -> str:
    """`A`, `A and C`, `A, B and C`."""
    return " and ".join([", ".join(letters[:-1]), letters[-1]] if len(letters) > 1 else letters)


def _curves(runs: Lettered, known: list[Level]) -> Iterator[Block]:
    if not any(len(run.curve.steps) for _, run in runs):
        yield Paragraph.of("None of the runs has logged a loss: there is no figure.")
        return
    recent = compares_recent([run for _, run in runs])
    name = "recent loss" if recent else "smooth loss"
    yield Heading(name.capitalize())
    rule = f"the mean of the last {RECENT_UPDATES} updates" if recent else "0.999 × smooth loss + 0.001 × loss"
    yield Paragraph.of(
        f"{name} = {rule}, in nats per character, so that runs of different T can stand side by side. The curves come "
        "from the loss histories in the checkpoints, thinned for the page, the lowest point kept; the seconds from the "
        "progress events, pauses left out."
        + ("" if not known else " The lines: " + "; ".join(level.label for level in known) + ".")
    )
    yield Picture(
        "comparison",
        f"Line chart of the {name} of {len(runs)} runs, against update steps and against seconds of training.",
        f"{name.capitalize()} against update steps, and against seconds of training.",
    )


def _milestones(runs: Lettered) -> Iterator[Block]:
    reached = max((run.step for _, run in runs), default=0)
    beside = [compare(run.config).published for _, run in runs]
    published = [each for each in (REPORT_2021, HANDOUT_2026) if any(found is each for found in beside)]
    rows: list[tuple[Inline, ...]] = []
    for step in _STEPS:
        if step > reached:
            break
        nats = [(run.curve.at(step), run.config.seq_length) for _, run in runs]
        mine = [figure(loss / T, 3) if loss is not None else "–" for loss, T in nats]
        theirs = [f"{each.losses[step] / 25:.3f}" if step in each.losses else "–" for each in published]
        if any(cell != "–" for cell in mine):
            rows.append((f"{step:,}", *mine, *theirs))
    if not rows:
        return
    head = ("update", *(f"{letter} {run.config.recipe}" for letter, run in runs), *(each.title for each in published))
    yield Table("Smooth loss after so many updates, nats per character", head, tuple(rows))
    if published:
        another = any(run.corpus.vocab_size != BOOK_VOCAB_SIZE for _, run in runs)
        yield Paragraph.of(
            "The published figures are for the report's own book"
            + (f" (K = {BOOK_VOCAB_SIZE}); the runs here read another text." if another else ", which has K = 80 too."),
            note=True,
        )
    for letter, run in runs:
        if why := compare(run.config).why_not:
            yield Paragraph.of(f"No published figures stand beside {letter}: {why}.", note=True)


def _differences(runs: Lettered) -> Iterator[Block]:
    yield Heading("What differs")
    rows: list[tuple[Inline, ...]] = []
    for each in fields(RunConfig):
        values = [(getattr(run.config, each.name), changes_text(each.name, run.changes)) for _, run in runs]
        if any(value != values[0] for value in values):
            settings = (
                Code(course or setting(run.config, each.name))
                for (_, run), (_, course) in zip(runs, values, strict=True)
            )
            rows.append((each.name.replace("_", "-"), *settings))
    if not rows:
        yield Paragraph.of("Nothing: the runs have the same settings.")
        return
    head = ("option", *(f"{letter} {run.config.recipe}" for letter, run in runs))
    yield Table("The options in which the runs differ; all others are the same", head, tuple(rows))


def _gradients(runs: Lettered) -> Iterator[Block]:
    rows: list[tuple[Inline, ...]] = []
    for letter, run in runs:
        found = [run.log.first_check(method) for method in (CENTRAL, COMPLEX)]
        checks = [each[1] if each else None for each in found]
        worst = [f"{max(row.relative_error for row in check.rows):.1e}" if check else "–" for check in checks]
        passed = [check.passed for check in checks if check]
        rows.append((f"{letter} {run.config.recipe}", *worst, Verdict(all(passed)) if passed else "–"))
    yield Heading("Gradient check")
    yield Table(
        "The worst norm-wise relative error of any parameter, as checked when the run began, in float64",
        ("run", "central differences", "complex step", "verdict"),
        tuple(rows),
    )


def _texts(runs: Lettered) -> Iterator[Block]:
    yield Heading("What the best models write")
    for letter, run in runs:
        if run.best_text is None:
            yield Paragraph.of(f"{letter} holds no model that could write.")
            continue
        best = run.best_text
        loss = loss_text(best.smooth_loss, run.config.seq_length)
        name = "best model" if best.is_best else "latest model"
        label = f"{letter} {run.config.recipe}: {name}, {stood(best)}"
        yield Text(best.text[:_MOST_MODEL_TEXT], label, f"smooth loss {loss}", wide=False)
    yield Paragraph.of(
        f"The first {_MOST_MODEL_TEXT} characters of what ", Code("tui-rnn sample RUN"), " writes.", note=True
    )


def _making(runs: Lettered) -> Iterator[Block]:
    yield Heading("How they were made, and how to make them again")
    for letter, run in runs:
        yield Heading(f"{letter} {run.config.recipe}", 3)
        yield Facts(f"Run {letter}", tuple(facts(run)))
        yield from again(run)
