"""How a run was made and can be made again: state, configuration, text, versions, time, command."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import datetime

from tui_rnn.engine.config import SAMPLED_BY_TIME, RunConfig
from tui_rnn.engine.events import Adjusted
from tui_rnn.engine.goal import UNLIMITED
from tui_rnn.engine.kinds import Ending
from tui_rnn.report.document import Block, Code, Command, Facts, Heading, Paragraph, Table, Text
from tui_rnn.report.reproduce import commands, exact, falls_short, is_of_a_step
from tui_rnn.report.run_record import RunRecord
from tui_rnn.wording import SETTINGS, counted, duration_text, goal_text, rate_text, setting_text, text_size

_MOST_WARNINGS = 20
_ENDINGS = {
    Ending.STEPS: "It ran to its goal of {goal}.",
    Ending.STOPPED: "It was stopped by its user after {updates}.",
    Ending.SIGNAL: "A signal stopped it after {updates}.",
    Ending.DIVERGED: "It diverged after {made}: a number was no longer finite.",
}


def state_of(run: RunRecord) -> str:
    """Whether and how the run ended, in a sentence."""
    done = run.log.done
    if done is not None:
        return _ENDINGS[done.reason].format(
            made=counted(run.step, "update"), updates=_updates(run), goal=goal_text(run.goal)
        )
    if not run.step:
        return f"No update was made when this was read; its goal is {goal_text(run.goal)}."
    return f"It had not ended when this was read, after {_updates(run)} or a little more."


def _updates(run: RunRecord) -> str:
    """`500 of 1,000 updates`."""
    if run.goal.steps >= UNLIMITED:
        return counted(run.step, "update")
    return f"{run.step:,} of {counted(run.goal.steps, 'update')}"


def how_it_was_made(run: RunRecord) -> Iterator[Block]:
    """The section at the end of a report."""
    yield Heading("How it was made, and how to make it again")
    yield Facts("The run", tuple(facts(run)))
    yield Facts("Every setting", tuple(settings(run.began_as)))
    yield from _changes(run)
    if run.log.warnings:
        yield Paragraph.of("What the run warned of:")
        yield Text("\n".join(run.log.warnings[-_MOST_WARNINGS:]))
    yield from again(run)


def eta_text(run: RunRecord) -> str:
    """`η = 0.1`; `η = 0.1 at first, 0.05 from update 12,001 on`; of many changes the last."""
    text, changes = f"η\xa0=\xa0{run.began_as.eta:g}", [each for each in run.changes if each.name == "eta"]
    if not changes:
        return text
    later = [f"{setting_text('eta', each.value)} from update {each.step + 1:,} on" for each in changes]
    between = f", {counted(len(later) - 2, 'change')} more" if len(later) > 2 else ""
    return f"{text} at first, {later[0]}{between}" + (f", {later[-1]}" if len(later) > 1 else "")


def _changes(run: RunRecord) -> Iterator[Block]:
    """What its user changed while it trained."""
    if run.changes:
        rows = tuple(
            (f"{each.step:,}", SETTINGS.get(each.name, each.name), *map(_value(each), ("before", "value")))
            for each in run.changes
        )
        yield Table(
            "What was changed while it trained; the settings above are those it began with",
            ("after update", "setting", "before", "since"),
            rows,
        )


def _value(change: Adjusted) -> Callable[[str], str]:
    return lambda which: setting_text(change.name, getattr(change, which))


def facts(run: RunRecord) -> Iterator[tuple[str, str]]:
    """The text, the versions, the time."""
    yield "run directory", run.name
    if run.origin is not None:
        another = ", with another text, from its beginning" if run.origin.new_text else ""
        yield "went on from", f"{run.origin.run} at step {run.origin.step:,}, where eta was {run.origin.eta:g}{another}"
    if run.twin_of is not None:
        yield "twin of", run.twin_of
    yield "corpus", run.corpus.path
    for number, file in enumerate(run.corpus.files, 1):
        yield f"corpus file {number}", f"{file.name}, sha256 {file.sha256}"
    characters, K = run.corpus.characters, run.corpus.vocab_size
    if characters and K:
        yield "corpus size", text_size({"characters": characters, "vocab_size": K}, run.config.holdout)
    yield "corpus sha256", run.corpus.sha256 or "not known"
    if run.elapsed_seconds is not None:
        rate = (
            f", {rate_text(run.step / run.elapsed_seconds)} updates a second"
            if run.elapsed_seconds > 0 and run.step
            else ""
        )
        yield "trained for", f"{duration_text(run.elapsed_seconds)} ({run.elapsed_seconds:.1f} s{rate})"
    if run.last_written is not None:
        yield "last event", _day(run.last_written)
    yield "tui-rnn", run.version or "not known"
    if run.state is not None:
        yield from ((str(name), str(version)) for name, version in run.state.libraries.items())
    if len(run.log.starts) > 1:
        parts = len(run.log.starts)
        how = f"it went on {'once' if parts == 2 else f'{parts - 1:,} times'}"
        same = ", exactly" if run.log.reads_one_text else ", with a text that was changed in between"
        yield "trained in", f"{parts:,} parts: {how}{same}"
    if run.goal != run.config.goal:
        yield "goal", _further_goal(run)


def _further_goal(run: RunRecord) -> str:
    """The goal of a run that goes further than its settings say; a twin may have been begun for it."""
    goal, first = goal_text(run.goal), goal_text(run.config.goal)
    if run.twin_of is None:
        return f"{goal}, where it was begun for {first}"
    return goal if run.config.schedule == "constant" else f"{goal}, its learning rate's schedule spread over {first}"


def settings(config: RunConfig) -> Iterator[tuple[str, str]]:
    """Every setting but the text's path, by its long option."""
    for each in fields(RunConfig):
        if each.name != "corpus":
            yield each.name.replace("_", "-"), setting(config, each.name)


