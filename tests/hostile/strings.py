"""Strings made to harm whoever shows them, the same ones for the same seed, and what none of them may come out as."""

import random
import re
import unicodedata
from collections.abc import Iterator

# Every number in these sequences is 7331, which no program of ours writes: where one comes out, it came from a text.
SEQUENCES = (
    *("\x1b[7331m", "\x1b[7331;7331H", "\x1b[7331J", "\x1b[?7331h", "\x1b[>7331u", "\x1b[7331 q"),
    *("\x1b]52;c;NzMzMQ==\x07", "\x1b]0;7331\x07", "\x1b]8;;http://7331\x1b\\x\x1b]8;;\x1b\\"),
    *(
        "\x1bP7331$q\x1b\\",
        "\x1b_G7331\x1b\\",
        "\x1b^7331\x1b\\",
        "\x1bX7331\x1b\\",
        "\x1bc",
        "\x1b(0",
        "\x1b#8",
        "\x1bM",
    ),
    *("\x9b7331m", "\x9d52;c;NzMzMQ==\x9c", "\x907331\x9c", "\x85", "\x84", "\x8d", "\x1b", "\x9b", "\x1b[", "\x1b]"),
)
SPOOFS = ("\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u061c", "\u2028", "\u2029", "\u200b", "\u200d")
HIDDEN = ("\ufeff", "\u00ad", "\u034f", "\u115f", "\u1160", "\u3164", "\uffa0", "\ufe0f", "\U000e0101", "\U000e0041")
MARKUP = (
    *(
        "[bold red]",
        "[@click=app.quit]x[/]",
        "[/]",
        "[",
        "\\[",
        "[$text-error]",
        "[link=http://7331]",
        "]",
        "[red",
        "$x",
    ),
    *(
        "$x^2$",
        "\\frac{1}{0}",
        "<script>alert(7331)</script>",
        "&amp;",
        "</pre>",
        "|",
        "`",
        "```",
        "{x}",
        "%s",
        "'",
        '"',
    ),
)
CLUSTERS = (
    *("e\u0301", "a" + "\u0301" * 30, "\u0301", "\u20dd" * 12, "நி", "கொ", "\u0bbf" * 20, "\u1100\u1161\u11a8"),
    *(
        "\u1161" * 40,
        "👩\u200d🔬",
        "👍🏽",
        "🏽",
        "❤\ufe0f",
        "1\ufe0f\u20e3",
        "🇩🇪",
        "🇩",
        "😀",
        "床前",
        "ｶﾞ",
        "é",
        "\ufffd",
    ),
)
CONTROLS = tuple(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
_KINDS = (SEQUENCES, SPOOFS, HIDDEN, MARKUP, CLUSTERS, CONTROLS, tuple("abc xyz.\n"))


def strings(seed: int, count: int, most_pieces: int = 10, *, surrogates: bool = True) -> Iterator[str]:
    """So many strings of up to so many pieces each, nasty ones and any characters of Unicode."""
    draw = random.Random(seed)
    for _ in range(count):
        text = "".join(_piece(draw) for _ in range(draw.randint(1, most_pieces)))
        yield text if surrogates else re.sub("[\ud800-\udfff]", "", text)


def _piece(draw: random.Random) -> str:
    if draw.random() < 0.3:
        return "".join(
            chr(draw.randrange(draw.choice((0x3000, 0x10000, 0x20000, 0x110000)))) for _ in range(draw.randint(1, 3))
        )
    return draw.choice(draw.choice(_KINDS))


def harm(shown: str, allowed: str = "\n") -> set[str]:
    """The characters in it that steer a terminal, or hide from a reader."""
    steering = ("Cc", "Cf", "Zl", "Zp", "Cs", "Cn", "Co")
    return {
        c for c in set(shown) - set(allowed) if unicodedata.category(c) in steering or c in "".join(HIDDEN + SPOOFS)
    }


def harm_in_a_browser(shown: str) -> set[str]:
    """The same for a page, which may keep what joins or selects right behind a character that is seen."""
    joining = "[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]"
    return harm(re.sub(f"(?<=\\S){joining}", "", shown))


HOSTILE = "\n".join(
    "".join(pieces) for pieces in (SEQUENCES, SPOOFS + HIDDEN, MARKUP, CLUSTERS, CONTROLS, ("the cat sat. ",))
)
