"""A screen that looks at the run again and again: at a measured pace, and only where it can be seen."""

import asyncio

from textual.css.query import NoMatches
from textual.screen import Screen

from tui_rnn.tui.pace import COVERED_SECONDS, OUT_OF_FOCUS_SECONDS, Pace


class LookingScreen(Screen[None]):
    """Calls `poll` for each look; what that and painting it cost tells when the next one is due."""

    def __init__(self, most_per_second: float) -> None:
        super().__init__()
        self._pace = Pace(most_per_second)
        self._next_look: asyncio.TimerHandle | None = None

    def poll(self) -> None:
        """Look at the run and show what changed."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self.watch(self.app, "app_focus", self._look_at_once, init=False)

    def on_screen_resume(self) -> None:
        """Begin looking, also where a screen that covered this one was closed; painting all of it is not a look."""
        self.call_after_refresh(self._look)

    def _look(self) -> None:
        self._pace.begin()
        try:
            self.poll()
        except NoMatches:  # the app is closing, and panels are gone before the screen is
            return
        self.call_after_refresh(self._wait_for_next_look)

    def _wait_for_next_look(self) -> None:
        seconds = self._pace.end()
        if not self.app.app_focus:  # a terminal that tells nothing of its focus counts as in focus
            seconds = OUT_OF_FOCUS_SECONDS
        elif self.app.screen is not self:
            seconds = max(seconds, COVERED_SECONDS)
        if self._next_look is not None:
            self._next_look.cancel()
        # Not set_timer: Textual's timer drops its only tick where the thread is held up for as long as it was to wait.
        self._next_look = asyncio.get_running_loop().call_later(seconds, self._look_at_once)

    def _look_at_once(self) -> None:
        self.call_next(self._look)
