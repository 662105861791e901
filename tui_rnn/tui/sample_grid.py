"""A grid of samples, three temperatures by three top-p, as a page of Markdown: the assignment's optional task."""

from collections.abc import Iterable, Sequence

from tui_rnn.engine.control import SampleRequest
from tui_rnn.engine.events import Sample
from tui_rnn.engine.words import Words
from tui_rnn.safe_text import safe_text
from tui_rnn.wording import loss_text, written_text

GRID_SIDE = 3  # temperatures, and so many top-p
_BESIDE_TEMPERATURE = (0.0, 0.4, 1.3, 2.0)
_BESIDE_TOP_P = (0.5, 0.9, 1.0)
_FENCE = "~~~~"


def grid_ways(temp: float, top_p: float) -> list[tuple[float, float]]:
    """The temperature and top-p of the nine texts, row by row: that in force is one of them, in the middle column."""
    return [(t, p) for p in _three(top_p, _BESIDE_TOP_P) for t in _three(temp, _BESIDE_TEMPERATURE)]


def _three(value: float, others: Sequence[float]) -> list[float]:
    """The value between the nearest ones at its two sides; beyond the outermost of them the two nearest."""
    lower, higher = [each for each in others if each < value], [each for each in others if each > value]
    first = lower[-1:] if higher else lower[-2:]
    return [*first, value, *higher[: GRID_SIDE - 1 - len(first)]]


def as_markdown(
    sample: Sample,
    texts: Iterable[tuple[SampleRequest, str, float | None]],
    words: Words | None,
    seq_length: int,
) -> str:
    """The page: what wrote, a table of the figures, and each text whole.

    `sample` is one of the texts as it was logged; each of `texts` is its request, its text and its bits per character.
    """
    told = list(texts)
    lines = [
        "# Temperature and top-p",
        "",
        f"The {sample.model} weights at step {sample.step:,}, smooth loss {loss_text(sample.smooth_loss, seq_length)}, "
        "wrote each text by the same random numbers. Below each temperature: the share of its words that the book has, "
        "and the mean surprise of its characters under the model as it is, at temperature 1.",
        "",
    ]
    temps = sorted({request.temperature for request, _, _ in told})
    lines += ["| top-p | " + " | ".join(f"temp {temp:g}" for temp in temps) + " |", "|---" * (len(temps) + 1) + "|"]
    for top_p in sorted({request.top_p for request, _, _ in told}):
        row = [_figures(each, words) for each in told if each[0].top_p == top_p]
        lines.append(f"| {top_p:g} | " + " | ".join(row) + " |")
    for request, text, _ in told:
        fence = _FENCE
        while fence in text:
            fence += "~"
        lines += ["", f"## temp {request.temperature:g}, top-p {request.top_p:g}", "", fence, safe_text(text), fence]
    return "\n".join(lines) + "\n"


def _figures(each: tuple[SampleRequest, str, float | None], words: Words | None) -> str:
    """`93 % real words, 1.63 bits/char`."""
    request, text, bits = each
    return written_text(None if words is None else words.share(text, len(request.prime)), bits)
