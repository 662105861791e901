"""The text panels, each by itself and fed by hand: samples, run."""

from datetime import datetime
from pathlib import Path

from textual.app import App

from tests.tui.support import painted, sampled, saved, sees, started, unseen, words
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.events import BookRead, HeldOut
from tui_rnn.engine.words import words_of
from tui_rnn.tui import app as tui_app
from tui_rnn.tui.palette import palette_of
from tui_rnn.tui.panels.run import MOST_LINES, RunPanel
from tui_rnn.tui.panels.samples import MOST_SAMPLES, Samples
from tui_rnn.tui.run_state import RunState

CONFIG = RunConfig.from_recipe("adagrad", "made-up.txt")
RUN = RunState(CONFIG, CONFIG.goal, "runs/made-up")
NOON = datetime(2026, 11, 23, 12, 0, 5)


class Alone(App):
    """One panel by itself."""

    CSS_PATH = Path(tui_app.__file__).with_name("tui_rnn.tcss")

    def __init__(self, panel):
        super().__init__()
        self.panel = panel

    def compose(self):
        yield self.panel


async def seen(pilot):
    """The panel has looked at the run, and is painted."""
    pilot.app.panel.look(RUN)
    await pilot.pause()


async def test_the_newest_sample_stands_on_top_and_is_marked():
    panel = Samples()
    async with Alone(panel).run_test(size=(80, 30)) as pilot:
        panel.on_run_event(started())
        await sees(pilot, "The first sample is written before update 1, by a network that knows nothing.")
        panel.on_run_event(started(resumed_from="parent.ckpt", resumed_step=54_680))  # a branch, without samples
        await unseen(pilot, "knows nothing")
        await sees(pilot, "It goes on from step 54,680: the first sample is written at")
        for step, text in ((1, "first"), (100, "second"), (200, "third")):
            panel.on_run_event(sampled(step, text))
            await seen(pilot)
        shown = painted(pilot)
        assert "is due" not in shown
        assert shown.index("third") < shown.index("second") < shown.index("first")
        (newest,) = panel.query(".newest")
        assert "third" in str(newest.render())
        rules = [row[:1] == "▎" for row in shown.splitlines()]
        assert rules[:4] == [True, True, False, False]  # its heading and its text


async def test_a_sample_stands_under_its_step_loss_and_temperature_and_its_share_of_real_words_once_they_are_known():
    panel = Samples()
    async with Alone(panel).run_test(size=(120, 10)) as pilot:
        panel.on_run_event(sampled(12_345, "it so goes, ho it so.", smooth_loss=50.0, temperature=0.7))
        await seen(pilot)
        await sees(pilot, "step 12,345   2.000 nats/char   temp 0.7")
        (words,) = filter(None, words_of(["so it goes. and so "], " .adeghinost"))
        panel.on_run_event(BookRead("", words))
        await sees(pilot, "step 12,345   2.000 nats/char   80 % real words   temp 0.7")  # so goes it so, but not ho
        dim = palette_of(pilot.app).dim
        styled = panel.query_one(".sample").render()
        assert [str(styled)[span.start : span.end] for span in styled.spans if dim in str(span.style)] == ["ho"]


async def test_reading_an_older_sample_is_not_interrupted_by_a_new_one():
    panel = Samples()
    async with Alone(panel).run_test(size=(80, 10)) as pilot:
        for step in range(1, 9):
            panel.on_run_event(sampled(step, f"text {step}"))
        await seen(pilot)
        panel.scroll_to(y=6, animate=False)
        await pilot.pause()
        before = painted(pilot)
        for step in (9, 10):
            panel.on_run_event(sampled(step, f"text {step}"))
            await seen(pilot)
        assert painted(pilot) == before
        assert str(panel.border_subtitle) == "2 newer above"
        panel.scroll_home(animate=False)
        await pilot.pause()
        await seen(pilot)
        assert "text 10" in painted(pilot).splitlines()[1]
        assert str(panel.border_subtitle) == ""


async def test_old_samples_are_dropped_from_the_screen():
    panel = Samples()
    async with Alone(panel).run_test(size=(80, 10)) as pilot:
        for step in range(MOST_SAMPLES + 5):
            panel.on_run_event(sampled(step, f"text {step}"))
        await seen(pilot)
        assert len(panel.query(".sample")) == MOST_SAMPLES
        await sees(pilot, f"text {MOST_SAMPLES + 4}")


async def test_samples_keep_their_lines():
    panel = Samples()
    async with Alone(panel).run_test(size=(80, 10)) as pilot:
        panel.on_run_event(sampled(1, "one\n\ntwo\n\n\n"))
        await seen(pilot)
        lines = [line.strip("▎ ") for line in painted(pilot).splitlines()]
        assert lines[1:4] == ["one", "", "two"]


async def test_facts_stand_in_two_columns():
    panel = RunPanel()
    async with Alone(panel).run_test(size=(80, 10)) as pilot:
        await sees(pilot, "Reading corpus…")
        panel.show({"corpus": "made-up.txt", "m": "100"})
        await pilot.pause()
        first, second, *_ = painted(pilot).splitlines()
        assert words(first).strip() == "corpus made-up.txt"
        assert second.index("100") == first.index("made-up")


async def test_events_stand_newest_first_with_the_time_of_day():
    panel = RunPanel()
    async with Alone(panel).run_test(size=(80, 10)) as pilot:
        await sees(pilot, "Reading corpus…")
        panel.add("first", NOON)
        panel.add("second", NOON.replace(second=7), warns=True)
        await seen(pilot)
        rows = [row.strip() for row in painted(pilot).splitlines()[:2]]
        assert rows == ["12:00:07  second", "12:00:05  first"]


async def test_old_events_are_dropped_from_the_screen():
    panel = RunPanel()
    async with Alone(panel).run_test(size=(80, 10)) as pilot:
        for number in range(MOST_LINES + 5):
            panel.add(f"event {number}.", NOON)
        await seen(pilot)
        text = str(panel.text.render())
        assert text.count("\n") == MOST_LINES - 1
        assert f"event {MOST_LINES + 4}." in text
        assert "event 4." not in text


async def test_a_held_out_loss_joins_the_line_of_its_sample_once():
    panel = RunPanel()
    async with Alone(panel).run_test(size=(80, 10)) as pilot:
        judged = HeldOut(500, 1.25, 1.8, 1.25, 500)
        for event in (sampled(500, "x"), judged, HeldOut(500, 1.25, 1.8, 1.25, 500, "final"), sampled(600, "x")):
            panel.on_run_event(event)
        await seen(pilot)
        lines = [line[10:] for line in str(panel.text.content).splitlines()]
        assert lines == [
            "sample of step 600",
            "held out 1.250, the best, step 500",
            "sample of step 500; held out 1.250, the best",
        ]


async def test_events_have_their_paths_when_they_are_asked_for():
    panel = RunPanel()
    async with Alone(panel).run_test(size=(80, 10)) as pilot:
        panel.on_run_event(saved(500, path="runs/a/checkpoints/step-500.ckpt"))
        await seen(pilot)
        await sees(pilot, "checkpoint saved, step 500")
        await unseen(pilot, "step-500.ckpt")
        panel.action_other_view()
        await sees(pilot, "checkpoint saved, step 500: runs/a/checkpoints/step-500.ckpt")


async def test_an_event_stays_on_one_line():
    panel = RunPanel()
    async with Alone(panel).run_test(size=(80, 10)) as pilot:
        panel.add("two\nlines", NOON)
        await seen(pilot)
        await sees(pilot, "two␊lines")
