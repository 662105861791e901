"""The speed of the gradient computed in several ways, and of batches of several sizes."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_rnn.engine import exact_json
from tui_rnn.report.document import Block, Inline, Picture, Table
from tui_rnn.report.drawing import styled
from tui_rnn.report.studies.costs import NOT_MEASURED, characters_per_second, measured_costs
from tui_rnn.report.studies.part import Part
from tui_rnn.report.svg import COLOURS
from tui_rnn.report.sweep_figures import WIDTH
from tui_rnn.report.sweep_record import SweepRecord
from tui_rnn.storage.safe_open import open_regular

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SPEED = "speed"
GRADIENTS = "gradients.json"  # in the sweep's folder: {"gradients": [{"name": …, "microseconds": …, "times": …}, …]}
_MOST_BYTES = 1 << 20


def part(record: SweepRecord) -> Part:
    """The two tables, and the characters a second over the batch size."""
    gradients, rates = measured(Path(record.name)), _rates(record)
    blocks: list[Block] = []
    best = max(gradients, key=lambda way: float(way["times"]), default={})
    if gradients:
        faster = f"{best['name']} takes {best['microseconds']:,.0f} µs where the naive one takes " + (
            f"{gradients[0]['microseconds']:,.0f} µs: {best['times']:.1f} times as fast. All were checked to agree "
            "before they were timed, in turns."
        )
        rows: list[tuple[Inline, ...]] = [
            (str(way["name"]), f"{way['microseconds']:,.0f}", f"{way['times']:.1f}") for way in gradients
        ]
        blocks.append(
            Table(
                "One window's gradient, T = 25, m = 100: medians over rounds in turns, and of the rounds' ratios",
                ("", "µs", "times as fast"),
                tuple(rows),
            )
        )
    else:
        faster = "That was not measured here; tui-rnn bench --only gradients does."
    if len(rates) < 2:
        return Part((faster, NOT_MEASURED), headline=faster, is_about_losses=False, blocks=blocks)
    least, most = rates[min(rates)], rates[max(rates)]
    batches = (
        f"{least:,.0f} characters a second with B = {min(rates)}, {most:,.0f} with B = {max(rates)}: "
        f"{most / least:.1f} times as many, since matrix by matrix costs less a row than matrix by vector."
    )
    rows = [(str(B), f"{rate:,.0f}", f"{rate / least:.1f}") for B, rate in sorted(rates.items())]
    blocks.append(
        Table("Characters a second, measured in turns", ("B", "characters a second", "times as many"), tuple(rows))
    )
    blocks.append(
        Picture(
            SPEED,
            "Line chart of the characters a second over the batch size.",
            f"Characters a second over the batch size, m = {record.first_config.hidden_size}, "
            f"T = {record.first_config.seq_length}, kernel {record.first_config.kernel}.",
        )
    )
    first = f"B = {max(rates)} trains {most / least:.1f} times as many characters a second as B = {min(rates)}."
    if gradients:
        first += f" One gradient is {best['times']:.1f} times as fast as the naive one."
    return Part(
        (faster, batches), headline=first, is_about_losses=False, blocks=blocks, figures={SPEED: _figure(rates)}
    )


def measured(folder: Path) -> list[dict[str, Any]]:
    """What was measured of the gradients; nothing where there is no such file, or none that can be used."""
    with suppress(OSError, ValueError, RecursionError, TypeError, KeyError):
        with open_regular(folder / GRADIENTS) as file:
            found = exact_json.loads(file.read(_MOST_BYTES).decode())
        return [
            {"name": str(way["name"]), "microseconds": float(way["microseconds"]), "times": float(way["times"])}
            for way in found["gradients"]
        ]
    return []


def _rates(record: SweepRecord) -> dict[int, float]:
    """Characters a second by batch size, where they were measured in turns."""
    costs, found = measured_costs(Path(record.name)), {}
    for group in record.answer.groups:
        rate = characters_per_second(record, costs, group)
        if rate is not None:
            found[int(group.setting["batch_size"])] = rate
    return found


def _figure(rates: dict[int, float]) -> "Figure":
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    with styled():
        figure = Figure((WIDTH, 2.9), layout="constrained")
        axes = figure.add_subplot()
        sizes = sorted(rates)
        axes.plot(
            range(len(sizes)), [rates[B] for B in sizes], "o-", color=COLOURS["accent"], lw=1.4, ms=5, gid="rates"
        )
        axes.set_xticks(range(len(sizes)), [str(B) for B in sizes])
        axes.set_ylim(0)
        axes.set_xlabel("batch size B")
        axes.set_ylabel("characters a second")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.0f}"))
    return figure
