"""The keys of the training screen, and those of every screen over it: the footer, help and palette are made of them."""

import signal
from collections.abc import Mapping
from dataclasses import replace

from textual.binding import Binding, BindingType

from tui_rnn.tui import bindings
from tui_rnn.tui.bindings import key
from tui_rnn.tui.panels import PANELS
from tui_rnn.tui.panels.base import Panel

# Windows has no such thing.
_STOP = [key("ctrl+z", "app.stop_process", "shell", "to the shell; fg comes back", group=bindings.THE_APP)] * hasattr(
    signal, "SIGTSTP"
)
ANYWHERE: list[BindingType] = [replace(each, priority=True) for each in _STOP]  # also on a modal screen over it

QUIT = key(
    "q,ctrl+q",
    "app.quit",
    "quit",
    "quit; asks where something is unsaved",
    display="q",
    shown=True,
    group=bindings.THE_RUN,
)
HELP = key(
    "question_mark,f1", "app.help", "help", "this help; also F1", display="?", shown=True, group=bindings.THE_APP
)
BACK = key("escape", "back", "back", "out, back; never quits", display="esc", shown=True, group=bindings.PANELS)

# What holds on a screen that opens over another. One without a help of its own leaves HELP out.
OVER: list[BindingType] = [
    BACK,
    HELP,
    QUIT,
    key("ctrl+c", "app.quit", "copy or quit", "copy what is selected, else quit", group=bindings.THE_APP),
]

# What stands at the right of the footer, by the action, and what of it only where the terminal is wide.
ALWAYS = (
    "train_on",
    "pause",
    "go_on",
    "one_step",
    "go_back",
    "sample",
    "checkpoint",
    "gradient_check",
    "projector",
    "app.help",
    "app.quit",
)
ROOMY = ("checkpoint", "gradient_check", "projector")


def keys_of(panels: Mapping[str, type[Panel]]) -> list[Binding]:
    """The keys of a screen with these panels: its own, and those that each panel names."""
    return [
        *_of_the_run(),
        *_of_samples(),
        *(
            replace(each, action=f"in_panel({name!r}, {each.action!r})")  # its own action, wherever the focus is
            for name, panel in panels.items()
            for each in panel.keys
        ),
        *_of_panels(panels),
        HELP,
        key("ctrl+c", "copy_or_quit", "copy or quit", "copy what is selected, else quit", group=bindings.THE_APP),
        *_STOP,
    ]


def _of_the_run() -> list[Binding]:
    group = bindings.THE_RUN
    return [
        key(
            "space,p",
            "pause",
            "pause",
            "pause, go on; when done: as many again; also p",
            display="space",
            shown=True,
            group=group,
        ),
        key(
            "space,p",
            "go_on",
            "go on",
            "pause, go on; when done: as many again; also p",
            display="space",
            shown=True,
            group=group,
        ),
        key("n", "one_step", "step", "one update while paused, shown whole in 8", shown=True, group=group),
        key(
            "c,ctrl+s", "checkpoint", "checkpoint", "checkpoint now; also ctrl+s", display="c", shown=True, group=group
        ),
        key("g", "gradient_check", "check", "check the gradient again", shown=True, group=group),
        key("h", "steer", "hyperparameters", "hyperparameters: eta, clip, temp, samples", group=group),
        key("e", "go_back", "go back", "after a divergence: back, eta halved", shown=True, group=group),
        key("r", "report", "report", "write the report", group=group),
        QUIT,
    ]


def _of_samples() -> list[Binding]:
    group = bindings.SAMPLES
    temp, top_p = "temp lower, higher; also [ ]", "top-p lower, higher; also { } < >"
    return [
        key("s", "sample", "sample", "write 1,000 characters", shown=True, group=group),
        key("comma,left_square_bracket", "temperature(-1)", "temp", temp, display=", .", group=group),
        key("full_stop,right_square_bracket", "temperature(1)", "temp", temp, display=", .", group=group),
        key("semicolon,left_curly_bracket,less_than_sign", "top_p(-1)", "top-p", top_p, display="; :", group=group),
        key("colon,right_curly_bracket,greater_than_sign", "top_p(1)", "top-p", top_p, display="; :", group=group),
        key("b", "other_weights", "best weights", "best weights, live weights", group=group),
    ]


def _of_panels(panels: Mapping[str, type[Panel]]) -> list[Binding]:
    group = bindings.PANELS
    display = f"1 … {max(panel.number for panel in panels.values())}"
    return [
        *(
            key(str(panel.number), f"panel({name!r})", panel.title, "go to a panel", display=display, group=group)
            for name, panel in panels.items()
        ),
        key(
            "tab", "next_panel(1)", "next panel", "the next one; shift+tab: the one before", display="tab", group=group
        ),
        key(
            "shift+tab",
            "next_panel(-1)",
            "before",
            "the next one; shift+tab: the one before",
            display="tab",
            group=group,
        ),
        key("f", "projector", "projector", "for a room: large figures, curve, text", shown=True, group=group),
        key("m", "maximize_panel", "alone", "this one alone, and back", group=group),
        key("o", "app.other_runs", "runs", "other runs: overlay, compare, go on", group=group),
        replace(BACK, show=False),
    ]


KEYS = keys_of(PANELS)
