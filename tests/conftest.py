"""How every test runs: no deadlines, since the machines are noisy, and a failing example can be tried again."""

import signal

from hypothesis import settings

if hasattr(signal, "SIGHUP"):  # ignored under nohup, and by every program that is begun from there
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

settings.register_profile("tui-rnn", deadline=None, print_blob=True, max_examples=40)
settings.load_profile("tui-rnn")
