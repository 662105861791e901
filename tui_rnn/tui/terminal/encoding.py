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
    "·": ".",
    "…": ".",
    "●": "o",
    "▲": "^",
    "\u2800": " ",
    **dict.fromkeys(map(chr, range(0x2801, 0x2900)), "."),  # the chart's dots
    **dict.fromkeys("▂▃▄▅▆▇█", "#"),
}


class Within(dict[int, str]):
    """A translation table to what an encoding holds, in as many cells."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    def __missing__(self, code: int) -> str:
        character = chr(code)
        try:
            character.encode(self._encoding)
        except UnicodeEncodeError:
            character = _PLAIN.get(character) or "?" * cell_len(character)
        self[code] = character
        return character
