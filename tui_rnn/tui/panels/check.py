"""8 Check: the gradient check as one table, central differences as in the report beside the complex step, the proof."""

from textual.content import Content

from tui_rnn.engine.events import COMPLEX, Event, GradientChecked
from tui_rnn.tui.drawing.check_table import ELEMENTS_MEAN, PASS_MEANS, WHY_SO, elements, summary, table
from tui_rnn.tui.drawing.columns import paragraph
from tui_rnn.tui.panels.base import ScreenOptions, TextPanel
from tui_rnn.tui.run_state import RunState

_ROOMY = 20  # rows from which on the worst elements are shown too


class CheckPanel(TextPanel):
    """A row a parameter, PASS or FAIL in words, and what they mean."""

    number = 8
    title = "Check"
    about = (
        "The gradient of backpropagation against two measured ones: central differences, the report's table, and the "
        "complex step, which is exact but for rounding and so the proof."
    )
    waiting = "Checking…"

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self._checks: dict[str, GradientChecked] = {}
        self._hidden_size: int | None = None  # the run's: a check of another size is of a network made for it

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """Show a check's rows."""
        if isinstance(event, GradientChecked):
            self.show(event)

    def show(self, check: GradientChecked) -> None:
        """Put what the check found in its method's column."""
        self._checks[check.method] = check
        self._update()

    def look(self, run: RunState) -> None:
        """Know the run's size, which a check can be of or not."""
        if self._hidden_size != run.config.hidden_size:
            self._hidden_size = run.config.hidden_size
            self._update()

    def on_resize(self) -> None:
        self.call_after_refresh(self._update)  # during a resize Textual loses a request for a new layout

    def _update(self) -> None:
        if not self._checks:
            return
        region = self.scrollable_content_region
        width = max(1, region.width)
        lines = [summary(self._checks), Content(), *table(self._checks, width)]
        if self.is_alone or region.height > len(lines):  # else the table is all that there is room for
            lines += paragraph(PASS_MEANS, width)
        if self.is_alone or region.height >= _ROOMY:
            lines += [*paragraph(WHY_SO, width), *paragraph(ELEMENTS_MEAN, width), *elements(self._checks, width)]
        self.footing = tuple(map(Content, self._of_what()))
        self.show_text(Content("\n").join(lines))

    def _of_what(self) -> list[str]:
        """When it was made, and with which sizes."""
        check = self._checks.get(COMPLEX) or next(iter(self._checks.values()))
        of_another = self._hidden_size not in (None, check.hidden_size)
        when = "a new network" if of_another else "" if check.step is None else f"at step {check.step:,}"
        return [when, f"m = {check.hidden_size}, T = {check.seq_length}, h₀ = 0, float64"]
