"""The keys of the training screen: what the footer, the help and the command palette are made of."""

import signal
from dataclasses import replace

from textual.binding import Binding, BindingType

from tui_rnn.tui.layout import PANELS


def _key(keys: str, action: str, word: str, does: str, *, display: str | None = None, shown: bool = False) -> Binding:
    """`word` stands in the footer where `shown`; `does` in the help."""
    return Binding(keys, action, word, show=shown, key_display=display, tooltip=does)


# Windows has no such thing.
_STOP = [_key("ctrl+z", "app.stop_process", "Shell", "back to the shell; fg comes back")] * hasattr(signal, "SIGTSTP")
ANYWHERE: list[BindingType] = [replace(key, priority=True) for key in _STOP]  # also on a modal screen over it
KEYS = [
    _key("space", "pause", "Pause", "pause or resume", shown=True),
    _key("space", "go_on", "Resume", "pause or resume", shown=True),
    _key("p", "pause", "Pause", "pause or resume"),
    _key("p", "go_on", "Resume", "pause or resume"),
    _key("n", "one_step", "Step", "one update while paused", shown=True),
    _key("e", "go_back", "Go back", "after a divergence: go back, eta halved", shown=True),
    _key("s", "sample", "Sample", "sample 1000 characters", shown=True),
    _key("c,ctrl+s", "checkpoint", "Checkpoint", "checkpoint now", display="c", shown=True),
    _key("r", "report", "Report", "write the report of what there is so far"),
    _key("g", "gradient_check", "Check", "gradient check now, of at most 100 units", shown=True),
    _key("l", "log_scale", "Log", "log scale of the loss", shown=True),
    _key("plus,equals_sign", "average(1)", "Smoother", "average the raw loss over more points", display="+"),
    _key("minus", "average(-1)", "Rawer", "average the raw loss over fewer points", display="-"),
    _key("0", "average(0)", "Raw", "the raw loss as it is"),
    _key("z", "zoom(1)", "Zoom", "zoom in on the latest steps"),
    _key("Z", "zoom(0)", "All", "all steps"),
    _key("left_square_bracket", "temperature(-1)", "Bolder", "lower the temperature of the next sample", display="["),
    _key("right_square_bracket", "temperature(1)", "Wilder", "raise the temperature of the next sample", display="]"),
    *(
        _key(str(number), f"panel('{name}')", title, f"go to panel {number}, {title}")
        for number, (name, title) in enumerate(PANELS.items(), 1)
    ),
    _key("m,enter", "maximize_panel", "Maximise", "maximise the panel in focus", display="m"),
    _key("escape", "back", "Back", "back from a maximised panel"),
    _key("question_mark,f1", "help", "Help", "help: all keys", display="?", shown=True),
    _key("q", "quit_training", "Quit", "quit; asks only where something is unsaved", shown=True),
    _key("ctrl+q", "app.quit", "Quit", "quit; asks only where something is unsaved"),
    _key("ctrl+c", "copy_or_quit", "Copy or quit", "copy a selection, else quit; a second one saves and quits"),
    *_STOP,
]
