"""The page of `tui-rnn --help`: how to use it, the recipes as a table, the options in groups, the commands."""

from collections.abc import Sequence

import click

from tui_rnn.cli.base import PREFIX, TRAIN, option_groups
from tui_rnn.engine.config import option, word
from tui_rnn.engine.recipes import RECIPES

_SETTINGS = (  # the rows of the table
    *("cell", "hidden_size", "seq_length", "batch_size", "optimizer", "eta", "eta_recurrent", "eta_input", "schedule"),
    *("warmup", "clip", "clip_norm", "init", "reduction", "order", "sample_every"),
)
_DEFAULTS = {
    "cell": "rnn",
    "eta_recurrent": 1.0,
    "eta_input": 1.0,
    "schedule": "constant",
    "warmup": 0,
    "clip_norm": None,
    "order": "sequential",
}
_VARIABLES = (
    f"Every option can be given by a variable as well: --hidden-size by {PREFIX}_HIDDEN_SIZE, --temperature of sample "
    f"by {PREFIX}_SAMPLE_TEMPERATURE. A value is taken from the option, else the variable, else the settings file, "
    "else the recipe: tui-rnn config says where each one comes from."
)
_COMPLETION = (  # of commands, runs, files and names; what makes a shell's Tab key know them
    ("bash", 'eval "$(_TUI_RNN_COMPLETE=bash_source tui-rnn)"'),
    ("zsh", 'eval "$(_TUI_RNN_COMPLETE=zsh_source tui-rnn)"'),
    ("fish", "_TUI_RNN_COMPLETE=fish_source tui-rnn | source"),
)


def write_page(group: click.Group, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the page."""
    train = group.commands[TRAIN]
    formatter.write_usage("tui-rnn", "CORPUS [OPTIONS]")
    formatter.write_usage("tui-rnn", "RUN [OPTIONS]", prefix="   or: ")
    formatter.write_usage("tui-rnn", "COMMAND …", prefix="   or: ")
    group.format_help_text(ctx, formatter)
    group.format_commands(ctx, formatter)
    with formatter.section("Recipes"):
        formatter.write_dl([(name, recipe.summary) for name, recipe in RECIPES.items()])
        formatter.write_paragraph()
        for line in _table(recipe_rows()):
            formatter.write(f"{'':{formatter.current_indent}}{line}\n")
    with click.Context(train, info_name=TRAIN, parent=ctx) as train_ctx:
        for name, records in option_groups(train, train_ctx).items():
            if name:
                with formatter.section(name):
                    formatter.write_dl(records)
    with formatter.section("Help"):
        formatter.write_dl([record for each in group.get_params(ctx) if (record := each.get_help_record(ctx))])
    with formatter.section("Variables"):
        formatter.write_text(_VARIABLES)
    with formatter.section("Completion, by a line in the shell's start-up file"):
        formatter.write_dl(_COMPLETION)


def recipe_rows() -> list[tuple[str, ...]]:
    """A heading and a row for each setting: its option, and its value in every recipe."""
    rows = [("", *RECIPES)]
    for name in _SETTINGS:
        values = (recipe.settings.get(name, _DEFAULTS.get(name)) for recipe in RECIPES.values())
        rows.append((option(name), *map(word, values)))
    return rows


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows in columns, the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            f"{cell:{'<' if i == 0 else '>'}{width}}" for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
