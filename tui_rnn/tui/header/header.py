"""The header on the screen: the progress line, and below it the tiles in as many rows as the screen has for them."""

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tui_rnn.tui.header.progress import progress
from tui_rnn.tui.header.rows import rows_of
from tui_rnn.tui.header.status import Status
from tui_rnn.tui.header.tiles import tiles_of

HEIGHTS = {"tiny": 2, "compact": 2, "normal": 3, "wide": 4}  # by the size of the screen (layout.py)


class RunHeader(Static):
    """Shows a run's status. It follows from what it is given alone, and goes on doing so under a dialog."""

    status: reactive[Status] = reactive(Status)
    """What is shown."""

    def __init__(self, *, large: bool = True, id: str | None = None) -> None:
        """`large`: the first figures are three rows high where there is room, which takes parts of a block to draw."""
        super().__init__("", id=id, markup=False)
        self._large = large
        self._widths: dict[str, int] = {}  # of the tiles so far, by label

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
        lines = [progress(self.status, width)]
        if height > 1:
            rows, taken = rows_of(tiles_of(self.status), self._widths, width, height - 1, large=self._large)
            self._widths |= taken
            lines += rows
        self.update(Content("\n").join(lines), layout=False)
