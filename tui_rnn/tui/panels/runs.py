"""The list of runs; below it the chosen one beside those that are marked: curves, differences, what it wrote last."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from textual.content import Content

from tui_rnn.runs.course import Course
from tui_rnn.tui.drawing.compared import Compared, labels
from tui_rnn.tui.drawing.run_row import RunRow
from tui_rnn.tui.drawing.runs_beside import paint_beside
from tui_rnn.tui.drawing.runs_list import LAGGING, paint_list
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.panels.rows import LEAST_BELOW, MOST_MARKS, ROLES, RowsPanel
from tui_rnn.wording import duration_text


class RunsPanel(RowsPanel):
    """Shows the runs it was given; it knows the chosen one and the marked ones by their paths."""

    title = "Runs"
    about = "Other runs beside this one: what each reached, how, and what it wrote."
    waiting = "Reading the runs…"

    def __init__(self, options: ScreenOptions | None = None, *, place: str = "runs/", id: str | None = None) -> None:
        super().__init__(options, id=id)
        self.rows: Sequence[RunRow] = ()
        self.wanted = ""  # only runs that have this in their row
        self._all: Sequence[RunRow] = ()
        self._place = place
        self._courses: Mapping[str, Course] = {}
        self._is_read = False

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
        self.keep_chosen()
        found = f"{len(self.rows)} of {len(self._all)}" if words else f"{len(self._all)}"
        self.heading = (Content(f"{found} under {self._place}"),)
        self.repaint()

    # What is chosen

    def names(self) -> list[str]:
        return [row.line.run for row in self.rows]

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

    # What is drawn

    def paint(self, grid: Grid, palette: Palette) -> None:
        self._listed = 0
        if not self.rows:
            words = self.waiting if not self._is_read else self._nothing()
            grid.put(max(0, (grid.width - len(words)) // 2), grid.height // 2, words, palette.muted)
            return
        height = self.list_height(grid.height)
        self._listed = min(len(self.rows), height - 1)
        colours = {run: getattr(palette, role) for run, role in zip(self.marks, ROLES, strict=False)}
        now = datetime.now().timestamp()
        marker = self.options.marker
        self._first = paint_list(grid, palette, self.rows, self.at(), colours, height, marker=marker, now=now)
        hidden = len(self.rows) - self._first - self._listed
        shown = self.rows[self._first : self._first + self._listed]
        self.footing = (Content(LAGGING),) if any(row.line.lags for row in shown) else ()
        self.footing += (Content(f"{hidden} more below"),) if hidden > 0 else ()
        if grid.height - height >= LEAST_BELOW:
            grid.put(0, height + 1, ("-" if self.options.marker == "ascii" else "─") * grid.width, palette.hair)
            compared = self._beside(palette)
            title, facts = (compared[0].row.name, self._facts(compared[0].row)) if compared else ("", "")
            whole = self.shows_differences
            paint_beside(grid, palette, height + 2, compared, title, facts, whole=whole, marker=marker)

    def _nothing(self) -> str:
        return f"No run has {self.wanted!a} in its row." if self.wanted else f"No run under {self._place} yet."

    def _beside(self, palette: Palette) -> list[Compared]:
        rows = self.compared
        colours = [palette.primary, *(getattr(palette, role) for role in ROLES)]
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

    @staticmethod
    def _facts(row: RunRow) -> str:
        facts = [row.corpus, f"{duration_text(row.line.elapsed_seconds)} of training"]
        if row.line.name:
            facts.insert(0, row.line.run)
        return ", ".join(facts)


def _searched(row: RunRow) -> str:
    line = row.line
    return " ".join([row.name, line.run, line.recipe, row.corpus, row.state[1], line.note]).casefold()
