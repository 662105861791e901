"""A document and its figures as the files of a report, put into its folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tui_rnn.report import drawing, folder
from tui_rnn.report.document import Document, Picture
from tui_rnn.report.markdown import markdown
from tui_rnn.report.page import page
from tui_rnn.report.svg import as_element

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAGE, MARKDOWN = "report.html", "report.md"


def write(
    into: Path, document: Document, drawn: Mapping[str, "Figure"], others: Mapping[str, bytes] | None = None
) -> Path:
    """Write the page, the Markdown, each figure as SVG and PNG, and others beside them; the path of the page.

    Raises RunError where a file of such a name is not a report's own, or the folder cannot be written.
    """
    pictures = {name: drawing.svg(figure) for name, figure in drawn.items()}
    said = {block.name: block.alt for block in document.blocks if isinstance(block, Picture)}
    elements = {name: as_element(picture, name, said[name]) for name, picture in pictures.items()}
    files = {MARKDOWN: markdown(document).encode(), PAGE: page(document, elements).encode(), **(others or {})}
    for name, figure in drawn.items():
        files.update({name + suffix: data for suffix, data in drawing.files(figure, pictures[name]).items()})
    folder.write(into, files)
    return into / PAGE