def setting(config: RunConfig, name: str) -> str:
    """The value of one setting, as an option of training takes it; `none` where it is no bound, or `by time`."""
    value = getattr(config, name)
    if name == "sample_every" and value == SAMPLED_BY_TIME:
        return "by time"
    return "none" if value is None or (name == "steps" and value >= UNLIMITED) else str(value)


def again(run: RunRecord) -> Iterator[Block]:
    """The commands, what they come to, and the digest at their end."""
    words, digest_of = _what_comes_of_it(run)
    yield Paragraph.of(words)
    yield Command(tuple(commands(run)))
    if digest_of and run.log.done is not None:
        yield Paragraph.of(f"{digest_of}: ", Code(run.log.done.state_sha256))


def _what_comes_of_it(run: RunRecord) -> tuple[str, str]:
    """A sentence on what the commands train, and the name of the digest that it ends with; "" where it may differ."""
    if not run.log.reads_one_text:
        return "The text was changed in the course of training, so it cannot be made again to the bit:", ""
    if run.changes:
        return (
            "What was changed while it trained stands in its events. The same training from those, with every change "
            "after the same update, says whether it ends with the same digest:"
        ), "state_sha256"
    if run.origin is not None:
        latest = "" if is_of_a_step(run.origin) else " as its latest"
        return (
            f"The same training from there, as long as {run.origin.run} has its checkpoint of step {run.origin.step:,}"
            f"{latest}; it ends with the same digest:"
        ), "state_sha256"
    if not exact(run):
        return (
            "The same settings. The learning rate's schedule followed the clock, so another training differs in its "
            "last digits:"
        ), ""
    if run.log.done is None:
        return (
            "The same training, to the same bit on the same machine and libraries (a run prints its digest when it "
            "ends):"
        ), ""
    where = f" when it stands at update {run.log.done.step:,}" if falls_short(run) else ""
    return (
        f"The same training; on the same machine and libraries it ends{where} with the same digest:"
    ), "state_sha256 of parameters, optimizer, hidden state, position, step and smooth loss"


def _day(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M}"
