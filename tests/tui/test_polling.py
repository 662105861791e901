"""The pace of looks: dear ones are rare, none is drawn where nobody sees it, and looking never ends."""

import pytest
from textual import events

from tests.tui.support import MadeUpApp, begin, done, live, painted, sampled, saved, sees, settled, status, tell, until
from tui_rnn.tui import polling
from tui_rnn.tui.messages import EventPosted
from tui_rnn.tui.panels.loss import LossChart
from tui_rnn.tui.panels.run import RunPanel
from tui_rnn.tui.panels.samples import Samples
from tui_rnn.tui.polling import MOST_SECONDS, MOST_SHARE, Pace
from tui_rnn.tui.screens.training import TrainingScreen


class Hands:
    """Three clocks that are set by hand: of the day, of the work done by looks, and of all work."""

    def __init__(self):
        self.now = self.worked = self.trained = 0.0

    def pace(self, most_per_second):
        return Pace(most_per_second, lambda: self.now, lambda: self.worked, lambda: self.worked + self.trained)

    def look(self, pace, work, lasting=0.0):
        """Take a look that costs so many seconds of work, while training goes on; the seconds until the next."""
        pace.begin()
        self.worked += work
        self.trained += lasting - min(work, lasting)
        self.now += lasting
        return pace.end()


@pytest.fixture
def hands():
    return Hands()


@pytest.mark.parametrize(
    ("work", "most_per_second", "seconds"),
    [
        (0.0, 2.0, 0.5),  # as often as is asked for
        (0.009, 2.0, 0.5),
        (0.014, 2.0, 0.7),  # 2 % of the time
        (0.002, 30.0, 0.1),
        (0.3, 2.0, 1.0),  # once a second, however dear
        (0.3, 0.1, 10.0),  # never oftener than is asked for
    ],
)
def test_a_look_is_followed_by_the_next_at_its_cost(hands, work, most_per_second, seconds):
    assert hands.look(hands.pace(most_per_second), work) == pytest.approx(seconds)


@pytest.mark.parametrize("work", [0.001, 0.005, 0.01, 0.015, 0.02])
def test_looks_take_their_share_of_the_time_at_the_most(hands, work):
    pace = hands.pace(30.0)
    for _ in range(100):
        seconds = hands.look(pace, work, lasting=2 * work)
        hands.now += seconds
        hands.trained += seconds
    assert hands.worked <= 1.001 * MOST_SHARE * hands.now


@pytest.mark.parametrize(
    ("busy", "seconds"),
    [
        (1.0, 0.5),
        (1.7, 0.5),  # two threads at once
        (0.5, 0.8),  # every second of training took two
        (0.2, 1.0),  # once a second, however little the program gets
        (0.01, 0.5),  # paused: there is nothing to slow down
    ],
)
def test_a_look_is_paid_for_with_the_processor_time_that_the_program_gets(hands, busy, seconds):
    pace = hands.pace(2.0)
    hands.look(pace, 0.0)
    hands.now, hands.trained = 10.0, 10 * busy
    assert hands.look(pace, 0.008) == pytest.approx(seconds)


def test_time_the_look_took_is_not_waited_again(hands):
    pace = hands.pace(2.0)
    assert hands.look(pace, 0.01, lasting=0.2) == pytest.approx(0.3)
    assert hands.look(pace, 0.01, lasting=0.7) == 0.0


def test_each_look_is_paid_for_by_itself(hands):
    pace = hands.pace(2.0)
    assert hands.look(pace, 0.3) == MOST_SECONDS
    assert hands.look(pace, 0.001) == 0.5


@pytest.fixture
async def pilot(monkeypatch):
    """Looks follow each other closely, whatever they cost here."""
    monkeypatch.setattr(Pace, "end", lambda pace: 0.02)
    async with MadeUpApp(fps=20).run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        yield pilot


@pytest.fixture
def drawn(monkeypatch):
    """The step of each picture that the chart draws."""
    found = []
    show = LossChart._show

    def remember(chart):
        found.append(chart._seen.step)
        show(chart)

    monkeypatch.setattr(LossChart, "_show", remember)
    return found


