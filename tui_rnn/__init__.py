"""tui-rnn: train a character RNN in NumPy, live in a terminal."""

__version__ = "0.1.0"
