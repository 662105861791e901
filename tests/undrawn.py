"""Figures that are made and not drawn: drawing takes most of a report's time, and few tests look at one.

What stands in a figure's place says what its lines and images show, so that two that differ do so in the page too.
"""

import hashlib
from typing import Any

from tui_rnn.report import drawing
from tui_rnn.report.svg import as_file

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9pt" height="9pt" viewBox="0 0 9 9"><g id="undrawn-{}" /></svg>'
PNG = b"\x89PNG\r\n\x1a\nundrawn"


def svg(figure: Any) -> str:
    """In place of drawing.svg, for a figure that has something to draw."""
    assert figure.axes
    shown = hashlib.sha256()
    for axes in figure.axes:
        for data in (*(line.get_xydata() for line in axes.lines), *(image.get_array() for image in axes.images)):
            shown.update(data.tobytes())
    return SVG.format(shown.hexdigest()[:16])


def files(figure: Any, drawn: str) -> dict[str, bytes]:
    """In place of drawing.files."""
    assert figure.axes
    return {".svg": as_file(drawn).encode(), ".png": PNG}


def leave_undrawn(patch: Any) -> None:
    """Have reports of this process hold such figures; `patch` is a pytest.MonkeyPatch."""
    patch.setattr(drawing, "svg", svg)
    patch.setattr(drawing, "files", files)
