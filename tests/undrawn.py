"""Figures that are made and not drawn: drawing takes most of a report's time, and few tests look at one."""

from typing import Any

from tui_rnn.report import drawing
from tui_rnn.report.svg import as_file

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100pt" height="50pt" viewBox="0 0 100 50"><g id="undrawn" /></svg>'
)
PNG = b"\x89PNG\r\n\x1a\nundrawn"


def svg(figure: Any) -> str:
    """In place of drawing.svg, for a figure that has something to draw."""
    assert figure.axes
    return SVG


def files(figure: Any, drawn: str) -> dict[str, bytes]:
    """In place of drawing.files."""
    assert figure.axes
    return {".svg": as_file(drawn).encode(), ".png": PNG}


def leave_undrawn(patch: Any) -> None:
    """Have reports of this process hold such figures; `patch` is a pytest.MonkeyPatch."""
    patch.setattr(drawing, "svg", svg)
    patch.setattr(drawing, "files", files)
