"""8 Check's other views: the gradient broken on purpose, and one update shown whole; what n and v do."""

import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.small import small_corpus, small_trainer, trained
from tests.tui.support import MadeUpApp, begin, sees, tell, until
from tui_rnn.engine.config import CHOICES
from tui_rnn.engine.control import ObserveRequest
from tui_rnn.engine.events import COMPLEX, Observed, Paused
from tui_rnn.engine.faults import FAULTS
from tui_rnn.engine.instruments import look
from tui_rnn.engine.instruments.subject import Subject
from tui_rnn.engine.lessons import teach
from tui_rnn.engine.model import Model
from tui_rnn.engine.one_update import Witness
from tui_rnn.tui.drawing import broken_table, one_update
from tui_rnn.tui.drawing.glyphs import glyphs
from tui_rnn.tui.palette import INK, Palette
from tui_rnn.tui.panels.check import BROKEN, CHECK, UPDATE, CheckPanel

INKS = Palette.of(INK, {})
WIDTHS = range(32, 200, 12)


def taught(T=8, m=6, cell="rnn", layers=1, text=None):
    corpus = small_corpus(text) if text else small_corpus()
    model = Model(len(corpus.vocabulary), m, cell, layers)
    theta = model.init(np.random.default_rng(0), np.float64, sig=0.4)
    window = corpus.indices[: T + 1].astype(np.intp)[:, None]
    *_, lessons = teach(model, theta, window[:-1], window[1:], FAULTS, method=COMPLEX)
    return lessons


def updated(step=3, **settings):
    """The update after so many, of a small trainer."""
    trainer = trained(small_trainer(**settings), step)
    witness = Witness(trainer)
    return witness.tells(trainer.step(0.0, witness))


def plain(lines):
    return [line.plain for line in lines]


def drawn(update, width=100, *, alone=True, marker="braille"):
    return one_update.lines(update, INKS, glyphs(marker), width, alone=alone)


# The gradient broken on purpose


def test_a_row_has_the_right_error_and_that_of_each_fault():
    lessons = taught()
    head, *rows = [line.split() for line in plain(broken_table.table(lessons, 0, 100))]
    assert head == ["right", *FAULTS]
    assert [row[0] for row in rows] == ["b", "c", "U", "W", "V"]
    for place, row in enumerate(rows):
        shown = list(zip(row[2::2], row[3::2], strict=True))
        for lesson, (mark, error) in zip(lessons.lessons, shown, strict=True):
            found = lesson.rows[place]
            assert mark == ("✖" if found.verdict == "fail" else "✓")
            assert float(error) == pytest.approx(found.relative_error, abs=6e-4)
        assert float(row[1]) < 1e-14


def test_the_line_that_is_wrong_stands_beside_the_right_one():
    words = plain(broken_table.lines(taught(), 1, 100, every=False))
    assert words[1] == "term  a dropped term: b, U and W fail, c and V pass"
    assert words[2:4] == ["  ✖ dL/dh_t = dL/do_t V^T", "  ✓ dL/dh_t = dL/do_t V^T + dL/da_{t+1} W^T"]
    every = "\n".join(plain(broken_table.lines(taught(), 1, 100, every=True)))
    assert all(f"{name}  " in every for name in FAULTS)


def test_what_changes_nothing_says_why():
    lessons = taught(T=1)
    words = plain(broken_table.lines(lessons, 1, 100, every=False))
    assert words[1].startswith("term  a dropped term changes nothing here: with T = 1")
    assert broken_table.table(lessons, 1, 100)[1].plain.split().count("=") == 2
    alone = taught(text="a" * 20)
    assert all("K = 1" in line for line in plain(broken_table.lines(alone, 0, 200, every=True)) if line)


@pytest.mark.parametrize(("cell", "layers"), [("rnn", 1), ("gru", 3)])
def test_no_line_of_a_broken_check_is_too_wide(cell, layers):
    lessons = taught(cell=cell, layers=layers)
    for chosen, width in product(range(len(FAULTS)), WIDTHS):
        lines = broken_table.table(lessons, chosen, width)
        assert FAULTS[chosen] in lines[0].plain
        lines += broken_table.lines(lessons, chosen, width, every=True)
        assert all(line.cell_length <= width for line in lines)


# One update


def test_the_figures_of_an_update_stand_in_its_table():
    update = updated(clip=0.1, init="scaled")
    text = plain(drawn(update))
    at = next(k for k, line in enumerate(text) if line.split()[:1] == ["gradient"] and "change/weights" in line)
    assert re.split(r"  +", text[at].strip()) == [
        "gradient", "after clipping", "numbers cut", "change", "weights", "change/weights"
    ]  # fmt: skip
    for each, line in zip(update.parameters, text[at + 1 :], strict=False):
        name, *figures = line.split()
        assert name == each.name
        wanted = [each.gradient, each.clipped, each.cut, each.change, each.weights, each.change / each.weights]
        assert [float(figure.replace(",", "")) for figure in figures] == pytest.approx(wanted, rel=0.05)
    assert sum(each.cut for each in update.parameters) > 0
    total = [float(figure) for figure in text[at + 6].split()[1:]]
    assert total[0] == pytest.approx(np.sqrt(sum(each.gradient**2 for each in update.parameters)), rel=0.01)
    assert total[3] == pytest.approx(np.sqrt(sum(each.change**2 for each in update.parameters)), rel=0.01)


