"""Foreign text made safe to show: what could steer a terminal, hide, or be of no agreed width becomes a picture.

Each picture is one character, one cell wide, and names its kind:

    ␀ … ␟ ␡   a control character of ASCII (U+0000 … U+001F, U+007F), among them ␛ for the escape character
    ␊         a line feed, where the text has to stay on one line
    ␤         another line or paragraph end: U+0085, U+2028, U+2029
    ␦         a control character above ASCII (U+0080 … U+009F)
    ⇄         a control of the writing direction: overrides, embeddings, isolates, marks
    ⁀         a zero width joiner
    ⬚         a variation selector: it asks for another form of the character before it
    ◍         a skin tone, of the emoji before it
    🄰 … 🅉     a letter of a flag
    ◌         any other character that is not to be seen: a soft hyphen, a zero width space, a filler, a tag, …
    ▯         a character that is not assigned, is private, or has no width on which terminals agree
    �         bytes that do not decode (U+FFFD, or a lone surrogate that stands for such a byte), and nothing else

What works inside a word is kept where it is of no width on the screen and on every terminal: one zero width non-joiner
behind a letter or mark and before a letter of a script whose letters join, and one Mongolian variation selector behind
a letter. A zero width joiner is not, in no script: Rich and tmux count the character behind it as no cell.
A browser lays text out by itself: for one, joiners, selectors, skin tones and flags are kept where they belong.
"""

import re
import unicodedata
from collections.abc import Iterator

