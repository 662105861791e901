"""What screens have in common: each fits the terminal as it is now, and one that opens over another closes once."""

from typing import Any, ClassVar

from textual.await_complete import AwaitComplete
from textual.geometry import Size
from textual.renderables.background_screen import BackgroundScreen


class FitsTerminal:
    """Put before a screen's class. Every screen of the app has it.

    Of the screens that lie behind it, it shows the one below. Textual 8.2.8 takes the last of a list from which every
    painted screen takes one; where a covered screen is asked for a style, that is a screen above it, and two screens
    that each show the other are painted until Python's stack is full.

    It is painted once the terminal has taken the frame before: on a slow one, as behind a connection or a recorder, a
    key is answered after a frame, not after all thirty that Textual would let wait.

    Behind another screen, Textual 8.2.8 keeps the regions that it has handed to that screen as its own to paint, and
    hands them on with each later change: once that was all of the screen, every figure of the header would paint all of
    it. So they are forgotten once they are handed on.

    Textual 8.2.8 lays a screen out for the size that a Resize names, and by that sends this screen, and through it
    those behind it, a Resize of this size again. Where the terminal's size changed meanwhile, two such messages are on
    their way, each answered by a layout and a message of its own, and they chase each other for ever. Asked of the app,
    which knows the newest size alone, the second one changes nothing and ends it. Can go once Textual sends a screen
    no Resize for a layout that a Resize has asked for.
    """

    app: Any
    outer_size: Size
    styles: Any
    covers: ClassVar[bool] = False
    """Whether the panels cannot be seen behind it, and so need not be drawn."""

    def render(self) -> Any:
        """The screen below, tinted, where this one lets it through."""
        stack, background = self.app.screen_stack, self.styles.background
        if background.a < 1 and self in stack[1:]:
            return BackgroundScreen(stack[stack.index(self) - 1], background)
        return super().render()  # type: ignore[misc]

    def _on_timer_update(self) -> None:
        if not getattr(self.app._driver, "is_behind", False):  # else the timer, which is not paused, asks again
            super()._on_timer_update()  # type: ignore[misc]
            if self.app.screen is not self:
                self._repaint_required = False
                self._repaint_regions.clear()

    def _screen_resized(self, size: Size) -> None:
        if self.outer_size != self.app.size:
            super()._screen_resized(self.app.size)  # type: ignore[misc]


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
