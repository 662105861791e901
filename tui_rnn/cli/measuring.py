"""The commands that measure: `gradcheck` a gradient, `bench` this machine."""

from typing import Any

import click

from tui_rnn.cli import completion
from tui_rnn.cli.base import Command, option
from tui_rnn.cli.shared import reading_options
from tui_rnn.engine.config import CHOICES
from tui_rnn.engine.faults import FAULTS

SECTIONS = ("speed", "gated", "gradient", "phases", "scale", "corpus", "start", "screen", "recipe", "networks")


@click.command(cls=Command, short_help="Check the gradient; exit 1 where a row fails.")
@click.argument("corpus", required=False, shell_complete=completion.files)
@option(
    "--cell",
    default="rnn",
    metavar="NAME",
    shell_complete=completion.names(CHOICES["cell"]),
    help="The recurrence: rnn, lstm or gru. [rnn]",
)
@option("--layers", type=int, default=1, metavar="L", help="Layers of it, one above the other. [1]")
@option("--hidden-size", type=int, default=100, metavar="M", help="Hidden units m. [100]")
@option("--seq-length", type=int, default=25, metavar="T", help="Characters checked. [25]")
@option("--seed", type=int, default=0, metavar="S", help="Of the initial weights and the draw of elements. [0]")
@option(
    "--method",
    default="central",
    metavar="NAME",
    shell_complete=completion.names(("central", "complex")),
    help="central or complex. [central]",
)
@option("--delta", type=float, metavar="X", help="Step of the difference. [1e-4; complex: 1e-20]")
@option(
    "--break",
    "fault",
    metavar="NAME",
    shell_complete=completion.names(FAULTS),
    help="Break the gradient on purpose, to see which rows fail: a wrong sign, a dropped term, a missing transpose, or "
    f"clipping before the check: {', '.join(FAULTS)}. Exit 1, as of any failing check.",
)
@reading_options
@option("--max-memory", type=int, metavar="MB", help="The most memory that the check may need. [1024]")
@option("--json", "as_json", is_flag=True, help="One gradient_check object on stdout.")
def gradcheck(corpus: str | None, **options: Any) -> int:
    """Check the gradient on the first characters of a text; exit 1 where a row fails."""
    from tui_rnn.headless.gradcheck import check

    return check(corpus, **options)


@click.command(cls=Command, short_help="Measure this machine's updates a second.")
@click.argument("corpus", required=False, shell_complete=completion.files)
@option("--seconds", type=float, default=2.0, metavar="S", help="Measured for each contender. [2]")
@option(
    "--only",
    multiple=True,
    metavar="NAME",
    shell_complete=completion.names(SECTIONS),
    help=f"A section: {', '.join(SECTIONS[:-1])} or {SECTIONS[-1]}.",
)
@option("--all", "everything", is_flag=True, help="Every section; some fifteen minutes.")
@reading_options
@option("--max-memory", type=int, metavar="MB", help="The most memory that a network may need. [1024]")
@option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def bench(
    corpus: str | None, seconds: float, only: tuple[str, ...], everything: bool, as_json: bool, **reading: Any
) -> int:
    """Measure this machine: updates a second beside the tutorials' loop, where an update's time goes, and more."""
    from tui_rnn.bench import command

    return command.bench(corpus, seconds, only, everything=everything, json=as_json, **reading)
