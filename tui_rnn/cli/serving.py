"""The command that shows the screen elsewhere: `serve`, in a browser."""

import click

from tui_rnn.cli import completion
from tui_rnn.cli.base import Command, option


class _Serve(Command):
    """Its help ends with the command that installs what it needs, for the interpreter at hand."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from tui_rnn.engine.extras import install_command

        super().format_help_text(ctx, formatter)
        formatter.write(f"\n  It needs textual-serve:\n\n    {install_command('web')}\n")  # on a line, to be copied


@click.command(
    cls=_Serve,
    short_help="The screen in a browser.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@option("--host", default="127.0.0.1", metavar="ADDRESS", help="Where to listen. [127.0.0.1: this machine alone]")
@option("--port", type=int, default=8000, metavar="N", help="The port; 0: any that is free. [8000]")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARGUMENTS …]", shell_complete=completion.files)
def serve(host: str, port: int, arguments: tuple[str, ...]) -> int:
    """Show the screen of tui-rnn ARGUMENTS in a browser, to each visitor their own: serve book.txt, serve view RUN.

    Without ARGUMENTS visitors choose among the texts and runs at hand. A run whose page is closed ends with a
    checkpoint. The options of serve stand before ARGUMENTS.
    """
    from tui_rnn.headless import serve as server

    return server.serve(host, port, arguments)
