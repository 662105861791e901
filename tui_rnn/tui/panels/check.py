"""8 Check: the gradient check as one table; the same check of a gradient broken on purpose; one update shown whole."""

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from tui_rnn.engine.control import ObserveRequest
from tui_rnn.engine.events import COMPLEX, Event, GradientChecked, Observed
from tui_rnn.engine.faults import FAULTS
from tui_rnn.tui.bindings import COPY, next_previous, other_view
from tui_rnn.tui.drawing import broken_table, one_update
from tui_rnn.tui.drawing.check_table import (
    ELEMENTS_MEAN,
    PASS_MEANS,
    WHY_SO,
    elements,
    of_another_network,
    summary,
    table,
)
from tui_rnn.tui.drawing.columns import paragraph
from tui_rnn.tui.drawing.glyphs import glyphs
from tui_rnn.tui.palette import palette_of
from tui_rnn.tui.panels.base import ScreenOptions, TextPanel
from tui_rnn.tui.run_state import RunState

if TYPE_CHECKING:  # of NumPy, for which the first frame does not wait
    from tui_rnn.engine.lessons import Lessons
    from tui_rnn.engine.one_update import OneUpdate

_ROOMY = 20  # rows from which on the worst elements are shown too
_SECONDS = 30.0  # between two checks of broken gradients
CHECK, BROKEN, UPDATE = "check", "broken", "update"  # the views
_VIEWS = (CHECK, BROKEN, UPDATE)
_NO_UPDATE = "Pause with space. Then n makes one update, and it is shown here whole."
_PAUSED = "Paused: n makes one update, and it is shown here whole."
_ENDED = "No single update was made before training ended."
_VIEWED = "A run that is viewed makes no updates. One in training, paused, makes a single one on n, shown here whole."


