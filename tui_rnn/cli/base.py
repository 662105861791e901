"""The classes of the command line: options with variables of their own, commands with help in groups, and the group."""

import contextlib
import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from tui_rnn import stdio
from tui_rnn.cli import completion, hints
from tui_rnn.engine.errors import TuiRnnError

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])

PREFIX = "TUI_RNN"
TRAIN = "train"  # the command that is meant where none is named
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100, "auto_envvar_prefix": PREFIX}


class Option(click.Option):
    """An option that stands in a group of the help, and is named by its long name in the variable that can give it."""

    def __init__(self, *arguments: Any, group: str = "", **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.group = group

    @property
    def long_name(self) -> str:
        """`hidden-size` of --hidden-size; of an option with a letter alone the name of its value."""
        long = next((each for each in self.opts if each.startswith("--")), "")
        return long.removeprefix("--") or str(self.name).replace("_", "-")

    def variable(self, ctx: click.Context) -> str:
        """The environment variable that gives this option."""
        if isinstance(self.envvar, str):
            return self.envvar
        return f"{ctx.auto_envvar_prefix}_{self.long_name.replace('-', '_').upper()}"

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """What the variable holds; None where it is not set, or empty."""
        return os.environ.get(self.variable(ctx)) or None


option = partial(click.option, cls=Option)


def options(*decorators: Callable[[_Decorated], _Decorated]) -> Callable[[_Decorated], _Decorated]:
    """The decorators as one, their options in this order."""

    def decorate(command: _Decorated) -> _Decorated:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


class _WithoutVariable(click.Command):
    """A command whose --help is asked for on the command line alone."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option, which no variable gives: with click before 8.5 TUI_RNN_HELP would end every command."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.allow_from_autoenv = False
        return found


class Command(_WithoutVariable):
    """A command with its options in groups; an error about a value says where that came from."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options under the headings of their groups, in the order in which the groups first appear."""
        for name, records in option_groups(self, ctx).items():
            with formatter.section(name or "Options"):
                formatter.write_dl(records)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except TuiRnnError as error:
            if note := hints.where_from(str(error), ctx):
                raise type(error)(f"{error} ({note})") from None
            raise


def option_groups(command: click.Command, ctx: click.Context) -> dict[str, list[tuple[str, str]]]:
    """The options and what each does, by group; "" for those of none, among them --help."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for parameter in command.get_params(ctx):
        if isinstance(parameter, click.Option) and (record := parameter.get_help_record(ctx)) is not None:
            groups.setdefault(getattr(parameter, "group", ""), []).append(record)
    return groups


class CommandLine(_WithoutVariable, click.Group):
    """A group whose default command is to train: what is not a command's name is the path of a text."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they are wanted, not of the alphabet."""
        return list(self.commands)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The first word: a command, a text, or an option of training."""
        if incomplete.startswith("-"):
            train = self.commands[TRAIN]
            return train.shell_complete(click.Context(train, info_name=TRAIN, parent=ctx), incomplete)
        return completion.first_word(incomplete, [name for name in self.commands if name != TRAIN])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take what is no command as the text, and the options, of the one that trains."""
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help", "-V", "--version"):
            args = hints.asked_for_help(args, self.commands) or [TRAIN, *args]
            if args[0] == TRAIN and not ctx.resilient_parsing:
                hints.check_command(args[1:], self.commands)
        with _while_read():  # --help and --version are printed here
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        with _while_read():
            return super().invoke(ctx)


@contextlib.contextmanager
def _while_read() -> Iterator[None]:
    """End with 0 when the reader closes the pipe, as `| head` does; click alone would end with 1."""
    try:
        yield
    except BrokenPipeError:
        stdio.discard_stdout()
        raise click.exceptions.Exit(0) from None


def is_given(ctx: click.Context, name: str) -> bool:
    """Whether the option of this name was given, on the command line or by its variable."""
    return ctx.get_parameter_source(name) in (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)
