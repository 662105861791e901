"""A sweep in words: its settings, how its runs stand, and its answer in a few sentences."""

from collections.abc import Callable, Iterable, Mapping
from math import inf
from typing import Any

from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.sweeps.answer import MOST_SEEDS, Answer, Group
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.spec import Status
from tui_rnn.wording import counted, figure, listed, setting_text

_MOST_NAMED = 3  # settings that one sentence names


def option_text(name: str) -> str:
    """`hidden size`: the long name of an option as words."""
    return name.replace("_", " ")


def setting_words(setting: Mapping[str, Any]) -> str:
    """`eta = 0.05, hidden size = 100`; `every run` of the empty setting."""
    return ", ".join(f"{option_text(name)} = {setting_text(name, value)}" for name, value in setting.items()) or (
        "every run"
    )


def loss_words(loss: float | None) -> str:
    """`1.523`; `∞` where no run learnt anything, `–` of none."""
    return "∞" if loss == inf else figure(loss, 3)


def standing(counts: Mapping[Status, int]) -> str:
    """`2 finished, 1 diverged`: how many runs stand so."""
    return ", ".join(f"{counts[status]:,} {status.value}" for status in Status if counts.get(status))


def done_words(counts: Mapping[Status, int]) -> tuple[str, str]:
    """`4 of 6 runs`, those that have finished; and what else ended: `1 diverged, 1 cancelled`, or ""."""
    others: dict[Status, int] = {
        status: count for status, count in counts.items() if status.is_final and status is not Status.FINISHED
    }
    return f"{counts.get(Status.FINISHED, 0):,} of {counted(sum(counts.values()), 'run')}", standing(others)


def counts_of(groups: Iterable[Group]) -> dict[Status, int]:
    """How many runs of all these settings stand so."""
    total: dict[Status, int] = {}
    for group in groups:
        for status, count in group.counts.items():
            total[status] = total.get(status, 0) + count
    return total


def length_words(goals: Iterable[Goal]) -> str:
    """How long each of these runs trains: `2,000 updates`, `1 minute`; "" where they differ in that."""
    found = set(goals)
    if len(found) != 1:
        return ""
    goal = found.pop()
    steps = counted(goal.steps, "update") if goal.steps < UNLIMITED else ""
    minutes = "" if goal.minutes is None else f"{goal.minutes:g} minute{'' if goal.minutes == 1 else 's'}"
    return " or ".join(filter(None, (steps, minutes)))


def after_each(answer: Answer) -> str:
    """` after 2,000 updates each`: of longer or shorter runs another setting may be the best."""
    length = length_words(row.spec.goal for group in answer.groups for row in group.rows)
    return f" after {length} each" if length else ""


def headline(plan: Plan, answer: Answer) -> str:
    """The answer in two or three sentences."""
    best = answer.best
    counts = counts_of(answer.groups)
    if best is None:
        every = sum(group.untrained for group in answer.groups) == len(plan.jobs)
        return "No run has learnt anything: none of these settings trains." if every else "No run has finished yet."
    open_ = sum(count for status, count in counts.items() if not status.is_final)
    so_far = f"So far, with {counted(open_, 'run')} still to end: " if open_ else ""
    return so_far + (_of_settings(answer, best) if len(plan.settings) > 1 else _of_seeds(answer, best))


def _of_seeds(answer: Answer, only: Group) -> str:
    losses = list(only.losses.values())
    if len(losses) == 1:
        return f"The one run reaches a {answer.judge} of {figure(losses[0], 3)} nats/char."
    return (
        f"Over {counted(len(losses), 'seed')} the {answer.judge} is between {figure(min(losses), 3)} and "
        f"{figure(max(losses), 3)} nats/char, its median {loss_words(only.median)}."
    )


def _of_settings(answer: Answer, best: Group) -> str:
    losses = [loss for group in answer.groups for loss in group.losses.values()]
    if len(losses) > 1 and min(losses) == max(losses):
        return f"Every run comes to the same {answer.judge}, {figure(losses[0], 3)} nats/char."
    n = len(best.losses)
    over = f"the median of {n:,} seeds" if n > 1 else "one seed"
    reached = f"{loss_words(best.median)} nats/char ({over})"
    said = f"Best{after_each(answer)} is {setting_words(best.setting)}: its {answer.judge} is {reached}. "
    compared = len(answer.able)
    if compared < 2:
        return said + _alone(answer)
    if answer.spread is None:
        return said + "With one seed a setting nothing says how much of this is chance: take --seeds 3 or more."
    if not answer.equals:
        spread = f"the seeds' spread (standard deviation {figure(answer.spread[0], 3)} nats/char)"
        every = "Every other setting" if compared == len(answer.groups) else "Every other setting that has finished"
        return said + f"{every} is worse by more than {spread} accounts for."
    named = [setting_words(group.setting) for group in answer.equals[:_MOST_NAMED]]
    more = len(answer.equals) - len(named)
    others = listed([*(f"“{name}”" for name in named), *([f"{more:,} more"] if more else [])])
    return said + f"It cannot be told from {others} yet: {_why_not_told(answer, best)}"


