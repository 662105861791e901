"""A text that takes other rows lays the screen out anew, and no other does; either way it is shown."""

from textual.app import App
from textual.content import Content
from textual.widgets import Static

from tui_rnn.tui.replacing import replace_text


async def test_a_layout_is_asked_for_where_the_rows_change_alone(monkeypatch):
    asked = []
    update = Static.update

    def remember(static, content, *, layout=True):
        asked.append(layout)
        update(static, content, layout=layout)

    async def replaced(text):
        """Whether a layout was asked for, and the rows that the widget has after it."""
        replace_text(static, Content(text))
        await pilot.pause()
        return asked.pop(), static.size.height, str(static.render_line(0).text).rstrip()

    monkeypatch.setattr(Static, "update", remember)
    static = Static("one", markup=False)
    app = App()
    app.compose = lambda: [static]
    async with app.run_test(size=(10, 8)) as pilot:
        await pilot.pause()
        assert await replaced("two") == (False, 1, "two")
        assert await replaced("two words more") == (True, 2, "two words")  # folded at 10 columns
        assert await replaced("other words") == (False, 2, "other")
        assert await replaced("one") == (True, 1, "one")
        static.styles.min_height = 3
        await pilot.pause()
        assert await replaced("two\nrows") == (False, 3, "two")
        assert await replaced("1\n2\n3\n4") == (True, 4, "1")
