"""Whether a comparison of runs is fair: how large each network is, how much it read, and on which text it is judged."""

from collections.abc import Iterator, Sequence

from tui_rnn.report.document import Block, Inline, Paragraph, Table
from tui_rnn.report.lettered import Lettered
from tui_rnn.report.run_record import RunRecord
from tui_rnn.wording import part_text


def fairness(runs: Sequence[Lettered]) -> Iterator[Block]:
    """A line for each run, and the sentence on what they are judged by."""
    rows: list[tuple[Inline, ...]] = []
    for each in runs:
        run = each.run
        weights = run.log.starts[-1].parameters if run.log.starts else None
        read, seconds = characters_read(run), run.elapsed_seconds
        rows.append(
            (
                each.label,
                "–" if weights is None else f"{weights:,}",
                f"{read:,}",
                f"{read / seconds:,.0f}" if seconds else "–",
            )
        )
    yield Table("What each had", ("run", "weights", "characters read", "characters/s"), tuple(rows))
    yield Paragraph.of(f"{_text(runs)}{_judged(runs)}")


def characters_read(run: RunRecord) -> int:
    """In all its updates, of T B characters each."""
    return run.step * run.config.seq_length * run.config.batch_size


def _text(runs: Sequence[Lettered]) -> str:
    texts = {run.corpus.sha256 for _, run, _ in runs}
    if None in texts:
        return "Not every run says which text it read. "
    return "All runs read the same text. " if len(texts) == 1 else ""  # of different ones it is said above


def _judged(runs: Sequence[Lettered]) -> str:
    """Which loss ranks them."""
    parts = {run.config.holdout for _, run, _ in runs}
    if parts == {0.0}:
        return (
            "No part of a text is held out: they are judged on what they trained on, where one that learns the text by "
            "heart looks best (--holdout 0.1 would tell)."
        )
    if len(parts) > 1:
        return "They hold out unlike parts of the text, or none, so that their held-out losses cannot be compared."
    if not all(run.log.held_out for _, run, _ in runs):
        return "Not every run has a held-out loss yet: what they trained on is all that is common to them."
    part = part_text(parts.pop())
    return f"They are judged by the held-out loss, on the last {part} of the text, which is not trained on."