class CheckPanel(TextPanel):
    """A row a parameter, PASS or FAIL in words, and what they mean; or another view of the gradient."""

    number = 8
    title = "Check"
    about = (
        "The gradient of backpropagation against two measured ones: central differences, the report's table, and the "
        "complex step, which is exact but for rounding and so the proof. v: the check of a gradient broken on purpose, "
        "on a copy; and one update shown whole, which n makes while the run is paused."
    )
    waiting = "Checking…"
    nothing = "The log of this run holds no gradient check."
    BINDINGS: ClassVar[list[BindingType]] = [
        COPY,
        other_view("break it, one update", "the gradient broken on purpose, one update, the check"),
        *next_previous("fault"),
    ]

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self._checks: dict[str, GradientChecked] = {}
        self._hidden_size: int | None = None  # the run's: a check of another size is of a network made for it
        self._view = CHECK
        self._lessons: Lessons | None = None
        self._taught_at = 0  # the step that the lessons are of
        self._fault = 0  # the chosen one
        self._shown_update: OneUpdate | None = None
        self._is_viewed = False  # the run
        self._state = ""  # of it

    @property
    def view(self) -> str:
        """Which view is shown: CHECK, BROKEN or UPDATE."""
        return self._view

    @view.setter
    def view(self, view: str) -> None:
        self._view = view
        self.post_message(self.WantsChanged())
        self._update()

    def wants(self) -> tuple[ObserveRequest, ...]:
        """The broken gradients' checks, while they are shown."""
        return (ObserveRequest("broken_checks", _SECONDS),) if self._view == BROKEN else ()

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """Take a check's rows, those of broken gradients, and an update that is shown."""
        match event:
            case GradientChecked():
                self.show(event)
            case Observed(name="broken_checks"):
                self._lessons, self._taught_at = event.value, event.step
                self._update()
            case Observed(name="one_update"):
                self._shown_update = event.value
                self._update()

    def show(self, check: GradientChecked) -> None:
        """Put what the check found in its method's column."""
        self._checks[check.method] = check
        self._update()

    def look(self, run: RunState) -> None:
        """Know the run's size, which a check can be of or not, and whether it makes updates."""
        known = (run.config.hidden_size, run.is_viewed, run.state)
        if (self._hidden_size, self._is_viewed, self._state) != known:
            self._hidden_size, self._is_viewed, self._state = known
            self._update()

    def on_resize(self) -> None:
        self.call_after_refresh(self._update)  # during a resize Textual loses a request for a new layout

    def notify_style_update(self) -> None:
        super().notify_style_update()
        if self.is_attached and self._view == UPDATE:  # whose colours are of the theme, and no names
            self._update()

    def action_other_view(self) -> None:
        """The gradient broken on purpose, one update, the check."""
        self.view = _VIEWS[(_VIEWS.index(self._view) + 1) % len(_VIEWS)]

    def action_next(self, by: int) -> None:
        """The next fault."""
        if self._view == BROKEN:
            self._fault = (self._fault + by) % len(FAULTS)
        self.view = BROKEN

    def _update(self) -> None:
        region = self.scrollable_content_region
        width, height = max(1, region.width), region.height
        self.heading = (
            () if self._view == CHECK else (Content({BROKEN: "broken on purpose", UPDATE: "one update"}[self._view]),)
        )
        if self._view == BROKEN:
            self._show(self._broken_lines(width, height), self.unseen or "Breaking it…")
        elif self._view == UPDATE:
            self._show(self._update_lines(width), self._no_update())
        else:
            self._show(self._check_lines(width, height), self.waiting)

    def show_waiting(self) -> None:
        self._update()

    def _show(self, lines: list[Content], waiting: str) -> None:
        if lines:
            self.show_text(Content("\n").join(lines))
        else:
            self.footing = ()
            self.text.add_class("waiting")
            width = self.scrollable_content_region.width  # 0 before the layout, which wraps what comes then
            self.text.update(Content("\n").join(Content(waiting).wrap(width)) if width else Content(waiting))

    def _no_update(self) -> str:
        """How an update comes to be shown."""
        if self._is_viewed:
            return _VIEWED
        return {"paused": _PAUSED, "done": _ENDED, "diverged": _ENDED}.get(self._state, _NO_UPDATE)

    def _check_lines(self, width: int, height: int) -> list[Content]:
        if not self._checks:
            return []
        check = self._checks.get(COMPLEX) or next(iter(self._checks.values()))
        of_another = of_another_network(check, self._hidden_size, width)
        lines = [summary(self._checks), *(of_another or [Content()]), *table(self._checks, width)]
        if self.is_alone or height > len(lines):  # else the table is all that there is room for
            lines += paragraph(PASS_MEANS, width)
        if self.is_alone or height >= _ROOMY:
            lines += [*paragraph(WHY_SO, width), *paragraph(ELEMENTS_MEAN, width), *elements(self._checks, width)]
        self._say_of_what(check.hidden_size, check.seq_length, check.step)
        return lines

    def _broken_lines(self, width: int, height: int) -> list[Content]:
        if (lessons := self._lessons) is None:
            return []
        self._say_of_what(lessons.hidden_size, lessons.seq_length, self._taught_at)
        lines = (
            [*paragraph(broken_table.what_is_shown(lessons), width)[1:], Content()]
            if self.is_alone or height >= _ROOMY
            else []
        )
        lines += broken_table.table(lessons, self._fault, width)
        every = broken_table.lines(lessons, self._fault, width, every=True)
        if self.is_alone and len(lines) + len(every) <= height:
            return lines + every
        return lines + broken_table.lines(lessons, self._fault, width, every=False)

    def _update_lines(self, width: int) -> list[Content]:
        if (update := self._shown_update) is None:
            return []
        config = update.config
        streams = f", B = {config.batch_size:,}" * (config.batch_size > 1)
        fresh = "the state begins at 0" if update.fresh else ""
        self.footing = tuple(map(Content, (fresh, f"T = {config.seq_length:,}{streams}")))
        return one_update.lines(update, palette_of(self.app), glyphs(self.options.marker), width, alone=self.is_alone)

    def _say_of_what(self, hidden_size: int, seq_length: int, step: int | None) -> None:
        """When a check was made, and with which sizes."""
        of_another = self._hidden_size not in (None, hidden_size)
        when = "a new network" if of_another else "" if step is None else f"at step {step:,}"
        self.footing = tuple(map(Content, (when, f"m = {hidden_size}, T = {seq_length}, h₀ = 0, float64")))