def test_the_smooth_loss_goes_from_one_value_to_the_next():
    update = updated()
    before, loss, after = update.smooth_before / 5, update.loss / 5, update.smooth_loss / 5
    text = "\n".join(plain(drawn(update)))
    assert f"update 4   loss {loss:.3f} nats/char   smooth loss {before:.4f} → {after:.4f}   eta 0.1" in text
    assert f"0.999 x {before:.4f} + 0.001 x {loss:.4f} = {after:.4f}" in text
    assert 0.999 * before + 0.001 * loss == pytest.approx(after)
    assert "smooth loss starts here" in "\n".join(plain(drawn(updated(step=0))))


def test_each_character_stands_over_its_cost_and_is_the_brighter_the_more_it_cost():
    update = replace(updated(), losses=np.array([[0.1], [6.0], [2.04], [4.0], [0.96]]))
    lines = drawn(update)
    at = next(k for k, line in enumerate(lines) if "by its cost" in line.plain) + 1
    assert lines[at].plain.split() == [c for c in update.texts[0] if c != " "]
    assert lines[at + 1].plain.split() == ["0.1", "6.0", "2.0", "4.0", "1.0"]
    grounds = [str(span.style).partition(" on ")[2] for span in lines[at].spans if " on " in str(span.style)]
    brightness = [sum(bytes.fromhex(ground[1:])) for ground in grounds]
    assert np.argsort(brightness).tolist() == [0, 4, 2, 3, 1]


@pytest.mark.parametrize(("highest", "end"), [(2.0, 7), (9.9, 7), (18.4, 19)])
def test_the_scale_of_the_costs_ends_where_it_says(highest, end):
    update = replace(updated(), losses=np.array([[0.1], [1.0], [highest], [0.5], [0.2]]))
    lines = drawn(update)
    legend = next(line for line in lines if "by its cost" in line.plain)
    assert legend.plain.endswith(f" {end}")
    ground = INKS.heat(min(1.0, round(32 * highest / end) / 32))
    assert any(str(span.style).endswith(ground) for line in lines for span in line.spans)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"recipe": "wide", "batch_size": 3, "hidden_size": 4},
        {"text": "so it goes, " * 60, "seq_length": 600},
        {"text": "天地玄黃宇宙洪荒日月盈昃辰宿列張寒來暑往" * 3, "seq_length": 40},
        {"text": "a\u0301\u0302 b\u0303 c\n\t\x1b[31m" * 4},
        {"text": "a" * 20, "hidden_size": 1, "seq_length": 1, "cell": "lstm", "layers": 2},
    ],
    ids=["plain", "streams", "long", "wide", "marks", "one"],
)
def test_no_line_of_an_update_is_too_wide_and_none_steers_the_terminal(settings):
    update = updated(**settings)
    for width, alone in product(WIDTHS, [True, False]):
        lines = drawn(update, width, alone=alone, marker="ascii" if alone else "braille")
        assert [line.plain for line in lines if line.cell_length > width] == []
        assert len(lines) < 60
        assert "\x1b" not in "".join(plain(lines))


def test_a_text_with_no_room_says_how_much_of_it_is_left():
    words = plain(drawn(updated(text="so it goes, " * 60, seq_length=600), 50, alone=False))
    assert "and 501 more characters" in words
    assert "and 2 more streams" in "\n".join(plain(drawn(updated(batch_size=3), 50, alone=False)))


def test_every_optimizer_says_what_it_does():
    assert set(one_update.FORMULAS) == set(CHOICES["optimizer"])


# On the screen


@pytest.fixture
async def pilot():
    async with MadeUpApp().run_test(size=(100, 30)) as pilot:
        await begin(pilot)
        yield pilot


async def test_n_brings_the_update_to_the_front_once_and_v_goes_through_the_views(pilot):
    app, panel = pilot.app, pilot.app.training.query_one(CheckPanel)
    await pilot.press("space")
    await tell(pilot, Paused(3))
    await pilot.press("n")
    await until(pilot, lambda: panel.has_focus and panel.view == UPDATE)
    await sees(pilot, "Paused: n makes one update")
    await tell(pilot, Observed(4, "one_update", updated()))
    await sees(pilot, "update 4", "one update", "T = 5")
    await pilot.press("3", "n")  # the user looks elsewhere, and goes on doing so
    await until(pilot, lambda: app.control.asked.count("one step") == 2)
    assert not panel.display
    await pilot.press("space", "space")
    await tell(pilot, Paused(5))
    await pilot.press("n")  # after another pause
    await until(pilot, lambda: panel.has_focus)
    looked = len(app.control.watched)
    await pilot.press("v")
    await sees(pilot, "PASS", "differences")
    await pilot.press("v")
    await until(pilot, lambda: ObserveRequest("broken_checks", 30.0) in app.control.watched[looked:])
    await sees(pilot, "Breaking it…")
    await tell(pilot, Observed(5, "broken_checks", look("broken_checks", Subject.of(small_trainer()))))
    await sees(pilot, "a wrong sign", "m = 4, T = 5")
    await pilot.press("j", "j")
    await sees(pilot, "a missing transpose")
    await pilot.press("g")
    await until(pilot, lambda: panel.view == CHECK)
    assert ObserveRequest("broken_checks", None) in app.control.watched[looked:]
    await app.training.run_action("break_it")  # which the palette has
    await until(pilot, lambda: panel.view == BROKEN)
