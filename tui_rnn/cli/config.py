"""`tui-rnn config`: where the settings lie, what is in force for a new run, and where each value comes from."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import click
from click.core import ParameterSource

from tui_rnn import settings, user_folder
from tui_rnn.cli import defaults, hints
from tui_rnn.cli.base import PREFIX, TRAIN, Command, Option, option
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import TuiRnnError, meant
from tui_rnn.engine.goal import UNLIMITED
from tui_rnn.engine.memory import MAX_MEMORY
from tui_rnn.engine.recipes import RECIPES, todays_name
from tui_rnn.engine.text import MAX_CORPUS
from tui_rnn.safe_text import safe_text

_DEFAULTS = {"max_corpus": MAX_CORPUS, "max_memory": MAX_MEMORY}  # MB
_NOT_A_TEXT = "a text"  # stands for the corpus, of which there is none


@dataclass(slots=True)
class _InForce:
    """Each value by its option's long name, and where it comes from; and what cannot be used."""

    values: dict[str, tuple[Any, str]] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)  # of the help, by the same names
    faults: list[str] = field(default_factory=list)


@click.command(cls=Command, short_help="The settings in force, and where each comes from.")
@option("--example", is_flag=True, help="A settings file to begin with, all in it explained and left out.")
@option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.pass_context
def config(ctx: click.Context, example: bool, as_json: bool) -> int:
    """The settings in force and where each comes from; exit 1 where one cannot be used.

    A value is taken from the option, else from the variable, else from the settings file, else from the recipe.
    """
    if example:
        sys.stdout.write(settings.EXAMPLE)
        return 0
    found = _in_force(ctx)
    if as_json:
        values = {name: {"value": value, "from": source} for name, (value, source) in found.values.items()}
        files = {"settings": str(user_folder.settings_file()), "remembered": str(user_folder.remembered_file())}
        print(json.dumps({**files, "values": values, "faults": found.faults}))
    else:
        for line in _lines(found):
            print(safe_text(line, one_line=True))
    return 1 if found.faults else 0


def _lines(found: _InForce) -> Iterator[str]:
    file = user_folder.settings_file()
    yield f"settings    {file}" + ("" if file.exists() else "   none yet: tui-rnn config --example shows one")
    yield f"remembered  {user_folder.remembered_file()}"
    rows = [(name, _shown(value), source) for name, (value, source) in found.values.items()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else [0, 0]
    group = ""
    for name, value, source in rows:
        if (its := found.groups[name]) != group:
            yield from ("", its)
            group = its
        yield f"  {name:<{widths[0]}}  {value:<{widths[1]}}  {source}"
    if found.faults:
        yield ""
    yield from (f"✖ {line}" for line in found.faults)


def _shown(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _in_force(ctx: click.Context) -> _InForce:
    """What a new run would be trained with, and the screen drawn."""
    found = _InForce()
    train = ctx.find_root().command.commands[TRAIN]  # type: ignore[attr-defined]
    found.faults += _unknown_variables(ctx)
    try:
        train_ctx = train.make_context(TRAIN, [_NOT_A_TEXT], parent=ctx.find_root())
    except click.UsageError as error:
        found.faults.append(hints.usage(error, [], ()))
        return found
    given = defaults.read(train_ctx)
    found.faults += [fault.line for fault in given.settings.faults]
    try:
        defaults.put(train_ctx, given)
        theme = defaults.theme_of(train_ctx, train_ctx.params["theme"])
        resolved = _resolved(train_ctx)
    except TuiRnnError as error:
        note = hints.where_from(str(error), train_ctx)
        found.faults.append(f"{error} ({note})" if note else str(error))
        return found
    found.faults += given.warnings
    for parameter in train.params:
        name = str(parameter.name)
        if isinstance(parameter, Option) and name not in ("headless", "as_json", "screen", "run"):
            value = resolved.get(name, train_ctx.params.get(name))
            value = _DEFAULTS.get(name) if value is None else value
            found.values[parameter.long_name] = value, _source(train_ctx, parameter, resolved)
            found.groups[parameter.long_name] = parameter.group
    theme_from = found.values["theme"][1]
    if theme is not None and train_ctx.params["theme"] is None:
        theme_from = "remembered"
    found.values["theme"] = theme or "ink", theme_from
    in_file = defaults.PANEL in given.settings.tables[settings.SCREEN]
    panel_from = "settings file" if in_file else "remembered" if given.panel else "default"
    found.values[defaults.PANEL] = given.panel or "loss", panel_from
    found.groups[defaults.PANEL] = found.groups["theme"]
    for action, key in given.keys.items():
        found.values[f"key of {action}"], found.groups[f"key of {action}"] = (key, "settings file"), "Keys"
    return found


def _resolved(ctx: click.Context) -> dict[str, Any]:
    """The configuration that these options make, in words where a number stands for none. Raises ConfigError."""
    names = {*RunConfig.__dataclass_fields__} - {"corpus", "recipe"}
    options = {name: value for name, value in ctx.params.items() if name in names}
    values = RunConfig.from_recipe(ctx.params["recipe"], _NOT_A_TEXT, **options).to_json()
    if values["steps"] == UNLIMITED:
        values["steps"] = None
    if values["sample_every"] == UNLIMITED:
        values["sample_every"] = "by time"
    return {name: value for name, value in values.items() if name != "corpus"}


def _source(ctx: click.Context, parameter: Option, resolved: dict[str, Any]) -> str:
    name = str(parameter.name)
    source = ctx.get_parameter_source(name)
    if source is ParameterSource.ENVIRONMENT:
        return parameter.variable(ctx)
    if source is ParameterSource.DEFAULT_MAP:
        return "settings file"
    recipe = todays_name(resolved["recipe"])
    return f"recipe {recipe}" if name in RECIPES[recipe].settings else "default"


def _unknown_variables(ctx: click.Context) -> list[str]:
    """A line for each variable that begins as ours do, and that no option is given by."""
    known = {user_folder.VARIABLE}
    root = ctx.find_root()
    for name, command in root.command.commands.items():  # type: ignore[attr-defined]
        of_command = click.Context(command, info_name=name, parent=root, **command.context_settings)
        known |= {each.variable(of_command) for each in command.params if isinstance(each, Option)}
    unknown = sorted(name for name in os.environ if name.startswith(f"{PREFIX}_") and name not in known)
    return [f"the variable {name} is not known: {meant(name, sorted(known))}" for name in unknown]
