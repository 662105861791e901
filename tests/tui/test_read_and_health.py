"""Panels 3 Read and 4 Health: figures and colours on the grid, held to the numbers that they are drawn of."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from tests.small import small_trainer, trained
from tests.tui.support import MadeUpApp, begin, live, painted, picture, sees, tell, unseen
from tests.tui.whole import RememberingGrid
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import ObserveRequest
from tui_rnn.engine.events import BookRead, Observed
from tui_rnn.engine.findings import findings
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.instruments import look
from tui_rnn.engine.instruments.beat import Beat
from tui_rnn.engine.instruments.ranking import Following, Ranking
from tui_rnn.engine.instruments.subject import Subject
from tui_rnn.tui.drawing.flow import flow
from tui_rnn.tui.drawing.glyphs import glyphs
from tui_rnn.tui.drawing.health import draw as draw_health
from tui_rnn.tui.drawing.health_figures import Measured
from tui_rnn.tui.drawing.read import Reading
from tui_rnn.tui.drawing.read import draw as draw_read
from tui_rnn.tui.drawing.read_side import expected
from tui_rnn.tui.drawing.read_views import SURPRISE, UNITS, views
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import INK, Palette
from tui_rnn.tui.panels.read import ReadPanel
from tui_rnn.tui.run_state import RunState

PALETTE = Palette.of(INK, {})
BOOK = "So it goes, and on it goes. It is so.\nA man sat; an ant ran.\n" * 30
RANKING = Ranking(tuple(Following(f"feature {k}", k, 0.9 - 0.1 * k, 0.95) for k in range(4)), 60_000)
LAYERED = Ranking((Following("space read", 7, 0.9, 0.95),), 60_000)
CONFIG = RunConfig.from_recipe("adagrad", "made-up.txt")


@pytest.fixture(scope="module")
def subject():
    made = {"hidden_size": 6, "seq_length": 12, "eta": 0.1, "holdout": 0.5}
    return Subject.of(trained(small_trainer("adagrad", BOOK, **made), 120))


@pytest.fixture(scope="module")
def passage(subject):
    return look("passage", subject)


@pytest.fixture(scope="module")
def health(subject):
    return look("health", subject)


def read(passage, width=116, height=35, view=UNITS, marker="braille", unit=2, cursor=40, ways=(0.7, 0.9), ranking=None):
    grid = Grid(width, height, PALETTE.text)
    draw_read(grid, PALETTE, glyphs(marker), Reading(passage, ranking or RANKING, view, unit, cursor, *ways))
    return grid


def seen_health(health, width=116, height=35, beat=None, said=(), marker="braille", measured=None):
    grid = Grid(width, height, PALETTE.text)
    draw_health(grid, PALETTE, glyphs(marker), said, measured or [Measured(0.0, health, 1.5)], beat)
    return grid


def test_a_character_has_the_colour_of_the_units_value_and_its_guesses_below_it(passage):
    grid = read(passage)
    width = 116 - 36 - 3
    for k, (x, line) in enumerate(flow(passage.characters, width)[:140]):
        y = 2 + 5 * line
        if k == 40:
            assert grid.background_at(x, y) == PALETTE.accent
            continue
        value = round(float(passage.hidden[k, 2]) * 16) / 16  # a step of the scale
        assert grid.background_at(x, y) == PALETTE.diverging(value, 0.58)
        shown = "".join(grid.rows[y + row][x][0] for row in range(1, 4))
        guesses = [passage.vocabulary[guess] for guess in passage.guesses[k, :3]]
        assert shown == "".join({" ": "·", "\n": "⏎"}.get(guess, guess) for guess in guesses)


def test_surprise_is_shown_as_heat_and_counted(passage):
    grid = read(passage, view=SURPRISE)
    for k, (x, line) in enumerate(flow(passage.characters, 116 - 36 - 3)[:140]):
        if k != 40:
            share = min(1, round(float(passage.bits[k]) / 10 * 32) / 32)
            assert grid.background_at(x, 2 + 5 * line) == PALETTE.heat(share)
    text = "\n".join(grid.text())
    assert re.search(rf"bits a character +{np.mean(passage.bits):.2f}", text)
    for name, most in (("first guess right", 1), ("among the first 3", 3), ("among the first 10", 10)):
        assert re.search(rf"{name} +{100 * np.mean(passage.ranks <= most):.0f} %", text)
    assert re.search(rf"2 to 3 .* {100 * np.mean((passage.bits >= 2) & (passage.bits < 3)):.0f} %", text)


def test_the_next_character_stands_as_it_is_and_after_temp_and_top_p(passage):
    o = passage.outputs[40].astype(float)
    p = [math.exp(each) for each in o - o.max()]
    p = [each / sum(p) for each in p]
    hot = [each ** (1 / 0.7) for each in p]
    hot = [each / sum(hot) for each in hot]
    kept, total = [], 0.0
    for k in sorted(range(len(hot)), key=lambda k: -hot[k]):
        if total >= 0.9:
            break
        kept.append(k)
        total += hot[k]
    plain, changed = expected(passage, 40, (0.7, 0.9))
    assert plain == pytest.approx(p)
    assert changed == pytest.approx([hot[k] / total if k in kept else 0.0 for k in range(len(hot))])
    text = "\n".join(read(passage).text())
    likeliest = max(range(len(p)), key=lambda k: p[k])
    sign = {" ": "·", "\n": "⏎"}.get(passage.vocabulary[likeliest], passage.vocabulary[likeliest])
    row = next(line[80:] for line in text.splitlines() if line[80:].startswith(sign) and "▀" in line)
    assert row.rstrip().endswith(f"{hot[likeliest] / total:.2f}".removeprefix("0"))
    assert f"{p[likeliest]:.2f}".removeprefix("0") in row
    assert f"{passage.bits[40]:.2f} bits, guess {passage.ranks[40]}" in text
    assert "temp 0.7, top-p 0.9" in text


@pytest.mark.parametrize("marker", ["braille", "ascii"])
@pytest.mark.parametrize("view", [UNITS, SURPRISE])
@pytest.mark.parametrize(
    ("width", "height"), [(116, 35), (196, 52), (76, 19), (56, 8), (30, 3), (12, 1), (1, 1), (64, 16)]
)
def test_no_size_of_read_fails_and_no_figure_is_cut(passage, width, height, view, marker):
    grid = read(passage, width, height, view, marker)
    text = "\n".join(grid.text())
    assert all(len(row) == width for row in grid.rows)
    for _, figure in re.findall(r"(among the first 3) +(\d+ ?%?)", text):
        assert figure.endswith("%")


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("aaaaaaaaaaaa", {}),
        ("ab" * 30, {"hidden_size": 1, "seq_length": 1}),
        ("春眠不覺曉" * 9, {}),
        ("கிகீகு" * 20, {}),
    ],
)
def test_odd_alphabets_and_sizes_have_a_picture(text, settings):
    subject = Subject.of(trained(small_trainer(text=text, **settings), 3))
    passage, health = look("passage", subject), look("health", subject)
    for width, height in ((116, 35), (76, 19), (20, 6)):
        grid = read(passage, width, height, unit=0, cursor=passage.length - 1)
        first = next(character for character in passage.characters if not character.isspace())
        assert first in "\n".join(grid.text())
        seen_health(health, width, height, look("beat", subject), findings(CONFIG, health, look("beat", subject)))


def test_lines_are_broken_between_words_and_none_is_too_long():
    text = "a bcd efgh\nij klmnopqrstuvw x"
    at = flow(text, 6)
    lines = {}
    for character, (x, line) in zip(text, at, strict=True):
        lines.setdefault(line, []).append((x, character))
    assert ["".join(c for _, c in sorted(row)).rstrip() for row in lines.values()][:3] == ["a bcd", "efgh", "ij"]
    assert all(x < 6 for x, _ in at)
    assert [x for x, _ in flow("春眠不覺曉", 6)] == [0, 2, 4, 0, 2]


def test_the_bitmap_is_of_the_values_in_the_order_of_the_beat(health):
    beat = Beat((5, 4, 3, 2, 1, 0), 6, 0, 0, 0, 0, 1.0)
    grid = seen_health(health, beat=beat)
    y = next(y for y, row in enumerate(grid.text()) if row.startswith("Hidden units")) + 1
    for unit in range(6):
        for place in range(12):
            cell = grid.rows[y + place // 2][6 + 4 * (5 - unit)]
            colour = cell[1] if place % 2 == 0 else cell[2]
            value = round(float(health.hidden[place, unit]) * 16) / 16
            assert colour == PALETTE.diverging(value, 0.85)


def test_the_waterfall_is_of_the_shares_the_newest_second_on_top(health):
    def at(seconds, rate):
        return Measured(seconds, replace(health, shares=tuple(10 ** (-rate * t) for t in range(12))), None)

    grid = seen_health(health, measured=[at(0.0, 1.0), at(0.5, 1.0), at(1.0, 0.5), at(1.6, 0.5), at(2.6, 0.25)])
    y = next(y for y, row in enumerate(grid.text()) if row.startswith("Gradient through time")) + 1
    for back in range(12):
        for half, rate in ((1, 0.25), (2, 0.5)):
            share = max(0.0, 1 - rate * back / 8)
            assert grid.rows[y][6 + 4 * back][half] == PALETTE.heat(round(share * 32) / 32)
        assert grid.rows[y + 1][6 + 4 * back][1] == PALETTE.heat(round(max(0, 1 - back / 8) * 32) / 32)


def test_read_asks_for_nothing_before_there_is_something_to_show(monkeypatch):
    """Its first look may take its time at once, and those after it wait: it is not wasted on a network of chance."""
    panel, run, posted = ReadPanel(), RunState(CONFIG, Goal(1000), "run"), []
    monkeypatch.setattr(panel, "post_message", posted.append)
    for step, wanted in ((0, []), (99, []), (100, ["passage"]), (150, ["passage"])):
        run.take_picture(live(step))
        panel.look(run)
        assert [request.name for request in panel.wants()] == wanted, step
    (changed,) = posted  # once, at 100: it is asked for then, not at the next change of the layout
    assert isinstance(changed, ReadPanel.WantsChanged)


def test_each_finding_has_its_threshold_and_what_to_do(health):
    well = replace(
        health, saturated=0.3, clipped=0.0, shares=tuple(10 ** (-t / 5) for t in range(25)), ratios=(("W", 1e-3),)
    )
    quiet = Beat(tuple(range(100)), 100, 0, 0, 3, 0, 1.0)

    def wrong(health, beat=quiet, config=CONFIG):
        return {each.name: f"{each.what}: {each.remedy}" for each in findings(config, health, beat) if not each.is_good}

    assert wrong(well) == {}
    assert wrong(replace(well, saturated=0.8)) == {}  # as in the best recipes, whose units switch as the text does
    held = replace(quiet, held=41)
    found = wrong(replace(well, saturated=0.84), held)["saturated"]
    assert found.startswith("84\xa0% of the hidden values are saturated, 41 of 100 units nearly always: AdaGrad's")
    assert "--memory-start 10" in found
    other = wrong(replace(well, saturated=0.84), held, replace(CONFIG, optimizer="sgd"))["saturated"]
    assert other.endswith("begin again with half the eta")
    assert wrong(well, replace(quiet, held=40)) == {}
    assert wrong(well, replace(quiet, beating=10)) == {}
    assert wrong(well, replace(quiet, beating=11, period=6))["beat"].startswith(
        "11 of 100 units beat every 6 characters"
    )
    assert wrong(replace(well, shares=tuple(10 ** (-t / 2.6) for t in range(25)))) == {}
    assert "every 2.4 steps" in wrong(replace(well, shares=tuple(10 ** (-t / 2.4) for t in range(25))))["reach"]
    assert "grow" in wrong(replace(well, shares=tuple(1.2**t for t in range(25))))["reach"]
    lost = wrong(replace(well, shares=(1.0,) + (0.0,) * 24))["reach"]
    assert lost == (
        "Gradients fall to less than a tenth at each step back: "
        "what stands more than 1 character back is hardly learnt from"
    )
    assert "to a tenth at each step" in wrong(replace(well, shares=tuple(10**-t for t in range(25))))["reach"]
    assert "too large" in wrong(replace(well, ratios=(("W", 0.31), ("b", 0.5))))["update"]
    assert "too small" in wrong(replace(well, ratios=(("W", 4e-5),)))["update"]
    assert wrong(replace(well, ratios=(("W", 4e-5),), eta_share=0.1)) == {}  # the end of a schedule
    assert wrong(replace(well, ratios=(("W", 1e-3), ("b", 0.5)))) == {}  # a bias begins at zero
    assert "update" not in wrong(replace(well, ratios=(("W", 1e-6),)), held)  # held units do not move, whatever eta is
    clipped = replace(well, clipped=0.21)
    assert wrong(clipped)["clipped"].startswith("21\xa0% of the gradient is clipped")
    assert wrong(clipped, config=replace(CONFIG, clip=None, clip_norm=1.0)) == {}


def test_one_is_one_and_next_to_nothing_is_no_nothing(health):
    """The smallest networks, and the smallest shares."""

    def said(health, beat):
        return {each.name: f"{each.what}: {each.remedy}" for each in findings(CONFIG, health, beat)}

    one = Beat((0,), 1, 1, 0, 1, 0, 1.0)
    alone = said(replace(health, saturated=1.0), replace(one, beating=1, period=2, held=1))
    assert alone["beat"] == "1 of 1 unit beats every 2 characters, whatever it reads: it tells nothing of the text"
    assert "1 of 1 unit nearly always" in alone["saturated"]
    quiet = replace(one, units=1000, beating=0, held=0)
    assert "under 0.1\xa0%" in said(replace(health, saturated=4e-7), quiet)["saturated"]
    assert said(replace(health, saturated=0.004), quiet)["saturated"].startswith("0.4\xa0%")
    assert " 0 of its weights" in said(replace(health, ratios=(("W", 0.0),)), quiet)["update"]
    assert " 1e−12 of its weights" in said(replace(health, ratios=(("W", 1e-12),)), quiet)["update"]


def test_what_is_well_is_said_too_and_does_not_contradict_what_is_not(health):
    def good(health, beat=None):
        return {each.name: f"{each.what}: {each.remedy}" for each in findings(CONFIG, health, beat) if each.is_good}

    well = replace(health, saturated=0.3, ratios=(("U", 1e-3), ("W", 3e-3), ("V", 2e-3)))
    assert good(well)["saturated"] == "30\xa0% of the hidden values are saturated: the others still learn"
    assert good(replace(well, saturated=0.8))["saturated"].endswith("by turns, as the text switches the units")
    assert good(well)["update"] == "Updates are of a healthy size: 2e−3 of the weights"
    held = good(well, Beat(tuple(range(100)), 100, 0, 0, 60, 0, 1.0))
    assert held["update"].endswith("2e−3 of the weights: their size alone frees no saturated unit")
    assert "saturated" not in held
    flat = good(replace(health, shares=tuple(10 ** (-t / 200) for t in range(25))))["reach"]
    assert flat.startswith("Gradients hardly fall")
    gated = good(replace(health, gates=(("input gate", 0.5, 0.1), ("forget gate", 0.31, 0.08))))
    assert gated["gates"].startswith("31\xa0% of the forget gates are open, 8\xa0% closed")
    assert "saturated" not in gated


@pytest.mark.parametrize("marker", ["braille", "ascii"])
def test_no_line_of_health_is_cut_at_any_width(health, marker):
    beat = Beat(tuple(range(6)), 6, 6, 12, 6, 0, 1.0)
    said = findings(CONFIG, replace(health, saturated=0.9, shares=tuple(10.0**-t for t in range(12))), beat)
    assert len([each for each in said if not each.is_good]) == 3
    measured = [Measured(0.5 * k, health, 1.5) for k in range(9)]
    norms = {name: 123.4 for name, _ in health.ratios}
    for width in (40, 58, 59, 63, 66, 71, 78, 85, 98, 103, 118, 158, 238):
        for height in (6, 14, 19, 23, 35, 53):
            grid = RememberingGrid(width, height, PALETTE.text)
            draw_health(grid, PALETTE, glyphs(marker), said, measured[-(height % 2) * 8 - 1 :], beat, norms=norms)
            assert grid.not_whole() == [], (width, height)
            whole = " ".join(" ".join(row.strip("●!+ ") for row in grid.text()[:6]).split()).replace("\xa0", " ")
            for each in said[:2]:
                assert each.what.replace("\xa0", " ") in whole
            if width >= 98 and height >= 23:
                assert "Gradient through time" in "\n".join(grid.text())
                assert f"{said[0].what}: {said[0].remedy}.".replace("\xa0", " ") in whole


@pytest.mark.parametrize(
    ("marker", "text"),
    [
        ("braille", BOOK),
        ("ascii", BOOK),
        ("braille", "春眠不覺曉處聞啼鳥夜來風雨聲" * 90),
        ("braille", "கிகீகு நி லா " * 90),
    ],
    ids=["plain", "ascii", "wide", "marks"],
)
def test_nothing_of_read_is_cut_at_any_width(marker, text):
    trainer = trained(small_trainer("adam", text, hidden_size=6, seq_length=12, cell="lstm", layers=2), 2)
    passage = look("passage", Subject.of(trainer))
    for width in (40, 58, 66, 70, 79, 98, 103, 118, 238):
        for height in (8, 13, 24):
            for view in (UNITS, "f", SURPRISE):
                for ranking in (None, RANKING) if view == UNITS else (RANKING,):
                    grid = RememberingGrid(width, height, PALETTE.text)
                    draw_read(grid, PALETTE, glyphs(marker), Reading(passage, ranking, view, 7, 40, 0.7, 0.9))
                    assert grid.not_whole() == [], (width, height, view)


def test_the_gates_of_a_cell_are_shown_as_units_are_with_their_layer():
    trainer = trained(small_trainer("adam", BOOK, hidden_size=6, seq_length=12, cell="lstm", layers=2), 20)
    passage = look("passage", Subject.of(trainer))
    assert views(passage) == [UNITS, "i", "f", "o", "g", SURPRISE]
    grid = read(passage, view="f", unit=7)
    text = "\n".join(grid.text())
    assert "forget gate of unit 1 of layer 2" in text
    assert re.search("closed +open", text)
    assert "Forget gates follow" in text
    width = 116 - 36 - 3
    for k, (x, line) in enumerate(flow(passage.characters, width)[:140]):
        if k != 40:
            value = round(float(passage.inner["f"][k, 7]) * 32) / 32
            assert grid.background_at(x, 2 + 5 * line) == PALETTE.heat(value)
    assert "2·1" in "\n".join(read(passage, view=UNITS, unit=7, ranking=LAYERED).text())


def test_courses_begin_when_there_is_one_and_norms_stand_beside_the_ratios(health):
    measured = [Measured(0.5 * k, replace(health, gradient_norm=1.0 + k), 1.5) for k in range(9)]
    few = "\n".join(seen_health(health, measured=measured[:1]).text())
    assert "no course yet" in few
    assert "▁▂" not in few.split("gradient norm")[1].split("\n")[0]
    row = next(line for line in seen_health(health, measured=measured).text() if "gradient norm" in line)
    assert row.rstrip().endswith("9  ▁▂▃▃▄▅▅▆▇")
    grid = Grid(150, 35, PALETTE.text)
    norms = {name: 10.0 + k for k, (name, _) in enumerate(health.ratios)}
    draw_health(grid, PALETTE, glyphs("braille"), (), measured, None, norms=norms)
    for name, ratio in health.ratios:
        row = next(line for line in grid.text() if f" {name} ─" in line)
        assert row.split()[-2:] == [f"{ratio:.0e}".replace("e-0", "e−"), f"{norms[name]:.3g}"]


def test_a_single_measurement_of_the_gradients_way_back_is_a_bar_for_each_step(health):
    shares = tuple(10.0 ** -(t / 2) for t in range(12))
    text = seen_health(health, measured=[Measured(0.0, replace(health, shares=shares), None)]).text()
    y = next(y for y, row in enumerate(text) if row.startswith("Gradient through time")) + 1
    rows = len(text) - y - 1
    for back, share in enumerate(shares):
        column = "".join(row[6 + 4 * back] for row in text[y : y + rows])
        eighths = sum("▁▂▃▄▅▆▇█".index(sign) + 1 for sign in column if sign != " ")
        assert eighths == max(1, round((1 + math.log10(share) / 8) * rows * 8))


async def test_the_panels_wait_and_then_show_what_was_seen(passage, health):
    async with MadeUpApp().run_test(size=(200, 60)) as pilot:
        await begin(pilot, 95)
        await sees(pilot, "Ready after 100 updates.", "Measured twice a second")
        asked = {each.name for each in pilot.app.asked(ObserveRequest) if each.every is not None}
        assert {"health", "beat"} <= asked
        assert "passage" not in asked
        await tell(pilot, BookRead("".join(sorted(set(BOOK))), None))
        await tell(pilot, Observed(50, "passage", passage))
        await sees(pilot, "Ready after 100 updates.")  # a network that was made by chance
        await picture(pilot, live(500))  # as a run also begins that goes on from a checkpoint
        await unseen(pilot, "Ready after 100 updates.")
        await sees(pilot, "Ready as soon as the network has been looked at.")
        assert any(each.name == "passage" for each in pilot.app.asked(ObserveRequest))
        seen = Observed(500, "passage", passage), Observed(500, "ranking", RANKING), Observed(500, "health", health)
        await tell(pilot, *seen)
        await unseen(pilot, "Ready as soon")
        await sees(pilot, "unit 0: feature 0", "held-out text, never trained on", "6 hidden units", "gradient norm")
        assert any(each.name == "ranking" for each in pilot.app.asked(ObserveRequest))
        await pilot.press("4", "m")
        await sees(pilot, "the next update, made on a copy")
        await unseen(pilot, "─ 6 hidden units")
        await pilot.press("m", "3", "m", "j")
        await sees(pilot, "unit 1: feature 1", "What units follow", "Values of unit 1")
        await pilot.press("v", "home", "comma")
        await sees(pilot, "first guess right", "temp 0.9")
        first = passage.characters[0]
        assert f"it was {first}: {passage.bits[0]:.2f} bits" in painted(pilot)
        await pilot.press("i", *"sat", "enter")
        await pilot.pause()
        wanted = [each for each in pilot.app.asked(ObserveRequest) if each.name == "passage"]
        assert wanted[-1].argument == "sat"


def test_a_feature_that_the_text_has_not_is_left_out_of_the_table(passage):
    rows = (*RANKING.rows[:2], Following("vowel read", 0, None, None))
    grid = Grid(116, 35, PALETTE.text)
    reading = Reading(passage, Ranking(rows, 60_000), UNITS, 0, 40, 1.0, 1.0)
    draw_read(grid, PALETTE, glyphs("braille"), reading)
    text = "\n".join(grid.text())
    assert "feature 1" in text
    assert "vowel read" not in text
