"""One text that is being written: under its temperature, with its share of real words and its surprise."""

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui_rnn.engine.control import SampleRequest
from tui_rnn.engine.events import Sample, SamplePiece
from tui_rnn.engine.words import Words
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.palette import Palette
from tui_rnn.tui.replacing import replace_text
from tui_rnn.tui.written import text_content

_WITH_FOOT = 12  # rows from which the surprise has a line of its own


class Column(Vertical):
    """Takes the pieces of its own request, and draws what has come."""

    def __init__(self) -> None:
        super().__init__()
        self.request: SampleRequest | None = None
        self.sample: Sample | None = None  # the whole, of a chosen one
        self._text = ""
        self._bits = 0.0
        self._head = Static(markup=False, classes="head")
        self._body = Static(markup=False)
        self._foot = Static(markup=False, classes="foot")
        self._drawn: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        yield self._head
        with VerticalScroll(classes="body"):
            yield self._body
        yield self._foot

    def begin(self, request: SampleRequest | None) -> None:
        """Forget what was written, and wait for this."""
        self.cancel()
        self.request = request
        self.sample, self._text, self._bits = None, "", 0.0

    def cancel(self) -> None:
        """Have what is still being written end."""
        if self.request is not None:
            self.request.cancelled.set()

    def take(self, event: Sample | SamplePiece) -> None:
        """Take a piece of this column's request, or the whole of it."""
        if self.request is None or event.request != self.request.number:
            return
        if isinstance(event, Sample):
            self.sample = event
        else:
            self._text += event.text
            self._bits += event.bits

    @property
    def is_chosen(self) -> bool:
        """Whether its request is the one that is logged."""
        return self.request is not None and not self.request.in_pieces

    @property
    def text(self) -> str:
        """What was given and what was written after it."""
        return (self.request.prime if self.request else "") + self._text

    @property
    def written(self) -> int:
        """Characters that have come."""
        return len(self._text)

    @property
    def is_whole(self) -> bool:
        """Whether all that was asked for has come."""
        return self.sample is not None or (self.request is not None and self.written >= self.request.length)

    @property
    def bits_per_char(self) -> float | None:
        """The mean surprise of what has come."""
        return self._bits / self.written if self.written else None

    def draw(self, palette: Palette, words: Words | None, *, names_top_p: bool) -> None:
        """Draw what has changed since."""
        width, height = self.size
        look = (self.request, self.is_chosen, self.written, palette, words, width, height, names_top_p)
        if self.request is None or not width or self._drawn == look:
            return
        self._drawn = look
        has_foot = height >= _WITH_FOOT
        self._foot.display = has_foot
        begin = len(self.request.prime)
        share = None if words is None else words.share(self.text, begin)
        real = "" if share is None else f"{share:.0%} real".replace("%", " %")
        bits = "" if self.bits_per_char is None else f"{self.bits_per_char:.2f} bits/char"
        facts = [real] if has_foot else [real, bits]
        replace_text(self._head, _head(self.request, palette, width, self.is_chosen, facts, names_top_p))
        surprise = "surprise" if len("surprise") + 1 + len(bits) <= width else ""
        rule = Content.styled("─" * width + "\n", palette.hair)
        replace_text(self._foot, rule.append(_sides(surprise, bits, width, palette.dim, palette.muted)))
        # The rows of the whole text, before it is there: each piece of it would lay the screen out anew.
        self._body.styles.min_height = -(-self.request.length // width)
        if not self.written:
            replace_text(self._body, Content.styled(safe_text(self.text) or "Writing…", palette.muted))
            return
        begun = f"bold {palette.accent if self.is_chosen else palette.muted}"
        replace_text(self._body, text_content(self.text, words, palette.text, palette.dim, begin, begun))


def _head(
    request: SampleRequest, palette: Palette, width: int, is_chosen: bool, facts: list[str], names_top_p: bool
) -> Content:
    """A rule, in accent over the chosen one, and under it the temperature and the facts that have room."""
    colour = palette.accent if is_chosen else palette.muted
    rule = ("━" if is_chosen else "─") * width + "\n", palette.accent if is_chosen else palette.faint
    name = f"temp {request.temperature:g}" + (f"  top-p {request.top_p:g}" if names_top_p else "")
    facts = list(filter(None, facts))
    while facts and len(name) + 2 + len("  ".join(facts)) > width:
        facts.pop()
    return Content.assemble(rule, _sides(name, "  ".join(facts), width, f"bold {colour}", palette.muted))


def _sides(left: str, right: str, width: int, left_colour: str, right_colour: str) -> Content:
    """Words at both ends of a line; those at the right only where there is room for both."""
    gap = width - len(left) - len(right)
    if gap < bool(left):
        return Content.styled(left, left_colour)
    return Content.assemble((left, left_colour), " " * gap, (right, right_colour))
