"""Colours by role, all derived from the theme in force, and the program's own two themes.

A role says what a colour is for (the smooth curve, a warning, prose), never what it looks like. Prose and figures keep
a contrast of at least 4.5 to 1 with their background, muted text 7 to 1; `faint` and `hair` are for lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from textual.color import Color
from textual.theme import Theme

INK = Theme(
    name="ink",
    dark=True,
    primary="#63b3ff",
    secondary="#c99bff",
    accent="#ffb757",
    foreground="#d9e0e8",
    background="#0d1117",
    surface="#131921",
    panel="#19212b",
    success="#7ddc8a",
    warning="#f5cd5b",
    error="#ff7a70",
    variables={
        "negative": "#3f8fff",
        "positive": "#ff9436",
        "border-blurred": "#2b3542",
        "rim": "#2f3a48",
        "footer-key-foreground": "#ffb757",
    },
)
PAPER = Theme(
    name="paper",
    dark=False,
    primary="#0a5fb4",
    secondary="#7a3cab",
    accent="#a85600",
    foreground="#1f252c",
    background="#faf7f0",
    surface="#f4efe4",
    panel="#ebe4d5",
    success="#24772f",
    warning="#7d5a00",
    error="#b3261e",
    variables={"negative": "#1a6fe0", "positive": "#d96a00", "rim": "#cdc4b1"},
)

OWN_THEMES = {theme.name: theme for theme in (INK, PAPER)}

# From the background to the strongest value: near cividis and inferno in spirit, also for colour-blind people.
_HEAT_DARK = ("#1d2f5e", "#6b3f84", "#cf5a5f", "#fb9d3c", "#fdf0a0")
_HEAT_LIGHT = ("#f2dfa6", "#eba64f", "#c95a50", "#7a3c7c", "#26305f")
LEAST_CONTRAST = 4.5  # of words with what is behind them
_BASES = ("primary", "secondary", "accent", "success", "warning", "error")


# What stands for a terminal's colour where one has to be reckoned with, as for a colour between two.
_ANSI = {
    "ansi_blue": "#5c9dff",
    "ansi_cyan": "#2fb9c9",
    "ansi_green": "#4fbf67",
    "ansi_magenta": "#c678dd",
    "ansi_red": "#f2635c",
    "ansi_bright_red": "#f2635d",
    "ansi_yellow": "#d9b441",
}

# Heat in four of them, in the order of the scale above, and what stands out from each. They stand for themselves alone.
_TERMINAL_HEAT = {"#1d2f5d": "blue", "#6b3f83": "magenta", "#cf5a5e": "red", "#fb9d3b": "yellow"}
_INK_DARK, _INK_LIGHT = "#0b0e12", "#f4f7fa"
_TERMINAL_INKS = {_INK_DARK: "black", _INK_LIGHT: "bright_white"}
_LEAST_SHOWN = 1 / 3  # of a hidden value, to have a colour where there is one for each sign


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as `#rrggbb`. Without colour (NO_COLOR) hues become greys, and marks differ by their shape alone."""

    dark: bool
    colourless: bool
    background: str
    surface: str
    text: str
    muted: str
    dim: str
    faint: str
    hair: str
    rim: str
    primary: str
    secondary: str
    accent: str
    success: str
    warning: str
    error: str
    negative: str
    positive: str
    band: str  # behind raw losses
    overlay: str  # the curve of another run
    # Under a theme of the terminal's own colours, of which nothing is known: its name for each of these. Else empty.
    terminal: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, theme: Theme, variables: dict[str, str], *, colourless: bool = False) -> "Palette":
        """The palette of a theme; `variables` are those that the app derives from it."""

        def given(name: str, otherwise: str) -> Color:
            value = getattr(theme, name, None) or theme.variables.get(name) or variables.get(name)
            try:
                colour = Color.parse(value) if value else Color.parse(otherwise)
            except ValueError:  # a theme may name what only a style sheet understands
                colour = Color.parse(otherwise)
            return colour if colour.ansi is None else Color.parse(_ANSI.get(value or "", otherwise))

        dark = theme.dark
        background = given("background", "#000000" if dark else "#ffffff")
        foreground = given("foreground", "#e0e0e0" if dark else "#1a1a1a")
        muted, dim, faint, hair = (0.72, 0.54, 0.36, 0.15) if dark else (0.78, 0.66, 0.44, 0.19)
        surface = given("surface", background.hex)
        grounds = (background, surface)
        hues = {name: given(name, foreground.hex) for name in _BASES}
        if colourless:
            hues = dict.fromkeys(_BASES, foreground) | {"secondary": background.blend(foreground, 0.75)}
        hues = {name: readable(hue, grounds) for name, hue in hues.items()}
        inks: dict[str, Any] = {name: hue.hex for name, hue in hues.items()}
        palette = cls(
            dark=dark,
            colourless=colourless,
            background=background.hex,
            surface=surface.hex,
            text=readable(foreground, grounds).hex,
            muted=readable(background.blend(foreground, muted), grounds).hex,
            dim=readable(background.blend(foreground, dim), grounds).hex,
            faint=background.blend(foreground, faint).hex,
            hair=background.blend(foreground, hair).hex,
            rim=given("rim", background.blend(foreground, 0.25).hex).hex,
            negative=given("negative", INK.variables["negative"]).hex,
            positive=given("positive", INK.variables["positive"]).hex,
            band=background.blend(hues["primary"], 0.17 if dark else 0.20).hex,
            overlay=hues["secondary"].blend(background, 0.35).hex,
            **inks,
        )
        return replace(palette, terminal=palette._terminal_names(theme)) if theme.ansi and not colourless else palette

    def _terminal_names(self, theme: Theme) -> dict[str, str]:
        """The terminal's name for each colour that stands for a role; the strongest role last, whose name counts."""
        names = dict.fromkeys((self.hair, self.faint, self.dim, self.rim, self.band), "bright_black")
        names |= {self.overlay: _terminal_name(theme, "secondary")}
        names |= {self.negative: _terminal_name(theme, "primary"), self.positive: _terminal_name(theme, "warning")}
        names |= {getattr(self, role): _terminal_name(theme, role) for role in (*_BASES[1:], _BASES[0])}
        return names | _TERMINAL_HEAT | _TERMINAL_INKS | dict.fromkeys((self.muted, self.text), "default")

    def mixed(self, first: str, second: str, share: float) -> str:
        """The first colour with this share of the second, each a role or `#rrggbb`.

        Of the terminal's own colours, of which nothing is known, it is the one of the larger share.
        """
        if self.terminal:
            nearer = first if share < 0.5 else second
            return nearer if nearer.startswith("#") else str(getattr(self, nearer))
        return self._colour(first).blend(self._colour(second), share).hex

    def diverging(self, value: float, most: float = 1.0) -> str:
        """-1 … +1 as a background: towards `negative` or `positive`, at the most so far; greys where colourless."""
        value = max(-1.0, min(1.0, value))
        if self.terminal:
            blue, *_, yellow = _TERMINAL_HEAT
            return self.background if abs(value) < _LEAST_SHOWN else yellow if value > 0 else blue
        if self.colourless:
            return self.mixed("background", "text", (value + 1) / 2 * 0.62 * most)
        return self.mixed("background", "positive" if value > 0 else "negative", abs(value) * most)

    def heat(self, value: float) -> str:
        """0 … 1 as a background, from the theme's own to the strongest."""
        value = max(0.0, min(1.0, value))
        if self.terminal:
            steps: list[str] = [self.background, *(_TERMINAL_HEAT if self.dark else reversed(_TERMINAL_HEAT))]
            return steps[min(int(value * len(steps)), len(steps) - 1)]
        if self.colourless:
            return self.mixed("background", "text", value * 0.8)
        stops = [self.background, *(_HEAT_DARK if self.dark else _HEAT_LIGHT)]
        place = value * (len(stops) - 1)
        at = min(int(place), len(stops) - 2)
        return self.mixed(stops[at], stops[at + 1], place - at)

    def ink_on(self, background: str) -> str:
        """The colour of text that reads best on this background."""
        if self.terminal and background == self.background:
            return self.text
        return _INK_DARK if Color.parse(background).brightness >= 0.5 else _INK_LIGHT

    def _colour(self, name: str) -> Color:
        return Color.parse(name if name.startswith("#") else getattr(self, name))


