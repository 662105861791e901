"""The keys of the training screen: what the footer, the help and the command palette are made of."""

import signal
from collections.abc import Mapping
from dataclasses import replace

from textual.binding import Binding, BindingType

from tui_rnn.tui.panels import PANELS
from tui_rnn.tui.panels.base import Panel, key

# Windows has no such thing.
_STOP = [key("ctrl+z", "app.stop_process", "Shell", "back to the shell; fg comes back")] * hasattr(signal, "SIGTSTP")
ANYWHERE: list[BindingType] = [replace(each, priority=True) for each in _STOP]  # also on a modal screen over it


def keys_of(panels: Mapping[str, type[Panel]]) -> list[Binding]:
    """The keys of a screen with these panels: its own, and those that each panel names."""
    return [
        key("space", "pause", "Pause", "pause or resume", shown=True),
        key("space", "go_on", "Resume", "pause or resume", shown=True),
        key("p", "pause", "Pause", "pause or resume"),
        key("p", "go_on", "Resume", "pause or resume"),
        key("n", "one_step", "Step", "one update while paused", shown=True),
        key("e", "go_back", "Go back", "after a divergence: go back, eta halved", shown=True),
        key("s", "sample", "Sample", "sample 1000 characters", shown=True),
        key("c,ctrl+s", "checkpoint", "Checkpoint", "checkpoint now", display="c", shown=True),
        key("r", "report", "Report", "write the report of what there is so far"),
        key("g", "gradient_check", "Check", "gradient check now, of at most 100 units", shown=True),
        *(
            replace(each, action=f"in_panel({name!r}, {each.action!r})")  # its own action, wherever the focus is
            for name, panel in panels.items()
            for each in panel.keys
        ),
        key(
            "left_square_bracket", "temperature(-1)", "Bolder", "lower the temperature of the next sample", display="["
        ),
        key(
            "right_square_bracket", "temperature(1)", "Wilder", "raise the temperature of the next sample", display="]"
        ),
        *(
            key(str(panel.number), f"panel('{name}')", panel.title, f"go to panel {panel.number}, {panel.title}")
            for name, panel in panels.items()
        ),
        key("m,enter", "maximize_panel", "Maximise", "maximise the panel in focus", display="m"),
        key("escape", "back", "Back", "back from a maximised panel"),
        key("question_mark,f1", "help", "Help", "help: all keys", display="?", shown=True),
        key("q", "quit_training", "Quit", "quit; asks only where something is unsaved", shown=True),
        key("ctrl+q", "app.quit", "Quit", "quit; asks only where something is unsaved"),
        key("ctrl+c", "copy_or_quit", "Copy or quit", "copy a selection, else quit; a second one saves and quits"),
        *_STOP,
    ]


KEYS = keys_of(PANELS)
