"""Text put in the place of a widget's text: the screen is laid out anew only where the new one takes other rows."""

from textual.content import Content
from textual.widgets import Static


def replace_text(static: Static, content: Content) -> None:
    """Show this content. A layout costs ten times what drawing a text does, so one of as many rows has none.

    Nor has one of fewer rows than the widget has at the least.
    """
    width, height = static.content_size
    rows = content.get_height(static.styles.get_rules(), width) if width else -1
    fits = rows == height or (static.styles.min_height is not None and 0 <= rows <= height)
    static.update(content, layout=not fits)
