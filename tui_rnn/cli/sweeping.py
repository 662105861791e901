"""The command that trains many runs: `sweep`, of a text over settings and seeds, or one that was begun before."""

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from tui_rnn import signals, user_folder
from tui_rnn.cli import completion
from tui_rnn.cli.base import option, options
from tui_rnn.cli.defaults import WithDefaults
from tui_rnn.cli.shared import LOOKS, check_looks, looks_options
from tui_rnn.cli.showing import chosen_theme, has_terminal, screen_options
from tui_rnn.cli.sweep_training import engine, train_sweep
from tui_rnn.cli.training_options import (
    learning_options,
    length_options,
    network_options,
    record_options,
    text_options,
)
from tui_rnn.engine.errors import ConfigError, RunError, shell_word
from tui_rnn.engine.kernels.cache import keep_in
from tui_rnn.sweeps.studies import STUDIES

_SWEEP = "Sweep"
_MOST_PLACES = 1024

_of_sweep = partial(option, group=_SWEEP)
_sweep_options = options(
    _of_sweep(
        "--set",
        "sets",
        multiple=True,
        metavar="NAME=V,V",
        help="Train with each of these values of an option: a list, lin(0.01,0.1,5) or log(1e-4,1e-1,7); again for "
        "another option.",
    ),
    _of_sweep(
        "--study",
        metavar="NAME",
        shell_complete=completion.names(STUDIES),
        help=f"A sweep with a name, which answers a question of the assignment: {', '.join(STUDIES)}. What is given "
        "beside it stands in place of its own.",
    ),
    _of_sweep("--seeds", type=int, metavar="N", help="Runs of each setting, from --seed on. [1, or the study's]"),
    _of_sweep("-j", "--jobs", "jobs", type=int, metavar="N", help="Runs trained at a time. [the cores]"),
    _of_sweep(
        "--dask",
        metavar="ADDRESS",
        help="Train on the workers of this Dask scheduler, as tcp://host:8786, which see the same folders.",
    ),
    _of_sweep(
        "-o",
        "out",
        metavar="DIR",
        shell_complete=completion.folders,
        help="The sweep's folder. [sweeps/<corpus>-<options>-<of the settings>]",
    ),
    _of_sweep(
        "--halving",
        is_flag=True,
        help="Successive halving: settings that fall behind on the way are cut, and the report says which.",
    ),
    _of_sweep(
        "--cancel",
        multiple=True,
        metavar="RUN",
        help="With DIR: end this run, by its number or name, with a checkpoint, also while the sweep is trained "
        "elsewhere; again for another run.",
    ),
    _of_sweep("--resume", "resumed", multiple=True, metavar="RUN", help="Take a run that was cancelled up again."),
    _of_sweep("--dry-run", is_flag=True, help="Say what would be trained and how long it would take, and stop."),
    _of_sweep("--headless", is_flag=True, help="Readable lines on stdout, also in a terminal."),
    _of_sweep("--json", "as_json", is_flag=True, help="One JSON object a line on stdout."),
)


