"""What is said of a copied text, over a sample and over a gradient check is what is known."""

from dataclasses import replace

import pytest

from tests.tui.support import checked
from tui_rnn.tui.notices import sent_text
from tui_rnn.tui.panels.check import _facts, _heading

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
    ("step", "hidden_size", "told"),
    [
        (0, 100, "step 0, m = 100,"),
        (12_345, None, "step 12,345, m = 100,"),
        (None, 100, "m = 100,"),
        (12_345, 256, "a new network, m = 100,"),
    ],
)
def test_a_gradient_check_tells_the_step_or_that_it_is_of_another_network(step, hidden_size, told):
    full, *narrow = _facts(replace(checked(), step=step), hidden_size)
    assert full.startswith(told)
    assert all(told.startswith(words) for words in narrow)


@pytest.mark.parametrize("width", range(40, 130))
def test_where_there_is_room_for_anything_but_the_method_the_step_is_told(width):
    heading, facts = _heading(replace(checked(), step=60_000), width, 100)
    assert len(heading) + len(facts) + 2 * bool(facts) <= width
    assert ("step 60,000" in facts) == (width >= 43)