MOST_MARKS = 8  # combining marks kept on one character
ZWNJ, ZWJ = "\u200c", "\u200d"
_MARKS = re.compile(f"([\u0300-\U0010ffff]{{{MOST_MARKS + 1},}})")
# Medial vowels and final consonants of Hangul: letters, but no terminal gives them a cell of their own.
_JOINING_LETTERS = (range(0x1161, 0x1200), range(0xD7B0, 0xD800))
_SELECTORS = frozenset([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])  # whether one makes wide, terminals differ
_MONGOLIAN_SELECTORS = frozenset([0x180B, 0x180C, 0x180D])
_MONGOLIAN_LETTERS = range(0x1820, 0x18AB)
# The rest of what Unicode calls default ignorable and is neither a control nor a format character.
_FILLERS = frozenset([0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180F, 0x3164, 0xFFA0])
_SKIN_TONES = range(0x1F3FB, 0x1F400)  # of no width after some characters, on some terminals
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)  # in pairs a flag: of one, two or four cells
_LINE_ENDS = frozenset([0x85, 0x2028, 0x2029])
_DIRECTIONS = frozenset([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
# Format characters that are to be seen: signs written around or above the digits behind them.
_SIGNS = frozenset([*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD])
# Scripts in which a non-joiner changes how the letters beside it are written: Arabic, Syriac, N'Ko, Mandaic; those of
# India from Devanagari to Sinhala; Myanmar, Khmer, Mongolian; the forms of Arabic for presentation.
_WITH_NON_JOINER = (
    *(range(0x0620, 0x0780), range(0x07C0, 0x0800), range(0x0840, 0x0E00), range(0x1000, 0x10A0)),
    *(range(0x1780, 0x18AB), range(0xFB50, 0xFE00), range(0xFE70, 0xFEFD)),
)
_DEPENDS = re.compile(f"[{ZWNJ}{ZWJ}\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # on what stands beside it


class _Pictures(dict[int, str]):
    """A translation table that finds what to show for a code point when it is first met."""

    def __missing__(self, code: int) -> str:
        kept = _DEPENDS.match(chr(code)) is not None  # for the next pass, that sees its neighbours
        self[code] = shown = chr(code) if kept else _picture(code)
        return shown


class _BrowserPictures(_Pictures):
    """The same for a browser, which draws emoji and flags as they are meant."""

    def __missing__(self, code: int) -> str:
        if code in _SKIN_TONES or code in _FLAG_LETTERS:
            self[code] = chr(code)
            return self[code]
        return super().__missing__(code)


def _picture(code: int) -> str:
    """What to show for this character where it is not kept for the sake of those beside it."""
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if code in _FLAG_LETTERS:
        return chr(code - 0x1F1E6 + 0x1F130)
    if code in _SKIN_TONES:
        return "◍"
    if code == ord(ZWJ):
        return "⁀"
    if code in _SELECTORS or code in _MONGOLIAN_SELECTORS:
        return "⬚"
    if code in _LINE_ENDS:
        return "␤"
    if code in _DIRECTIONS:
        return "⇄"
    if code in _FILLERS:
        return "◌"
    return _BY_CATEGORY.get("Co" if code in _SIGNS else unicodedata.category(chr(code)), chr(code))


_BY_CATEGORY = {"Cc": "␦", "Cf": "◌", "Cs": "\N{REPLACEMENT CHARACTER}", "Cn": "▯", "Co": "▯"}
_KEEPING_LINES, _ONE_LINE = _Pictures({0x0A: "\n"}), _Pictures({0x0A: "␊"})
_BROWSER_LINES, _BROWSER_ONE_LINE = _BrowserPictures({0x0A: "\n"}), _BrowserPictures({0x0A: "␊"})


def safe_text(text: str, *, one_line: bool = False, after: str = "", browser: bool = False) -> str:
    """The text as a terminal may be given it: every character that could steer it is a picture, one cell wide.

    So is what hides, and what terminals do not agree on the width of; the table is in the module's head. Line feeds are
    kept, or shown as ␊ where the text has to stay on one line. A run of combining marks is cut to MOST_MARKS, with
    those at the end of `after`, the text that it is shown right behind. For a `browser` what makes up words and emoji
    is kept. Everything that comes from a corpus, a checkpoint, a path or an error passes here before it is shown.
    """
    if before := after[-MOST_MARKS:]:  # none of its marks is cut, and each of its characters stays one
        return safe_text(before + text, one_line=one_line, browser=browser)[len(before) :]
    if browser:
        shown = text.translate(_BROWSER_ONE_LINE if one_line else _BROWSER_LINES)
    else:
        shown = text.translate(_ONE_LINE if one_line else _KEEPING_LINES)
    if shown.isascii():
        return shown
    shown = _DEPENDS.sub(_in_browser if browser else _in_terminal, shown)
    return _MARKS.sub(lambda run: "".join(_bounded(run.group())), shown)


def _in_terminal(found: re.Match[str]) -> str:
    left, here, right = _around(found)
    if here == ZWNJ:
        kept = _category(left)[0] in "LM" and not _DEPENDS.match(left) and _category(right)[0] == "L"
        kept = kept and all(any(ord(side) in script for script in _WITH_NON_JOINER) for side in (left, right))
    else:
        kept = ord(here) in _MONGOLIAN_SELECTORS and left != "" and ord(left) in _MONGOLIAN_LETTERS
    return here if kept else _picture(ord(here))


def _in_browser(found: re.Match[str]) -> str:
    left, here, right = _around(found)
    if here in (ZWNJ, ZWJ):
        kept = _category(left) in (*_JOINED, "Mn", "Mc", "Sk") and _category(right) in _JOINED
    else:
        kept = _category(left)[0] in "LNPS"  # a letter, the digit of a keycap, a symbol
    return here if kept else _picture(ord(here))


_JOINED = ("Ll", "Lu", "Lo", "Lm", "So")


def _around(found: re.Match[str]) -> tuple[str, str, str]:
    """The character before what was found, itself, and the one after it; "" where there is none."""
    text, place = found.string, found.start()
    return text[max(0, place - 1) : place], text[place], text[place + 1 : place + 2]


def _category(character: str) -> str:
    return unicodedata.category(character) if character else "none"


def _bounded(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        marks = marks + 1 if _joins(character) else 0
        if marks <= MOST_MARKS:
            yield character


def _joins(character: str) -> bool:
    """Whether it is drawn into the cell of the character before it."""
    return unicodedata.category(character) in ("Mn", "Me", "Mc") or any(
        ord(character) in letters for letters in _JOINING_LETTERS
    )
