"""What works beside a screen in a thread of its own: it begins once, says how it failed, and that it has ended."""

import threading
from collections.abc import Callable

from textual.message import Message

from tui_rnn.engine.control import Control
from tui_rnn.engine.errors import TuiRnnError
from tui_rnn.engine.events import Done
from tui_rnn.runs.crash import record_crash
from tui_rnn.tui.messages import Ended, Failed


class ScreenWorker:
    """A subclass does its work in `_work`, until control says stop."""

    def __init__(self, control: Control, post: Callable[[Message], object]) -> None:
        self._control, self._post = control, post
        self._beginning, self._at_work = threading.Lock(), threading.Lock()
        self.has_begun = self.has_ended = False
        self.last: Done | Failed | None = None  # how it ended, for a screen that closes before it gets the event

    def work(self) -> None:
        """Work to the end, and post Ended last of all. Once: a second thread that comes to this returns at once."""
        with self._beginning:
            if self.has_begun:
                return
            self.has_begun = True
            self._at_work.acquire()
        try:
            self._work()
        except TuiRnnError as error:
            self._fail(Failed(str(error), error.exit_code))
        except Exception as error:
            self._fail(Failed(self._record(error), 1))
        finally:
            self._at_work.release()
            self.has_ended = True
            self._post(Ended())

    def wait(self) -> None:
        """Return when it has ended, with what there is to save on disk, if it was ever started."""
        with self._at_work:
            return

    def _work(self) -> None:
        raise NotImplementedError

    def _record(self, error: Exception) -> str:
        """Keep the traceback of an error that nobody expected; the line that says where."""
        return record_crash(None, error)

    def _fail(self, failed: Failed) -> None:
        self.last = failed
        self._post(failed)
