"""A screen over another closes once, however many keys and clicks ask for it."""

from typing import Any

from textual.await_complete import AwaitComplete


class ClosesOnce:
    """Put before a screen's class: a second key or click that comes while the screen is closing does nothing.

    Without this it would close the screen below. Not a Screen itself, since Textual takes a screen's styles from its
    first base that is one.
    """

    app: Any

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close it with this result, if it is still the one in front."""
        if self.app.screen_stack[-1:] != [self]:
            return AwaitComplete()
        closing: AwaitComplete = super().dismiss(result)  # type: ignore[misc]
        return closing
