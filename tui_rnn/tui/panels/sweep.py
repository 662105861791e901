"""The table of a sweep, run by run or by setting; below it the chosen one beside those that are marked."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.content import Content

from tui_rnn.runs.course import Course, comparable
from tui_rnn.sweeps.answer import Group
from tui_rnn.sweeps.spec import setting_key
from tui_rnn.sweeps.words import brief
from tui_rnn.tui.bindings import other_view
from tui_rnn.tui.drawing.compared import Compared
from tui_rnn.tui.drawing.runs_beside import TABLE, paint_beside
from tui_rnn.tui.drawing.runs_list import LAGGING
from tui_rnn.tui.drawing.sweep_bands import seeds_band
from tui_rnn.tui.drawing.sweep_columns import Column, group_columns, run_columns
from tui_rnn.tui.drawing.sweep_groups import paint_groups
from tui_rnn.tui.drawing.sweep_list import paint_runs
from tui_rnn.tui.drawing.sweep_order import COURSE, NUMBER, Order, ordered, ordered_groups
from tui_rnn.tui.drawing.sweep_row import SweepRow, SweepTable
from tui_rnn.tui.drawing.sweep_settings import paint_settings
from tui_rnn.tui.drawing.words import paint_words
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.tui.panels.base import ScreenOptions, key
from tui_rnn.tui.panels.rows import LEAST_BELOW, ROLES, RowsPanel

_MOST_SEEDS = 12  # of a setting whose courses are read for its band
_LONGEST_LABEL = 14  # beside a curve


class SweepPanel(RowsPanel):
    """Shows the table it was given; a run is known by the name of its job, a setting by its text."""

    title = "Sweep"
    about = "Many runs that differ in what is varied: how each stands, what it reached, and which setting is best."
    waiting = "Reading the sweep…"
    BINDINGS: ClassVar[list[BindingType]] = [
        other_view("runs, settings", "run by run, or by setting: median, quartiles and seeds"),
        key("left", "sort(-1)", "sort", "sort by the column to the left, right", display="← →", shown=True),
        key("right", "sort(1)", "sort", "sort by the column to the left, right", display="← →"),
        key("u", "turn", "turn round", "the order of the rows the other way round", shown=True),
    ]

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self.table: SweepTable | None = None
        self.order = Order()
        self.by_setting = False
        self.rows: Sequence[SweepRow] = ()  # in their order
        self.groups: Sequence[Group] = ()
        self._courses: Mapping[str, Course] = {}
        self._of_the_other: tuple[Order, list[str], str | None] = (Order(), [], None)  # order, marks and chosen there

    # What it is given

    def show(self, table: SweepTable, courses: Mapping[str, Course]) -> None:
        """Show this table."""
        self.table, self._courses = table, courses
        self._arrange()

    def _arrange(self) -> None:
        if self.table is None:
            return
        self.rows = ordered(self.table, self.order) if not self.by_setting else ()
        self.groups = ordered_groups(self.table, self.order) if self.by_setting else ()
        self.keep_chosen()
        self.heading = (Content(self._said_of_order()),)
        self.repaint()

    def _said_of_order(self) -> str:
        assert self.table is not None
        what = "settings" if self.by_setting else "runs"
        judged = f"compared by the {self.table.judge}"
        return f"{what}, {judged}"

    # What is chosen

    def names(self) -> list[str]:
        return (
            [setting_key(group.setting) for group in self.groups]
            if self.by_setting
            else [row.name for row in self.rows]
        )

    @property
    def chosen(self) -> SweepRow | None:
        """The chosen run; of a setting the best one, else its first."""
        if self.table is None:
            return None
        if not self.by_setting:
            return next((row for row in self.rows if row.name == self._chosen), None)
        group = self._group(self._chosen)
        return None if group is None else self._stands_for(group)

    @property
    def wanted(self) -> list[str]:
        """The runs whose courses are shown, by their paths: the compared ones, then those of the settings' seeds."""
        found = [row for _, row in self._compared_rows()] + [row for group in self._bands() for row in self._of(group)]
        return list(dict.fromkeys(row.run.line.run for row in found if row.run is not None))

    def _group(self, name: str | None) -> Group | None:
        groups = self.table.answer.groups if self.table is not None else ()
        return next((group for group in groups if setting_key(group.setting) == name), None)

    def _of(self, group: Group) -> list[SweepRow]:
        """The runs of a setting, those alone whose courses make its band."""
        assert self.table is not None
        names = {row.spec.name for row in group.rows[:_MOST_SEEDS]}
        return [row for row in self.table.rows if row.name in names]

    def _stands_for(self, group: Group) -> SweepRow | None:
        best, rows = group.best_row, self._of(group)
        return next((row for row in rows if best is not None and row.job is best), next(iter(rows), None))

    def _compared_rows(self) -> list[tuple[str, SweepRow]]:
        """The chosen one and the marked ones by their names, each with the run that stands for it."""
        if self.table is None:
            return []
        names = [*([self._chosen] if self._chosen in self.names() else []), *self.marks]
        by_name = {row.name: row for row in self.table.rows} if not self.by_setting else {}
        found: dict[str, SweepRow] = {}
        for name in names:
            group = self._group(name) if self.by_setting else None
            row = self._stands_for(group) if group is not None else by_name.get(name or "")
            if name is not None and row is not None:
                found[name] = row
        return list(found.items())

    def _bands(self) -> list[Group]:
        """The settings that have a band: those compared, or that of the chosen run."""
        if self.table is None:
            return []
        if self.by_setting:
            return [group for name, _ in self._compared_rows() if (group := self._group(name)) is not None]
        chosen = self.chosen
        group = None if chosen is None else self._group(setting_key(chosen.job.spec.setting))
        return [] if group is None else [group]

    # What the keys ask for

    def action_other_view(self) -> None:
        """Run by run, or by setting; each view keeps its order, its marks, and what is chosen in it."""
        here = self.order, self.marks, self._chosen
        (self.order, self.marks, chosen), self._of_the_other = self._of_the_other, here
        if self.table is not None and chosen is None and not self.by_setting and self.chosen is not None:
            chosen = setting_key(self.chosen.job.spec.setting)
        self.by_setting, self._chosen, self.shows_differences = not self.by_setting, chosen, False
        self._arrange()

    def columns(self) -> list[Column]:
        """Those that are shown now."""
        if self.table is None:
            return []
        width = self.content_size.width
        return group_columns(width, self.table) if self.by_setting else run_columns(width, self.table)

    def action_sort(self, by: int) -> None:
        """Sort by the next column, or the one before; beyond the last one comes the order of the plan, or the rank."""
        names = [NUMBER, *(each.name for each in self.columns() if each.name not in (COURSE, NUMBER))]
        at = names.index(self.order.column) if self.order.column in names else 0
        self._sort_by(Order(names[(at + by) % len(names)]))

    def action_turn(self) -> None:
        self._sort_by(Order(self.order.column, not self.order.turned))

    def heading_clicked(self, x: int) -> None:
        """Sort by the column under the mouse; where it is sorted by that, the other way round."""
        for column in self.columns():
            if column.x - 1 <= x <= column.x + column.width and column.name != COURSE:
                turned = not self.order.turned if column.name == self.order.column else False
                self._sort_by(Order(column.name, turned))

    def _sort_by(self, order: Order) -> None:
        self.order = order
        self._arrange()

    # What is drawn

    def list_height(self, height: int) -> int:
        more = 1 if self.by_setting else 0  # the dots' axis
        return min(height, super().list_height(height - more) + more)

    def paint(self, grid: Grid, palette: Palette) -> None:
        self._listed = 0
        table = self.table
        if table is None:
            grid.put(max(0, (grid.width - len(self.waiting)) // 2), grid.height // 2, self.waiting, palette.muted)
            return
        height, marker, at = self.list_height(grid.height), self.options.marker, self.at()
        colours = {name: getattr(palette, role) for name, role in zip(self.marks, ROLES, strict=False)}
        if self.by_setting:
            self._listed = min(len(self.groups), max(1, height - 2))
            names = self.names()
            self._first = paint_groups(
                grid, palette, table, self.groups, self.order, at, colours, height, names=names, marker=marker
            )
        else:
            self._listed = min(len(self.rows), max(1, height - 1))
            self._first = paint_runs(grid, palette, table, self.rows, self.order, at, colours, height, marker=marker)
        hidden = len(self.names()) - self._first - self._listed
        starred = not table.by_recent and any(row.lags for row in self.rows[self._first : self._first + self._listed])
        said = (
            (LAGGING,) if starred else ("loss: mean of the last 50 updates",) if table.by_recent and self.rows else ()
        )
        self.footing = tuple(map(Content, (*([f"{hidden:,} more below"] if hidden > 0 else []), *said)))
        if grid.height - height >= LEAST_BELOW:
            grid.put(0, height + 1, ("-" if marker == "ascii" else "─") * grid.width, palette.hair)
            self._paint_below(grid, palette, table, height + 2)
        if grid.height > height:
            answered = brief(table.answer, lambda group: table.setting_label(group, grid.width))
            grid.put(0, height, next((words for words in answered if cell_len(words) <= grid.width), ""), palette.muted)

    def _paint_below(self, grid: Grid, palette: Palette, table: SweepTable, y: int) -> None:
        compared = self._compared(palette, table)
        if self.by_setting and compared:
            groups = [group for name, _ in self._compared_rows() if (group := self._group(name)) is not None]
            paint_settings(grid, palette, table, y, groups, compared, marker=self.options.marker)
            return
        chosen = self.chosen
        if chosen is None:
            return
        if chosen.run is None or not compared:
            grid.put(0, y, table.label(chosen, grid.width), palette.text, bold=True)
            grid.put(0, y + 1, chosen.facts(grid.width), palette.muted)
            paint_words(grid, palette, 0, y + 3, grid.width, chosen.reason, title="why")
            return
        title, facts = table.label(chosen, TABLE), chosen.facts(TABLE)
        whole = self.shows_differences
        why, marker = chosen.reason, self.options.marker
        paint_beside(grid, palette, y, compared, title, facts, whole=whole, marker=marker, why=why)

    def _compared(self, palette: Palette, table: SweepTable) -> list[Compared]:
        """Those compared that have begun, with their courses, and the bands of the settings."""
        rows = [(name, row) for name, row in self._compared_rows() if row.run is not None]
        courses = self._comparable_courses(rows)
        bands = {}
        for group in self._bands():
            seeds = [courses[row.run.line.run] for row in self._of(group) if row.run and row.run.line.run in courses]
            if (found := seeds_band(seeds)) is not None:
                bands[setting_key(group.setting)] = found
        colours = {name: getattr(palette, role) for name, role in zip(self.marks, ROLES, strict=False)}
        compared = []
        for name, row in rows:
            assert row.run is not None
            median = bands.get(setting_key(row.job.spec.setting))
            is_chosen = name == self._chosen
            course = courses.get(row.run.line.run)
            if self.by_setting and median is not None:
                course = median[0]
            has_band = median is not None and (self.by_setting or is_chosen)
            compared.append(
                Compared(
                    row.run,
                    self._label(table, row),
                    palette.primary if is_chosen else colours.get(name, palette.text),
                    course,
                    median[1] if has_band and median is not None else (),
                )
            )
        return compared

    def _comparable_courses(self, rows: Sequence[tuple[str, SweepRow]]) -> dict[str, Course]:
        """As those compared can stand beside one another, by the runs' paths; of other seeds those that fit in."""
        paths = [path for path in self.wanted if path in self._courses]
        compared = {row.run.line.run for _, row in rows if row.run is not None}
        if any(self._courses[path].lags for path in paths if path in compared):
            return dict(zip(paths, comparable(self._courses[path] for path in paths), strict=True))
        return {path: self._courses[path] for path in paths if not self._courses[path].lags}

    def _label(self, table: SweepTable, row: SweepRow) -> str:
        """What is its own, in few letters; its number where that takes too many."""
        values = [*row.settings, *([] if self.by_setting else [f"s{row.seed}"])]
        words = " ".join(values)
        if words and len(words) <= _LONGEST_LABEL:
            return words
        if self.by_setting and not table.options:
            return "median"
        if self.by_setting:
            return next(f"setting {group.number + 1}" for group in table.answer.groups if row.job in group.rows)
        return f"run {row.number}"
