"""The sweeps at hand, a line each: what is varied, how far it has come, the best that it has reached."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.content import Content

from tui_rnn.safe_text import safe_text
from tui_rnn.setting_words import setting_name
from tui_rnn.sweeps.listing import SweepLine
from tui_rnn.sweeps.words import done_words
from tui_rnn.tui.bindings import key
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.panels.rows import RowsPanel
from tui_rnn.wording import age_text, counted, figure

_STATE, _BEST, _AGE, _GAP = 26, 6, 6, 3  # columns


class SweepsPanel(RowsPanel):
    """Shows the sweeps it was given; one is known by its folder."""

    title = "Sweeps"
    about = "Many runs that differ in what is varied, as tui-rnn sweep trains them."
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "screen.open", "look", "look at this sweep", shown=True),
    ]

    def __init__(self, options: ScreenOptions | None = None, *, place: str = "sweeps/", id: str | None = None) -> None:
        super().__init__(options, id=id)
        self._place = place
        self.sweeps: Sequence[SweepLine] = ()

    def show(self, sweeps: Sequence[SweepLine]) -> None:
        """Show these sweeps."""
        self.sweeps = sweeps
        self.heading = (Content(f"{len(sweeps)} under {self._place}"),)
        self.keep_chosen()
        self.repaint()

    def names(self) -> list[str]:
        return [sweep.folder for sweep in self.sweeps]

    @property
    def chosen(self) -> SweepLine | None:
        """The chosen sweep, if there is any."""
        return self.sweeps[self.at()] if self.sweeps else None

    @property
    def rows_wanted(self) -> int:
        """Rows that show all of it."""
        return 1 + len(self.sweeps)

    def paint(self, grid: Grid, palette: Palette) -> None:
        shown = max(1, grid.height - 1)
        self._first = max(0, min(self.at() - shown // 2, len(self.sweeps) - shown))
        self._listed = min(len(self.sweeps), shown)
        ends = [grid.width - k for k in (0, _AGE + _GAP, _AGE + _BEST + 2 * _GAP)]  # of age and best; of the state
        begin = ends[2] - _STATE
        if begin < 12:  # then there is no room but for the name and the state
            begin, ends = max(12, grid.width - _STATE), [0, 0, grid.width]
        names, texts = [_folder_name(sweep) for sweep in self.sweeps], [_what(sweep) for sweep in self.sweeps]
        longest = max([0, *map(cell_len, names)])
        room = begin - 2 - _GAP
        has_texts = longest + _GAP + max([0, *map(cell_len, texts)]) <= room
        grid.put(2, 0, "sweep", palette.dim)
        grid.put(begin, 0, "state", palette.dim)
        for end, heading in zip(ends[:2], ("age", "best"), strict=True):
            grid.put_left_of(end, 0, heading if end else "", palette.dim)
        for y, sweep in enumerate(self.sweeps[self._first : self._first + shown], 1):
            is_chosen = self._first + y - 1 == self.at()
            if is_chosen:
                for x in range(grid.width):
                    grid.tint(x, y, palette.mixed("background", "text", 0.07))
                grid.put(0, y, ">" if self.options.marker == "ascii" else "▌", palette.primary, bold=True)
            colour = palette.text if is_chosen else palette.muted
            grid.put(2, y, _end_of(names[self._first + y - 1], room), colour, bold=is_chosen)
            if has_texts:
                grid.put(2 + longest + _GAP, y, texts[self._first + y - 1], palette.muted)
            glyph, words, role = state_of(sweep)
            grid.put(begin, y, f"{glyph} {words}", getattr(palette, role))
            if ends[0]:
                age = "now" if sweep.progress.training else age_text(datetime.now().timestamp() - sweep.changed)
                grid.put_left_of(ends[0], y, age, palette.dim)
                known = sweep.best is not None
                colour = palette.text if known else palette.dim
                grid.put_left_of(ends[1], y, figure(sweep.best, 3), colour, bold=known)


def state_of(sweep: SweepLine) -> tuple[str, str, str]:
    """Glyph, words and role in the palette: `▶ training, 7 of 24 runs`."""
    progress = sweep.progress
    how, others = done_words(progress.counts)
    if progress.is_over:
        return "✓", f"done, {how if others else counted(progress.runs, 'run')}", "muted"
    return ("▶", f"training, {how}", "success") if sweep.in_use else ("‖", f"stopped, {how}", "warning")


def _folder_name(sweep: SweepLine) -> str:
    return safe_text(sweep.folder.replace("\\", "/").rsplit("/", 1)[-1], one_line=True)


def _what(sweep: SweepLine) -> str:
    """What was trained on what, and what is varied: `alice.txt · adagrad by eta, m`."""
    varied = ", ".join(map(setting_name, sweep.varied)) or "seed"
    return safe_text(f"{sweep.corpus} · {sweep.recipe} by {varied}", one_line=True)


def _end_of(name: str, width: int) -> str:
    """The name, or an ellipsis and its end, which tells folders apart."""
    if cell_len(name) <= width:
        return name
    while name and cell_len(name) > width - 1:
        name = name[1:]
    return f"…{name}"
