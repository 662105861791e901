"""Input from a terminal that would end Textual's reader: bytes that are no characters, sizes of nothing."""

import codecs
import sys
from collections.abc import Iterable
from functools import partial

from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.events import Key
from textual.message import Message


def read_leniently(driver_class: type[Driver]) -> None:
    """Have this driver's input thread, which would end with the program at the first error, take whatever comes."""
    names = vars(sys.modules[driver_class.__module__])
    for name, ours in {"getincrementaldecoder": _decoder, "XTermParser": _Parser}.items():
        if name in names:
            names[name] = ours


def _decoder(encoding: str) -> partial[codecs.IncrementalDecoder]:
    """A decoder to which a byte that begins no character is �."""
    return partial(codecs.getincrementaldecoder(encoding), "replace")


class _Parser(XTermParser):
    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        try:
            yield from super()._sequence_to_key_events(sequence, alt)
        except (ValueError, OverflowError):  # the number of a key that is no character's
            return

    def parse_mouse_code(self, code: str) -> Message | None:
        if not (self.terminal_size and self.terminal_pixel_size):  # unknown, or of no width, to be divided by
            self.mouse_pixels = False
        return super().parse_mouse_code(code)