def _why_not_told(answer: Answer, best: Group) -> str:
    """How large a difference must be, and how many seeds would show those that there are."""
    assert answer.spread is not None
    spread = figure(answer.spread[0], 3)
    behind = sorted(answer.equals, key=lambda group: abs(group.mean - best.mean))
    nearest, farthest = behind[0], behind[-1]
    scarce = min(behind, key=lambda group: len(group.losses))
    seeds = counted(min(len(best.losses), len(scarce.losses)), "seed")
    least, (low, high) = (
        figure(answer.least_difference(best, scarce), 3),
        [figure(abs(group.mean - best.mean), 3) for group in (nearest, farthest)],
    )
    said = (
        f"the seeds' spread is {spread} (standard deviation), so that with {seeds} a setting only a difference of "
        f"{least} nats/char or more counts; the means differ by {low if low == high else f'{low} to {high}'}. "
        "If they stay so, "
    )
    if (all_told := answer.seeds_needed(best, nearest)) is not None:
        return said + f"{all_told:,} seeds a setting would do (--seeds {all_told})."
    if (one_told := answer.seeds_needed(best, farthest)) is not None:
        name = setting_words(farthest.setting)
        return said + (
            f"{one_told:,} seeds a setting (--seeds {one_told}) would tell “{name}” from it; for "
            f"“{setting_words(nearest.setting)}” {MOST_SEEDS} are too few."
        )
    return said + f"even {MOST_SEEDS} seeds a setting would be too few."


def brief(answer: Answer, name: Callable[[Group], str]) -> tuple[str, ...]:
    """The answer in one line, and again in fewer words; none where there are no settings to compare.

    `name` gives what a setting is called there.
    """
    best = answer.best
    if best is None or len(answer.groups) < 2:
        return ()
    is_over = all(status.is_final for status in counts_of(answer.groups))
    best_is = "best" if is_over else "so far best"
    heads = (f"{best_is}{after_each(answer)}: {name(best)}", f"{best_is}: {name(best)}")
    lines = {head + end for head in heads for end in _ends(answer, best, name, is_over=is_over)}
    return tuple(sorted(lines, key=len, reverse=True))


def _ends(answer: Answer, best: Group, name: Callable[[Group], str], *, is_over: bool) -> tuple[str, ...]:
    """What is said of the best setting in a line, in more words and in fewer."""
    if len(answer.able) < 2:
        return f"; no other setting has a run to compare{'' if is_over else ' yet'}", ""
    if answer.spread is None:
        return "; with one seed a setting nothing says how much of this is chance", "; it may be chance"
    if not answer.equals:
        return "; all others are worse by more than the seeds account for", ", by more than chance"
    nearest = min(answer.equals, key=lambda group: abs(group.mean - best.mean))
    more = len(answer.equals) - 1
    said = f", but it cannot be told from {name(nearest)}" + (f" and {more:,} more" if more else "")
    needed = answer.seeds_needed(best, nearest)
    if needed is None:
        return f"{said}: even {MOST_SEEDS} seeds would be too few", said, "; it may be chance"
    would = f"{said}: {needed:,} seeds"
    return f"{would} a setting would do", f"{would} would do", said, "; it may be chance"


def _alone(answer: Answer) -> str:
    """Why the best setting has none to be compared with."""
    counts = counts_of(answer.groups)
    cut = counts.get(Status.CUT, 0)
    found = (
        (cut, f"{'was' if cut == 1 else 'were'} cut by halving"),
        (sum(group.untrained for group in answer.groups), "did not learn"),
        (counts.get(Status.FAILED, 0), "failed"),
        ((cancelled := counts.get(Status.CANCELLED, 0)), f"{'was' if cancelled == 1 else 'were'} cancelled"),
    )
    why = [f"{counted(count, 'run')} {what}" for count, what in found if count]
    return "It is the only setting with a run to compare" + (f": of the others {listed(why)}." if why else ".")
