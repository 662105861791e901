"""The best setting and how to train it further; how a sweep was made, and the command that makes it again."""

import csv
import io
import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from tui_rnn.command_words import goal_options, training
from tui_rnn.engine.checkpoint import load
from tui_rnn.engine.config import RunConfig, option, word
from tui_rnn.engine.errors import CheckpointError, ConfigError, Diverged
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.engine.kernels.choice import AUTO
from tui_rnn.engine.writing import characters
from tui_rnn.report.document import Block, Code, Command, Facts, Heading, Paragraph, Text
from tui_rnn.report.sweep_record import SweepRecord, digest_of, distinct, step_of
from tui_rnn.runs.checkpoint_choice import BEST, BEST_HELD_OUT
from tui_rnn.sweeps.answer import Judge
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.remarks import may_gain, rise_of
from tui_rnn.sweeps.rows import Row
from tui_rnn.sweeps.studies import STUDIES
from tui_rnn.sweeps.words import option_text, setting_words
from tui_rnn.wording import counted, duration_text, figure, setting_text

RUNS = "runs.csv"
_LONGER = 4  # times the goal of the sweep's runs
_TEXT_LENGTH = 400  # characters that the best model writes
_MACHINE = {"version": "tui-rnn", "host": "hosts", "processor": "processor", "blas": "BLAS", "kernel": "kernel"}
_DIGESTS_NEED = ("version", "processor", "blas", "kernel")  # the same ones of, or digests differ


def best_setting(record: SweepRecord) -> Iterator[Block]:
    """The best setting's best run: the command that trains it longer, and what its model writes."""
    best = record.answer.best
    if best is None or best.best_row is None:
        return
    row = best.best_row
    gains = may_gain(record.answer, row)
    further = ", trained further" if gains else ""
    yield Heading(f"The best {'setting' if len(record.answer.groups) > 1 else 'run'}{further}")
    try:
        config = row.spec.run_config
    except ConfigError:  # of a newer version
        return
    many = len(record.answer.groups) > 1
    of = f"With {setting_words(best.setting)}" if many else "Of all seeds"
    reached = (
        f"{of} the best run is that of seed {row.spec.seed}, with {figure(best.losses[row.spec.seed], 3)} nats/char. "
    )
    if gains:
        spread = ", its learning rate's schedule spread over the whole" if config.schedule != "constant" else ""
        yield Paragraph.of(f"{reached}The same setting for {_LONGER} times as long{spread}:")
        yield Command((longer(config, record.plan.corpus),))
        if many:
            options = shlex.join(goal_options(_longer_goal(config)))
            yield Paragraph.of(
                "The best learning rate of a longer run is usually smaller: try it with a sweep of that length, ",
                Code(f"--set eta=… {options}"),
                ".",
            )
    elif (rise := rise_of(row)) is not None:
        yield Paragraph.of(
            f"{reached}Its held-out loss was lowest after {rise.after:,} of {counted(step_of(row), 'update')}: nothing "
            "says that it would gain from longer training."
        )
    if text := _written(row, held_out=record.answer.judge == Judge.HELD_OUT):
        yield Text(text, f"The first {len(text):,} characters that the best model of this run writes")


def near(path: str) -> str:
    """The path as it is typed in the current folder, where it lies within that; else as it is."""
    with suppress(OSError, ValueError):
        return str(Path(path).relative_to(Path.cwd()))
    return path


def longer(config: RunConfig, texts: Sequence[str]) -> str:
    """The command that trains this configuration on these texts for some times its goal."""
    return shlex.join(training(config, [near(path) for path in texts], _longer_goal(config)))


def _longer_goal(config: RunConfig) -> Goal:
    own = config.goal
    steps = own.steps if own.steps >= UNLIMITED else _LONGER * max(1, own.steps)
    return Goal(steps, None if own.minutes is None else _LONGER * own.minutes)


def _written(row: Row, *, held_out: bool) -> str:
    """What the best model of this run writes; nothing where it cannot be read."""
    if row.followed is None:
        return ""
    folder = row.followed.directory.checkpoints
    for name in (BEST_HELD_OUT, BEST) if held_out else (BEST,):
        with suppress(CheckpointError, Diverged, OSError):
            return "".join(islice(characters(load(folder / name)), _TEXT_LENGTH))
    return ""


