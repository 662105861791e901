"""Nothing that a text, a path or a message holds is taken for markup or steers the terminal: it is shown literally."""

import pytest

from tests.tui.support import MadeUpApp, begin, painted, sampled, saved, sees, settled, started, tell, until
from tui_rnn.engine.control import SampleRequest
from tui_rnn.engine.events import SamplePiece, Warned
from tui_rnn.safe_text import safe_text

MARKUP = ["[bold]x[/bold]", "[@click=app.quit]x[/]", "[/]x", "[red", "x]", "\\[x]", "$primary", "[$text-error]x"]
STEERING = ["\x1b[2Jx", "\x9b31mx", "a\u202eb", "a\u2066c"]
TEXTS = MARKUP + STEERING


@pytest.fixture
async def pilot(tmp_path):
    async with MadeUpApp(run=str(tmp_path)).run_test(size=(120, 40), notifications=True) as pilot:
        await begin(pilot)
        yield pilot


def colours(pilot):
    """Text and style of every piece on the screen."""
    strips = pilot.app.screen._compositor.render_strips()
    return [(segment.text, segment.style) for strip in strips for segment in strip]


def actions(pilot):
    """What a click somewhere would do."""
    return {str(style.meta.get("@click")) for _, style in colours(pilot) if style and "@click" in style.meta}


async def test_a_sample_is_shown_literally(pilot):
    before = actions(pilot)
    for text in TEXTS:
        await tell(pilot, sampled(500, f"<{text}>"))
        await sees(pilot, f"<{safe_text(text)}>")
    assert actions(pilot) == before


async def test_a_sample_asked_for_is_shown_literally(pilot):
    await pilot.press("s")
    before = actions(pilot)
    for text in TEXTS:
        await tell(pilot, SamplePiece(pilot.app.asked(SampleRequest)[0].number, f"<{text}>\n"))
    pilot.app.screen._draw()
    await pilot.pause()
    for text in TEXTS:
        await sees(pilot, f"<{safe_text(text)}>")
    assert actions(pilot) == before


async def test_a_warning_is_shown_literally_in_the_list_and_as_a_notification(pilot):
    await pilot.press("9", "m")
    await settled(pilot)
    before = actions(pilot)
    for text in TEXTS:
        pilot.app.clear_notifications()
        await tell(pilot, Warned(f"<{text}>"))
        shown = f"<{safe_text(text)}>"
        await until(pilot, lambda shown=shown: painted(pilot).count(shown) == 2)
    assert actions(pilot) == before


async def test_a_path_is_shown_literally(pilot):
    await pilot.press("9", "v", "m")  # with the paths, and room for all of them
    await settled(pilot)
    before = actions(pilot)
    for text in TEXTS:
        pilot.app.clear_notifications()
        await tell(pilot, started(run=f"<{text}>"), saved(500, "requested", f"{{{text}}}"))
        await sees(pilot, f"<{safe_text(text)}>")
        await sees(pilot, f"{{{safe_text(text)}}}")
    assert actions(pilot) == before


@pytest.mark.parametrize("text", ["[@click=app.quit]x[/]", "[/]x", "\x1b[2Jx"])
async def test_the_path_of_a_saved_sample_is_shown_literally(tmp_path, text):
    folder = tmp_path / text.replace("/", "")
    folder.mkdir()
    async with MadeUpApp(run=str(folder)).run_test(size=(160, 50), notifications=True) as pilot:
        await begin(pilot)
        await pilot.press("s")
        number = pilot.app.asked(SampleRequest)[0].number
        await tell(pilot, sampled(500, "x", kind="requested", request=number))
        await pilot.press("w")
        await sees(pilot, "Saved")
        shown = await settled(pilot)
        assert safe_text(text.replace("/", "")) in "".join(shown.split())
        assert "\x1b" not in shown


async def test_nothing_on_the_screen_steers_the_terminal(pilot):
    for text in STEERING:
        await tell(pilot, sampled(500, text), Warned(text), started(run=text), saved(500, "requested", text))
    assert not set("".join(STEERING)) & set(painted(pilot)) - set("abc[2Jx31m")