async def test_what_the_worker_publishes_is_shown_without_being_told(pilot):
    for step in (600, 700, 800):
        pilot.app.worker.picture = live(step)
        await sees(pilot, f"{step} of 1,000", where=status)


async def test_looking_goes_on_after_a_look_that_took_longer_than_its_period(pilot, monkeypatch):
    """Then the next one is due at once."""
    monkeypatch.setattr(Pace, "end", lambda pace: 0.0)
    for step in (600, 700, 800):
        pilot.app.worker.picture = live(step)
        await sees(pilot, f"{step} of 1,000", where=status)


async def test_a_picture_is_drawn_once(pilot, drawn):
    pilot.app.worker.picture = live(600)
    await until(pilot, lambda: drawn)
    await pilot.pause(0.3)
    assert drawn == [600]


async def test_events_that_can_be_many_wait_for_the_next_look(pilot, drawn, monkeypatch):
    monkeypatch.setattr(Pace, "end", lambda pace: 1e6)
    await pilot.pause(0.2)  # the look at hand is the last
    drawn.clear()
    training_screen = pilot.app.training
    for step in range(1, 6):
        pilot.app.worker.picture = live(600 + step)
        training_screen.on_run_event(sampled(step, f"text {step}"))
        training_screen.on_run_event(saved(step))
    await pilot.pause(0.2)
    assert drawn == []
    training_screen.poll()
    assert drawn == [605]
    await sees(pilot, "text 5", "text 4")
    training_screen.poll()
    assert len(training_screen.query_one(Samples).query(".sample")) == 6  # with the one that was there before
    assert len(training_screen.query_one(Samples).query(".newest")) == 1
    assert painted(pilot).index("text 5") < painted(pilot).index("text 4")


@pytest.mark.parametrize(
    ("key", "in_sight"), [("s", False), ("f", False), ("h", True), ("ctrl+p", True), ("q", True), ("f1", False)]
)
async def test_figures_live_on_behind_a_dialog_and_so_does_a_chart_that_it_leaves_in_sight(
    pilot, drawn, monkeypatch, key, in_sight
):
    monkeypatch.setattr(polling, "COVERED_SECONDS", 0.02)
    await pilot.press(key)
    await until(pilot, lambda: pilot.app.screen is not pilot.app.training)
    pilot.app.worker.picture = live(700)
    await sees(pilot, "700 of 1,000", where=status)
    assert drawn == [700] * in_sight
    assert pilot.app.screen is not pilot.app.training


async def test_a_figure_that_changes_behind_a_screen_has_only_the_headers_rows_painted(pilot, monkeypatch):
    monkeypatch.setattr(polling, "COVERED_SECONDS", 0.02)
    await pilot.press("question_mark")
    await until(pilot, lambda: pilot.app.screen is not pilot.app.training)
    await settled(pilot)
    frames, display = [], pilot.app._display
    monkeypatch.setattr(pilot.app, "_display", lambda *given: (frames.append(given[1]), display(*given)))
    for step in (700, 701):
        pilot.app.worker.picture = live(step)
        await sees(pilot, f"{step} of 1,000", where=status)
    painted_rows = {y for frame in frames if frame for y, _, _ in frame.spans}
    assert painted_rows
    assert max(painted_rows) < pilot.app.training.area.region.y


async def test_the_end_is_shown_with_its_last_figures_behind_a_dialog(pilot, monkeypatch):
    monkeypatch.setattr(polling, "COVERED_SECONDS", 1e6)  # told, not found by a look
    await pilot.press("question_mark")
    await until(pilot, lambda: pilot.app.screen is not pilot.app.training)
    pilot.app.worker.picture = live(1000)
    pilot.app.post_message(EventPosted(done(1000)))
    await sees(pilot, "✓ DONE", "1,000 of 1,000", where=status)
    assert pilot.app.screen is not pilot.app.training


