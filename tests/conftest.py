"""How every test runs: no deadlines, since the machines are noisy, and a failing example can be tried again."""

from hypothesis import settings

settings.register_profile("tui-rnn", deadline=None, print_blob=True, max_examples=40)
settings.load_profile("tui-rnn")
