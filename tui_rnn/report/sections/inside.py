"""Inside the network: how far its guesses reach, which characters are alike to it, what in the text is hard."""

from collections.abc import Iterator, Sequence

from tui_rnn.engine.character_kinds import KINDS, LETTER
from tui_rnn.engine.instruments.book import LAST_LETTER, Passage, Reading
from tui_rnn.report.document import Block, Heading, Inline, Paragraph, Picture, Table, Text
from tui_rnn.report.inside import Inside
from tui_rnn.report.run_record import RunRecord
from tui_rnn.report.sections.health import health, units
from tui_rnn.wording import counted, figure

LETTERS, BOOK = "letters", "book"  # the names of the figures
_ROWS = 8  # characters back
_PAIRS = 8
_QUOTED = 160  # characters


def inside(run: RunRecord, seen: Sequence[Inside]) -> Iterator[Block]:
    """The section; nothing where nothing could be seen."""
    if not seen:
        return
    yield Heading("Inside the network")
    yield from health(run, seen)
    yield from units(seen)
    yield from _reach(run, seen)
    yield from _letters(seen[0])
    yield from _book(run, seen)


def _reach(run: RunRecord, seen: Sequence[Inside]) -> Iterator[Block]:
    yield Heading("What a guess hangs on", 3)
    where = "the held-out text" if run.config.holdout else "the last tenth of the text"
    reach = counted(len(seen[0].reach.shares), "character")
    yield Paragraph.of(
        "How much the likeliest output changes with each character before it, ||d o[k] / d x_t||, as its share of the "
        f"sum over {reach}, averaged over places spread evenly over {where}. ",
        " ".join(filter(None, map(_reach_said, seen))),
    )
    head = ("characters back", *(f"{each.name}, after update {each.step:,}" for each in seen))
    rows: list[tuple[Inline, ...]] = [
        (f"{back + 1}", *(f"{100 * each.reach.shares[back]:.1f}\xa0%" for each in seen)) for back in range(_ROWS)
    ]
    yield Table("Share of a guess by distance", head, tuple(rows))


def _reach_said(seen: Inside) -> str:
    half, nine = seen.reach.reaching(0.5), seen.reach.reaching(0.9)
    if half is None or nine is None:
        return ""
    last = "the last character" if half == 1 else f"the last {half} characters"
    then = "it too" if nine == half == 1 else f"the last {nine}"
    return f"Of a guess by the {seen.name} model half hangs on {last}, nine tenths on {then}."


def _letters(seen: Inside) -> Iterator[Block]:
    found = seen.letters
    yield Heading("Characters that are alike to it", 3)
    share = f"{100 * found.spread:.0f}\xa0%"
    yield Paragraph.of(
        f"Each character at its place in U, or beside it in a crowd, the {seen.name} model's, along the two directions "
        f"in which the rows differ most: {share} of their variance. A line joins a character to its nearest by the "
        "cosine between whole rows. "
        + (f"{counted(found.left_out, 'character')} left out, seen too seldom." if found.left_out else "")
    )
    yield Picture(
        LETTERS,
        f"Map of {counted(len(found.letters), 'character')} along the two principal components of U.",
        "Characters that the network reads alike stand near each other.",
    )


def _book(run: RunRecord, seen: Sequence[Inside]) -> Iterator[Block]:
    yield Heading("The text as the weights read it", 3)
    yield Paragraph.of(
        "The loss along the text, of a piece out of each of up to 600 equal parts, read with the weights as they are: "
        "unlike the losses of training, all of it is judged by the same network."
    )
    yield Picture(
        BOOK,
        "Line chart of the loss along the text as "
        + " and ".join(f"the {each.name} model" for each in seen)
        + (" reads it." if len(seen) == 1 else " read it."),
        "Loss by place in the text with one set of weights.",
    )
    reading = seen[0].reading
    rows = [*_sorts(reading)]
    head = ("what comes next", "nats/char", "share of the text")
    yield Table(f"What is hard and what is easy for the {seen[0].name} model", head, tuple(rows))
    for name, passages in (("hardest", reading.hardest), ("easiest", reading.easiest)):
        if passages:
            yield _quoted(name, passages[0], reading.characters)


def _sorts(reading: Reading) -> Iterator[tuple[Inline, ...]]:
    """Kinds of characters, the hardest first, and small letters by their place in the word."""
    total = sum(each.count for each in reading.kinds)
    kinds = [(kind, each) for kind, each in zip(KINDS, reading.kinds, strict=True) if kind != LETTER]
    places = [(f"letter {at} of a word", each) for at, each in enumerate(reading.letters_by_place, 1)]
    places[-1:] = [(f"letter {LAST_LETTER} of a word and later ones", places[-1][1])]
    for name, losses in (*sorted(kinds, key=lambda each: -(each[1].mean or 0.0)), *places):
        if losses.mean is not None:
            yield name, figure(losses.mean, 2), f"{100 * losses.count / total:.1f}\xa0%"


def _quoted(name: str, passage: Passage, characters: int) -> Text:
    words = " ".join(passage.quote.split())
    quote = words if len(words) <= _QUOTED else words[:_QUOTED].rpartition(" ")[0] + " …"
    label = (
        f"The {name} passage of {counted(passage.length, 'character')}, at {100 * passage.place / characters:.0f}\xa0%:"
    )
    return Text(quote, label, f"{figure(passage.loss, 3)} nats/char", wide=False)
