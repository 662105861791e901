"""2 Samples: what the network wrote, newest on top, each under its step and smooth loss."""

from collections import deque

from textual.content import Content
from textual.widgets import Static

from tui_rnn.engine.events import Event, Sample
from tui_rnn.readable import nats_and_bits, safe_text
from tui_rnn.tui.panels.base import ScreenOptions, TextPanel
from tui_rnn.tui.so_far import SoFar

MOST_SAMPLES = 100  # kept on the screen; events.jsonl keeps them all


class Samples(TextPanel):
    """A scrolling column of samples. Text can be selected and copied."""

    number = 2
    title = "Samples"
    about = "What the network wrote before update 1 and before every so many, and when it was asked to; newest on top."
    waiting = "First sample at step 1"

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self._new: deque[Sample] = deque(maxlen=MOST_SAMPLES)  # since the last look

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """Keep a sample for the next look."""
        if isinstance(event, Sample):
            self._new.append(event)

    def look(self, run: SoFar) -> None:
        """Show the samples that are new, together, since each change of the layout is dear."""
        if self._new:
            self.add(*self._new, seq_length=run.config.seq_length)
            self._new.clear()

    def next_is(self, temperature: float) -> None:
        """Say at which temperature the next sample on a key is written."""
        self.border_subtitle = f"next sample: T {temperature:g}"

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
    facts = [f"step {sample.step:,}"]
    if sample.smooth_loss is not None:
        nats, _ = nats_and_bits(sample.smooth_loss, seq_length)
        facts += [f"loss {sample.smooth_loss:.2f}", f"{nats:.3f} nats/char"]
    facts.append(f"T {sample.temperature:g}")
    if sample.top_p < 1:
        facts.append(f"top-p {sample.top_p:g}")
    if sample.model == "best":
        facts.append("best model")
    return Content.assemble((" · ".join(facts), "bold $text-accent"), "\n", safe_text(sample.text).rstrip("\n"))
