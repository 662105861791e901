"""Why a key that is bound does nothing now: the sentence of the screen or panel whose key it is."""

from typing import Any

from textual.screen import Screen

from tui_rnn.tui.bindings import own_bindings


def why_refused(screen: Screen[Any], key: str) -> str:
    """Why this key does nothing in front of this screen; empty where it does something, or nobody has a use for it.

    Screens and panels that refuse actions have `why_refused(action)`, which is empty where nothing is to be said.
    """
    if key in screen.active_bindings:
        return ""
    for place in (screen.focused or screen).ancestors_with_self:
        if (why := getattr(place, "why_refused", None)) is not None:
            actions = [each.action for each in own_bindings(type(place)) if key in each.key.split(",")]
            if said := next(filter(None, map(why, actions)), ""):
                return str(said)
    return ""
