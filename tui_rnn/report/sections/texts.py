"""The third and fourth deliverables: the samples taken while training, and what the best model writes."""

from collections.abc import Iterator

from tui_rnn.engine.events import Sample
from tui_rnn.engine.recent import smooth_loss_lags
from tui_rnn.report.document import Block, Code, Heading, Paragraph, Text
from tui_rnn.report.log import MOST_SAMPLE_TEXT
from tui_rnn.report.read import TEXT_LENGTH
from tui_rnn.report.run_record import BestText, RunRecord
from tui_rnn.wording import counted, loss_text, per_char_text

EVERY = 10_000  # updates between two samples, as the assignment asks
MOST = 101  # samples shown
FEW = 11  # of a short run, however many it took
_SHORT = 300  # characters that can stand beside another sample


def samples(run: RunRecord) -> Iterator[Block]:
    """Those before update 1 and before every 10,000th, and the one at the end."""
    yield Heading("3. What it writes as it learns")
    taken = list(run.log.samples.values())
    chosen = choose(taken, run.config.sample_every)
    last = run.log.final_sample
    if not chosen and last is None:
        yield Paragraph.of("The run's events hold no sample.")
        return
    left_out = len(taken) - len(chosen)
    yield Paragraph.of(
        f"Samples of {counted(run.config.sample_length, 'character')}, each taken before the update named, from the "
        "hidden state and the character that training stood at, every character drawn from p"
        f"{_drawn(taken)}. The "
        "seed and the step alone decide the draw, and a sample never changes the training."
        + (f" The run took {left_out:,} more, which stand in its events." if left_out else "")
    )
    for sample in chosen:
        yield _text(sample, f"Before update {sample.step:,}", run.config.seq_length)
    if last is not None and last.step == run.step:  # else it went on from there
        yield _text(last, f"After update {last.step:,}, the last", run.config.seq_length)


def _drawn(taken: list[Sample]) -> str:
    """` at temperature 1`; where that was adjusted, that each sample says its own."""
    return " at temperature 1" if all(map(_usual, taken)) else ", by the temperature and top-p said beside it"


def _usual(sample: Sample) -> bool:
    return sample.temperature == 1 and sample.top_p == 1


def _text(sample: Sample, title: str, T: int) -> Text:
    text = sample.text if len(sample.text) <= MOST_SAMPLE_TEXT else sample.text[:MOST_SAMPLE_TEXT] + " …"
    drawn = "" if _usual(sample) else f"; temperature {sample.temperature:g}, top-p {sample.top_p:g}"
    loss = f"smooth loss {loss_text(sample.smooth_loss, T)}"
    if smooth_loss_lags(sample.step) and sample.recent_nats_per_char is not None:
        loss = f"recent loss {per_char_text(sample.recent_nats_per_char)}; {loss}"
    return Text(text, title, f"{loss}{drawn}", wide=len(text) > _SHORT)


def choose(taken: list[Sample], every: int) -> list[Sample]:
    """The samples that are shown: before update 1 and before every 10,000th, or the multiple of `every` above that.

    Of a run too short for three of those, all or eleven evenly chosen; of a very long one, each second or fourth …
    """
    spacing = every * -(-EVERY // every)
    while len(chosen := [each for each in taken if each.step == 1 or each.step % spacing == 0]) > MOST:
        spacing *= 2
    if len(chosen) >= 3:
        return chosen
    count = min(FEW, len(taken))
    return [taken[round(place * (len(taken) - 1) / max(1, count - 1))] for place in range(count)]


def stood(best: BestText) -> str:
    """When the model was as it wrote: a best one is kept with the weights its loss was measured with."""
    return f"before update {best.step:,}" if best.is_best else f"after {counted(best.step, 'update')}"


def best_text(run: RunRecord) -> Iterator[Block]:
    """A thousand characters of the best model, the same that `tui-rnn sample` writes."""
    yield Heading(f"4. {TEXT_LENGTH:,} characters from the best model")
    best = run.best_text
    if best is None:
        yield Paragraph.of("The run holds no model that could write.")
        return
    which = "The model with the lowest smooth loss" if best.is_best else "The latest model, as no best one is on disk"
    yield Paragraph.of(
        f"{which}, as it stood {stood(best)}; smooth loss there: "
        f"{loss_text(best.smooth_loss, run.config.seq_length)}. It began with {best.began_with} and h₀ = 0 and drew "
        "each character from p at temperature 1, seeded by the run's seed and the step. ",
        Code("tui-rnn sample RUN"),
        " writes the same text.",
    )
    yield Text(best.text)
