"""What a report says, as plain blocks that know neither Markdown nor HTML; each renderer escapes for itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Code:
    """Foreign or literal text within a line: a path, a name, a value."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that a reader should find at a glance."""

    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """PASS or FAIL: said in a word, and in a colour where there are colours."""

    passed: bool

    @property
    def text(self) -> str:
        """The word."""
        return "PASS" if self.passed else "FAIL"


Inline: TypeAlias = str | Code | Strong | Verdict


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's title, level 2, or a part's, level 3."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences of our own, with foreign words in Code alone."""

    parts: tuple[Inline, ...]
    note: bool = False  # a remark in smaller type

    @classmethod
    def of(cls, *parts: Inline, note: bool = False) -> "Paragraph":
        """A paragraph of these parts in a row."""
        return cls(parts, note)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; the first cell of a row is its heading. Figures stand to the right."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Inline, ...], ...]
    left: frozenset[int] = frozenset({0})  # columns of words


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and their values, which may be foreign."""

    caption: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure by its name: the files are NAME.svg and NAME.png."""

    name: str
    alt: str  # what it shows, for readers who cannot see it
    caption: str


@dataclass(frozen=True, slots=True)
class Text:
    """A foreign text, to be shown as it is, under a line of our own."""

    text: str
    label: str = ""
    detail: str = ""
    wide: bool = True  # False: short enough to stand beside another


@dataclass(frozen=True, slots=True)
class Command:
    """What to type into a shell; paths in it are foreign."""

    lines: tuple[str, ...]


Block: TypeAlias = Heading | Paragraph | Table | Facts | Picture | Text | Command


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report."""

    title: str
    subtitle: tuple[Inline, ...]
    key_figures: tuple[tuple[str, str, str], ...]  # figure, its unit, what it is
    blocks: Sequence[Block] = field(default=())
    version: str = ""  # of the tui-rnn that wrote it
