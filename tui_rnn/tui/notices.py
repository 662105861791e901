"""Notifications, whose texts may hold anything; and copying, which ends in one."""

import os
from collections.abc import Mapping
from typing import Any, Literal

from textual.app import App

from tui_rnn.safe_text import safe_text
from tui_rnn.wording import counted

_SECONDS = {"information": 4, "warning": 10, "error": 10}


def notify(
    app: App[Any],
    text: str,
    *,
    title: str = "",
    severity: Literal["information", "warning", "error"] = "information",
) -> None:
    """Show the text in a corner for some seconds, without markup and without control characters."""
    app.notify(safe_text(text), title=safe_text(title), severity=severity, timeout=_SECONDS[severity], markup=False)


def copy(app: App[object], text: str, otherwise: str = "") -> None:
    """Ask the terminal to put the text on its clipboard, and say so; `otherwise` is another way to keep it."""
    app.copy_to_clipboard(text)
    notify(app, sent_text(len(text), os.environ, otherwise))


def sent_text(characters: int, environment: Mapping[str, str], otherwise: str = "") -> str:
    """What to say of a copied text: that it was sent, since a terminal does not answer the request (OSC 52)."""
    sent = f"{counted(characters, 'character')} sent to the terminal"
    if "TMUX" in environment or environment.get("TERM", "").startswith(("tmux", "screen")):
        needed = f"{sent}; copying from tmux needs `set -g set-clipboard on`"
        return f"{needed}, and {otherwise}" if otherwise else needed
    return sent


def takes_copies() -> bool:
    """Whether the terminal may take a text onto its clipboard; these are known to have none that programs can fill."""
    return os.environ.get("TERM_PROGRAM") != "Apple_Terminal" and os.environ.get("TERM") not in ("linux", "dumb")
