"""4 Health: what is well with the network and what is not, what its units do, and how far back its gradient comes."""

import time
from collections import deque
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from tui_rnn.engine.control import ObserveRequest
from tui_rnn.engine.events import Event, Observed
from tui_rnn.tui.bindings import COPY, other_view
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.panels.grid import GridPanel
from tui_rnn.tui.run_state import RunState
from tui_rnn.wording import duration_text

if TYPE_CHECKING:  # instruments are of NumPy, for which the first frame does not wait
    from tui_rnn.engine.config import RunConfig
    from tui_rnn.engine.findings import Said
    from tui_rnn.engine.instruments.beat import Beat
    from tui_rnn.tui.drawing.health_figures import Measured

_SECONDS, _BEAT_SECONDS = 0.5, 2.0  # between two measurements
_ORDER_SECONDS = 10.0  # for which the units of the bitmap stay where they are
_MOST = 240  # measurements kept


class HealthPanel(GridPanel):
    """Measures the next update on a copy, while it is on the screen."""

    number = 4
    title = "Health"
    about = (
        "Saturated units learn little; units that keep a beat tell nothing of the text. The gradient's share that "
        "arrives so many steps back says how far back it can learn from."
    )
    waiting = "Measured twice a second while this panel is on the screen."
    BINDINGS: ClassVar[list[BindingType]] = [
        COPY,
        other_view("values, saturation", "hidden values, or how saturated they are"),
    ]

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self._measured: deque[Measured] = deque(maxlen=_MOST)
        self._beat: Beat | None = None
        self._norms: dict[str, float] = {}
        self._ordered_at = -inf
        self._config: RunConfig | None = None
        self._values = True  # whether the bitmap shows them
        self._changed = False

    def wants(self) -> tuple[ObserveRequest, ...]:
        """The next update, twice a second; the units over some text, which is dearer, less often."""
        norms = ObserveRequest("parameter_norms", _BEAT_SECONDS)
        return ObserveRequest("health", _SECONDS), ObserveRequest("beat", _BEAT_SECONDS), norms

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """Take what was measured."""
        match event:
            case Observed(name="health"):
                from tui_rnn.tui.drawing.health_figures import Measured

                radius = self._beat.spectral_radius if self._beat is not None else None
                self._measured.append(Measured(time.monotonic(), event.value, radius))
            case Observed(name="beat"):
                self._take_beat(event.value)
            case Observed(name="parameter_norms"):
                self._norms = {each.parameter: each.norm for each in event.value}
            case _:
                return
        self._changed = True

    def _take_beat(self, beat: "Beat") -> None:
        """Units stay where they are in the bitmap for a while, to be followed by the eye."""
        now = time.monotonic()
        if self._beat is not None and now < self._ordered_at + _ORDER_SECONDS:
            beat = replace(beat, order=self._beat.order)
        else:
            self._ordered_at = now
        self._beat = beat
        if self._measured:
            self._measured[-1] = replace(self._measured[-1], radius=beat.spectral_radius)

    def watch_is_alone(self) -> None:
        """Its border says other things then."""
        if self.is_attached:
            self._show()

    def look(self, run: RunState) -> None:
        """Paint what is new."""
        self._config = run.config
        if self._changed:
            self._changed = False
            self._show()

    def _show(self) -> None:
        if self._measured:
            m = self._measured[-1].health.hidden.shape[1]
            heading = Content(f"{m:,} hidden unit{'s' * (m > 1)}")
            self.heading = () if self.is_alone else (heading,)
            seconds = self._measured[-1].at - self._measured[0].at
            so_far = f"; courses of the last {duration_text(seconds)}" if seconds >= 2 else ""
            self.footing = (Content(f"the next update, made on a copy{so_far}"),) if self.is_alone else ()
        self.repaint()

    def said(self) -> "tuple[Said, ...]":
        """The findings as they are now; none before enough updates were made."""
        from tui_rnn.engine.findings import READY, findings

        if not self._measured or self._config is None or self._measured[-1].health.step < READY:
            return ()
        return findings(self._config, self._measured[-1].health, self._beat)

    def paint(self, grid: Grid, palette: Palette) -> None:
        if not self._measured:
            self.paint_waiting(grid, palette)
            return
        from tui_rnn.tui.drawing.glyphs import glyphs
        from tui_rnn.tui.drawing.health import draw

        draw(
            grid,
            palette,
            glyphs(self.options.marker),
            self.said(),
            tuple(self._measured),
            self._beat,
            values=self._values,
            norms=self._norms,
        )

    def action_other_view(self) -> None:
        """Hidden values, or how saturated they are."""
        self._values = not self._values
        self.repaint()

    def text_to_copy(self) -> str:
        """The findings, in plain words."""
        return "\n".join(f"{each.what}: {each.remedy}." for each in self.said())
