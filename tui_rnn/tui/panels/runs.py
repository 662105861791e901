"""The list of runs; below it the chosen one beside those that are marked: curves, differences, what it wrote last."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message

from tui_rnn.runs.course import Course
from tui_rnn.tui.bindings import next_previous
from tui_rnn.tui.drawing.run_row import RunRow
from tui_rnn.tui.drawing.runs_compare import (
    Compared,
    count_text,
    labels,
    paint_curves,
    paint_table,
    paint_words,
    sentence,
)
from tui_rnn.tui.drawing.runs_list import LAGGING, paint_list
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.tui.panels.base import ScreenOptions, key
from tui_rnn.tui.panels.grid import GridPanel
from tui_rnn.wording import counted, duration_text, figure

MOST_MARKS = 3
_TABLE = 46  # columns of the table beside the curves
_ROLES = ("secondary", "accent", "success")  # of the marked runs, in the order in which they were marked
_LEAST_CURVES = 60  # columns of curves beside a table
_LEAST_BELOW = 7  # rows of a comparison; with fewer the list has all the room


class RunsPanel(GridPanel):
    """Shows the runs it was given; it knows the chosen one and the marked ones by their paths."""

    title = "Runs"
    about = "Other runs beside this one: what each reached, how, and what it wrote."
    waiting = "Reading the runs…"
    BINDINGS: ClassVar[list[BindingType]] = [
        *next_previous("run"),
        key("down", "next(1)", "choose", "next, previous run"),
        key("up", "next(-1)", "choose", "next, previous run"),
        key("home", "first", "first", "first, last run"),
        key("end", "last", "last", "first, last run"),
    ]

    class Chosen(Message):
        """Another run is chosen, or the chosen one is marked, or it changed."""

    def __init__(self, options: ScreenOptions | None = None, *, place: str = "runs/", id: str | None = None) -> None:
        super().__init__(options, id=id)
        self.rows: Sequence[RunRow] = ()
        self.marks: list[str] = []  # paths, in the order in which they were marked
        self.shows_differences = False
        self.wanted = ""  # only runs that have this in their row
        self._all: Sequence[RunRow] = ()
        self._place = place
        self._courses: Mapping[str, Course] = {}
        self._chosen: str | None = None
        self._is_read = False
        self._said: str | None = None  # the chosen run when a list was last shown
        self._first, self._listed = 0, 0  # the first row that is painted, and how many of them

    # What it is given

    def show(self, rows: Sequence[RunRow], courses: Mapping[str, Course]) -> None:
        """Show these runs."""
        self._is_read, self._all, self._courses = True, rows, courses
        self._filter()

    def find(self, wanted: str) -> None:
        """Show only runs that have this in their name, recipe, text, state or note."""
        self.wanted = wanted
        self._filter()

    def _filter(self) -> None:
        words = self.wanted.casefold().split()
        self.rows = [row for row in self._all if all(word in _searched(row) for word in words)]
        known = [row.line.run for row in self._all]
        self.marks = [run for run in self.marks if run in known]
        if self.chosen is None and self.rows:
            self._chosen = self.rows[0].line.run
        if self.rows and self._chosen != self._said:
            self._said = self._chosen
            self.post_message(self.Chosen())
        found = f"{len(self.rows)} of {len(self._all)}" if words else f"{len(self._all)}"
        self.heading = (Content(f"{found} under {self._place}"),)
        self.repaint()

    # What is chosen

    @property
    def chosen(self) -> RunRow | None:
        """The chosen run, as long as it is shown."""
        return next((row for row in self.rows if row.line.run == self._chosen), None)

    @property
    def compared(self) -> list[RunRow]:
        """The chosen run, then the marked ones."""
        chosen = self.chosen
        marked = {row.line.run: row for row in self._all}
        others = [marked[run] for run in self.marks if chosen is None or run != chosen.line.run]
        return [*([chosen] if chosen else []), *others]

    def choose_first(self, run: str) -> None:
        """Choose the run at this path, if it is among those that are shown next."""
        self._chosen = run

    def choose(self, place: int) -> None:
        """Choose a run by its place in the list."""
        if self.rows:
            self._chosen = self.rows[min(max(place, 0), len(self.rows) - 1)].line.run
            self.post_message(self.Chosen())
            self.repaint()

    def action_next(self, by: int) -> None:
        self.choose(self._at() + by)

    def action_first(self) -> None:
        self.choose(0)

    def action_last(self) -> None:
        self.choose(len(self.rows) - 1)

    def mark(self) -> str | None:
        """Mark the chosen run, or take its mark away; the newest mark there is now."""
        if (chosen := self.chosen) is not None:
            run = chosen.line.run
            self.marks = [each for each in self.marks if each != run] if run in self.marks else [*self.marks, run]
            self.marks = self.marks[-MOST_MARKS:]
            self.post_message(self.Chosen())
            self.repaint()
        return self.marks[-1] if self.marks else None

    def on_click(self, event: Click) -> None:
        """Choose the run under the mouse."""
        offset = event.get_content_offset(self)
        if offset is not None and 1 <= offset.y <= self._listed:
            self.choose(self._first + offset.y - 1)

    def _at(self) -> int:
        return next((k for k, row in enumerate(self.rows) if row.line.run == self._chosen), 0)

    # What is drawn

    def paint(self, grid: Grid, palette: Palette) -> None:
        self._listed = 0
        if not self.rows:
            words = self.waiting if not self._is_read else self._nothing()
            grid.put(max(0, (grid.width - len(words)) // 2), grid.height // 2, words, palette.muted)
            return
        height = self._list_height(grid.height)
        self._listed = min(len(self.rows), height - 1)
        colours = {run: getattr(palette, role) for run, role in zip(self.marks, _ROLES, strict=False)}
        now = datetime.now().timestamp()
        marker = self.options.marker
        self._first = paint_list(grid, palette, self.rows, self._at(), colours, height, marker=marker, now=now)
        hidden = len(self.rows) - self._first - self._listed
        shown = self.rows[self._first : self._first + self._listed]
        self.footing = (Content(LAGGING),) if any(row.line.lags for row in shown) else ()
        self.footing += (Content(f"{hidden} more below"),) if hidden > 0 else ()
        if grid.height - height >= _LEAST_BELOW:
            grid.put(0, height + 1, ("-" if self.options.marker == "ascii" else "─") * grid.width, palette.hair)
            self._paint_below(grid, palette, height + 2, self._beside(palette))

    def _nothing(self) -> str:
        return f"No run has {self.wanted!a} in its row." if self.wanted else f"No run under {self._place} yet."

    def _list_height(self, height: int) -> int:
        """Rows of headings and list: all where they leave enough room below, else about a half."""
        needed = len(self.rows) + 1
        if height - needed >= 2 * _LEAST_BELOW:
            return needed
        half = min(needed, max(4, height // 2))
        return half if height - half >= _LEAST_BELOW else min(needed, height)

    def _beside(self, palette: Palette) -> list[Compared]:
        rows = self.compared
        colours = [palette.primary, *(getattr(palette, role) for role in _ROLES)]
        others = {run: colours[1 + k] for k, run in enumerate(self.marks[:MOST_MARKS])}
        return [
            Compared(
                row,
                label,
                palette.primary if k == 0 and self.chosen is row else others.get(row.line.run, palette.text),
                self._courses.get(row.line.run),
            )
            for k, (row, label) in enumerate(zip(rows, labels(rows), strict=True))
        ]

    def _paint_below(self, grid: Grid, palette: Palette, y: int, compared: Sequence[Compared]) -> None:
        if not compared:
            return
        if self.shows_differences:
            behind = paint_table(grid, palette, 0, y, compared, whole=True)
            x = 4 + max(len(row.rstrip()) for row in grid.text()[y:behind])
            if grid.width - x >= _LEAST_CURVES:
                place = (x, y, grid.width - x, grid.height - y)
                paint_curves(grid, palette, place, compared, marker=self.options.marker)
        elif grid.width < 100:
            self._paint_small(grid, palette, y, compared)
        else:
            width = grid.width - _TABLE - 3
            place = (0, y, width, grid.height - y)
            paint_curves(grid, palette, place, compared, marker=self.options.marker)
            x, row = width + 3, compared[0].row
            grid.put(x, y, row.name, palette.text, bold=True)
            grid.put(x, y + 1, self._facts(row), palette.muted)
            behind = paint_table(grid, palette, x, y + 3, compared, whole=False)
            words = row.line.note or row.last_sample
            paint_words(
                grid, palette, x, behind + 1, _TABLE, words, title="noted" if row.line.note else "it wrote last"
            )

    def _paint_small(self, grid: Grid, palette: Palette, y: int, compared: Sequence[Compared]) -> None:
        """A few lines, and the curves where there is room for them."""
        row = compared[0].row
        at = grid.put(0, y, row.name, palette.text, bold=True)
        grid.put(
            at + 3, y, f"{counted(row.line.step, 'update')}, {duration_text(row.line.elapsed_seconds)}", palette.muted
        )
        y += 1
        for other, changes in zip(compared[1:], sentence(compared), strict=True):
            label, words = changes
            at = grid.put(0, y, "beside ", palette.muted)
            at = grid.put(at, y, label, other.colour, bold=True)
            grid.put(at, y, ": " + _whole(words, grid.width - at - 2), palette.muted)
            y += 1
        lagging = any(each.row.line.lags for each in compared)
        lines = [each.row.line for each in compared]
        losses = (line.recent_nats_per_char if lagging else line.nats_per_char for line in lines)
        best = " → ".join(figure(nats, 3) for nats in losses)
        read = " → ".join(count_text(each.row.characters) for each in compared)
        grid.put(0, y, f"{'recent' if lagging else 'best'} {best}   characters {read}", palette.muted)
        y += 2
        if grid.height - y >= 8:
            paint_curves(grid, palette, (0, y, grid.width, grid.height - y), compared, marker=self.options.marker)
        else:
            paint_words(grid, palette, 0, y, grid.width, row.last_sample)

    @staticmethod
    def _facts(row: RunRow) -> str:
        facts = [row.corpus, f"{duration_text(row.line.elapsed_seconds)} of training"]
        if row.line.name:
            facts.insert(0, row.line.run)
        return ", ".join(facts)


def _whole(words: Sequence[str], width: int) -> str:
    """As many of the words as fit whole, with commas; `…` where some were left out."""
    shown: list[str] = []
    for word in words:
        if len(", ".join([*shown, word])) > width - 2:
            return ", ".join([*shown, "…"])
        shown.append(word)
    return ", ".join(shown) or "no setting differs"


def _searched(row: RunRow) -> str:
    line = row.line
    return " ".join([row.name, line.run, line.recipe, row.corpus, row.state[1], line.note]).casefold()
