"""`python -m tui_rnn`: the same command as `tui-rnn`."""

from tui_rnn.cli import main

if __name__ == "__main__":
    main()
