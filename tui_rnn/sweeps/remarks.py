"""What a reader of a sweep's answer should try next: values at the edge, settings that overfit, longer training."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from tui_rnn.sweeps.answer import Answer, Group, Judge, has_trained
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.rows import Row
from tui_rnn.sweeps.words import option_text, setting_words
from tui_rnn.wording import counted, figure, listed, setting_text

_SCALED = ("eta", "hidden_size", "seq_length", "batch_size", "clip", "clip_norm", "sig")  # half and double make sense
_MOST_NAMED = 3  # settings that overfit


@dataclass(frozen=True, slots=True)
class Rise:
    """How the held-out losses of a run, or the mean of several, went on after the lowest. Nats per character."""

    after: int  # updates made when the loss was lowest
    by: float  # the last one above the lowest
    trains_on: bool  # the loss on what it trains on was lower at the end than it was then


def remarks(plan: Plan, answer: Answer) -> Iterator[str]:
    """Sentences, once every run has come to its end; none where there is no best setting."""
    best = answer.best
    if best is None or not all(status.is_final for group in answer.groups for status in group.counts):
        return
    for name in plan.varied:
        if (further := beyond_the_edge(plan.varied[name], best.setting[name], name)) is not None:
            yield (
                f"The best {option_text(name)}, {setting_text(name, best.setting[name])}, is at the edge of what was "
                f"tried: try {setting_text(name, further)} too."
            )
    found = [(group, rise) for group in answer.able if (rise := overfits(answer, group)) is not None]
    if found:
        said = [
            f"{setting_words(group.setting) if plan.varied else 'the network'} after "
            f"{counted(rise.after, 'update')}, by {figure(rise.by, 3)} nats/char until its end"
            for group, rise in found[:_MOST_NAMED]
        ]
        more = [f"{len(found) - _MOST_NAMED:,} more settings"] if len(found) > _MOST_NAMED else []
        yield f"Overfitting: the held-out loss rises again with {listed([*said, *more])}."


def beyond_the_edge(values: list[Any], best: Any, name: str) -> Any | None:
    """The half or the double of the best value, where no number beyond it was tried; None inside of the range."""
    numbers = sorted({value for value in values if isinstance(value, int | float) and not isinstance(value, bool)})
    if name not in _SCALED or len(numbers) < 2 or best not in numbers:
        return None
    if best == numbers[-1] and None not in values:  # none: no bound at all
        return 2 * best
    if best == numbers[0] and best > 0:
        half = best // 2 if isinstance(best, int) else best / 2
        return half or None
    return None


def overfits(answer: Answer, group: Group) -> Rise | None:
    """The rise of a setting's held-out loss, mean over its seeds, where it is more than the seeds' spread.

    None where it is not, where the loss on what is trained on rises as well, or where no spread is known.
    """
    if answer.judge != Judge.HELD_OUT or answer.spread is None:
        return None
    rises = [rise for row in group.rows if has_trained(row) and (rise := rise_of(row)) is not None]
    if not rises or not all(rise.trains_on for rise in rises):
        return None
    by = fmean(rise.by for rise in rises)
    return Rise(round(median(rise.after for rise in rises)), by, trains_on=True) if by > answer.spread[0] else None


def rise_of(row: Row) -> Rise | None:
    """Of one run; None where its held-out loss was measured less than twice."""
    if row.followed is None:
        return None
    log = row.followed.log
    points = [(each.updates, each.nats_per_char) for each in log.held_out if each.nats_per_char is not None]
    if len(points) < 2:
        return None
    after, lowest = min(points, key=lambda point: point[1])
    trained = [each.recent_nats_per_char for each in log.progress if each.step >= after and each.recent_nats_per_char]
    return Rise(after, points[-1][1] - lowest, len(trained) > 1 and trained[-1] < trained[0])


def may_gain(answer: Answer, row: Row) -> bool:
    """Whether longer training may make a run better: its held-out loss, where that judges, was lowest at its end."""
    rise = rise_of(row) if answer.judge == Judge.HELD_OUT else None
    return rise is None or rise.by <= 0
