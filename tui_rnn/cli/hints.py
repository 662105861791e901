"""Hints for a mistyped command: the command or the file that was perhaps meant, and the help to read."""

import os
import re
import shlex
from collections.abc import Collection, Sequence

import click
from click.core import ParameterSource

from tui_rnn.engine.errors import MOST_CHARACTERS, nearest, shell_word
from tui_rnn.runs.new_folder import RUNS


def asked_for_help(arguments: Sequence[str], commands: Collection[str]) -> list[str] | None:
    """`help` and `help COMMAND` as arguments that print the help; None for others, or where a file has that name."""
    if arguments[0] != "help" or os.path.lexists("help"):
        return None
    return [arguments[1], "--help"] if arguments[1:] and arguments[1] in commands else ["--help"]


def check_command(arguments: Sequence[str], commands: Collection[str]) -> None:
    """Raise UsageError where the first of these is neither a file nor a run but looks like a mistyped command."""
    name, *others = arguments
    if name.startswith("-") or os.path.lexists(name) or os.path.lexists(RUNS / name):
        return
    if meant := _nearest(name, commands):
        typed = " ".join(["tui-rnn", *([meant] if meant != "train" else []), *map(_typed_again, others)])
        raise click.UsageError(f"{name} is neither a text file nor a command: did you mean {typed}?")
    asks_for_help = not {"-h", "--help"}.isdisjoint(others)
    if others and (not others[0].startswith("-") or asks_for_help):
        names = ", ".join(sorted(set(commands) - {"train"}))
        raise click.UsageError(f"{name} is neither a text file nor a command: the commands are {names}")


def usage(error: click.ClickException, arguments: Sequence[str], commands: Collection[str]) -> str:
    """The one line for a wrong use of a command, with the help to look into."""
    message = error.format_message().rstrip(".")
    context = getattr(error, "ctx", None)
    if context is not None and (note := where_from(message, context)):
        message = f"{message} ({note})"
    command = context.info_name if context is not None and context.parent is not None else ""
    asked = "tui-rnn --help" if command in ("", "train", None) else f"tui-rnn {command} --help"
    file = arguments[0] if arguments else ""
    if file in commands and os.path.isfile(file):
        elsewhere = " --run DIR" if file == "runs" else ""  # the folder of all runs cannot be made beside it
        return f"{message}; to train on the file {file}: tui-rnn ./{file}{elsewhere}; see {asked}"
    return f"{message}; see {asked}"


def where_from(message: str, ctx: click.Context) -> str:
    """Where the value of the first option that the message names was taken from; "" where from the command line."""
    for name in re.findall(r"--[a-z][a-z-]*", message)[:1]:
        for parameter in ctx.command.params:
            source = ctx.get_parameter_source(str(parameter.name))
            if name not in parameter.opts:
                continue
            if source is ParameterSource.ENVIRONMENT:
                return f"taken from the variable {parameter.variable(ctx)}"  # type: ignore[attr-defined]
            if source is ParameterSource.DEFAULT_MAP:
                return f"taken from {ctx.obj.place_of(parameter)}"
    return ""


def with_short_values(message: str, arguments: Sequence[str]) -> str:
    """The message with each argument that is very long shown by its beginning and its end."""
    half = MOST_CHARACTERS // 2
    for value in sorted({value for each in arguments for value in (each, *each.split("=", 1)[1:])}, key=len)[::-1]:
        for shown in (value, repr(value)[1:-1], ascii(value)[1:-1]):
            if len(shown) > MOST_CHARACTERS:
                message = message.replace(shown, f"{shown[:half]}…{shown[-half:]}")
    return message


def _typed_again(argument: str) -> str:
    """An argument, or an option, as it is typed into a shell."""
    return shlex.quote(argument) if argument.startswith("-") else shell_word(argument)


def _nearest(name: str, names: Collection[str]) -> str | None:
    """The command that differs from `name` by a slip of the finger: a letter more, less, other, or two exchanged."""
    if "." in name or os.sep in name:
        return None
    return nearest(name, sorted(names))
