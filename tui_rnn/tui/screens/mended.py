"""What Textual 8.2.8 does wrong with screens, mended once for all of ours: size, the one below, painting."""

from typing import Any

from textual.geometry import Region, Size
from textual.renderables.background_screen import BackgroundScreen


class MendedScreen:
    """Put before a screen's class. Every screen of the app has it. Five mends, each of which can go with its fault.

    1. **The screen below.** Of the screens that lie behind it, it shows the one below. Textual takes the last of a list
       from which every painted screen takes one; where a covered screen is asked for a style, that is a screen above
       it, and two screens that each show the other are painted until Python's stack is full.

    2. **When it paints.** It is painted once the terminal has taken the frame before: on a slow one, as behind a
       connection or a recorder, a key is answered after a frame, not after all thirty that Textual would let wait.

    3. **Its size.** Textual lays a screen out for the size that a Resize names, and by that sends this screen, and
       through it those behind it, a Resize of this size again. Where the terminal's size changed meanwhile, two such
       messages are on their way, each answered by a layout and a message of its own, and they chase each other for
       ever. Asked of the app, which knows the newest size alone, the second one changes nothing and ends it. Can go
       once Textual sends a screen no Resize for a layout that a Resize has asked for.

    4. **What it hands on.** Behind another screen, Textual keeps the regions that this one has handed on to be painted
       as if they were still to be, and hands them on with each later change: once that was all of the screen, every
       figure of the header would paint all of it. They are forgotten once they are handed on.

    5. **Seen through two screens.** A screen that two others cover is drawn through the lines that the one between has
       kept from before. `show_through` has that one drawn anew.
    """

    app: Any
    outer_size: Size
    styles: Any
    _repaint_regions: set[Region]

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

    def show_through(self, region: Region) -> None:
        """Have a part of this screen that has changed be seen where two screens or more lie over it."""
        stack = self.app.screen_stack
        for between in stack[stack.index(self) + 1 : -1] if self in stack else ():
            between.refresh(region)
