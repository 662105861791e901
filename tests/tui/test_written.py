"""What stands above a text and how the text is drawn: whole figures, and nothing of it is markup."""

import pytest
from textual.content import Content

from tests.tui.support import T, sampled
from tui_rnn.engine.words import words_of
from tui_rnn.tui.written import facts, fitted, text_content


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"step": 10_000, "smooth_loss": 50.0}, "step 10,000   2.000 nats/char   temp 1"),
        ({"kind": "requested", "step": 7, "smooth_loss": 50.0}, "step 7   asked for   2.000 nats/char smooth   temp 1"),
        (
            {"kind": "final", "step": 620, "smooth_loss": 80.8, "recent_nats_per_char": 1.752},
            "step 620   the end   1.752 nats/char recent   temp 1",
        ),
        ({"step": 5000, "smooth_loss": 50.0, "recent_nats_per_char": 1.8}, "step 5,000   2.000 nats/char   temp 1"),
        ({"smooth_loss": 1.26e34}, "step 1   5.04e+32 nats/char   temp 1"),
        ({"smooth_loss": None, "model": "best", "top_p": 0.9}, "step 1   temp 1   top-p 0.9   best weights"),
    ],
)
def test_the_heading_of_a_sample_tells_the_step_and_how_it_was_written(changes, told):
    assert "   ".join(fitted(facts(sampled(**changes), T), 100)) == told


def test_what_does_not_fit_is_left_out_whole_the_usual_first():
    found = facts(sampled(40_000, smooth_loss=46.55), T)
    plain = [each.words for each in found]
    assert plain == ["step 40,000", "1.862 nats/char", "temp 1"]
    for width in range(1, 80):
        shown = fitted(found, width)
        assert shown[0] == "step 40,000"
        assert set(shown) <= set(plain)
        assert len("   ".join(shown)) <= width or len(shown) == 1
    assert fitted(found, 30) == ["step 40,000", "1.862 nats/char"]
    unusual = facts(sampled(40_000, smooth_loss=46.55, temperature=0.7), T)
    assert fitted(unusual, 25) == ["step 40,000", "temp 0.7"]


def test_words_that_the_book_does_not_have_are_drawn_in_their_colour_and_what_was_given_in_its_own():
    (words,) = filter(None, words_of(["so it goes. and so "], " .adegmhinost"))
    shown = text_content("so mm it homm, so", words, "red", "blue", 3, "green")
    assert shown.plain == "so mm it homm, so"
    by_colour = {str(span.style): shown.plain[span.start : span.end] for span in shown.spans}
    assert by_colour == {"green": "so ", "blue": "homm", "red": ", so"}
    runs = [(shown.plain[span.start : span.end], str(span.style)) for span in shown.spans]
    assert runs == [("so ", "green"), ("mm", "blue"), (" it ", "red"), ("homm", "blue"), (", so", "red")]


def test_a_text_is_neither_markup_nor_an_escape_sequence():
    shown = text_content("[bold]a\x1b[2J\n[/]", None, "red", "blue")
    assert isinstance(shown, Content)
    assert shown.plain == "[bold]a␛[2J\n[/]"
