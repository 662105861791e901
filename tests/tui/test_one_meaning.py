"""One key, one meaning, everywhere: the bindings of all screens and panels held to a table of the test's own."""

import importlib
import pkgutil

import pytest
from textual.binding import Binding, BindingsMap
from textual.screen import Screen

import tui_rnn.tui
from tui_rnn.tui.app import TuiRnnApp
from tui_rnn.tui.panels import PANELS
from tui_rnn.tui.panels.base import Panel
from tui_rnn.tui.screens.training import TrainingScreen

for module in pkgutil.walk_packages(tui_rnn.tui.__path__, "tui_rnn.tui."):
    importlib.import_module(module.name)

# A meaning, its keys, and the actions that are ways to it. A letter of no row here is bound nowhere.
TABLE = {
    "pause, go on; when done: as many again": ("space p", "pause go_on train_on"),
    "one update while paused": ("n", "one_step"),
    "write a sample": ("s", "sample again"),
    "checkpoint now": ("c ctrl+s", "checkpoint"),
    "check the gradient": ("g", "gradient_check"),
    "after a divergence: back": ("e", "go_back"),
    "write the report": ("r", "report"),
    "the runs; there: overlay this one": ("o", "other_runs mark"),
    "the projector": ("f", "projector"),
    "temp lower": ("comma left_square_bracket", "temperature(-1)"),
    "temp higher": ("full_stop right_square_bracket", "temperature(1)"),
    "top-p lower": ("semicolon left_curly_bracket less_than_sign", "top_p(-1)"),
    "top-p higher": ("colon right_curly_bracket greater_than_sign", "top_p(1)"),
    "this help": ("question_mark f1", "help"),
    "quit": ("q ctrl+q", "quit"),
    "commands by name": ("ctrl+p", "command_palette"),
    "copy what is selected, else quit": ("ctrl+c super+c", "quit copy_or_quit copy_text help_quit"),
    "to the shell": ("ctrl+z", "stop_process"),
    "go to a panel": ("1 2 3 4 5 6 7 8 9", "panel"),
    "the next, the one before": ("tab shift+tab", "next_panel focus_next focus_previous other_box"),
    "this panel alone": ("m", "maximize_panel"),
    "into what is under the cursor": ("enter", "into open dismiss"),
    "out": ("escape", "back escape"),
    "the cursor": (
        "left right up down home end shift+home shift+end pageup pagedown ctrl+home ctrl+end ctrl+pageup ctrl+pagedown",
        "cursor cursor_at choose recipe pan sort next first last focus_next focus_previous cursor_down cursor_up "
        "command_list scroll_up scroll_down scroll_left scroll_right scroll_home scroll_end page_up page_down "
        "page_left page_right",
    ),
    "back and on along the run": ("shift+left shift+right", "pan"),
    "next": ("j", "next(1)"),
    "previous": ("k", "next(-1)"),
    "the other view": ("v", "other_view"),
    "a text of your own": ("i", "own_text label"),
    "best weights, live weights": ("b", "other_weights"),
    "copy the text": ("y", "copy"),
    "zoom in": ("z", "zoom"),
    "all of it": ("a", "all"),
    "along steps, epochs, …": ("x", "scale"),
    "log of the loss": ("l", "log_loss"),
    "raw loss smoother": ("plus equals_sign", "average(1)"),
    "raw loss rougher": ("minus", "average(-1)"),
    "raw loss as it is": ("0", "average(0)"),
    "train on": ("t", "train_on"),
    "what differs": ("d", "differences"),
    "keep as a file": ("w", "write"),
    "find": ("slash", "find"),
    "this run away, after a question: to the trash, out of the sweep": ("delete", "put_away cancel take_up"),
    "hyperparameters; before a run: how long; of one again: another option": ("h", "steer length train_again"),
    "the order the other way round": ("u", "turn"),
}
MEANING_OF = {key: meaning for meaning, (keys, _) in TABLE.items() for key in keys.split()}


def ours(kind: type) -> list[type]:
    """The classes of the program below this one."""
    below = [each for child in kind.__subclasses__() for each in (child, *ours(child))]
    return [each for each in dict.fromkeys(below) if each.__module__.startswith("tui_rnn.")]


PLACES = [*ours(Screen), *ours(Panel), TuiRnnApp]


def without_place(action: str) -> str:
    """The action itself: of `in_panel('loss', 'zoom(1)')` the panel's, of `app.quit` the name."""
    if action.startswith("in_panel("):
        _, _, inner = action.partition(", ")
        action = inner.strip()[1:-2]
    return action.rpartition(".")[2] if "." in action.partition("(")[0] else action


def actions(meaning: str) -> set[str]:
    return set(TABLE[meaning][1].split())


def bindings_of(place: type) -> list[Binding]:
    made: BindingsMap = place._merged_bindings or BindingsMap()
    return [each for key in made.key_to_bindings for each in made.get_bindings_for_key(key)]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_a_key_means_the_same_on_every_screen_and_in_every_panel(place):
    for each in bindings_of(place):
        assert each.key in MEANING_OF, f"{each.key} is in no row of the table: {each.action}"
        action, meant = without_place(each.action), MEANING_OF[each.key]
        if action == "refuse":  # says why the key does nothing there
            continue
        assert {action, action.partition("(")[0]} & actions(meant), f"{each.key} means {meant!r}, not {each.action}"


def test_no_two_rows_of_the_table_share_a_key():
    keys = [key for keys, _ in TABLE.values() for key in keys.split()]
    assert len(keys) == len(set(keys))


def test_every_screen_and_panel_was_looked_at():
    assert {TrainingScreen, *PANELS.values()} <= set(PLACES)
    assert len(PLACES) > 10


def test_every_key_of_the_training_screen_says_what_it_does_and_in_which_group():
    panels_keys = {each.tooltip for panel in PANELS.values() for each in panel.keys}
    for each in TrainingScreen.BINDINGS:
        assert each.tooltip, each
        assert each.group is not None or each.tooltip in panels_keys or each.action == "app.quit", each


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_every_screen_can_be_left_and_quit(place):
    keys = {each.key for each in bindings_of(place)}
    if issubclass(place, Screen) and place.__name__ != "_Ground":
        assert {"escape", "ctrl+q"} <= keys or place.__name__ == "Palette"
