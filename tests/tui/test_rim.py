"""What stands in a panel's border is whole at every width: what has no room falls away."""

from textual.app import App
from textual.content import Content
from textual.widgets import Static

from tui_rnn.tui.panels.rim import Rim, Tab, foot, title

LEGEND = [Content(f"▲ {name}") for name in ("smooth", "raw", "goblet-20261126-043838", "sample", "saved", "held out")]
TABS = tuple(Tab(name.lower(), number, name) for number, name in enumerate(("Samples", "Read", "Health", "Book"), 2))


async def test_nothing_is_cut_at_any_width():
    app: App[None] = App()
    async with app.run_test(size=(120, 4)) as pilot:
        box = Static("", markup=False)
        box.styles.border = ("round", "white")
        await app.mount(box)
        for width in range(8, 121):
            box.border_title = title(Rim(TABS[0], TABS), LEGEND, width)
            box.border_subtitle = foot(Rim(TABS[0], TABS, tabs_below=True), LEGEND, width)
            box.styles.width = width
            await pilot.pause()
            edges = [strip.text for strip in app.screen._compositor.render_strips()]
            assert "╭" in edges[0]
            assert not any("…" in edge for edge in edges), width
