"""The header of a run on the screen: its progress, and what it has reached."""

from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive

from tui_rnn.tui.header.progress import progress
from tui_rnn.tui.header.status import Status
from tui_rnn.tui.header.tiled import TiledHeader
from tui_rnn.tui.header.tiles import Tile, tiles_of


class RunHeader(TiledHeader):
    """Shows a run's status. It follows from what it is given alone, and goes on doing so under a dialog."""

    status: reactive[Status] = reactive(Status)
    """What is shown."""

    def progress_line(self, width: int) -> Content:
        return progress(self.status, width)

    def tiles(self) -> Sequence[Tile]:
        return tiles_of(self.status)
