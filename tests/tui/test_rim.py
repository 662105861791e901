"""A panel's border: tabs, heading and footing, each whole or absent at every width; and places that fill the screen."""

from itertools import product

import pytest
from textual.app import App
from textual.content import Content

from tests.tui.support import until
from tui_rnn.tui.layout import SIZES, layout_for, size_of
from tui_rnn.tui.panels.read import ReadPanel
from tui_rnn.tui.panels.rim import Rim, Tab, foot, title

TITLES = {1: "Loss", 2: "Samples", 3: "Read", 4: "Health", 5: "Reach", 6: "Letters", 7: "Book", 8: "Check", 9: "Run"}
TABS = tuple(Tab(name.lower(), number, name) for number, name in TITLES.items())
HEADING = tuple(map(Content, ("step 2,680", "1.640 nats", "2.366 bits", "raw 1.26", "epoch 1.35")))
WIDTHS = range(3, 241)


def parts_of(parts):
    """As many of the parts as there may be, in either spacing."""
    return {gap.join(part.plain for part in parts[:n]) for n in range(len(parts) + 1) for gap in ("  ", " ")}


@pytest.mark.parametrize(("number", "first"), [(1, 1), (2, 2), (3, 3), (9, 3)])
def test_no_title_is_cut_at_any_width(number, first):
    rim = Rim(TABS[number - 1], TABS[first - 1 :] if first > 1 else ())
    for width in WIDTHS:
        shown = title(rim, HEADING, width)
        assert shown.cell_length <= max(0, width - 6)
        left = shown.plain
        for tab in rim.tabs or (rim.own,):
            whole = f"{tab.number} {tab.title}"
            left = left.removeprefix(whole if left.startswith(whole) else str(tab.number)).lstrip()
        assert left in parts_of(HEADING)
        if width >= 60:
            assert TITLES[number] in shown.plain
            assert all(str(tab.number) in shown.plain for tab in rim.tabs)


def test_no_footing_is_cut_at_any_width_and_tabs_that_stand_there_stay_longest():
    rim = Rim(TABS[3], TABS[3:6], tabs_below=True)
    for width in WIDTHS:
        shown = foot(rim, HEADING, width).plain
        assert len(shown) <= max(0, width - 6)
        words, _, tabs = shown.rpartition("5 Reach") if "5 Reach" in shown else (shown, "", "")
        assert tabs.strip() in ("", "6 Letters")
        assert words.strip() in parts_of(HEADING)
        assert width < 60 or shown.endswith("5 Reach  6 Letters")
        assert width < 14 or title(rim, (), width).plain == "4 Health"


def test_a_tab_is_clicked_on_where_it_stands():
    shown = title(Rim(TABS[2], TABS[2:]), (), 100)
    clicks = {
        shown.plain[span.start : span.end]: span.style.meta["@click"]
        for span in shown.spans
        if hasattr(span.style, "meta") and span.style.meta
    }
    assert clicks == {f"{tab.number} {tab.title}": f"screen.panel('{tab.name}')" for tab in TABS[2:]}


class OnePanel(App):
    """Panel 3 as a tab among seven."""

    def compose(self):
        panel = ReadPanel(id="read")
        panel.rim = Rim(TABS[2], TABS[2:])
        yield panel


async def test_what_panel_3_shows_is_named_at_the_foot_where_tabs_leave_the_title_no_room():
    async with OnePanel().run_test(size=(60, 10)) as pilot:
        panel = pilot.app.query_one(ReadPanel)
        panel.heading, panel.footing = (Content("surprise"),), (Content("held-out text, never trained on"),)
        assert panel.border_subtitle == "surprise  held-out text, never trained on"
        assert "surprise" not in panel.border_title
        await pilot.resize_terminal(100, 10)
        await until(pilot, lambda: "surprise" in panel.border_title)
        assert panel.border_subtitle == "held-out text, never trained on"


# The places


class Made:
    """A panel as the layout sees it."""

    def __init__(self, number):
        self.number, self.title = number, TITLES[number]


def panels(*numbers):
    return {TITLES[number].lower(): Made(number) for number in numbers}


SETS = [(1, 2, 8, 9), (1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 8, 9), (1, 2, 5, 6, 8, 9), (1, 2, 7, 9), (1, 2), (1, 3, 9)]


@pytest.mark.parametrize("numbers", SETS, ids=str)
@pytest.mark.parametrize("size", [(60, 15), (80, 24), (100, 30), (120, 40), (160, 45), (200, 60), (240, 100), (50, 10)])
def test_the_places_fill_the_screen_and_none_lies_over_another(numbers, size):
    made = panels(*numbers)
    for alone, front in product((None, *made), (None, *made)):
        layout = layout_for(*size, [front] if front else [], made, alone)
        width, height = size[0], size[1] - 4
        found = layout.rectangles(width, height)
        cells = [
            (x, y)
            for each in found.values()
            for x in range(each.x, each.x + each.width)
            for y in range(each.y, each.y + each.height)
        ]
        assert len(cells) == len(set(cells)) == width * height
        assert set(found) == {name for name in made if layout.shows(name)}
        if layout.size != "tiny":
            assert {name for place in layout.places for name in place.names} == ({alone} if alone else set(made))
            assert alone or front is None or layout.shows(front)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((80, 24), {"loss": (0, 0, 80, 12), "samples": (0, 12, 80, 9)}),
        ((120, 40), {"loss": (0, 0, 120, 21), "samples": (0, 21, 60, 15), "read": (60, 21, 60, 15)}),
        (
            (200, 60),
            {
                "loss": (0, 0, 132, 36),
                "samples": (0, 36, 66, 19),
                "book": (66, 36, 66, 19),
                "read": (132, 0, 68, 18),
                "health": (132, 18, 68, 17),
                "check": (132, 35, 68, 10),
                "run": (132, 45, 68, 10),
            },
        ),
    ],
)
def test_the_three_sizes_are_as_drawn(size, expected):
    rows = {"compact": 3, "normal": 4, "wide": 5}[size_of(*size)]  # of header and footer
    layout = layout_for(*size, [], panels(*TITLES))
    found = layout.rectangles(size[0], size[1] - rows)
    assert {name: (each.x, each.y, each.width, each.height) for name, each in found.items()} == expected


def test_sizes_begin_where_they_are_said_to():
    assert [size_of(*size) for size in ((60, 15), (100, 30), (160, 45))] == list(SIZES[1:])
    assert [size_of(*size) for size in ((59, 15), (60, 14), (99, 30), (100, 29), (159, 45), (160, 44))] == [
        *("tiny", "tiny", "compact", "compact", "normal", "normal")
    ]
