"""Words can be read in every theme: at least 4.5 to 1 with the ground they stand on, by the formula of WCAG 2.1."""

import pytest
from textual.theme import BUILTIN_THEMES

from tui_rnn.tui.palette import OWN_THEMES, Palette, role_variables

THEMES = {name: theme for name, theme in {**OWN_THEMES, **BUILTIN_THEMES}.items() if not theme.ansi}
WORDS = ("text", "muted", "dim", "primary", "secondary", "accent", "success", "warning", "error")


def luminance(colour):
    """Of `#rrggbb`, from 0 to 1."""
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(first, second):
    low, high = sorted(map(luminance, (first, second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("colourless", [False, True])
def test_words_stand_out_from_the_panels_and_the_headers_ground(name, colourless):
    theme = THEMES[name]
    palette = Palette.of(theme, theme.to_color_system().generate(), colourless=colourless)
    for role in WORDS:
        for ground in (palette.background, palette.surface):
            assert contrast(getattr(palette, role), ground) >= 4.5, (role, ground)


@pytest.mark.parametrize("name", THEMES)
def test_style_sheets_have_the_same_colours(name):
    theme = THEMES[name]
    variables = theme.to_color_system().generate()
    palette, named = Palette.of(theme, variables), role_variables(theme, variables)
    for role in WORDS[1:]:
        assert named[role if role in ("muted", "dim") else f"text-{role}"] == getattr(palette, role)
    assert len({named["muted"], named["dim"], named["faint"]}) >= 2
