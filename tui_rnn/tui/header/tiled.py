"""What both headers are: a progress line, and below it tiles in as many rows as the screen has for them."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from tui_rnn.tui.header.rows import rows_of
from tui_rnn.tui.header.tiles import Tile

HEIGHTS = {"tiny": 2, "compact": 2, "normal": 3, "wide": 4}  # by the size of the screen (layout.py)


class TiledHeader(Static):
    """Follows from the `status` that a subclass has, as a reactive, and draws it anew when that or its size changes."""

    def __init__(self, *, large: bool = True, id: str | None = None) -> None:
        """`large`: the first figures are three rows high where there is room, which takes parts of a block to draw."""
        super().__init__("", id=id, markup=False)
        self._large = large
        self._widths: dict[str, int] = {}  # of the tiles so far, by label

    def progress_line(self, width: int) -> Content:
        """Its first row, so many cells wide."""
        raise NotImplementedError

    def tiles(self) -> Sequence[Tile]:
        """Its figures, the first ones first to be shown; none where there is nothing to say yet."""
        raise NotImplementedError

    def watch_status(self) -> None:
        self._show()

    def on_resize(self) -> None:
        self._show()

    def fit(self, size: str) -> None:
        """Take the rows that a screen of this size gives."""
        if self.styles.height is None or self.styles.height.value != HEIGHTS[size]:
            self._widths = {}
            self.styles.height = HEIGHTS[size]

    def _show(self) -> None:
        width, height = self.content_size
        if not width or not height:
            return
        lines = [self.progress_line(width)]
        if height > 1 and (tiles := self.tiles()):
            rows, taken = rows_of(tiles, self._widths, width, height - 1, large=self._large)
            self._widths |= taken
            lines += rows
        self.update(Content("\n").join(lines), layout=False)
