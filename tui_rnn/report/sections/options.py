"""Which option of a sweep matters how much: the shares of the variance in words, a table and a figure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui_rnn.report.document import Block, Heading, Inline, Paragraph, Picture, Strong, Table
from tui_rnn.report.sweep_figures import Values, options_figure
from tui_rnn.report.sweep_record import SweepRecord
from tui_rnn.sweeps.answer import Answer
from tui_rnn.sweeps.effects import Effect, Effects
from tui_rnn.sweeps.spec import Status
from tui_rnn.sweeps.words import option_text
from tui_rnn.wording import counted, figure, listed, setting_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OPTIONS = "options"
MOST_DRAWN = 4  # options


def which_matters(record: SweepRecord) -> Iterator[Block]:
    """The section; of seeds alone nothing."""
    if not record.plan.varied:
        return
    yield Heading("Which option matters how much")
    effects = record.answer.effects
    if effects is None:
        cut = len(record.answer.with_status(Status.CUT))
        halved = f" ({counted(cut, 'run')} {'was' if cut == 1 else 'were'} cut by halving)" if cut else ""
        yield Paragraph.of(f"Nothing is said of that, because {record.answer.why_no_effects}{halved}.")
        return
    yield Paragraph.of(Strong(said(effects)))
    if both := beside_the_answer(record.answer):
        yield Paragraph.of(both)
    yield Paragraph.of(_what_it_is(record, effects))
    yield _shares(effects)
    yield Picture(
        OPTIONS,
        "Line charts of the mean loss of each value of "
        + listed([option_text(effect.options[0]) for effect in effects.options[:MOST_DRAWN]])
        + ".",
        "The mean loss of each value over all settings and seeds that have it, and the runs behind it."
        + ("" if effects.spread is None else " The whiskers are the mean's standard error by the seeds' spread."),
    )


def said(effects: Effects) -> str:
    """What matters most, in a sentence or two; or that nothing can be said."""
    if effects.spread is None:
        first, together = effects.options[0], effects.together
        if together is not None and together.share > first.share:
            return (
                f"What the options do together explains the largest part of the losses' variance, "
                f"{_percent(together.share)}; but with one seed a setting that cannot be told from chance."
            )
        return (
            f"{_name(first)} explains the largest part of the losses' variance, {_percent(first.share)}; but "
            "with one seed a setting nothing says how much of that is chance."
        )
    significant = [effect for effect in effects.options if effect.is_significant]
    if not significant:
        return (
            "Nothing can be said: the seeds of one setting lie as far apart as the settings do, so that no option's "
            "part can be told from chance."
        )
    sentence = f"Of the losses' variance, {_percent_of(significant)}"
    others = [_name(effect) for effect in effects.options if not effect.is_significant]
    if others:
        sentence += f"; what {listed(others)} explain{'s' if len(others) == 1 else ''} cannot be told from chance"
    if effects.together is not None and effects.together.is_significant:
        sentence += (
            f". Together they do more than each alone ({_percent(effects.together.share)}): the best value of one "
            "depends on the other's"
        )
    return f"{sentence}. The seeds make {_percent(effects.seeds)}."


def beside_the_answer(answer: Answer) -> str:
    """How an option can matter though the best setting cannot be told from others; empty where that is not so."""
    matter = (
        [] if answer.effects is None else [_name(effect) for effect in answer.effects.options if effect.is_significant]
    )
    if not matter or not answer.equals:
        return ""
    return (
        f"That {listed(matter)} matter{'s' if len(matter) == 1 else ''}, and that the best setting cannot be told "
        f"from {'another' if len(answer.equals) == 1 else 'others'}, are two questions: the first asks all settings "
        "together whether they differ anywhere, the second compares the best with one at a time, which leaves fewer "
        "runs to judge by and a stricter limit, since among many comparisons some come out by chance."
    )


def _what_it_is(record: SweepRecord, effects: Effects) -> str:
    seeds = len(effects.used_seeds)
    words = (
        "The variance of the losses, their mean squared distance from their mean, is shared out: to each option what "
        "the means of its values explain, to several together what their combinations explain beyond that, and the "
        f"rest to the seeds. It is made of {effects.settings:,} settings with {seeds:,} seed{'s' * (seeds != 1)} each"
    )
    if effects.left_out:
        values = listed([f"{option_text(name)} = {setting_text(name, value)}" for name, value in effects.left_out])
        words += f", {values} left out, with which no run has learnt"
    missing = len(record.plan.seeds) - seeds
    if missing:
        words += f", {missing:,} left out, with which not every setting has finished"
    words += "."
    if effects.spread is not None:
        words += (
            " “By chance” is how often the seeds alone would make so large a share (F test); from 1 in 20 on nothing "
            "is concluded."
        )
    spread = record.answer.spread
    if effects.spread is not None and spread is not None and figure(effects.spread, 3) != figure(spread[0], 3):
        words += (
            f" The seeds' spread is here that of these runs, {figure(effects.spread, 3)}; in the answer it is "
            f"{figure(spread[0], 3)}, that of the settings that train well, or of more seeds."
        )
    return words


def _shares(effects: Effects) -> Table:
    rows: list[tuple[Inline, ...]] = []
    for effect in effects.options:
        best = min(effect.levels, key=lambda level: level.mean)
        worst = max(effect.levels, key=lambda level: level.mean)
        name = effect.options[0]
        rows.append(
            (
                option_text(name),
                _percent(effect.share),
                _chance(effect),
                f"{setting_text(name, best.value)} ({figure(best.mean, 3)})",
                f"{setting_text(name, worst.value)} ({figure(worst.mean, 3)})",
            )
        )
    if effects.together is not None:
        rows.append(("together", _percent(effects.together.share), _chance(effects.together), "", ""))
    if effects.spread is not None:
        spread = f"standard deviation {figure(effects.spread, 3)}"
        rows.append(("seeds", _percent(effects.seeds), "", spread, ""))
    return Table(
        "What explains how the losses differ",
        ("", "share of the variance", "by chance", "best value (mean loss)", "worst value"),
        tuple(rows),
    )


def _chance(effect: Effect) -> str:
    """`1 in 20`; `below 1 in 1,000`."""
    if effect.by_chance is None:
        return "not known"
    if effect.by_chance < 0.001:
        return "below 1 in 1,000"
    return (
        f"{100 * effect.by_chance:.0f} in 100"
        if effect.by_chance >= 0.01
        else f"{1000 * effect.by_chance:.0f} in 1,000"
    )


def _percent_of(effects: "list[Effect]") -> str:
    """`eta explains 80 % and hidden size 5 %`."""
    first, *others = effects
    parts = [f"{_name(first)} explains {_percent(first.share)}", *(f"{_name(e)} {_percent(e.share)}" for e in others)]
    return listed(parts)


def _name(effect: Effect) -> str:
    return option_text(effect.options[0])


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\xa0%" if share >= 0.01 or share == 0 else "below 1\xa0%"


def options_drawn(record: SweepRecord) -> "Figure":
    """The figure of the options."""
    effects = record.answer.effects
    assert effects is not None  # else there is no picture of it
    used, values = set(effects.used_seeds), []
    for effect in effects.options[:MOST_DRAWN]:
        name = effect.options[0]
        runs = [
            [
                loss
                for group in record.answer.groups
                if group.setting[name] == level.value and not any(group.setting[n] == v for n, v in effects.left_out)
                for seed, loss in group.losses.items()
                if seed in used
            ]
            for level in effect.levels
        ]
        error = None if effects.spread is None else effects.spread / effect.levels[0].runs ** 0.5
        labels = [setting_text(name, level.value) for level in effect.levels]
        title = f"{option_text(name)}: {_percent(effect.share)}"
        ordered = all(isinstance(level.value, int | float) for level in effect.levels)
        values.append(Values(title, labels, ordered, [level.mean for level in effect.levels], error, runs))
    return options_figure(values, str(record.answer.judge))
