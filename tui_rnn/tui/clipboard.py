"""Copying: the text is sent to the terminal, which does not answer; what is said of it claims no more."""

import os
from collections.abc import Mapping

from textual.app import App

from tui_rnn.tui.notices import notify
from tui_rnn.wording import counted


def copy(app: App[object], text: str) -> None:
    """Ask the terminal to put the text on its clipboard, and say no more than that."""
    app.copy_to_clipboard(text)
    notify(app, sent_text(len(text), os.environ))


def sent_text(characters: int, environment: Mapping[str, str]) -> str:
    """What is known of a text that was copied: a terminal does not answer the request (OSC 52) that carries it."""
    sent = f"{counted(characters, 'character')} sent to the terminal"
    if "TMUX" in environment or environment.get("TERM", "").startswith(("tmux", "screen")):
        return f"{sent}; tmux hands on what it is sent with: set -g set-clipboard on"
    return sent
