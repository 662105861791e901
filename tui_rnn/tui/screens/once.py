"""A screen over the training screen that closes once, however often it is told to."""

from typing import Any

from textual.await_complete import AwaitComplete


class ClosesOnce:
    """Put before a screen's class. Two keys, or a key and a click, can come before the first has closed the screen.

    The second would close what is below. No Screen itself: Textual takes styles from the first base that is one.
    """

    app: Any

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close it with this result, if it is still the one in front."""
        if self.app.screen_stack[-1:] != [self]:
            return AwaitComplete()
        closing: AwaitComplete = super().dismiss(result)  # type: ignore[misc]
        return closing
