"""The form of the hyperparameters: each can be changed while the run trains, and is seen to work behind the form."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from tui_rnn.engine.control import AdjustRequest, Control
from tui_rnn.engine.errors import ConfigError
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.bindings import key
from tui_rnn.tui.footer import Named
from tui_rnn.tui.panels.rim import fitted
from tui_rnn.tui.run_state import RunState
from tui_rnn.tui.screens.over import FootScreen
from tui_rnn.tui.steering import OF_A_NUMBER, SCHEDULED, Setting, change_text, parsed, why_not
from tui_rnn.wording import setting_text

_LOOK_SECONDS = 0.25  # between two looks at whether a change has been made
_MOST_TYPED = 24  # characters
_CHOOSES = "the field above, the field below"


class _Field(Input):
    """A field that is submitted by the Enter that was typed into it.

    Textual looks for the binding of a key later, and of many keys at once the last ones may have moved the focus by
    then.
    """

    async def _on_key(self, event: Key) -> None:
        if event.key == "enter":
            event.stop()
            await self.action_submit()
        else:
            await super()._on_key(event)


class SettingRow(Horizontal):
    """A hyperparameter: its name, a field with its value, and what is to be said of it."""

    def __init__(self, setting: Setting, run: RunState) -> None:
        super().__init__(classes="setting")
        self.setting, self._run = setting, run
        self.field = _Field(self._now, compact=True, max_length=_MOST_TYPED, select_on_focus=True)
        self._note = Static(markup=False, classes="note")
        self._said = Content()
        self._asked = False  # for what stands in the field

    def compose(self) -> ComposeResult:
        yield Static(self.setting.label, markup=False, classes="label")
        yield self.field
        yield self._note

    @property
    def _now(self) -> str:
        return setting_text(self.setting.name, getattr(self._run.hyperparameters, self.setting.name))

    def look(self) -> str:
        """Say what is so now; returns what there is no room for beside the field."""
        room = max(0, self._note.content_size.width)
        parts, style, fault = self._words()
        note = fitted([Content.styled(part, style) for part in parts], room)
        if (note.plain, note.spans) != (self._said.plain, self._said.spans):
            self._said = note
            self._note.update(note)
        return "" if note or not fault else parts[0]

    def request(self) -> AdjustRequest | None:
        """What is asked for by what stands in the field; None where that changes nothing or cannot be used."""
        run, name = self._run, self.setting.name
        try:
            value = parsed(name, self.field.value, run.hyperparameters, run.config)
        except ConfigError:
            return None
        if why_not(run) or value == getattr(run.hyperparameters, name):
            return None
        self._asked = True
        return AdjustRequest(name, value, run.step)

    def typed(self) -> None:
        """Something else stands in the field."""
        self._asked = False

    def take_back(self) -> bool:
        """Put the value in force in place of what is being typed; returns whether anything was."""
        if self._asked or self.field.value == self._now:
            return False
        self.field.value = self._now
        self.field.action_select_all()
        return True

    def _words(self) -> tuple[Sequence[str], str, bool]:
        """What is to be said, in parts, its colour, and whether it is a fault."""
        run, setting = self._run, self.setting
        now = getattr(run.hyperparameters, setting.name)
        if self.field.value == self._now:
            self._asked = False
            if changes := [event for event in run.adjusted if event.name == setting.name]:
                change = change_text(setting.name, changes[-1].before, changes[-1].value)[0]
                return [change, f"from step {changes[-1].step + 1:,} on"], "$text-success", False
            return setting.about, "", False
        try:
            value = parsed(setting.name, self.field.value, run.hyperparameters, run.config)
        except ConfigError as error:
            return [f"✖ {safe_text(str(error), one_line=True)}"], "$error", True
        if value == now:
            return setting.about, "", False
        words = change_text(setting.name, now, value)
        if why_not(run):
            return words, "", False
        return [words[0], "asked for" if self._asked else "enter changes it", *words[1:]], "$text-accent", False


class SteerScreen(FootScreen[str]):
    """Rows of fields at the foot of the screen. Where the run is to be rewound, answers with what was typed for that.

    esc takes back what is being typed; without that it leaves, and what was typed elsewhere and not asked for is
    forgotten.
    """

    BINDINGS: ClassVar[list[BindingType]] = [  # before the field, whose text could scroll
        replace(key("up", "choose(-1)", "choose", _CHOOSES, display="↑ ↓", shown=True), priority=True),
        replace(key("down", "choose(1)", "choose", _CHOOSES, display="↑ ↓"), priority=True),
        key("home", "choose(-99)", "first field", "from Rewind, to the first field"),
    ]
    AUTO_FOCUS = "Input"
    name_shown = "Hyperparameters"
    about = (
        "What is changed here holds from the next update on. It is logged and is part of the run's state, so that the "
        "run can be made again to the last bit. Another change undoes it."
    )
    footer = (Named("enter", "change", "screen.change"),)

    def __init__(self, run: RunState, control: Control) -> None:
        super().__init__()
        self._run, self._control = run, control
        self.rows = [SettingRow(setting, run) for setting in SCHEDULED]
        self._why_not = Static(markup=False, classes="why-not")

    def body(self) -> Iterable[Widget]:
        yield from self.rows
        yield Button("Rewind to a checkpoint …", id="rewind", compact=True)
        yield self._why_not

    def on_mount(self) -> None:
        super().on_mount()
        self._look()
        self.set_interval(_LOOK_SECONDS, self._look)

    def _look(self) -> None:
        """Say what is so by now."""
        faults = [fault for row in self.rows if (fault := row.look())]
        why = why_not(self._run) or " ".join(faults)
        self._why_not.display = bool(why)
        self._why_not.update(why)

    @on(Button.Pressed)
    def _rewind(self) -> None:
        self.dismiss("")

    def on_key(self, event: Key) -> None:
        """A number that is typed on Rewind is meant for the learning rate there."""
        if isinstance(self.focused, Button) and event.character in OF_A_NUMBER:
            event.stop()
            self.dismiss(event.character)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._row_of(event.input).typed()
        self._look()

    @on(Input.Submitted)
    def _asked(self, event: Input.Submitted) -> None:
        if (request := self._row_of(event.input).request()) is not None:
            self._control.post(request)
        self._look()

    def action_back(self) -> None:
        """Out of what is being typed, and then out of this form."""
        if not (isinstance(self.focused, Input) and self._row_of(self.focused).take_back()):
            super().action_back()

    def action_choose(self, by: int) -> None:
        """Go so many rows down, to the first or the last of them at most: Rewind is not met by going up."""
        rows: list[Widget] = [*(row.field for row in self.rows), self.query_one("#rewind", Button)]
        at = rows.index(self.focused) if self.focused in rows else 0
        self.set_focus(rows[max(0, min(at + by, len(rows) - 1))])

    async def action_change(self) -> None:
        """What enter does, for a click."""
        if isinstance(self.focused, Input):
            await self.focused.action_submit()
        elif isinstance(self.focused, Button):
            self.focused.press()

    def _row_of(self, field: Input) -> SettingRow:
        return next(row for row in self.rows if row.field is field)
