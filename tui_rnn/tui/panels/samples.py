"""2 Samples: what the network wrote, newest on top, each under its step and smooth loss."""

from collections import deque

from textual.content import Content
from textual.widgets import Static

from tui_rnn.engine.control import SampleRequest
from tui_rnn.engine.events import Event, Sample
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.marks import MOST_SAMPLES
from tui_rnn.tui.panels.base import ScreenOptions, TextPanel
from tui_rnn.tui.run_state import RunState
from tui_rnn.wording import figure, nats_and_bits


class Samples(TextPanel):
    """A scrolling column of samples. Text can be selected and copied."""

    number = 2
    title = "Samples"
    about = "What the network wrote before update 1 and before every so many, and when it was asked to; newest on top."
    waiting = "No sample yet"

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self._new: deque[Sample] = deque(maxlen=MOST_SAMPLES)  # since the last look

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """Keep a sample for the next look."""
        if isinstance(event, Sample):
            self._new.append(event)

    def look(self, run: RunState) -> None:
        """Show the samples that are new, together, since each change of the layout is dear."""
        if self._new:
            self.add(*self._new, seq_length=run.config.seq_length)
            self._new.clear()

    def next_is(self, request: SampleRequest) -> None:
        """Say how the next sample on a key is written; of top-p and the best weights only where they are in use."""
        ways = [f"temp {request.temperature:g}"]
        ways += [f"top-p {request.top_p:g}"] * (request.top_p < 1) + ["best weights"] * (request.model == "best")
        self.border_subtitle = Content(f"next: {', '.join(ways)}")

    def add(self, *samples: Sample, seq_length: int) -> None:
        """Put these on top, the last one uppermost."""
        self.text.display = False
        for older in self.query(".newest"):
            older.remove_class("newest")
        entries = [
            Static(_entry(sample, seq_length), classes="sample", markup=False) for sample in samples[-MOST_SAMPLES:]
        ]
        entries[-1].add_class("newest")
        self.mount_all(entries[::-1], before=0)
        self.scroll_home(animate=False)
        for old in list(self.query(".sample"))[MOST_SAMPLES:]:
            old.remove()


def _entry(sample: Sample, seq_length: int) -> Content:
    words = heading(sample, seq_length)
    return Content.assemble((words, "bold $text-accent"), "\n", safe_text(sample.text).rstrip("\n"))


def heading(sample: Sample, seq_length: int) -> str:
    """When it was written, by which model, and how: `before step 10,000 · loss 51.98 · 2.079 nats/char · temp 1`."""
    facts = [f"before step {sample.step:,}" if sample.kind == "scheduled" else f"step {sample.step:,}"]
    if sample.smooth_loss is not None:
        nats, _ = nats_and_bits(sample.smooth_loss, seq_length)
        facts += [f"loss {figure(sample.smooth_loss, 2)}", f"{figure(nats, 3)} nats/char"]
    facts.append(f"temp {sample.temperature:g}")
    if sample.top_p < 1:
        facts.append(f"top-p {sample.top_p:g}")
    if sample.model == "best":
        facts.append("best model")
    return " · ".join(facts)
