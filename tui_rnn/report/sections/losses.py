"""The second deliverable: the smooth loss, where in the text it fell, and the published figures beside it."""

from collections.abc import Iterator

import numpy as np

from tui_rnn.engine.recent import LAGS_BEFORE, RECENT_UPDATES
from tui_rnn.published import BOOK_VOCAB_SIZE, REPORT_2021, Published, compare
from tui_rnn.report.curve import Epoch
from tui_rnn.report.document import Block, Heading, Inline, Paragraph, Picture, Strong, Table, Text
from tui_rnn.report.figures import Level
from tui_rnn.report.run_record import RunRecord
from tui_rnn.report.views import best_place, levels_said
from tui_rnn.wording import counted, figure, loss_text, nats_and_bits

PASSAGE_LENGTH = 120  # characters of a passage that is quoted, at the most


def smooth_loss(run: RunRecord, known: list[Level]) -> Iterator[Block]:
    """The figure, and the smooth loss at its beginning, lowest and end. `known` are the figure's lines."""
    T = run.config.seq_length
    yield Heading("2. Smooth loss")
    if not len(run.curve.steps):
        yield Paragraph.of("No loss was logged: no update has been made, or the run directory has lost its record.")
        return
    yield Paragraph.of(
        "smooth loss = 0.999 × smooth loss + 0.001 × loss, started at the loss of the first window. The loss is the "
        f"cross-entropy of the next character in nats, summed over the {counted(T, 'character')} of a window"
        + (f" and averaged over {run.config.batch_size:,} streams" if run.config.batch_size > 1 else "")
        + (", also where the objective is its mean" if run.config.reduction == "mean" else "")
        + ". "
        + _source_of(run)
    )
    lines = levels_said(known, f" (sums over {T:,})")
    yield Picture("loss", _told(run), f"Smooth and raw loss against update steps.{lines}")
    rows: list[tuple[Inline, ...]] = []
    for name, loss, step in _milestones(run):
        nats, bits = nats_and_bits(loss, T)
        rows.append((name, f"{step:,}", figure(loss, 2), figure(nats, 3), figure(bits, 3)))
    if run.lags and run.recent is not None:
        nats, bits = nats_and_bits(run.recent * T, T)
        rows.append((Strong("recent"), f"{run.step:,}", figure(run.recent * T, 2), figure(nats, 3), figure(bits, 3)))
    head = ("smooth loss", "after update", f"sum over {T:,}", "nats/char", "bits/char")
    yield Table("The smooth loss at its beginning, lowest and end", head, tuple(rows))
    if run.lags and run.recent is not None:
        yield Paragraph.of(
            f"Below {LAGS_BEFORE:,} updates the smooth loss lags far behind the network, and is higher than what it "
            f"loses by then: that is the recent loss, the mean of the last {RECENT_UPDATES} updates.",
            note=True,
        )


def _source_of(run: RunRecord) -> str:
    if not run.curve.from_checkpoint:
        return "The points are the run's progress events, since no checkpoint can be read."
    stride = run.curve.stride
    each = "every update" if stride == 1 else f"one point for every {stride:,} updates"
    return f"The points are the loss history that the run keeps in its checkpoints, {each}."


def _told(run: RunRecord) -> str:
    """The figure in a sentence."""
    alt = f"Line chart of the loss over {counted(run.step, 'update')}"
    if run.best is not None:
        first, (lowest, step) = float(run.curve.smooth[0]), run.best
        way = f"falls from {figure(first, 2)} to its lowest," if lowest < first else "is lowest where it begins, at"
        alt += f": the smooth loss {way} {figure(lowest, 2)}, after update {step:,}"
    return alt + "."


def _milestones(run: RunRecord) -> Iterator[tuple[str, float, int]]:
    yield "first", float(run.curve.smooth[0]), int(run.curve.steps[0])
    if run.best is not None:
        yield "lowest", *run.best
    yield "last", float(run.curve.smooth[-1]), int(run.curve.steps[-1])


def by_position(run: RunRecord, overlaid: list[Epoch]) -> Iterator[Block]:
    """The loss against the place in the text, epochs overlaid, and where the text is easiest and hardest."""
    if not len(run.curve.steps):
        return
    yield Heading("Loss by position in the text", 3)
    if not overlaid:
        yield Paragraph.of(
            "Left out: the length of the text is not known, or an epoch is too short, or the loss history too coarse, "
            "to tell places apart."
        )
        return
    many = run.config.batch_size
    where = f"each of the {many:,} parts that are read side by side" if many > 1 else "the text"
    if run.config.holdout:
        where += ", without its held-out end"
    several = len(overlaid) > 1
    shared = (
        ", each epoch laid over the one before, later ones stronger. What all epochs share is the text's doing: where "
        "the lines dip together the passage is easy, and a record there says as much about the passage as about the "
        "model. "
    )
    yield Paragraph.of(
        f"The same losses against the place in {where}" + (shared if several else ". ") + _lowest_said(run)
    )
    yield Picture(
        "position",
        f"Line chart of the loss against the place in the text, {counted(len(overlaid), 'epoch')}"
        + (" overlaid." if several else "."),
        "Loss by position in the text" + (", epochs overlaid." if several else "."),
    )
    yield from _passages(run, overlaid)


