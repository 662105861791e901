"""`python -m tui_rnn`, and the command `tui-rnn`: first the import path is made safe, then all else is imported."""

from tui_rnn import isolation

isolation.leave_out_current_folder()

from tui_rnn.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
