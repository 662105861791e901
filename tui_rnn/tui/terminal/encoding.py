"""Output within what a terminal's encoding holds: plain signs for those that it lacks."""

from rich.cells import cell_len

_PLAIN = {
    **dict.fromkeys("│┃║▌▐▎▊", "|"),
    **dict.fromkeys("─━┈▔▁═", "-"),
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼◆", "+"),
    "▶": ">",
    "‖": "=",
    "✓": "v",
    "✖": "x",
    "×": "x",
    "·": ".",
    "…": ".",
    "●": "o",
    "▲": "^",
    "\u2800": " ",
    **dict.fromkeys(map(chr, range(0x2801, 0x2900)), "."),  # the chart's dots
    **dict.fromkeys("▂▃▄▅▆▇█", "#"),
    **dict.fromkeys("╌╸╺", "-"),
    "╳": "x",
    "▾": "v",
    **dict.fromkeys("┊╎", "|"),
    "▴": "^",
    "▸": ">",
    "■": "#",
    "▀": "#",
    "⏎": "/",
    "␣": "_",
    "−": "-",
    "→": ">",
    "←": "<",
    "↑": "^",
    "↓": "v",
    **dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)),
}
_LATIN = "·…"  # which every console font has


class Within(dict[int, str]):
    """A translation table to what an encoding holds, in as many cells.

    With `plain` signs none of those that the screen is drawn with is kept, whatever the encoding holds: the font of a
    console has few of them.
    """

    def __init__(self, encoding: str, *, plain: bool = False) -> None:
        super().__init__()
        self._encoding = encoding
        if plain:
            self.update({ord(sign): other for sign, other in _PLAIN.items() if sign not in _LATIN})

    def __missing__(self, code: int) -> str:
        character = chr(code)
        try:
            character.encode(self._encoding)
        except UnicodeEncodeError:
            character = _PLAIN.get(character) or "?" * cell_len(character)
        self[code] = character
        return character