def _lowest_said(run: RunRecord) -> str:
    place = best_place(run)
    if place is None:
        return ""
    said = f"This run's lowest smooth loss came at {_percent(place)} of the text"
    published = compare(run.config).published
    return f"{said}; the published bests sit at 95\xa0% of their book." if published is REPORT_2021 else f"{said}."


def _passages(run: RunRecord, overlaid: list[Epoch]) -> Iterator[Block]:
    """Words from the easiest and the hardest part, of the last epoch that was read whole."""
    whole = [epoch for epoch in overlaid if np.isfinite(epoch.part_losses).all()]
    if run.trained_text is None or run.config.batch_size > 1 or not whole:
        return
    epoch = whole[-1]
    for name, part in (("easiest", epoch.part_losses.argmin()), ("hardest", epoch.part_losses.argmax())):
        place = int(part) / len(epoch.part_losses)
        yield Text(
            passage(run.trained_text, place),
            f"The {name} part in epoch {epoch.number}, at {_percent(place)}, begins:",
            loss_text(float(epoch.part_losses[part]), run.config.seq_length),
            wide=False,
        )


def beside_published(run: RunRecord) -> Iterator[Block]:
    """The published figures of the run's recipe, or why there are none."""
    yield Heading("Beside the published figures", 3)
    found = compare(run.config)
    if found.published is None:
        yield Paragraph.of(f"Left out: {found.why_not}.")
        return
    others = f" It also differs from the recipe in {found.other_settings} (the recipe's in brackets)."
    yield Paragraph.of(_same_text_said(run.corpus.vocab_size), others if found.other_settings else "")
    yield _losses(run, found.published)
    yield _bests(run, found.published)


def _same_text_said(K: int | None) -> Inline:
    if K == BOOK_VOCAB_SIZE:
        return (
            "The published figures are for the report's own book, which has K = 80 characters, as this text has; "
            "whether it is the same text, only who owns the book can say."
        )
    if K is None:
        return Strong("The published figures are for the report's own book; which text this run read is not known.")
    return Strong(
        f"The published figures are for the report's own book (K = {BOOK_VOCAB_SIZE}), and this text is another "
        f"(K = {K:,}): they can stand beside this run's, but a lower number here is no better model."
    )


def _losses(run: RunRecord, published: Published) -> Table:
    T = run.config.seq_length
    rows: list[tuple[Inline, ...]] = []
    for step, loss in published.losses.items():
        mine = run.curve.at(step)
        again = [f"{published.repeated[step]:.2f}"] if published.repeated else []
        cells = ["–"] * 3 if mine is None else [figure(mine, 2), *(figure(x, 3) for x in nats_and_bits(mine, T))]
        rows.append((f"{step:,}", f"{loss:.2f}", *again, *cells))
    head = ["update", published.title, *(["measured again"] if published.repeated else [])]
    head += ["this run", "nats/char", "bits/char"]
    return Table(f"Smooth loss, summed over {counted(T, 'character')}", tuple(head), tuple(rows))


def _bests(run: RunRecord, published: Published) -> Table:
    T = run.config.seq_length
    bests: list[tuple[float, Inline]] = [(loss, note or "not named") for loss, note in published.bests]
    if run.best is not None:
        bests.append((run.best[0], f"this run, {counted(run.best[1], 'update')}"))
    rows: list[tuple[Inline, ...]] = []
    for loss, name in sorted(bests, key=lambda best: best[0]):
        nats, bits = nats_and_bits(loss, T)
        rows.append((name, figure(loss, 2), figure(nats, 3), figure(bits, 3)))
    head = ("by", f"sum over {T}", "nats/char", "bits/char")
    return Table(f"Lowest smooth losses, m = {run.config.hidden_size}", head, tuple(rows))


def _percent(part: float) -> str:
    return f"{100 * part:.0f}\xa0%"


def passage(text: str, place: float) -> str:
    """The words that stand at this part of the text, from 0 to 1, on one line."""
    begin = int(place * len(text))
    words = " ".join(text[begin : begin + 3 * PASSAGE_LENGTH].split())
    words = words[words.find(" ") + 1 :]
    return (
        words
        if len(words) <= PASSAGE_LENGTH
        else (words[: PASSAGE_LENGTH + 1].rpartition(" ")[0] or words[:PASSAGE_LENGTH]) + " …"
    )
