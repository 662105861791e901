"""What the settings file and the screen's memory give a command where neither an option nor a variable does.

A setting of training that cannot be used ends the command: another run would be made than was meant. One of the screen
is left out with a warning: a theme's slip keeps nobody from training.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import click
from click.core import ParameterSource

from tui_rnn import remembered, settings, stdio
from tui_rnn.cli.base import TRAIN, Command, Option, is_given
from tui_rnn.cli.shared import LOOKS, check_looks
from tui_rnn.engine.errors import ConfigError
from tui_rnn.safe_text import safe_text

PANEL = remembered.PANEL
_OF_ONE_RUN = ("run", "until", "headless", "json", "screen", "help", *LOOKS)  # no defaults of all runs


@dataclass(slots=True)
class Defaults:
    """What a command was given beside its options."""

    settings: settings.Settings
    warnings: list[str] = field(default_factory=list)
    remembered: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> dict[str, str]:
        """The key of an action."""
        keys = self.settings.tables[settings.KEYS]
        return {action: key for action, key in keys.items() if isinstance(key, str)}

    @property
    def panel(self) -> str | None:
        """The panel that comes to the front at the start."""
        panel = self.settings.tables[settings.SCREEN].get(PANEL, self.remembered.get(PANEL))
        return panel if isinstance(panel, str) else None

    def place_of(self, parameter: click.Parameter) -> str:
        """Where in the file the value of an option stands."""
        name = getattr(parameter, "long_name", "")
        table = settings.SCREEN if name in LOOKS else settings.TRAIN
        return settings.place(self.settings.path, table, name)

    def say_warnings(self) -> None:
        """Say on stderr what is left out; the screen says it too."""
        for line in self.warnings:
            stdio.write_stderr(f"tui-rnn: warning: {safe_text(line, one_line=True)}\n")


def known_settings(train: click.Command) -> dict[str, list[str]]:
    """The names that each table of the file may hold; none for the keys, whose actions the screen knows."""
    options = [each.long_name for each in train.params if isinstance(each, Option)]
    return {
        settings.SCREEN: [*LOOKS, PANEL],
        settings.TRAIN: [name for name in options if name not in _OF_ONE_RUN],
        settings.KEYS: [],
    }


def read(ctx: click.Context) -> Defaults:
    """Those of this user, with nothing put into the command yet."""
    train = ctx.find_root().command.commands[TRAIN]  # type: ignore[attr-defined]
    return Defaults(settings.read(known_settings(train)), remembered=remembered.read())


def of(ctx: click.Context) -> Defaults:
    """Those of this command; read on the first call, and put in the place of its options' own defaults.

    Raises ConfigError where a setting of training cannot be used, and this command trains a new run.
    """
    if not isinstance(ctx.obj, Defaults):
        given = read(ctx)
        faults = given.settings.faults
        if ctx.info_name == TRAIN and (line := next((f.line for f in faults if f.table in ("", settings.TRAIN)), "")):
            raise ConfigError(line)
        given.warnings += [fault.line for fault in faults]
        put(ctx, given)
    return ctx.obj  # type: ignore[no-any-return]


def put(ctx: click.Context, given: Defaults) -> None:
    """Put them in the place of the options' own defaults. Raises ConfigError for one of training."""
    ctx.obj = given
    if ctx.info_name == TRAIN:
        _put_training(ctx, given.settings)
    _put_looks(ctx, given)


def _put_training(ctx: click.Context, given: settings.Settings) -> None:
    """The defaults of the options of training. Raises ConfigError."""
    for name, value in given.tables[settings.TRAIN].items():
        parameter = _option(ctx, name)
        if is_given(ctx, str(parameter.name)) or _other_goal_is_given(ctx, name):
            continue
        where = settings.place(given.path, settings.TRAIN, name)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ConfigError(f"{where} is neither a number nor a text in quotes")
        try:
            _put(ctx, parameter, parameter.type_cast_value(ctx, str(value)))
        except click.BadParameter as error:
            raise ConfigError(f"{where}: {error.message.rstrip('.')}") from None


def _other_goal_is_given(ctx: click.Context, name: str) -> bool:
    """Whether the goal is given otherwise: minutes by an option leave the file's steps without meaning."""
    other = {"steps": "minutes", "minutes": "steps"}.get(name)
    return other is not None and is_given(ctx, other)


def _put_looks(ctx: click.Context, given: Defaults) -> None:
    """How the screen looks: what cannot be used is left out with a warning."""
    for name, value in given.settings.tables[settings.SCREEN].items():
        where = settings.place(given.settings.path, settings.SCREEN, name)
        kind = int | float if name == "fps" else str
        if isinstance(value, bool) or not isinstance(value, kind):
            given.warnings.append(f"{where} is no {'number' if name == 'fps' else 'text in quotes'}: it is left out")
        elif name in LOOKS and name in ctx.params and not is_given(ctx, name):
            if fault := _fault_of_look(name, value):
                given.warnings.append(f"{where} is left out: {fault}")
            else:
                _put(ctx, _option(ctx, name), value)


def _fault_of_look(name: str, value: Any) -> str:
    looks: dict[str, Any] = {} if name == "theme" else {name: value}  # Textual alone knows its themes
    try:
        check_looks(**looks)
    except ConfigError as error:
        return str(error)
    return ""


def theme_of(ctx: click.Context, theme: str | None) -> str | None:
    """The theme by the option or the variable, else the settings file, else the one last chosen; None: the usual one.

    Textual alone knows its names, and is not imported where there is none to ask for. Raises ConfigError for one that
    an option or a variable gives.
    """
    defaults = of(ctx)
    asked = theme or defaults.remembered.get(remembered.THEME)
    if asked is None:
        return None
    from tui_rnn.tui.shell import check_theme

    try:
        check_theme(asked)
    except ConfigError as error:
        if is_given(ctx, "theme"):
            raise
        if theme is not None:  # else it was chosen in another version
            where = settings.place(defaults.settings.path, settings.SCREEN, "theme")
            defaults.warnings.append(f"{where} is left out: {error}")
        return None
    return asked


class WithDefaults(Command):
    """A command that trains a run or shows one, and takes defaults."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, its defaults put in."""
        of(ctx)
        return super().invoke(ctx)


def _option(ctx: click.Context, long_name: str) -> Option:
    return next(each for each in ctx.command.params if isinstance(each, Option) and each.long_name == long_name)


def _put(ctx: click.Context, parameter: Option, value: Any) -> None:
    name = str(parameter.name)
    ctx.params[name] = value
    ctx.set_parameter_source(name, ParameterSource.DEFAULT_MAP)