def _terminal_name(theme: Theme, role: str) -> str:
    """The terminal's name of a role's colour; on a dark ground of its bright form, which in many alone can be read."""
    name = (getattr(theme, role) or "ansi_default").removeprefix("ansi_")
    return f"bright_{name}" if theme.dark and not name.startswith(("bright_", "default")) else name


def contrast(first: Color, second: Color) -> float:
    """From 1 to 21, by relative luminance: WCAG 2.1, 1.4.3."""
    bright, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def readable(colour: Color, grounds: Sequence[Color]) -> Color:
    """The colour, moved towards white or black until it stands out from all of these grounds."""
    lightest = all(_luminance(ground) < 0.18 for ground in grounds)  # where white and black stand out alike
    away = Color.parse("#ffffff" if lightest else "#000000")
    for tenth in range(11):
        moved = colour.blend(away, tenth / 10)
        if all(contrast(moved, ground) >= LEAST_CONTRAST for ground in grounds):
            return moved
    return away


def _luminance(colour: Color) -> float:
    parts = (part / 255 for part in colour.rgb)
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def role_variables(theme: Theme, variables: dict[str, str], *, colourless: bool = False) -> dict[str, str]:
    """Colours of the roles by name, for style sheets and for text whose colours follow the theme by themselves.

    `$text-primary` and the like are Textual's names for hues that words are written in.
    """
    if theme.ansi:  # the terminal's own colours, which nothing is known of
        greys = {"muted": "ansi_default", "dim": "ansi_bright_black", "faint": "ansi_bright_black"}
        return greys | {f"text-{role}": f"ansi_{_terminal_name(theme, role)}" for role in _BASES}
    palette = Palette.of(theme, variables, colourless=colourless)
    hues = {f"text-{name}": getattr(palette, name) for name in _BASES}
    return {"muted": palette.muted, "dim": palette.dim, "faint": palette.faint, **hues}


def palette_of(app: Any) -> Palette:
    """The palette of an app as it is now."""
    return Palette.of(app.current_theme, app.theme_variables, colourless=app.no_color)
