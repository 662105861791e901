"""A document as one HTML page that needs nothing else: its style and its figures stand in it, and it loads nothing."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

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

_MANY_FACTS = 16  # above that in two columns
_STYLE = Path(__file__).with_name("page.css")
# Said to the browser too: nothing may be fetched, whatever a text in the page should say.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(document: Document, pictures: Mapping[str, str]) -> str:
    """The whole page. `pictures` are inline SVG elements by name."""
    title = escape(safe_text(document.title, one_line=True))
    body = "\n".join(_body(document, pictures))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="tui-rnn {escape(document.version)}">
<title>{title}</title>
<style>
{_STYLE.read_text(encoding="utf-8")}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def _body(document: Document, pictures: Mapping[str, str]) -> Iterator[str]:
    yield f'<header>\n<h1>{_plain(document.title)}</h1>\n<p class="subtitle">{_line(document.subtitle)}</p>'
    if document.key_figures:
        yield '<ul class="key">'
        for value, unit, what in document.key_figures:
            yield f"<li><b>{_plain(value)}</b> <span>{_plain(unit)}</span> <small>{_plain(what)}</small></li>"
        yield "</ul>"
    yield "</header>"
    in_section = False
    for short, run in groupby(document.blocks, lambda block: isinstance(block, Text) and not block.wide):
        blocks = list(run)
        if short:
            yield '<div class="samples">'
        for block in blocks:
            if isinstance(block, Heading) and block.level == 2:
                yield ("</section>\n" if in_section else "") + "<section>"
                in_section = True
            yield from _block(block, pictures)
        if short:
            yield "</div>"
    yield "</section>" if in_section else ""
    yield f"<footer>Written by tui-rnn {_plain(document.version)}.</footer>"


def _block(block: Block, pictures: Mapping[str, str]) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"<h{level}>{_plain(text)}</h{level}>"
        case Paragraph(parts, note):
            yield f'<p class="note">{_line(parts)}</p>' if note else f"<p>{_line(parts)}</p>"
        case Picture(name, _, caption):
            yield f"<figure>\n{pictures[name]}\n<figcaption>{_plain(caption)}</figcaption>\n</figure>"
        case Table():
            yield from _table(block)
        case Facts(caption, rows):
            kind = "scroll two" if len(rows) > _MANY_FACTS else "scroll"
            yield f'<div class="{kind}"><table class="facts">\n<caption>{_plain(caption)}</caption>\n<tbody>'
            for name, value in rows:
                yield f'<tr><th scope="row">{_plain(name)}</th><td>{_inline(Code(value))}</td></tr>'
            yield "</tbody>\n</table></div>"
        case Text(text, label, detail, wide):
            more = f"<br>{_plain(detail)}" if detail else ""
            caption = f"<figcaption><b>{_plain(label)}</b>{more}</figcaption>" if label else ""
            kind = "text" if wide else "text short"
            # The first line feed after <pre> is not shown: this one stands before the text's own.
            shown = escape(safe_text(text, browser=True))
            yield f'<figure class="{kind}">{caption}<pre dir="auto">\n{shown}</pre></figure>'
        case Command(lines):
            typed = "\n".join(safe_text(line, one_line=True) for line in lines)
            yield f'<pre class="command" tabindex="0"><code>{escape(typed)}</code></pre>'


def _table(table: Table) -> Iterator[str]:
    classes = [' class="left"' if column in table.left else "" for column in range(len(table.head))]
    yield f'<div class="scroll"><table>\n<caption>{_plain(table.caption)}</caption>\n<thead><tr>'
    yield "".join(f'<th scope="col"{each}>{_plain(name)}</th>' for name, each in zip(table.head, classes, strict=True))
    yield "</tr></thead>\n<tbody>"
    for first, *rest in table.rows:
        cells = "".join(f"<td{each}>{_inline(cell)}</td>" for cell, each in zip(rest, classes[1:], strict=True))
        yield f'<tr><th scope="row"{classes[0]}>{_inline(first)}</th>{cells}</tr>'
    yield "</tbody>\n</table></div>"


def _line(parts: Sequence[Inline]) -> str:
    return "".join(map(_inline, parts))


def _inline(part: Inline) -> str:
    match part:
        case Code(text):
            return f"<code>{escape(safe_text(text, one_line=True))}</code>"
        case Strong(text):
            return f"<strong>{_plain(text)}</strong>"
        case Verdict(passed):
            return f'<span class="{"pass" if passed else "fail"}">{part.text}</span>'
        case str():
            return _plain(part)


def _plain(text: str) -> str:
    return escape(safe_text(text, one_line=True))
