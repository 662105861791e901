"""The program with a screen that never answers again, in the way that the variable HANG names, from the key h on."""

import ctypes
import os
import time
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding
from textual.message import Message

from tui_rnn.cli import main
from tui_rnn.tui import app


class Flood(Message):
    """Answered by itself."""


class Hung(app.TuiRnnApp):
    """Blocks its loop, for ever."""

    CSS_PATH = Path(app.__file__).with_name("tui_rnn.tcss")
    BINDINGS: ClassVar = [*app.TuiRnnApp.BINDINGS, Binding("h", "hang", "Hang", priority=True)]

    def on_mount(self):
        super().on_mount()
        if os.environ["HANG"] == "from the start":
            self.action_hang()

    def action_hang(self):
        os.write(2, b"\x1b]0;hung\x07")
        if os.environ["HANG"] == "flooded":
            self.screen.post_message(Flood())
            for _ in range(3):
                self.post_message(Flood())
        elif os.environ["HANG"] == "in C":  # where no handler of a signal is called, and the interpreter's lock is free
            libc = ctypes.CDLL(None)
            mutex = ctypes.create_string_buffer(64)
            libc.pthread_mutex_lock(mutex)
            libc.pthread_mutex_lock(mutex)
        elif os.environ["HANG"] == "busy":
            while True:
                pass
        else:
            while True:
                time.sleep(1)

    async def on_flood(self):
        for _ in range(2):
            self.post_message(Flood())
        time.sleep(0.001)


app.TuiRnnApp = Hung
main()
