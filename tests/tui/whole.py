"""A grid that remembers what was put on it, to find words that were cut at its edge or written over."""

from rich.cells import cell_len

from tui_rnn.tui.grid import Grid


class RememberingGrid(Grid):
    """As the grid that panels paint on."""

    def __init__(self, width, height, colour):
        super().__init__(width, height, colour)
        self._put = []

    def put(self, x, y, text, *how, **named):
        if sum(character.isalnum() for character in text) > 1:
            self._put.append((x, y, text))
        return super().put(x, y, text, *how, **named)

    def not_whole(self):
        """Texts of which a part is not where it was put; one of which nothing is there fell away, and is whole."""
        found = []
        for x, y, text in self._put:
            if not 0 <= y < self.height or x >= self.width or x + cell_len(text) <= 0:
                continue
            cells = self.rows[y][max(0, x) : x + cell_len(text)]
            there = "".join(cell[0] for cell in cells)
            if there != text and there.strip():
                found.append((x, y, text))
        return found
