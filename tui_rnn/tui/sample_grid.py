"""A grid of samples, three temperatures by three top-p, as a page of Markdown: the assignment's optional task."""

from collections.abc import Iterable

from tui_rnn.engine.control import SampleRequest
from tui_rnn.engine.events import Sample
from tui_rnn.engine.words import Words
from tui_rnn.safe_text import safe_text
from tui_rnn.wording import loss_text, written_text

_FENCE = "~~~~"


def as_markdown(
    sample: Sample,
    texts: Iterable[tuple[SampleRequest, str, float | None]],
    words: Words | None,
    seq_length: int,
) -> str:
    """The page: what wrote, a table of the figures, and each text whole.

    `sample` is one of the texts as it was logged; each of `texts` is its request, its text and its bits per character.
    """
    written = list(texts)
    lines = [
        "# Temperature and top-p",
        "",
        f"The {sample.model} weights at step {sample.step:,}, smooth loss {loss_text(sample.smooth_loss, seq_length)}, "
        "wrote each text by the same random numbers. Below each temperature: the share of its words that the book has, "
        "and the mean surprise of its characters under the model as it is, at temperature 1.",
        "",
    ]
    temps = sorted({request.temperature for request, _, _ in written})
    lines += ["| top-p | " + " | ".join(f"temp {temp:g}" for temp in temps) + " |", "|---" * (len(temps) + 1) + "|"]
    for top_p in sorted({request.top_p for request, _, _ in written}):
        row = [_figures(each, words) for each in written if each[0].top_p == top_p]
        lines.append(f"| {top_p:g} | " + " | ".join(row) + " |")
    for request, text, _ in written:
        fence = _FENCE
        while fence in text:
            fence += "~"
        lines += ["", f"## temp {request.temperature:g}, top-p {request.top_p:g}", "", fence, safe_text(text), fence]
    return "\n".join(lines) + "\n"


def _figures(each: tuple[SampleRequest, str, float | None], words: Words | None) -> str:
    """`93 % real words, 1.63 bits/char`."""
    request, text, bits = each
    return written_text(None if words is None else words.share(text, len(request.prime)), bits)
