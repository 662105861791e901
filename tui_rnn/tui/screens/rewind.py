"""Back to a checkpoint of the run, as a run of its own, whose curve will stand beside this one's."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_rnn.engine.adjustments import Hyperparameters
from tui_rnn.engine.errors import ConfigError
from tui_rnn.tui.bindings import key
from tui_rnn.tui.footer import Named
from tui_rnn.tui.run_state import RunState
from tui_rnn.tui.screens.over import FootScreen
from tui_rnn.tui.steering import OF_A_NUMBER, parsed
from tui_rnn.wording import counted, figure, setting_text

_KEPT = "As a new run. This one is saved and kept; its curve lies over the new one's."
_REPEATS = "Nothing is changed: this repeats the run. Type another eta, or enter again."


class RewindScreen(FootScreen[tuple[int, float]]):
    """Answers with the step and the learning rate to go on with, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("tab", "app.focus_next", "the list, eta", "to the list, to the field of eta", shown=True),
    ]
    AUTO_FOCUS = "OptionList"
    name_shown = "Rewind"
    about = (
        "A new run goes on from the checkpoint, in a folder of its own, with the learning rate that stands there. The "
        "run at hand is saved and kept, and its curve lies over the new one's."
    )
    footer = (Named("enter", "go back", "screen.choose"),)

    def __init__(self, run: RunState, steps: Sequence[int], typed: str = "") -> None:
        """`steps` of its checkpoints, ascending, at least one; `typed` is what was typed of a learning rate by then."""
        super().__init__()
        self._run, self._steps = run, steps[::-1]
        self._list = OptionList(*(Option(self._row(step)) for step in self._steps), markup=False, compact=True)
        self._list.highlighted = 0
        self.box.border_subtitle = Content(counted(len(steps), "checkpoint"))  # of which some are scrolled out of sight
        self._eta = Input(setting_text("eta", run.hyperparameters.eta), compact=True, max_length=24)
        self._note = Static(markup=False, classes="note")
        self._words = Static(_KEPT, markup=False)
        self._asked = False  # whether a mere repeat is wanted
        self._begun_with = typed

    def body(self) -> Iterable[Widget]:
        yield self._list
        with Horizontal(classes="setting"):
            yield Static("with eta", markup=False, classes="label")
            yield self._eta
            yield self._note
        yield self._words

    def _row(self, step: int) -> Content:
        """A checkpoint, and the loss there as far as it is known."""
        series = self._run.series()
        words = Content(f"step {step:>9,}")
        at = bisect_right(series.steps, step) - 1  # the last point of the history by then
        if at < 0:
            return words
        where = "" if series.steps[at] == step else f" at step {series.steps[at]:,}"
        return words + f"   {figure(series.smooth[at], 3)} nats/char{where}"

    def on_mount(self) -> None:
        super().on_mount()
        if self._begun_with:
            self._type_on(self._begun_with)

    def on_key(self, event: Key) -> None:
        """A number that is typed into the list is meant for the field of eta."""
        typed = event.character or ""
        if self.focused is self._list and typed in OF_A_NUMBER:
            event.stop()
            self._type_on(typed)

    def _type_on(self, typed: str) -> None:
        """Go on in the field of eta with what was typed elsewhere."""
        self._eta.value, self._eta.cursor_position = typed, 1
        self._eta.select_on_focus = False  # else the next key would take the place of this one
        self._eta.focus()

    @on(Input.Blurred)
    def _left(self) -> None:
        self._eta.select_on_focus = True

    @on(OptionList.OptionHighlighted)
    def _chosen(self) -> None:
        self._ask(False)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._ask(False)
        try:
            self._value()
        except ConfigError as error:
            self._note.update(Content.styled(f"✖ {error}", "$error"))
        else:
            self._note.update("")

    def _value(self) -> float:
        config = self._run.config
        return float(parsed("eta", self._eta.value, Hyperparameters.of(config), config))

    @on(OptionList.OptionSelected)
    @on(Input.Submitted)
    def action_choose(self) -> None:
        """Go back to the checkpoint in the list, unless eta is no learning rate; where it is a repeat, ask first."""
        try:
            eta = self._value()
        except ConfigError:
            self._typed()
            self._eta.focus()
        else:
            step = self._steps[self._list.highlighted or 0]
            if self._repeats(step, eta) and not self._asked:
                self._ask(True)
            else:
                self.dismiss((step, eta))

    def _repeats(self, step: int, eta: float) -> bool:
        """Whether the new run would be this one again: with its eta, and nothing was changed since that step."""
        now = self._run.hyperparameters.eta
        same = setting_text("eta", eta) == setting_text("eta", now)
        return same and all(change.step < step for change in self._run.adjusted)

    def _ask(self, asked: bool) -> None:
        """Ask whether a repeat is wanted, or no longer."""
        self._asked = asked
        self._words.update(Content.styled(_REPEATS, "$text-warning") if asked else _KEPT)
