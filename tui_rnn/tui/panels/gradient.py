"""3 Gradient check: its tables, central differences as in the report, and the complex step as the proof."""

from textual.content import Content

from tui_rnn.engine.events import CENTRAL, COMPLEX, Event, GradientChecked
from tui_rnn.readable import METHOD_NAMES, gradient_table
from tui_rnn.tui.panels.base import ScreenOptions, TextPanel

_WHY = {CENTRAL: "the report's table", COMPLEX: "the proof"}


class GradientPanel(TextPanel):
    """A table a method, PASS or FAIL as words."""

    number = 3
    title = "Gradient check"
    about = "The analytic gradient against central differences, as in the report, and the complex step, the proof."
    waiting = "Checking…"

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self._checks: dict[str, GradientChecked] = {}

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """Show a check's table."""
        if isinstance(event, GradientChecked):
            self.show(event)

    def show(self, check: GradientChecked) -> None:
        """Put the check's table in its method's place."""
        self._checks[check.method] = check
        self._update()

    def on_resize(self) -> None:
        self.call_after_refresh(self._update)  # a new layout asked for during a resize would be lost

    def _update(self) -> None:
        if not self._checks:
            return
        width = max(1, self.scrollable_content_region.width)
        blocks = [_block(self._checks[method], width) for method in (CENTRAL, COMPLEX) if method in self._checks]
        self.show_text(Content("\n\n").join(blocks))


def _block(check: GradientChecked, width: int) -> Content:
    heading = f"{METHOD_NAMES[check.method]}, δ = {check.delta:.0e}: {_WHY[check.method]}"
    facts = f"m = {check.hidden_size}, T = {check.seq_length}, h₀ = 0, float64"
    lines = [
        Content.assemble((heading, "bold"), (f"  {facts}" if len(heading) + len(facts) + 2 <= width else "", "dim"))
    ]
    names, *rows = gradient_table(check, width)
    lines.append(Content.styled(names, "$text-muted"))
    for line in rows:
        body, verdict = line[:-4], line[-4:]
        lines.append(
            Content.assemble(body, (verdict, "bold $text-success" if verdict == "PASS" else "bold $text-error"))
        )
    return Content("\n").join(lines)
