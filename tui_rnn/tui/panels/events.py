"""5 Events: those that leave no other trace on the screen, as checkpoints and warnings, newest on top."""

from collections import deque
from datetime import datetime

from textual.content import Content

from tui_rnn.engine.events import Checkpointed, Done, Event, Warned
from tui_rnn.engine.kinds import CheckpointKind
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.panels.base import ScreenOptions, TextPanel
from tui_rnn.tui.run_state import RunState
from tui_rnn.wording import ENDINGS

MOST_LINES = 200  # kept on the screen; events.jsonl keeps them all
_KINDS = {
    CheckpointKind.PERIODIC: "checkpoint",
    CheckpointKind.TIMED: "checkpoint",
    CheckpointKind.BEST: "best model",
    CheckpointKind.BEST_HELD_OUT: "best model by held-out loss",
    CheckpointKind.REQUESTED: "checkpoint",
    CheckpointKind.FINAL: "last checkpoint",
}


class EventList(TextPanel):
    """A line an event, with the time of day."""

    number = 5
    title = "Events"
    about = "Checkpoints, warnings and the end; events.jsonl in the run directory has every event."
    waiting = "No events yet"

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self._lines: deque[Content] = deque(maxlen=MOST_LINES)  # the newest first
        self._changed = False

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """Put it on top, if it is news."""
        if past:
            return
        match event:
            case Checkpointed():
                self.add(f"{_KINDS[event.kind]} of step {event.step:,} saved to {event.path}", datetime.now())
            case Warned():
                self.add(event.message, datetime.now(), warns=True)
            case Done():
                words = f"{ENDINGS[event.reason]} at step {event.step:,}, state sha256 {event.state_sha256}"
                self.add(words, datetime.now())

    def look(self, run: RunState) -> None:
        """Show what is new."""
        if self._changed:
            self._changed = False
            self.show_text(Content("\n").join(self._lines))

    def add(self, text: str, now: datetime, *, warns: bool = False) -> None:
        """Put a line on top."""
        line = Content.assemble(
            (f"{now:%H:%M:%S} ", "$text-muted"), (safe_text(text, one_line=True), "$text-warning" if warns else "")
        )
        self._lines.appendleft(line)
        self._changed = True
