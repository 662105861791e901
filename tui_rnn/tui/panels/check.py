"""8 Check: the gradient check's tables, central differences as in the report, and the complex step as the proof."""

from textual.content import Content

from tui_rnn.engine.events import CENTRAL, COMPLEX, Event, GradientChecked
from tui_rnn.tui.panels.base import ScreenOptions, TextPanel
from tui_rnn.tui.run_state import RunState
from tui_rnn.wording import METHOD_NAMES, gradient_table

_WHY = {CENTRAL: "the report's table", COMPLEX: "the proof"}


class CheckPanel(TextPanel):
    """A table a method, PASS or FAIL as words."""

    number = 8
    title = "Check"
    about = "The analytic gradient against central differences, as in the report, and the complex step, the proof."
    waiting = "Checking…"

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self._checks: dict[str, GradientChecked] = {}
        self._hidden_size: int | None = None  # the run's: a check of another size is of a network made for it

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """Show a check's table."""
        if isinstance(event, GradientChecked):
            self.show(event)

    def show(self, check: GradientChecked) -> None:
        """Put the check's table in its method's place."""
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
        width = max(1, self.scrollable_content_region.width)
        blocks = [
            _block(self._checks[method], width, self._hidden_size)
            for method in (CENTRAL, COMPLEX)
            if method in self._checks
        ]
        self.show_text(Content("\n\n").join(blocks))


def _block(check: GradientChecked, width: int, hidden_size: int | None) -> Content:
    heading, facts = _heading(check, width, hidden_size)
    lines = [Content.assemble((heading, "bold"), (f"  {facts}" if facts else "", "dim"))]
    names, *rows = gradient_table(check, width)
    lines.append(Content.styled(names, "$text-muted"))
    for line in rows:
        body, verdict = line[:-4], line[-4:]
        lines.append(
            Content.assemble(body, (verdict, "bold $text-success" if verdict == "PASS" else "bold $text-error"))
        )
    return Content("\n").join(lines)


def _heading(check: GradientChecked, width: int, hidden_size: int | None) -> tuple[str, str]:
    """The method and what was checked, in so many cells: its purpose is left out before the time."""
    name = f"{METHOD_NAMES[check.method]}, δ = {check.delta:.0e}"
    full = f"{name}: {_WHY[check.method]}"
    facts = _facts(check, hidden_size)
    choices = [*((full, fact) for fact in facts), *((name, fact) for fact in facts[1:]), (full, ""), (name, "")]
    return next((choice for choice in choices if sum(map(len, choice)) + 2 * bool(choice[1]) <= width), choices[-1])


def _facts(check: GradientChecked, hidden_size: int | None) -> list[str]:
    """What was checked and when, in full and for narrower places."""
    sizes = f"m = {check.hidden_size}, T = {check.seq_length}, h₀ = 0, float64"
    when = [] if check.step is None else [f"step {check.step:,}"]
    if hidden_size not in (None, check.hidden_size):  # whatever the run's weights are by now
        when = ["a new network"]
    return [", ".join([*when, sizes]), *when]
