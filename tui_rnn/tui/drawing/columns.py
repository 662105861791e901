"""A table as lines of text that can be selected: columns side by side under their headings, figures to the right."""

from collections.abc import Callable, Collection, Mapping, Sequence

from rich.cells import cell_len
from textual.content import Content

Cells = Sequence[str]
GAP = "  "


def width_of(columns: Mapping[str, Cells]) -> int:
    """The cells across that the columns need, each headed by its name."""
    return sum(max(map(cell_len, (name, *cells))) for name, cells in columns.items()) + len(GAP) * (len(columns) - 1)


def lines_of(
    columns: Mapping[str, Cells],
    style: Callable[[str, str], str],
    *,
    figures: Collection[str] = (),
    heads: Mapping[str, str] | None = None,
    head_style: Callable[[str], str] = lambda name: "$dim",
) -> list[Content]:
    """The head and the rows. `style` is that of a cell, by its column's name and its text; `figures` stand to the
    right; `heads` are other words for a column's name.
    """
    named = {name: (heads or {}).get(name, name) for name in columns}
    widths = {name: max(map(cell_len, (named[name], *cells))) for name, cells in columns.items()}

    def placed(cell: str, name: str) -> str:
        blanks = " " * (widths[name] - cell_len(cell))
        return blanks + cell if name in figures else cell + blanks

    lines = [Content(GAP).join(Content.styled(placed(named[name], name), head_style(name)) for name in columns)]
    for row in zip(*columns.values(), strict=True):
        cells = (Content.styled(placed(cell, name), style(name, cell)) for name, cell in zip(columns, row, strict=True))
        lines.append(Content(GAP).join(cells))
    return [line.rstrip() for line in lines]


def paragraph(text: str, width: int) -> list[Content]:
    """Words of ours, wrapped, after an empty line."""
    return [Content(), *Content.styled(text, "$muted").wrap(max(1, width))]
