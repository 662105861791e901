"""The sample screen: a beginning, temperatures side by side from one draw of random numbers; to read, copy or keep."""

from collections.abc import Callable
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content, Span
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, Static

from tui_rnn.engine.control import Control, SampleRequest
from tui_rnn.engine.events import Sample, SamplePiece
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.bindings import key, other_view, own_text
from tui_rnn.tui.column import Column
from tui_rnn.tui.footer import KeyBar
from tui_rnn.tui.keys import BACK, HELP, QUIT
from tui_rnn.tui.next_sample import TEMPERATURES, TOP_P, neighbour
from tui_rnn.tui.notices import copy, notify, takes_copies
from tui_rnn.tui.palette import palette_of
from tui_rnn.tui.run_state import RunState
from tui_rnn.tui.sample_grid import as_markdown
from tui_rnn.tui.screens.closes_once import ClosesOnce
from tui_rnn.tui.screens.mended import MendedScreen
from tui_rnn.tui.screens.over import follow_panels
from tui_rnn.tui.side_by_side import GRID_SIDE, Way, requests_for, ways_beside, ways_of_grid
from tui_rnn.tui.slider import Slider
from tui_rnn.wording import counted

_REPAINTS_PER_SECOND = 10
_SETTLED = 0.15  # seconds after the last move of a slider until it is written anew
_TYPED = ("again", "temperature", "top_p", "other_weights", "copy", "write", "own_text", "other_view")


MOST_BESIDE = 4  # temperatures side by side, where the terminal is wide
_GOES_ON = {
    **dict.fromkeys(("training", "checking", "compiling"), "training goes on"),
    "paused": "training is paused",
    "done": "training is done",
}


