"""A run again with an option changed: what is typed is held to its options at once, and shown as what differs."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from tui_rnn import command_words
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import ConfigError
from tui_rnn.runs.twin import changed
from tui_rnn.safe_text import safe_text
from tui_rnn.setting_words import setting_value
from tui_rnn.started_as import program as started_as
from tui_rnn.tui.footer import Named
from tui_rnn.tui.screens.over import FootScreen
from tui_rnn.typed_options import Value, options_in

_MOST_TYPED = 200  # characters
_EXAMPLE = "seq_length 50"
_HOW = "Options and their values. m, T, B and L are hidden_size, seq_length, batch_size and layers."
_NOTHING = "Nothing is changed: type an option and another value, as in seq_length 50."


class AgainScreen(FootScreen[dict[str, Any]]):
    """Answers with the options that are to be others, as `changed` takes them, or with None."""

    AUTO_FOCUS = "Input"
    name_shown = "Again, changed"
    about = (
        "A new run with the options of that one but for those that are typed, on the same text, from its first step. "
        "That one stays as it is, and its curve lies over the new one's."
    )
    footer = (Named("enter", "train", "screen.train"),)

    def __init__(self, run: str, begun: RunConfig) -> None:
        """`begun` are the options that the run began with."""
        super().__init__()
        self._run, self._begun = run, begun
        self._field = Input(placeholder=_EXAMPLE, compact=True, max_length=_MOST_TYPED)
        self._differs = Static(markup=False, classes="differs")
        self._command = Static(markup=False, classes="command")

    def body(self) -> Iterable[Widget]:
        yield Static(safe_text(self._run, one_line=True), markup=False)
        with Horizontal(classes="setting"):
            yield Static("again with", markup=False, classes="label")
            yield self._field
        yield self._differs
        yield self._command

    def on_mount(self) -> None:
        super().on_mount()
        self._typed()

    @on(Input.Changed)
    def _typed(self) -> None:
        """Say what differs by what stands in the field, and the command that does the same; or why it cannot be."""
        try:
            words = options_in(self._field.value)
            differs = differences(self._begun, changed(self._begun, _changes(words)))
        except ConfigError as error:
            words = {}
            self._differs.update(Content.styled(f"✖ {safe_text(str(error), one_line=True)}", "$text-error"))
        else:
            said = Content.styled(", ".join(differs), "$text-accent") if differs else Content.styled(_HOW, "$dim")
            self._differs.update(said)
        self._command.display = bool(words)
        command = shlex.join(command_words.again(self._run, words))
        self._command.update(safe_text(command.replace("tui-rnn", started_as(), 1), one_line=True))

    @on(Input.Submitted)
    def action_train(self) -> None:
        """Train it, unless nothing differs or something cannot be used."""
        try:
            changes = _changes(options_in(self._field.value))
            is_another = changed(self._begun, changes) != self._begun
        except ConfigError:
            return
        if is_another:
            self.dismiss(changes)
        else:
            self._differs.update(Content.styled(_NOTHING, "$text-warning"))


def _changes(typed: Mapping[str, Value]) -> dict[str, Any]:
    """What was typed as `changed` takes it, where a clip of none is 0."""
    return {name: 0 if value is None else value for name, value in typed.items()}


def differences(before: RunConfig, after: RunConfig) -> list[str]:
    """What differs between two configurations, as `seq_length 25 → 50`."""
    pairs = ((each.name, getattr(before, each.name), getattr(after, each.name)) for each in fields(RunConfig))
    return [f"{name} {setting_value(name, a)} → {setting_value(name, b)}" for name, a, b in pairs if a != b]
