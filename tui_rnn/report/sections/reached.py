"""What each run of a comparison reached, which of them is ahead, and by which loss they can be compared."""

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import NamedTuple

from tui_rnn.engine.kinds import Ending
from tui_rnn.engine.recent import LAGS_BEFORE, RECENT_UPDATES, smooth_loss_lags
from tui_rnn.report.document import Block, Heading, Inline, Paragraph, Strong, Table
from tui_rnn.report.lettered import Lettered
from tui_rnn.report.run_record import RunRecord
from tui_rnn.report.sections.making import state_of
from tui_rnn.wording import SETTINGS, changes_text, counted, figure, listed, nats_and_bits


class _Kind(NamedTuple):
    """A kind of loss at one step: what it is called, and what each run has."""

    name: str
    nats: list[float]  # per character, in the order of the runs


def reached(runs: Sequence[Lettered]) -> Iterator[Block]:
    """The table of losses, bold where they can be compared; how each run ended; which is ahead."""
    yield Heading("What each reached")
    judged = any(run.log.held_out for _, run, _ in runs)
    lagging = any(run.lags for _, run, _ in runs)
    rankable = len({run.corpus.sha256 for _, run, _ in runs}) == 1
    is_fair = rankable and _trained_alike(runs)
    rows: list[tuple[Inline, ...]] = []
    for each in runs:
        run = each.run
        loss: list[Inline] = ["–"] * 4
        if run.best is not None:
            best, step = run.best
            nats, bits = nats_and_bits(best, run.config.seq_length)
            # What was never read says more, and the mean of the last updates where the smooth loss of a run lags.
            lowest = _figure(nats, bold=is_fair and not judged and not lagging)
            loss = [figure(best, 2), lowest, figure(bits, 3), f"{step:,}"]
        seconds = run.elapsed_seconds
        held_out = [each.nats_per_char for each in run.log.held_out if each.nats_per_char is not None]
        if lagging:
            loss.append(_figure(run.recent, bold=is_fair and not judged))
        if judged:
            loss.append(_figure(min(held_out, default=None), bold=is_fair))
        rows.append((each.label, *loss, f"{run.step:,}", f"{seconds:,.1f}" if seconds is not None else "–"))
    head = ["run", "lowest smooth loss, sum", "nats/char", "bits/char", "after update"]
    head += ["recent, nats/char"] if lagging else []
    head += [*(["held out, nats/char"] if judged else []), "updates", "seconds"]
    yield Table("The lowest smooth loss of each run", tuple(head), tuple(rows))
    lengths = {run.config.seq_length for _, run, _ in runs}
    sums = (
        f"Sums are over T = {counted(lengths.pop(), 'character')}."
        if len(lengths) == 1
        else "Sums are over each run's own T."
    )
    states = " ".join(f"{letter}: {state_of(run)}" for letter, run, _ in runs)
    yield Paragraph.of(f"{sums} {states}", note=True)
    for letter, run, _ in runs:
        if changed := _changed(run):
            yield Paragraph.of(f"{letter} was adjusted while it trained: {'; '.join(changed)}.")
    if short := [letter for letter, run, _ in runs if run.lags]:
        yield Paragraph.of(
            f"Below {LAGS_BEFORE:,} updates the smooth loss lags far behind the network, so that of {listed(short)} "
            "cannot be compared with another run's. Compare the recent losses, each the mean of the run's last "
            f"{RECENT_UPDATES} updates" + (", or better the held-out ones." if judged else ".")
        )
    if not rankable:
        yield Paragraph.of(Strong("The runs read different texts: their losses cannot be ranked."))
    elif said := _ahead(runs):
        yield Paragraph.of(("" if is_fair else "They were not trained equally long. ") + said)


def _figure(nats: float | None, *, bold: bool) -> Inline:
    return Strong(figure(nats, 3)) if bold and nats is not None else figure(nats, 3)


def _trained_alike(runs: Sequence[Lettered]) -> bool:
    """Whether all made as many updates of as many characters, or trained to the end of as many minutes."""
    if len({(run.step, _characters(run)) for _, run, _ in runs}) == 1:
        return True
    by_time = [run.goal.minutes for _, run, _ in runs if run.log.done and run.log.done.reason == Ending.STEPS]
    return len(by_time) == len(runs) and None not in by_time and len(set(by_time)) == 1


def _characters(run: RunRecord) -> int:
    """That one update reads."""
    return run.config.seq_length * run.config.batch_size


def _ahead(runs: Sequence[Lettered]) -> str:
    """Which run is ahead after the last update that all have made, and by which loss; "" where that is not known."""
    step = min(run.step for _, run, _ in runs)
    kind = _losses_at(runs, step) if step else None
    if kind is None:
        return ""
    ranked = sorted(zip(kind.nats, (each.letter for each in runs), strict=True))
    (lowest, first), *others = ranked
    when = f"After {counted(step, 'update')}, the last that {'both' if len(runs) == 2 else 'all'} have made,"
    behind = listed([f"{figure(nats, 3)} of {letter}" for nats, letter in others])
    by = figure(others[0][0] - lowest, 3)
    if float(by) == 0:
        return f"{when} {first} and {others[0][1]} are level: their {kind.name} is {figure(lowest, 3)} nats/char."
    said = f"{when} {first} is {by} nats/char ahead: its {kind.name} is {figure(lowest, 3)}, against {behind}."
    sizes = [f"{_characters(run):,} in {letter}" for letter, run, _ in runs]
    return said + (f" An update reads {listed(sizes)}." if len({_characters(run) for _, run, _ in runs}) > 1 else "")


def _losses_at(runs: Sequence[Lettered], step: int) -> _Kind | None:
    """The smooth losses after this update, where they still lag the recent ones; None where one is not known."""
    lags = smooth_loss_lags(step)
    nats = []
    for _, run, _ in runs:
        loss = run.curve.recent_at(step) if lags else run.curve.at(step)
        if loss is None or not isfinite(loss):
            return None
        nats.append(loss / run.config.seq_length)
    return _Kind("recent loss" if lags else "smooth loss", nats)


def _changed(run: RunRecord) -> list[str]:
    """`eta 0.1 → 0.01 from 12,001`, one for each hyperparameter that was adjusted."""
    courses = ((name, changes_text(name, run.changes)) for name in SETTINGS)
    return [f"{SETTINGS[name]} {course}" for name, course in courses if course]
