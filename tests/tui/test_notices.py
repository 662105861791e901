"""What is said of a copied text and over a sample is what is known."""

import pytest

from tests.tui.support import T, sampled
from tui_rnn.tui.notices import sent_text
from tui_rnn.tui.widgets.samples import heading

HINT = "; tmux hands on what it is sent with: set -g set-clipboard on"


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


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"step": 10_000, "smooth_loss": 50.0}, "before step 10,000 · loss 50.00 · 2.000 nats/char · T 1"),
        ({"kind": "requested", "step": 7, "smooth_loss": 50.0}, "step 7 · loss 50.00 · 2.000 nats/char · T 1"),
        ({"smooth_loss": 1.26e34}, "before step 1 · loss 1.26e+34 · 5.04e+32 nats/char · T 1"),
        ({"smooth_loss": None, "model": "best", "top_p": 0.9}, "before step 1 · T 1 · top-p 0.9 · best model"),
    ],
)
def test_the_heading_of_a_sample_tells_the_step_and_its_loss_in_short(changes, told):
    assert heading(sampled(**changes), T) == told
