"""Figures as tables with bars, for a person, and as one JSON object, for a program."""

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from rich.bar import Bar
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tui_rnn.bench.measure import Figure
from tui_rnn.runs.log import as_line
from tui_rnn.safe_text import safe_text
from tui_rnn.wording import figure as figure_text

_WIDTH = 100  # at the most, and where stdout is no terminal


def show_machine(facts: Mapping[str, Any]) -> None:
    """What the figures have to be read with."""
    threads = ", ".join(f"{name}={value}" for name, value in facts["threads"].items())
    absent = {name: "not installed" for name in ("numba", "torch") if name in facts and not facts[name]}
    rows = {name: value for name, value in {**facts, **absent, "threads": threads}.items() if value is not None}
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, value in rows.items():
        table.add_row(_text(name, "dim"), _text(str(value)))
    _console().print(table)


def show_section(title: str, figures: Sequence[Figure], bar: str) -> None:
    """One table: a row a name, a column a unit, a bar of the unit `bar`, the bound beside what is held to one."""
    console = _console()
    console.print()
    console.print(_text(title, "bold"))
    plain = [figure for figure in figures if figure.bound is None]
    for name, group in groupby(plain, lambda figure: figure.group):
        console.print(_table(list(group), bar, name))
    if held := [figure for figure in figures if figure.bound is not None]:
        console.print(_bounds(held))


def as_json(facts: Mapping[str, Any], sections: Mapping[str, Sequence[Figure]]) -> str:
    """One line. A figure that is not finite, as a loss never reached, is null."""
    return as_line(
        {
            "event": "bench",
            "machine": dict(facts),
            "sections": {name: [_record(figure) for figure in figures] for name, figures in sections.items()},
        }
    )


def _record(figure: Figure) -> dict[str, Any]:
    value = figure.value if math.isfinite(figure.value) else None
    return {**asdict(figure), "value": value, "holds": figure.holds}


def _text(words: str = "", style: str = "") -> Text:
    return Text(safe_text(words, one_line=True), style)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Raise the error, as print does; rich alone would end the process with 1."""
        raise  # it is called while the error is handled


def _console() -> Console:
    console = _Console(file=sys.stdout, highlight=False)
    if not console.is_terminal or console.width > _WIDTH:
        console.width = _WIDTH
    return console


def _table(figures: Sequence[Figure], bar: str, group: str) -> Table:
    units = list(dict.fromkeys(figure.unit for figure in figures))
    values = {(figure.name, figure.unit): figure.value for figure in figures}
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", expand=True)
    table.add_column(_text(group), no_wrap=True)
    for unit in units:
        table.add_column(_text(unit), justify="right", no_wrap=True)
    table.add_column("", ratio=1)  # the bars, or what there is to say, have what is left
    notes = {figure.name: figure.note for figure in figures}
    most = max((figure.value for figure in figures if figure.unit == bar), default=0.0)
    for name in dict.fromkeys(figure.name for figure in figures):
        cells = [_text(number(values[name, unit], unit)) if (name, unit) in values else _text() for unit in units]
        value = values.get((name, bar), 0.0)
        drawn = Bar(most, 0, value, color="cyan") if value and most else _text(notes[name], "dim")
        table.add_row(_text(name), *cells, drawn)
    return table


def _bounds(figures: Sequence[Figure]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for column in range(5):  # the words beside the verdict may wrap
        table.add_column(no_wrap=column < 4, justify="right" if column == 1 else "left")
    for figure in figures:
        assert figure.bound is not None
        asked = f"at {'least' if figure.at_least else 'most'} {number(figure.bound, figure.unit)}"
        verdict = _text("holds", "green") if figure.holds else _text("MISSED", "bold red")
        shown = f"{number(figure.value, figure.unit)} {figure.unit}"
        table.add_row(_text(figure.name), _text(shown), _text(asked, "dim"), verdict, _text(figure.note, "dim"))
    return table


def number(value: float, unit: str = "") -> str:
    """`-`, `0.00123`, `1.30`, `9.61`, `167`, `5,612`; a loss has three decimals."""
    if not math.isfinite(value):
        return "-"
    if unit == "nats/char":
        return figure_text(value, 3)
    if value == int(value) and abs(value) < 1000:
        return str(int(value))
    if abs(value) >= 1e12:
        return f"{value:.2e}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 0.1 else f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
