"""What a network wrote, as it is shown: words that the book does not have stand back, under a line of what is known.

The text comes as a `Content`, so that it can be selected; what is in it never is markup.
"""

from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len
from textual.content import Content

from tui_rnn.engine.events import InheritedSample, Sample
from tui_rnn.engine.words import Words
from tui_rnn.safe_text import safe_text
from tui_rnn.wording import sample_loss_text

MEASURE = 66  # columns of a text that is read

_GAP = "   "
_LONGEST_NAME = 30  # columns of a run that is named


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of a sample; where there is no room for all of them, the largest `rank` goes first."""

    words: str
    rank: int


def facts(sample: Sample, seq_length: int, words: Words | None = None) -> list[Fact]:
    """When it was written and how well: `step 40,000`, `1.862 nats/char`, `48 % real words`, `temp 1`."""
    found = [Fact(f"step {sample.step:,}", 0)]
    if sample.kind == "final":
        found.append(Fact("the end", 3))
    if sample.kind == "requested":
        found.append(Fact("asked for", 5))
    if isinstance(sample, InheritedSample):
        found.append(Fact(_by(sample.by), 1))
    if loss := sample_loss_text(sample, seq_length):
        found.append(Fact(loss, 2))
    if words is not None and (share := words.share(sample.text, len(sample.prime))) is not None:
        found.append(Fact(f"{share:.0%} real words".replace("%", " %"), 4))
    found.append(Fact(f"temp {sample.temperature:g}", 6 if sample.temperature == 1 else 1))
    if sample.top_p < 1:
        found.append(Fact(f"top-p {sample.top_p:g}", 1))
    if sample.model == "best":
        found.append(Fact("best weights", 1))
    return found


def _by(run: str) -> str:
    """The run that wrote a sample before this one branched off, by the name of its folder unless that is long."""
    name = safe_text(Path(run).name, one_line=True)
    return f"by {name}" if 0 < cell_len(name) <= _LONGEST_NAME else "by the parent run"


def fitted(found: list[Fact], width: int) -> list[str]:
    """The facts that fit side by side, whole; the first of them always."""
    kept = list(found)
    while len(kept) > 1 and sum(len(each.words) for each in kept) + len(_GAP) * (len(kept) - 1) > width:
        least = max(kept[1:], key=lambda each: each.rank)
        kept.remove(least)
    return [each.words for each in kept]


def heading(found: list[Fact], width: int, colour: str, first_colour: str) -> Content:
    """The line above a text; its first fact, when it was written, in a colour of its own."""
    first, *others = fitted(found, width)
    return Content.assemble((first, f"bold {first_colour}"), *((_GAP + each, colour) for each in others))


def text_content(text: str, words: Words | None, plain: str, unreal: str, begin: int = 0, begun: str = "") -> Content:
    """The text in these colours: `unreal` for words that the book does not have, `begun` for what was given."""
    pieces = [(safe_text(text[:begin]), begun)] if begin else []
    before = text[:begin]
    parts = [(text[begin:], False)] if words is None else _runs(words, text, begin)
    for part, is_unreal in parts:
        pieces.append((safe_text(part, after=before), unreal if is_unreal else plain))
        before = part
    return Content.assemble(*pieces)


def _runs(words: Words, text: str, begin: int) -> list[tuple[str, bool]]:
    """The text in stretches of one colour each, and whether that is the one of words that are not real."""
    runs: list[tuple[str, bool]] = []
    for part in words.parts(text, begin):
        is_unreal = part.is_word and not part.is_real
        if runs and runs[-1][1] == is_unreal:
            runs[-1] = (runs[-1][0] + part.text, is_unreal)
        else:
            runs.append((part.text, is_unreal))
    return runs
