"""9 Run: what is trained on what, how, and in which folder it is kept; below it what happened, newest on top."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from tui_rnn.engine.events import Event
from tui_rnn.engine.joined_text import short_name
from tui_rnn.engine.text import held_out_length
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.bindings import other_view
from tui_rnn.tui.panels.base import ScreenOptions, TextPanel
from tui_rnn.tui.panels.event_lines import EventLine, line_of, past_lines
from tui_rnn.tui.run_state import RunState
from tui_rnn.wording import (
    counted,
    duration_text,
    figure,
    goal_text,
    kernel_text,
    part_text,
    rate_text,
    recipe_text,
)

MOST_LINES = 200  # kept on the screen; events.jsonl keeps them all
FEW = ("run", "text", "held out", "network", "recipe")  # what a place of a few rows has
_MANY_ROWS = 16  # from here on there is room for all facts above the events
_NAME_WIDTH = 10


class RunPanel(TextPanel):
    """Names and values in two columns, then a line an event."""

    number = 9
    title = "Run"
    about = (
        "What is trained on what, how, and in which folder it is kept; below it checkpoints, samples, warnings and "
        "the end as they come, and those from before this process, without their time. events.jsonl in that folder has "
        "every event."
    )
    waiting = "Reading corpus…"
    nothing = "The log of this run does not say what it was."
    BINDINGS: ClassVar[list[BindingType]] = [
        other_view("paths", "the events with their paths, or without"),
    ]

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self._facts: Mapping[str, str] = {}
        self._lines: deque[EventLine] = deque(maxlen=MOST_LINES)  # the newest first
        self._past: list[Event] = []  # that has no line yet
        self._in_full = False
        self._changed = False

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """Put it on top, if it is news; else keep it for the first look."""
        if past:
            self._past.append(event)
            return
        before = self._lines[0] if self._lines else None
        line = line_of(event, datetime.now(), before)
        if line is None:
            return
        if line.joins:
            self._lines.popleft()
        self._put(line)

    def add(self, text: str, now: datetime, *, warns: bool = False) -> None:
        """Put words on top that are no event's."""
        self._put(EventLine(text, now, warns=warns))

    def look(self, run: RunState) -> None:
        """Show the facts as they are now, and what is new."""
        if self._past:
            room = MOST_LINES - len(self._lines)
            self._lines.extend(past_lines(self._past)[:room])
            self._past.clear()
            self._changed = True
        self.show(facts(run))
        if self._changed:
            self._write()

    def show(self, facts: Mapping[str, str]) -> None:
        """Show these, in this order; the same once more costs nothing."""
        if facts != self._facts:
            self._facts = facts
            self._write()

    def action_other_view(self) -> None:
        """The events with their paths, or without."""
        self._in_full = not self._in_full
        self._write()

    def on_resize(self) -> None:
        self.call_after_refresh(self._write)  # during a resize Textual loses a request for a new layout

    def _put(self, line: EventLine) -> None:
        self._lines.appendleft(line)
        self._changed = True

    def _write(self) -> None:
        if not (self._facts or self._lines):
            return
        self._changed = False
        self.footing = (Content.styled("newest on top", "$dim"),) if self._lines else ()
        region = self.scrollable_content_region
        width = max(1, region.width)
        rows: list[Content] = []
        for name, value in self._facts.items():
            if region.height >= _MANY_ROWS or name in FEW or not set(FEW) & set(self._facts):
                rows += _fact(name, value, width)
        if rows and self._lines:
            rows.append(Content())
        for line in self._lines:
            rows += line.rows(width, in_full=self._in_full)
        self.show_text(Content("\n").join(rows))


def _fact(name: str, value: str, width: int) -> list[Content]:
    """A name and its value, which is as many rows as it needs."""
    words = Content(safe_text(value, one_line=True)).wrap(max(1, width - _NAME_WIDTH)) or [Content()]
    label = Content.styled(name.ljust(_NAME_WIDTH), "$dim")
    return [label + words[0], *(Content(" " * _NAME_WIDTH) + row for row in words[1:])]


def facts(run: RunState) -> dict[str, str]:
    """The run in names and values, the most telling first; none before it has begun.

    Of a run that is viewed and whose log does not say how it began, what its configuration says.
    """
    if run.started is None:
        return {"run": run.run, "text": short_name(run.config.corpus), **_made_of(run)} if run.is_viewed else {}
    config, started, live, held_out = run.config, run.started, run.picture, run.last_held_out
    corpus = started.corpus
    T, B = config.seq_length, config.batch_size
    size = f"{counted(corpus['characters'], 'character')}, K = {corpus['vocab_size']:,}"
    since = f", from step {corpus['begun_at']:,} on" if corpus.get("begun_at") else ""
    values = {"run": started.run, "text": f"{short_name(str(corpus['path']))}, {size}{since}"}
    if run.origin is not None:
        values["branch of"] = f"{run.origin.run}, from its step {run.origin.step:,} on"
    if run.twin_of is not None:
        values["twin of"] = run.twin_of
    if length := held_out_length(corpus["characters"], config.holdout):
        values["held out"] = f"its last {part_text(config.holdout)}, {counted(length, 'character')}"
    values |= _made_of(run)
    values["weights"] = counted(started.parameters, "parameter")
    if live is not None and live.best_step:
        values["best"] = f"{figure(live.best_smooth_loss / T, 3)} nats/char, step {live.best_step:,}"
        if held_out is not None and held_out.best_step is not None:
            values["best"] += f"; held out {figure(held_out.best_nats_per_char, 3)}, step {held_out.best_step:,}"
    if live is not None:
        values["trained"] = duration_text(live.elapsed_seconds)
        if rate := run.updates_per_second:
            values["speed"] = f"{rate_text(rate)} updates/s, {rate_text(rate * T * B)} characters/s"
    if files := corpus.get("files"):
        values["text files"] = ", ".join(str(file["path"]) for file in files)
    else:
        values["text file"] = str(corpus["path"])
    return values


def _made_of(run: RunState) -> dict[str, str]:
    """Network, recipe and length."""
    config = run.config
    sizes = f"m = {config.hidden_size:,}, T = {config.seq_length:,}, B = {config.batch_size:,}"
    schedule = "" if config.schedule == "constant" else f", {config.schedule}"
    return {
        "network": f"{config.cell.upper()}, {sizes}, {config.dtype}{kernel_text(config)}",
        "recipe": recipe_text(config) + schedule,
        "length": goal_text(run.goal),
    }
