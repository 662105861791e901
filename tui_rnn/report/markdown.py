"""A document as Markdown. Foreign text stands in code: fences and spans longer than any backticks within it."""

import re
from collections.abc import Iterator, Sequence

from tui_rnn.report.document import (
    Block,
    Code,
    Command,
    Document,
    Facts,
    Heading,
    Inline,
    Paragraph,
    Picture,
    Strong,
    Table,
    Text,
    Verdict,
)
from tui_rnn.safe_text import safe_text

_SPECIAL = re.compile(r"([\\`*_<>\[\]|#~&])")


def markdown(document: Document) -> str:
    """The whole document, its pictures as links to the PNG files beside it."""
    lines = [f"# {_plain(document.title)}", "", _line(document.subtitle), ""]
    if document.key_figures:
        lines += [
            f"- **{_plain(f'{value} {unit}'.strip())}** {_plain(what)}" for value, unit, what in document.key_figures
        ]
        lines.append("")
    for block in document.blocks:
        lines += [*_block(block), ""]
    lines.append(_plain(f"Written by tui-rnn {document.version}."))
    return "\n".join(lines) + "\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"{'#' * level} {_plain(text)}"
        case Paragraph(parts):
            yield _line(parts)
        case Picture(name, alt, caption):
            yield f"![{_plain(alt)}]({name}.png)"
            yield ""
            yield _plain(caption)
        case Table():
            yield from _table(block)
        case Facts(caption, rows):
            width = max((len(name) for name, _ in rows), default=0)
            yield _plain(caption)
            yield ""
            yield from _fenced("\n".join(f"{name:<{width}}  {safe_text(value, one_line=True)}" for name, value in rows))
        case Text(text, label, detail):
            if label:
                yield _plain(f"{label} {detail}".strip())
                yield ""
            yield from _fenced(safe_text(text, browser=True))
        case Command(lines):
            yield from _fenced("\n".join(safe_text(line, one_line=True) for line in lines), "sh")


def _table(table: Table) -> Iterator[str]:
    yield f"{_plain(table.caption)}"
    yield ""
    yield _row(table.head)
    yield _row([":--" if column in table.left else "--:" for column in range(len(table.head))])
    for row in table.rows:
        yield _row([_inline(cell, in_table=True) for cell in row])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _line(parts: Sequence[Inline]) -> str:
    return "".join(map(_inline, parts))


def _inline(part: Inline, *, in_table: bool = False) -> str:
    match part:
        case Code(text):
            shown = safe_text(text, one_line=True)
            # A bar ends a cell even within code, and what escapes it differs between readers.
            return _span(shown.replace("|", "¦") if in_table else shown)
        case Strong(text) | Verdict(text=text):
            return f"**{_plain(text)}**"
        case str():
            return _plain(part)


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _span(text: str) -> str:
    if not text.strip():
        return "` `"
    fence = "`" * (_longest_run(text) + 1)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _fenced(text: str, language: str = "text") -> Iterator[str]:
    fence = "`" * max(3, _longest_run(text) + 1)
    yield fence + language
    yield text
    yield fence


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