class SampleScreen(ClosesOnce, MendedScreen, ModalScreen[SampleRequest]):
    """Shows the pieces of its own requests as they come. Closed with the request to start the next one from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("s", "again", "another", "another sample", shown=True),
        own_text("begin with a text of your own"),
        other_view("grid", "a grid of temp and top-p, and back"),
        key("w", "write", "keep", "keep it as a file", shown=True),
        key("y", "copy", "copy", "copy the text", shown=True),
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
        key("ctrl+c", "copy_or_quit", "copy or quit", "copy what is selected, else quit"),
        HELP,
        QUIT,
        BACK,
    ]
    AUTO_FOCUS = "Column .body"
    covers: ClassVar[bool] = True
    name_shown: ClassVar[str] = "Sample"
    about: ClassVar[str] = "What the network writes at several temperatures, from one draw of random numbers."

    def __init__(
        self,
        control: Control,
        run: RunState,
        save: Callable[[str, str, str], Path],
        request: SampleRequest,
        top: Callable[[], int],
        *,
        keeps_grid: bool = False,
    ) -> None:
        """`save` writes a text under a name and a suffix into the run directory and says where; it raises OSError.

        `top` is the row below the header, which goes on above this screen. `keeps_grid`: it opens with the grid, and
        keeps it as a file once it is whole.
        """
        super().__init__()
        self._control, self._run, self._save, self._top = control, run, save, top
        self._request = request
        self._as_grid = self._keeps_grid = keeps_grid
        self._soon: Timer | None = None  # until it is asked for, after a slider was moved
        self._titles = ("", "")
        # Held, not looked up: where the app closes while this screen opens, it is drawn before it has any child.
        self._field = Input(request.prime, compact=True, select_on_focus=False, id="prime")
        self._hint = Static(markup=False, id="in-field")
        self._temperature = Slider("temp", TEMPERATURES, "surest", "wildest", is_bright=True, id="temp")
        self._top_p = Slider("top-p", TOP_P, "likeliest", "all", id="top-p")
        self._columns = [Column() for _ in range(GRID_SIDE**2)]
        self._texts = Container(*self._columns, id="written")
        self._box = Vertical(
            Horizontal(Static("Begin with", markup=False, id="begin-with"), self._field, self._hint, id="begin"),
            Horizontal(self._temperature, self._top_p, id="sliders"),
            self._texts,
            id="sampled",
        )

    def compose(self) -> ComposeResult:
        yield self._box
        yield KeyBar(("app.help", "back"), name_shown=self.name_shown)

    def on_mount(self) -> None:
        self._take_place()  # before it is painted, so that it never stands over the header
        follow_panels(self, self._take_place)
        self._ask(series=(self._request.series or 0) + 1)
        self._show_hint()
        self.set_interval(1 / _REPAINTS_PER_SECOND, self._draw)

    def on_resize(self) -> None:
        before = self._shown
        self._take_place()
        if self.is_mounted and len(before) != len(self._ways()):
            self._ask()

    def _take_place(self) -> None:
        """Below the header, with what the terminal's size has room for."""
        self._box.styles.margin = (self._top(), 0, 0, 0)
        self.set_class(self.app.size.height >= 30, "-roomy")
        self.set_class(self.app.size.height < 24, "-low")
        self.set_class(self.app.size.width < 60, "-narrow")

    def show(self, event: Sample | SamplePiece) -> None:
        """Take a piece of one of this screen's requests, or the whole of it."""
        for column in self._shown:
            column.take(event)

    # What is asked for

    @property
    def _shown(self) -> list[Column]:
        return [column for column in self._columns if column.request is not None]

    @property
    def _chosen(self) -> Column:
        return next((column for column in self._shown if column.is_chosen), self._columns[0])

    @property
    def _is_whole(self) -> bool:
        return self._chosen.sample is not None and all(column.is_whole for column in self._shown)

    def _ways(self) -> list[Way]:
        """The temperature and top-p of each text: rows of a grid, or temperatures side by side."""
        temp, top_p = self._request.temperature, self._request.top_p
        if self._as_grid:
            return ways_of_grid(temp, top_p)
        width = self.app.size.width
        count = MOST_BESIDE if width >= 100 else 2 if width >= 60 else 1
        return ways_beside(temp, top_p, count)

    def _ask(self, **changes: object) -> None:
        """Ask for texts with these changes, in place of those that may still be coming."""
        if self._soon is not None:
            self._soon.stop()
            self._soon = None
        self._request = replace(self._request, **changes)  # type: ignore[arg-type]
        asked = requests_for(self._request, self._ways())
        for column, request in zip_longest(self._columns, asked):
            column.begin(request)
            column.display = request is not None
        for each in sorted(asked, key=lambda each: each.in_pieces):  # the chosen one first
            self._control.post(each)
        self._texts.styles.grid_size_columns = GRID_SIDE if self._as_grid else len(asked)
        self._temperature.value, self._top_p.value = self._request.temperature, self._request.top_p
        self.refresh_bindings()
        self._draw()

    def _ask_soon(self, **changes: object) -> None:
        """Ask once the sliders rest; what is being written is no longer wanted."""
        self._request = replace(self._request, **changes)  # type: ignore[arg-type]
        self._temperature.value, self._top_p.value = self._request.temperature, self._request.top_p
        for column in self._shown:
            column.cancel()
        if self._soon is not None:
            self._soon.stop()
        self._soon = self.set_timer(_SETTLED, self._ask)

    # What is shown

    def _draw(self) -> None:
        if not self.is_attached:
            return
        palette, words = palette_of(self.app), self._run.book.words if self._run.book else None
        for column in self._shown:
            column.draw(palette, words, names_top_p=self._as_grid)
        if self._keeps_grid and self._is_whole:
            self._keeps_grid = False
            self.action_write()
        room = self.app.size.width - 8
        titles = (
            first_that_fits(self._titles_wanted(), room - len("Sample  ")),
            first_that_fits(self._progress(), room),
        )
        if titles != self._titles:
            self._titles = titles
            title, progress = f"Sample  {titles[0]}", titles[1]
            spans = [Span(0, len("Sample"), "bold"), Span(len("Sample"), len(title), palette.muted)]
            self._box.border_title = Content(title, spans)
            self._box.border_subtitle = Content(progress, [Span(0, len(progress), palette.muted)])

    def _titles_wanted(self) -> list[str]:
        """What wrote, and whether training goes on meanwhile: in full, and shorter.

        Of a run that is viewed it is a checkpoint, whose step is known once it has written.
        """
        sample, state = self._chosen.sample, self._run.state
        model = sample.model if sample else self._request.model
        if self._run.is_viewed and model == "live":
            model = "latest saved"
        step = sample.step if sample else None if self._run.is_viewed else self._run.step
        wrote = f"{model} weights" + (f" at step {step:,}" if step is not None else "")
        goes_on = _GOES_ON.get(state, "")
        return [f"{wrote} · {goes_on}", wrote, f"{model} weights"] if goes_on else [wrote, f"{model} weights"]

    def _progress(self) -> list[str]:
        """How much is written, then what the keys take: in full, and shorter."""
        shown = self._shown
        length = counted(self._request.length * len(shown), "character")
        written = sum(column.written for column in shown)
        if sum(column.is_whole for column in shown) < len(shown):
            return [f"{written:,} of {length}"]
        others = ", . other temperatures" if len(shown) < MOST_BESIDE else ""
        if len(shown) == 1:
            return [f"{length} · {others}", length]
        each = f"{counted(self._request.length, 'character')} each, by the same random numbers"
        temp = f"temp {self._request.temperature:g}"
        if self._as_grid:
            taken = f"y copies {temp}, top-p {self._request.top_p:g}; w keeps the grid"
            return [f"{each} · {taken}", taken, length]
        taken = f"y and w take {temp}"
        if others:
            return [f"{length} · {taken} · {others}", others, length]
        return [f"{each} · {taken}", each, length]

    def _show_hint(self) -> None:
        """What the field is for, or what in it the network cannot read."""
        palette = palette_of(self.app)
        unknown = self._unknown(self._field.value)
        if unknown:
            words = f"{', '.join(unknown[:3])}: not in the book"
            self._hint.update(Content.styled(safe_text(words, one_line=True), palette.error))
        else:
            words = "enter: write   tab: to the sliders" if self._field.has_focus else "i: type a beginning"
            self._hint.update(Content.styled(words, palette.dim))

    def _unknown(self, prime: str) -> list[str]:
        """The characters that the network has never read."""
        known = self._run.book.characters if self._run.book else prime
        return sorted(set(prime) - set(known))

    # What the keys ask for

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the field letters are letters."""
        return not (action in _TYPED and self._field.has_focus)

    def on_descendant_focus(self) -> None:
        self._show_hint()
        self.refresh_bindings()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show_hint()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write after what was typed, and leave the field."""
        if not self._unknown(event.value):
            self._ask(prime=event.value)
            self._leave_field()

    def on_input_blurred(self, event: Input.Blurred) -> None:
        """Write after what was typed, where the field is left for the sliders."""
        if self.is_current and event.value != self._request.prime and not self._unknown(event.value):
            self._ask(prime=event.value)

    def _leave_field(self) -> None:
        self.set_focus(self._columns[0].query_one(".body"))

    def action_own_text(self) -> None:
        self.set_focus(self._field)

    def action_back(self) -> None:
        """Out of the field or the sliders, and then out of this screen."""
        if isinstance(self.focused, Input | Slider):
            self._field.value = self._request.prime
            self._leave_field()
            return
        for column in self._columns:
            column.cancel()
        self.dismiss(self._request)

    def action_again(self) -> None:
        self._ask(series=(self._request.series or 0) + 1)

    def action_other_weights(self) -> None:
        self._ask(model="live" if self._request.model == "best" else "best")

    def action_other_view(self) -> None:
        """Temperatures side by side, or a grid of temperatures and top-p."""
        self._as_grid = not self._as_grid
        self._ask()

    def action_temperature(self, change: int) -> None:
        self._ask_soon(temperature=neighbour(TEMPERATURES, self._request.temperature, change))

    def action_top_p(self, change: int) -> None:
        self._ask_soon(top_p=neighbour(TOP_P, self._request.top_p, change))

    def on_slider_moved(self, message: Slider.Moved) -> None:
        self._ask_soon(**{"temperature" if message.slider is self._temperature else "top_p": message.value})

    def action_copy(self) -> None:
        """Copy the selection, or the chosen text, in the safe form that is on the screen."""
        text = self.get_selected_text() or safe_text(self._chosen.text)
        if takes_copies():
            copy(self.app, text, "w keeps a file")
            self.clear_selection()
        else:
            self.action_write()

    async def action_copy_or_quit(self) -> None:
        """Copy a selection; without one ctrl+c means quit, here as everywhere."""
        if self.get_selected_text():
            self.action_copy()
        else:
            await self.app.action_quit()

    def action_write(self) -> None:
        """Keep in the run directory: the chosen text as the network wrote it, or the grid as a page of Markdown."""
        sample = self._chosen.sample
        if sample is None or (self._as_grid and not self._is_whole):
            notify(self.app, "The sample is not complete yet", severity="warning")
            return
        name = f"step-{sample.step:08}-{sample.model}"
        if self._as_grid:
            texts = [(column.request, column.text, column.bits_per_char) for column in self._shown if column.request]
            words = self._run.book.words if self._run.book else None
            name, suffix, text = f"grid-{name}", ".md", as_markdown(sample, texts, words, self._run.config.seq_length)
        else:
            name, suffix, text = f"{name}-T{sample.temperature:g}-p{sample.top_p:g}", ".txt", sample.text
        try:
            path = self._save(name, text, suffix)
        except OSError as error:
            notify(self.app, f"Not saved: {error.strerror}", severity="error")
        else:
            notify(self.app, str(path), title="Saved")


def first_that_fits(wanted: list[str], width: int) -> str:
    """The first of these that has room; nothing where none has."""
    return next((words for words in wanted if len(words) <= width), "")
