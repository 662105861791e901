"""The rolling samples: what the network wrote, newest on top, each under its step and smooth loss."""

from textual.content import Content
from textual.widgets import Static

from tui_rnn.engine.events import Sample
from tui_rnn.readable import figure, nats_and_bits, safe_text
from tui_rnn.tui.widgets.panel import Panel

MOST_SAMPLES = 100  # kept on the screen; events.jsonl keeps them all


class Samples(Panel):
    """A scrolling column of samples. Text can be selected and copied."""

    def __init__(self, seq_length: int, *, id: str | None = None) -> None:
        super().__init__("No sample yet", id=id)
        self._seq_length = seq_length

    def add(self, *samples: Sample) -> None:
        """Put these on top, the last one uppermost; together, since each change of the layout is dear."""
        self.text.display = False
        for older in self.query(".newest"):
            older.remove_class("newest")
        entries = [Static(self._content(sample), classes="sample", markup=False) for sample in samples[-MOST_SAMPLES:]]
        entries[-1].add_class("newest")
        self.mount_all(entries[::-1], before=0)
        self.scroll_home(animate=False)
        for old in list(self.query(".sample"))[MOST_SAMPLES:]:
            old.remove()

    def _content(self, sample: Sample) -> Content:
        told = heading(sample, self._seq_length)
        return Content.assemble((told, "bold $text-accent"), "\n", safe_text(sample.text).rstrip("\n"))


def heading(sample: Sample, seq_length: int) -> str:
    """When it was written, by which model, and how: `before step 10,000 · loss 51.98 · 2.079 nats/char · T 1`."""
    facts = [f"before step {sample.step:,}" if sample.kind == "scheduled" else f"step {sample.step:,}"]
    if sample.smooth_loss is not None:
        nats, _ = nats_and_bits(sample.smooth_loss, seq_length)
        facts += [f"loss {figure(sample.smooth_loss, 2)}", f"{figure(nats, 3)} nats/char"]
    facts.append(f"T {sample.temperature:g}")
    if sample.top_p < 1:
        facts.append(f"top-p {sample.top_p:g}")
    if sample.model == "best":
        facts.append("best model")
    return " · ".join(facts)
