"""A terminal that may go away: what is written to it after that is dropped, and nothing waits for it."""

from typing import Any

from textual.driver import Driver


class _Terminal:
    """The stream a driver writes to, without its errors.

    Textual's writer thread would end at the first one, and whoever draws would wait for ever on its full queue.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return int(self._stream.write(text))
        except OSError:
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            return

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def enduring(driver_class: type[Driver]) -> type[Driver]:
    """The driver class of this system, writing to a terminal that may go away."""

    class EnduringDriver(driver_class):  # type: ignore[misc,valid-type]  # the class is known at run time only
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            if hasattr(self, "_file"):
                self._file: Any = _Terminal(self._file)

    return EnduringDriver
