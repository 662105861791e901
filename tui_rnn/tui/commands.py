"""The keys of a screen as commands of the palette: in plain words, in the order of how often they are wanted."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from textual.app import SystemCommand
from textual.binding import Binding
from textual.screen import Screen

from tui_rnn.tui.bindings import ALSO, NEXT_PREVIOUS, key_name, own_bindings

# Titles of actions whose help line speaks of more than one of them, in this order before all others.
_TITLES = {
    "pause": "Pause",
    "go_on": "Go on training",
    "one_step": "Make one update",
    "sample": "Write a sample",
    "checkpoint": "Save a checkpoint now",
    "steer": "Change hyperparameters: eta, clip, temp, sample interval",
    "go_back": "Go back to the last good checkpoint, with half the eta",
    "report": "Write the report",
    "gradient_check": "Check the gradient again",
    "temperature(-1)": "Lower the temp of the next sample",
    "temperature(1)": "Raise the temp of the next sample",
    "top_p(-1)": "Lower the top-p of the next sample",
    "top_p(1)": "Raise the top-p of the next sample",
    "other_weights": "Best weights or live weights for the next sample",
    "app.other_runs": "Other runs: overlay, compare, go on",
    "projector": "Projector: large figures, curve and text for a room",
    "maximize_panel": "Show this panel alone, or all panels",
    "app.help": "Help: keys and words",
}
_TEXTUALS = {"Theme": "Change the colours: themes", "Screenshot": "Keep a picture of this screen (SVG)"}
_LAST = ("copy_or_quit", "app.stop_process", "app.quit")
_NOT_HERE = ("back", "next_panel(1)", "next_panel(-1)")  # mean nothing while the palette stands over the panels


def commands(
    keys: Sequence[Binding],
    without_key: Mapping[str, str],
    allows: Callable[[str], bool],
    run: Callable[[str], Awaitable[object]],
) -> Iterator[SystemCommand]:
    """Each action that is allowed now, once; its help is its key, and `run` does it.

    Those `without_key`, by their titles, stand behind the ones that are wanted most.
    """
    for each in sorted(
        [*_each_once(keys), *(Binding("", action, title) for title, action in without_key.items())], key=_place
    ):
        if allows(each.action) and each.action not in _NOT_HERE:
            yield SystemCommand(_title(each), key_name(each.key.split(",")[0]), partial(run, each.action))


def of_screen(screen: Screen[Any]) -> Iterator[SystemCommand]:
    """What can be done on a screen that opens over the panels, in its own order."""
    for each in _each_once(own_bindings(type(screen))):
        if each.tooltip and each.action not in _NOT_HERE:
            words = each.tooltip.removeprefix(f"{getattr(screen, 'name_shown', '')}: ").partition(ALSO)[0]
            title = words[:1].upper() + words[1:]
            yield SystemCommand(title, key_name(each.key.split(",")[0]), partial(screen.run_action, each.action))


def of_textual(theirs: Iterable[SystemCommand]) -> Iterator[SystemCommand]:
    """Textual's own commands in plain words; those that a key of ours does are left out."""
    for each in theirs:
        if each.title in _TEXTUALS:
            yield each._replace(title=_TEXTUALS[each.title], help="")


def _each_once(keys: Iterable[Binding]) -> list[Binding]:
    """Each action once, and of those that one sentence speaks of, as left and right, the first."""
    seen: dict[str, Binding] = {}
    for each in keys:
        seen.setdefault(each.action, each)
    return list({_title(each): each for each in reversed(seen.values())}.values())[::-1]


def _place(each: Binding) -> int:
    order = list(_TITLES)
    if each.action in _LAST:
        return len(order) + 1
    if not each.key:
        return order.index("steer")
    return order.index(each.action) if each.action in _TITLES else len(order)


def _title(each: Binding) -> str:
    if each.action in _TITLES:
        return _TITLES[each.action]
    if not each.key:
        return each.description
    if each.action.startswith("panel("):
        return f"Go to {each.key} {each.description}"
    words = each.tooltip.partition(ALSO)[0]
    if words.startswith(NEXT_PREVIOUS):
        words = f"{'previous' if '(-1)' in each.action else 'next'} {words.removeprefix(NEXT_PREVIOUS)}"
    return words[:1].upper() + words[1:]