def how_it_was_made(record: SweepRecord) -> Iterator[Block]:
    """The text, what all runs have in common, versions and machines, and the command."""
    plan, trained = record.plan, sum(record.seconds.values())
    yield Heading("How it was made, and how to make it again")
    facts = [("folder", record.name)]
    texts = [near(path) for path in plan.corpus]
    facts += [("text" if len(texts) == 1 else f"text {n}", path) for n, path in enumerate(texts, 1)]
    facts += [("text sha256", plan.corpus_sha256), ("recipe", plan.recipe)]
    facts += [
        (option_text(name), setting_text(name, value)) for name, value in plan.options.items() if name != "kernel"
    ]
    facts += [
        (f"{option_text(name)}, varied", ", ".join(setting_text(name, value) for value in values))
        for name, values in plan.varied.items()
    ]
    facts += [(f"{option_text(name)}, coupled", _values(record, name)) for name in record.coupled]
    facts += [("seeds", _seeds_text(plan.seeds)), ("halving", "yes" if plan.halving else "no")]
    facts.append(("training in all", f"{duration_text(trained)} in {counted(len(record.seconds), 'run')}"))
    retried = sum(row.attempts > 1 for row in record.rows)
    if retried:
        facts.append(("begun again", counted(retried, "run")))
    machine = {name: distinct(record.rows, name) for name in _MACHINE}
    facts += [
        (label, ", ".join(machine[name]))
        for name, label in _MACHINE.items()
        if len(machine[name]) > (name == "host")  # where one machine has made all, its name says nothing
    ]
    if not machine["version"]:
        facts += [("tui-rnn", plan.version), ("kernel", record.first_config.kernel)]
    yield Facts("The sweep", tuple(facts))
    unlike = [_MACHINE[name] for name in _DIGESTS_NEED if len(machine[name]) > 1]
    if unlike:
        yield Paragraph.of(
            f"The runs were not all made alike ({', '.join(unlike)}): losses can be compared, but the digests of two "
            "runs that differ in one of these cannot, and neither can their times."
        )
    yield Paragraph.of("Each run's losses, times and state_sha256 stand in ", Code(RUNS), " beside this page.")
    yield Paragraph.of("The command that makes the sweep again; where it was begun already it goes on:")
    yield Command((sweep_command(plan),))


def _values(record: SweepRecord, name: str) -> str:
    found = dict.fromkeys(setting_text(name, job.config.get(name)) for job in record.plan.jobs)
    return ", ".join(found)


def _seeds_text(seeds: list[int]) -> str:
    together = seeds == list(range(seeds[0], seeds[0] + len(seeds))) if seeds else False
    return f"{seeds[0]} to {seeds[-1]}" if together and len(seeds) > 1 else ", ".join(map(str, seeds))


def sweep_command(plan: Plan) -> str:
    """The command of `tui-rnn sweep` that makes the plan again; of a study what differs from it alone."""
    study = STUDIES.get(plan.study or "")
    words = ["tui-rnn", "sweep", *map(near, plan.corpus)]
    if study is not None:
        words += ["--study", study.name]
    if study is None or plan.recipe != study.recipe:
        words += ["--recipe", plan.recipe]
    for name, value in plan.options.items():
        if (name, value) == ("kernel", AUTO):
            continue
        if study is None or name not in study.options or study.options[name] != value:
            words += [option(name), word(value)]
    for name, values in plan.varied.items():
        if study is None or list(study.varied.get(name, ())) != values:
            words += ["--set", f"{name}={','.join(map(word, values))}"]
    if study is None or len(plan.seeds) != study.seeds:
        words += ["--seeds", str(len(plan.seeds))]
    if plan.seeds and plan.seeds[0]:
        words += ["--seed", str(plan.seeds[0])]
    return shlex.join([*words, *(["--halving"] if plan.halving else [])])


def runs_csv(record: SweepRecord) -> bytes:
    """A line for each run: its setting, how it stands, losses in nats per character, seconds, digest and machine."""
    names = [*record.plan.varied, *record.coupled]
    made = ("kernel", "version", "host", "processor", "blas", "reason")
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(
        ["run", *names, "seed", "status", "step", "best_smooth_nats_per_char", "recent_nats_per_char",
         "best_held_out_nats_per_char", "seconds", "state_sha256", *made]
    )  # fmt: skip
    for row in record.rows:
        losses = [judge.loss(row) for judge in (Judge.SMOOTH, Judge.RECENT, Judge.HELD_OUT)]
        table.writerow(
            [row.spec.name, *(word(row.spec.config.get(name)) for name in names), row.spec.seed, row.status.value,
             step_of(row), *("" if loss is None else repr(loss) for loss in losses),
             f"{record.seconds.get(row.spec.name, 0.0):.3f}", digest_of(row) or "",
             *("" if row.result is None else getattr(row.result, name) for name in made)]
        )  # fmt: skip
    return out.getvalue().encode()
