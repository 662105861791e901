"""The command line: parse it, import the one front end it names, turn errors into exit codes."""

import os
import sys
from collections.abc import Sequence
from functools import partial

import click

from tui_rnn import __version__, environment, isolation, stdio
from tui_rnn.cli import config, help, hints, measuring, saved, serving, showing, sweeping, training
from tui_rnn.cli.base import CONTEXT, CommandLine
from tui_rnn.engine.errors import MissingText, TuiRnnError


class _TuiRnn(CommandLine):
    """The command `tui-rnn`, whose help is that of training, and of all commands."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The page of help."""
        help.write_page(self, ctx, formatter)


@click.group(cls=_TuiRnn, context_settings=CONTEXT, invoke_without_command=True)
@click.version_option(__version__, "-V", "--version", prog_name="tui-rnn", allow_from_autoenv=False)
@click.pass_context
def command_line(ctx: click.Context) -> int | None:
    """Train a character RNN on the text CORPUS, live in the terminal, in NumPy.

    Without a terminal, or with --headless, the same run is printed in lines. Every run is kept under runs/ and resumes
    exactly. Several texts are read in order as one; - is what is piped in. A RUN in the text's place is trained again
    with the options that are given changed, as in tui-rnn RUN --seq-length 50.
    """
    if ctx.invoked_subcommand is not None:
        return None
    if not showing.has_terminal():
        raise click.exceptions.NoArgsIsHelpError(ctx)
    with showing.home.make_context("home", [], parent=ctx) as of_home:
        return showing.home.invoke(of_home)  # type: ignore[no-any-return]


for _command in (
    *(training.train, training.resume, showing.view, sweeping.sweep),
    *(saved.sample, measuring.gradcheck, saved.runs, saved.report, saved.replay, saved.export, measuring.bench),
    *(serving.serve, config.config),
):
    command_line.add_command(_command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with the contract's code."""
    isolation.leave_out_current_folder()
    environment.leave_out_odd_values(os.environ)
    stdio.prepare()
    exit_code = _run(sys.argv[1:] if arguments is None else arguments)
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough
        stdio.discard_stdout()
    except OSError:  # what was last written does not fit either
        stdio.discard_stdout()
        exit_code = exit_code or 1
    sys.exit(exit_code)


def _run(arguments: list[str]) -> int:
    fail = partial(_fail, arguments=arguments)
    try:
        return command_line.main(arguments, prog_name="tui-rnn", standalone_mode=False) or 0
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.exceptions.NoArgsIsHelpError:
        return fail("no CORPUS given: give the path of a text file, as in tui-rnn book.txt, or see tui-rnn --help", 2)
    except click.ClickException as error:
        return fail(hints.usage(error, arguments, command_line.commands), 2)
    except (click.Abort, KeyboardInterrupt):
        return 130
    except MissingText as error:
        from tui_rnn.runs.texts import near_text

        return fail(str(MissingText(error.path, near_text(error.path))), error.exit_code)
    except TuiRnnError as error:
        return fail(str(error), error.exit_code)
    except MemoryError:
        return fail("not enough memory: use a smaller --hidden-size, --batch-size or text", 1)
    except OSError as error:
        return fail(f"{error.strerror or error}: make room, or write elsewhere", 1)
    except Exception as error:  # Python would print the message as it is, whatever it holds
        from tui_rnn.runs.crash import record_crash

        return fail(record_crash(None, error), 1)


def _fail(message: str, exit_code: int, arguments: Sequence[str] = ()) -> int:
    from tui_rnn.safe_text import safe_text

    message = hints.with_short_values(message, arguments)
    stdio.write_stderr(f"tui-rnn: {safe_text(message, one_line=True)}\n")
    return exit_code
