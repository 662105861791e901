"""Notifications, of texts that may hold anything."""

from typing import Literal

from textual.app import App

from tui_rnn.safe_text import safe_text

_SECONDS = {"information": 4, "warning": 10, "error": 10}


def notify(
    app: App[object],
    text: str,
    *,
    title: str = "",
    severity: Literal["information", "warning", "error"] = "information",
) -> None:
    """Show the text in a corner for some seconds, without markup and without control characters."""
    app.notify(safe_text(text), title=safe_text(title), severity=severity, timeout=_SECONDS[severity], markup=False)
