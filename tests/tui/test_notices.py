"""What is said of a copied text is what is known."""

import pytest

from tui_rnn.tui.notices import sent_text

HINT = "; copying from tmux needs `set -g set-clipboard on`"


@pytest.mark.parametrize(
    ("environment", "hint"),
    [
        ({"TERM": "xterm-256color"}, ""),
        ({}, ""),
        ({"TERM": "xterm-256color", "TMUX": "socket,1,0"}, HINT),
        ({"TERM": "tmux-256color"}, HINT),
        ({"TERM": "screen"}, HINT),
    ],
)
def test_a_copied_text_is_said_to_be_sent_and_no_more(environment, hint):
    assert sent_text(1000, environment) == "1,000 characters sent to the terminal" + hint
    assert sent_text(1, environment) == "1 character sent to the terminal" + hint
    other = ", and w keeps a file" if hint else ""
    assert sent_text(1, environment, "w keeps a file") == "1 character sent to the terminal" + hint + other