@click.command(cls=WithDefaults, short_help="Train many runs: every setting, with several seeds.")
@click.argument("corpus", metavar="CORPUS …|DIR|FILE.toml", nargs=-1, required=True, shell_complete=completion.files)
@_sweep_options
@network_options
@learning_options
@length_options
@text_options
@record_options
@looks_options
@click.pass_context
def sweep(
    ctx: click.Context,
    /,
    corpus: tuple[str, ...],
    recipe: str,
    sets: tuple[str, ...],
    study: str | None,
    seeds: int | None,
    seed: int | None,
    jobs: int | None,
    dask: str | None,
    out: str | None,
    halving: bool,
    cancel: tuple[str, ...],
    resumed: tuple[str, ...],
    dry_run: bool,
    headless: bool,
    as_json: bool,
    **given: Any,
) -> int:
    """Train a run on the text CORPUS for each combination of the values in --set, and each seed.

    An option of training that is given without --set holds for all runs; the settings file has no say. The runs are
    kept in a folder of the sweep. The same command again, or with that folder DIR in the text's place, goes on with
    what is not trained yet. On a terminal a table shows all of it live, and at the end a report says which setting is
    best. FILE.toml says in a file what is too long for a line.
    """
    from tui_rnn.sweeps import spec_file
    from tui_rnn.sweeps.asked import Asked
    from tui_rnn.sweeps.folder import SweepFolder
    from tui_rnn.sweeps.planning import check_text, default_folder
    from tui_rnn.sweeps.values import varied

    places, looks = _places(jobs), {name: given.pop(name) for name in LOOKS}
    screen = None
    if cancel or resumed:
        return _change(corpus, cancel, resumed, as_json=as_json)
    if not (headless or as_json or dry_run) and has_terminal():
        check_looks(looks["marker"], looks["fps"])
        screen = screen_options(looks | {"theme": chosen_theme(looks["theme"])})
    folder = SweepFolder(Path(corpus[0]))
    signals.exit_at_once()
    try:
        if len(corpus) == 1 and folder.holds_a_sweep():
            _refuse_options(ctx, corpus[0])
            plan = folder.plan()
            check_text(plan)
        else:
            _refuse_folders(corpus)
            asked = Asked(
                corpus=corpus,
                recipe=recipe if ctx.get_parameter_source("recipe") != ParameterSource.DEFAULT else None,
                options=_given(ctx, given),
                varied=varied(sets),
                seeds=seeds,
                seed=seed,
                study=study,
                halving=halving,
                out=out,
            )
            if len(corpus) == 1 and spec_file.is_one(corpus[0]):
                asked = replace(asked, corpus=()).over(spec_file.read(corpus[0]))
            plan, out = asked.plan(), asked.out
            folder = SweepFolder(Path(out) if out else default_folder(plan))
            if folder.holds_a_sweep():
                folder.check(plan)
            plan = folder.placed(plan)
        keep_in(user_folder.kernels_folder())
        if dry_run:
            from tui_rnn.headless import sweep as lines
            from tui_rnn.sweeps.estimate import Estimate

            lines.show_plan(plan, Estimate(plan), folder, places, as_json=as_json)
            return 0
        make_engine = partial(engine, dask, min(places, len(plan.jobs)))
        return train_sweep(folder, plan, places, make_engine, screen, as_json=as_json)
    finally:
        signals.release()


def _change(corpus: tuple[str, ...], cancel: tuple[str, ...], resumed: tuple[str, ...], *, as_json: bool) -> int:
    """Cancel runs of a sweep, or take them up again. Raises ConfigError or RunError."""
    from tui_rnn.headless import sweep_cancel
    from tui_rnn.sweeps.folder import SweepFolder

    folder = SweepFolder(Path(corpus[0]))
    if len(corpus) > 1 or not folder.holds_a_sweep():
        option, run = ("--cancel", cancel[0]) if cancel else ("--resume", resumed[0])
        raise ConfigError(
            f"{option} {run} is about a sweep that was begun, and {corpus[0]} is none: give its folder, as in tui-rnn "
            f"sweep DIR {option} {run}"
        )
    return sweep_cancel.change(folder, cancel, resumed, as_json=as_json)


def _given(ctx: click.Context, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of training that were given."""
    default = ParameterSource.DEFAULT
    return {name: value for name, value in options.items() if ctx.get_parameter_source(name) != default}


def _places(jobs: int | None) -> int:
    from tui_rnn.sweeps.local import cores

    if jobs is None:
        return cores()
    if not 1 <= jobs <= _MOST_PLACES:
        raise ConfigError(f"-j {jobs} cannot be used: give how many runs to train at a time, from 1 to {_MOST_PLACES}")
    return jobs


def _refuse_options(ctx: click.Context, path: str) -> None:
    """A sweep that goes on is the one that was begun. Raises ConfigError where an option says something else."""
    its_own = ("corpus", "jobs", "dry_run", "headless", "as_json", "dask", *LOOKS)
    for parameter in ctx.command.params:
        name = str(parameter.name)
        if ctx.get_parameter_source(name) == ParameterSource.COMMANDLINE and name not in its_own:
            raise ConfigError(
                f"{parameter.opts[0]} cannot be given to a sweep that was begun: go on with tui-rnn sweep "
                f"{shell_word(path)}, or begin another one on a text"
            )


def _refuse_folders(corpus: tuple[str, ...]) -> None:
    for path in corpus:
        if os.path.isdir(path):
            raise RunError(f"{path} is a folder that holds no sweep: name a text, or the folder of a sweep")
