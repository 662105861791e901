"""The sample screen: 1000 characters stream in, of the live weights or the best model; to read, copy or save."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event as Flag
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_rnn.engine.control import Control, SampleRequest
from tui_rnn.engine.events import Sample, SamplePiece
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.bindings import key
from tui_rnn.tui.footer import KeyBar
from tui_rnn.tui.keys import BACK, QUIT
from tui_rnn.tui.notices import copy, notify
from tui_rnn.tui.screens.mixins import ClosesOnce, FitsTerminal
from tui_rnn.wording import counted, loss_text

TEMPERATURES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5, 2.0)
TOP_P = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
_REPAINTS_PER_SECOND = 20


class SampleScreen(ClosesOnce, FitsTerminal, ModalScreen[SampleRequest]):
    """Shows the pieces of its own request as they come. Closed with the request to start the next one from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("s", "again", "another", "another sample", shown=True),
        key("comma,left_square_bracket", "temperature(-1)", "temp", "temp lower, higher", display=", .", shown=True),
        key("full_stop,right_square_bracket", "temperature(1)", "temp", "temp lower, higher", display=", ."),
        key(
            "semicolon,left_curly_bracket,less_than_sign",
            "top_p(-1)",
            "top-p",
            "top-p lower, higher",
            display="; :",
            shown=True,
        ),
        key("colon,right_curly_bracket,greater_than_sign", "top_p(1)", "top-p", "top-p lower, higher", display="; :"),
        key("b", "other_weights", "best weights", "best weights, live weights", shown=True),
        key("y", "copy", "copy", "copy the text", shown=True),
        key("w", "write", "keep", "keep it as a file", shown=True),
        key("ctrl+c", "copy_or_quit", "copy or quit", "copy what is selected, else quit"),
        QUIT,
        BACK,
    ]
    AUTO_FOCUS = "#sampled"

    def __init__(
        self, control: Control, seq_length: int, save: Callable[[str, str], Path], request: SampleRequest
    ) -> None:
        """`save` writes a text under a name into the run directory and says where; it raises OSError."""
        super().__init__()
        self._control, self._seq_length, self._save = control, seq_length, save
        self._request = request
        self._pieces: list[str] = []
        self._sample: Sample | None = None
        self._drawn: tuple[int, Sample | None] = (-1, None)  # pieces, and the whole, that stand on the screen
        # Held, not looked up: where the app closes while this screen opens, it is drawn before it has any child.
        self._text = Static(id="text", markup=False)
        self._box = VerticalScroll(self._text, id="sampled")

    def compose(self) -> ComposeResult:
        yield self._box
        yield KeyBar(("back",), name_shown="Sample", id="keys")

    def on_mount(self) -> None:
        self._ask()
        self.set_interval(1 / _REPAINTS_PER_SECOND, self._draw)

    def show(self, event: Sample | SamplePiece) -> None:
        """Take a piece of this screen's request, or the whole of it."""
        if event.request != self._request.number:
            return
        if isinstance(event, Sample):
            self._sample = event
        else:
            self._pieces.append(event.text)

    def _ask(self, **changes: object) -> None:
        """Ask for a sample with these changes, in place of the one that may still be coming."""
        self._request.cancelled.set()
        fresh = SampleRequest(self._request.length)
        self._request = replace(
            self._request,
            number=fresh.number,
            cancelled=Flag(),
            **changes,  # type: ignore[arg-type]
        )
        self._pieces, self._sample, self._drawn = [], None, (-1, None)
        self._control.post(self._request)
        self._draw()

    def _draw(self) -> None:
        if self._drawn == (now := (len(self._pieces), self._sample)):
            return
        self._drawn = now
        box, request = self._box, self._request
        box.border_title = Content(
            f"Sample · temp {request.temperature:g} · top-p {request.top_p:g} · {request.model} weights"
        )
        text = "".join(self._pieces)
        run_state = f"{len(text):,} of {counted(request.length, 'character')}"
        box.border_subtitle = Content(self._origin(self._sample) if self._sample else run_state)
        waiting = Content.styled("Writing…", "$text-muted")
        self._text.update(Content(safe_text(text)) if text else waiting)

    def _origin(self, sample: Sample) -> str:
        loss = loss_text(sample.smooth_loss, self._seq_length)
        return f"{sample.model} weights at step {sample.step:,}, smooth loss {loss}"

    def action_back(self) -> None:
        self._request.cancelled.set()
        self.dismiss(self._request)

    def action_again(self) -> None:
        self._ask()

    def action_other_weights(self) -> None:
        self._ask(model="live" if self._request.model == "best" else "best")

    def action_temperature(self, change: int) -> None:
        self._ask(temperature=neighbour(TEMPERATURES, self._request.temperature, change))

    def action_top_p(self, change: int) -> None:
        self._ask(top_p=neighbour(TOP_P, self._request.top_p, change))

    def action_copy(self) -> None:
        """Copy the selection, or all of it, in the safe form that is on the screen."""
        text = self.get_selected_text() or safe_text("".join(self._pieces))
        copy(self.app, text)
        self.clear_selection()

    async def action_copy_or_quit(self) -> None:
        """Copy a selection; without one ctrl+c means quit, here as everywhere."""
        if self.get_selected_text():
            self.action_copy()
        else:
            await self.app.action_quit()

    def action_write(self) -> None:
        """Save the text as the network wrote it into the run directory."""
        sample = self._sample
        if sample is None:
            notify(self.app, "The sample is not complete yet", severity="warning")
            return
        name = f"step-{sample.step:08}-{sample.model}-T{sample.temperature:g}-p{sample.top_p:g}"
        try:
            path = self._save(name, sample.text)
        except OSError as error:
            notify(self.app, f"Not saved: {error.strerror}", severity="error")
        else:
            notify(self.app, str(path), title="Saved")


def neighbour(values: tuple[float, ...], value: float, change: int) -> float:
    """The value `change` places further in `values`, or the outermost."""
    return values[min(max(values.index(value) + change, 0), len(values) - 1)]
