"""`python -m tui_rnn`, and the command `tui-rnn`: first the import path is made safe, then all else is imported."""

from tui_rnn import isolation

isolation.leave_out_current_folder()

import gc  # noqa: E402

# Python looks for garbage after every 700 new objects, and imports make 65,000 that stay: together with a first frame,
# a tenth of the time until that is painted.
gc.set_threshold(50_000)

from tui_rnn.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