async def test_looks_at_what_a_dialog_covers_are_rare(pilot, drawn, monkeypatch):
    monkeypatch.setattr(polling, "COVERED_SECONDS", 1e6)
    await pilot.press("question_mark")
    await until(pilot, lambda: pilot.app.screen is not pilot.app.training)
    await pilot.pause(0.1)  # the look at hand is the last
    pilot.app.worker.picture = live(700)
    await pilot.pause(0.2)
    assert drawn == []
    await pilot.press("escape")
    await until(pilot, lambda: drawn == [700])


async def test_updates_not_saved_are_counted_under_the_question(pilot):
    await pilot.press("q")
    await until(pilot, lambda: pilot.app.screen is not pilot.app.training)
    pilot.app.worker.picture = live(777)
    await sees(pilot, "777 updates are not saved")


async def test_a_terminal_out_of_focus_is_not_drawn_until_it_is_in_focus_again(pilot, drawn, monkeypatch):
    monkeypatch.setattr(polling, "OUT_OF_FOCUS_SECONDS", 1e6)
    pilot.app.post_message(events.AppBlur())
    await pilot.pause(0.3)
    drawn.clear()
    pilot.app.worker.picture = live(700)
    await pilot.pause(0.3)
    assert drawn == []
    pilot.app.post_message(events.AppFocus())
    await until(pilot, lambda: drawn == [700])


@pytest.mark.parametrize("do", [lambda pilot: pilot.press("l"), lambda pilot: pilot.resize_terminal(200, 60)])
async def test_a_key_or_a_resize_is_drawn_out_of_focus_too(pilot, do):
    pilot.app.post_message(events.AppBlur())
    before = await settled(pilot)
    await do(pilot)
    await until(pilot, lambda: painted(pilot) != before)


async def test_facts_that_are_not_displayed_are_not_drawn(pilot, monkeypatch):
    shown = []
    monkeypatch.setattr(RunPanel, "show", lambda panel, facts: shown.append(facts["best"]))
    pilot.app.worker.picture = live(700, best_step=650)
    await sees(pilot, "700 of", where=status)
    assert shown == []
    await pilot.press("9")
    assert any("step 650" in best for best in shown)


async def test_events_behind_another_panel_are_written_when_it_comes_to_the_front(pilot, monkeypatch):
    written = []
    show_text = RunPanel.show_text
    monkeypatch.setattr(RunPanel, "show_text", lambda panel, text: written.append(1) or show_text(panel, text))
    await tell(pilot, saved(600), saved(700))
    assert written == []
    await pilot.press("9")
    await sees(pilot, "saved, step 600", "saved, step 700")
    written.clear()
    await tell(pilot, saved(800))
    await sees(pilot, "saved, step 800")
    assert written == [1]


async def test_a_key_for_the_next_sample_lays_out_nothing(pilot, monkeypatch):
    asked = []
    monkeypatch.setattr(TrainingScreen, "_arrange", lambda screen: asked.append(1))
    await pilot.press("left_square_bracket")
    await sees(pilot, "s: temp 0.9")
    assert asked == []


async def test_the_charts_marks_are_those_told_of(pilot):
    await tell(pilot, sampled(100), saved(200))
    series = pilot.app.training.query_one(LossChart).series
    assert (100 in series.samples, series.saved) == (True, (200,))


async def test_nothing_is_painted_while_the_terminal_has_frames_left_to_take(pilot, monkeypatch):
    frames, display = [], pilot.app._display
    monkeypatch.setattr(pilot.app, "_display", lambda *given: (frames.append(given), display(*given)))
    pilot.app._driver.is_behind = True
    pilot.app.worker.picture = live(700)
    await until(pilot, lambda: pilot.app.training.run.picture is pilot.app.worker.picture)
    for _ in range(10):
        await pilot.app.training._update_timer._tick(next_timer=0, count=0)
    assert frames == []
    pilot.app._driver.is_behind = False
    await until(pilot, lambda: frames)
