"""What the bytes of a file that was given as a text are, where they are no plain text, or one in another encoding.

Formats are known by their first bytes, the file(1) command's way; each has the remedy that a person needs.
"""

from collections.abc import Callable

UNPACK = "unpack it first, and give the text file in it"
SAVE_AS_TEXT = "save it as plain text first"
GIVE_A_TEXT = "give a text file"
FEW = 0.03  # of the characters of a text, as a part; more control characters than this are doubtful
_LOOKED_AT = 1 << 18  # characters or bytes, in pieces from all over the text, by which a text is judged
_PIECES = 64
# All but tab, line feed, vertical tab, form feed, carriage return and NEL, which lay out lines and pages.
_CONTROL_CHARACTERS = bytes({*range(0x20), *range(0x7F, 0xA0)} - {*range(0x09, 0x0E), 0x85})


def file_kind(data: bytes) -> str:
    """The format of a file that is certainly no plain text, and the remedy: `a gzip archive: unpack it ...`; or ""."""
    for offset, magic, kind, is_one in _FORMATS:
        if data.startswith(magic, offset) and (is_one is None or is_one(data)):
            return kind if ": " in kind else f"{kind}: {GIVE_A_TEXT}"
    return _zip_kind(data) if data.startswith((b"PK\x03\x04", b"PK\x05\x06")) else ""


def wide_encoding(data: bytes) -> str:
    """UTF-16 or UTF-32 under Python's name, by a byte order mark or by where the NULs stand, if it decodes; or ""."""
    for mark, encoding in (
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark) and (decodes(data, encoding) or (encoding == "utf-16" and len(data) % 2)):
            return encoding
    head = data[: _LOOKED_AT // 4 * 4]
    nul = [head[place::4].count(0) / max(1, len(head) // 4) for place in range(4)]
    low, some, high = 0.03, 0.3, 0.9  # NULs among the bytes at one of four places
    guess = ""
    if min(nul[2:]) > high and nul[0] < low:
        guess = "utf-32-le"
    elif min(nul[:2]) > high and nul[3] < low:
        guess = "utf-32-be"
    elif max(nul[0], nul[2]) < low and min(nul[1], nul[3]) > some:
        guess = "utf-16-le"
    elif max(nul[1], nul[3]) < low and min(nul[0], nul[2]) > some:
        guess = "utf-16-be"
    return guess if guess and decodes(data, guess) else ""


def has_wide_mark(data: bytes) -> bool:
    """Whether the file begins with a byte order mark of UTF-16 or UTF-32 and has NULs, as no other text has."""
    return data.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")) and b"\0" in data


def decodes(data: bytes, encoding: str) -> bool:
    """Whether all the bytes are text in this encoding."""
    try:
        data.decode(encoding)
    except ValueError:
        return False
    return True


def extends_ascii(encoding: str) -> bool:
    """Whether the bytes of ASCII mean in this encoding what they mean in ASCII."""
    return b"A text: 1\n".decode(encoding, "replace") == "A text: 1\n"


def control_part(text: str) -> float:
    """The part, from 0 to 1, of the characters that are NUL or another control character, by a sample of them."""
    if len(text) > _LOOKED_AT:
        piece = _LOOKED_AT // _PIECES
        text = "".join(text[start : start + piece] for start in range(0, len(text), len(text) // _PIECES))
    narrow = text.encode("latin-1", "replace")  # a byte a character; what is above U+00FF is printable enough
    return (len(narrow) - len(narrow.translate(None, _CONTROL_CHARACTERS))) / max(1, len(narrow))


def _zip_kind(data: bytes) -> str:
    """The kind of document in a zip archive, by the names in its first and last bytes."""
    names = data[:4096] + data[-65536:]
    for mark, kind in (
        (b"word/", f"a Word document (docx): {SAVE_AS_TEXT}"),
        (b"xl/", f"an Excel workbook (xlsx): {SAVE_AS_TEXT}"),
        (b"ppt/", f"a PowerPoint presentation (pptx): {SAVE_AS_TEXT}"),
        (b"application/epub+zip", f"an EPUB book: {SAVE_AS_TEXT}"),
        (b"application/vnd.oasis.opendocument", f"an OpenDocument file (odt): {SAVE_AS_TEXT}"),
    ):
        if mark in names:
            return kind
    return f"a zip archive: {UNPACK}"


def _is_program(data: bytes) -> bool:
    place = int.from_bytes(data[0x3C:0x40], "little")
    return data[place : place + 4] == b"PE\0\0"


def _is_safetensors(data: bytes) -> bool:
    return 2 <= int.from_bytes(data[:8], "little") <= len(data) - 8 and b"\0" in data[:8]


def _has_nul(data: bytes) -> bool:
    return b"\0" in data[:64]


# Where the first bytes could begin a text too, a further test tells them apart.
_FORMATS: tuple[tuple[int, bytes, str, Callable[[bytes], bool] | None], ...] = (
    (0, b"\x1f\x8b\x08", f"a gzip archive: {UNPACK}", None),
    (0, b"\x1f\x9d", f"a compressed file (.Z): {UNPACK}", None),
    (0, b"BZh", f"a bzip2 archive: {UNPACK}", lambda data: data[4:10] in (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")),
    (0, b"\xfd7zXZ\0", f"an xz archive: {UNPACK}", None),
    (0, b"\x28\xb5\x2f\xfd", f"a zstd archive: {UNPACK}", None),
    (0, b"\x04\x22\x4d\x18", f"an lz4 archive: {UNPACK}", None),
    (0, b"7z\xbc\xaf\x27\x1c", f"a 7-Zip archive: {UNPACK}", None),
    (0, b"Rar!\x1a\x07", f"a RAR archive: {UNPACK}", None),
    (257, b"ustar", f"a tar archive: {UNPACK}", lambda data: b"\0" in data[:257]),
    (0, b"%PDF-", f"a PDF document: {SAVE_AS_TEXT}", lambda data: b" obj" in data and b"startxref" in data),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"an Office document (doc): {SAVE_AS_TEXT}", None),
    (60, b"BOOKMOBI", f"a Kindle book (mobi): {SAVE_AS_TEXT}", _has_nul),
    (0, b"AT&TFORM", f"a DjVu document: {SAVE_AS_TEXT}", _has_nul),
    (0, b"\x7fELF", "a program (ELF)", None),
    (0, b"MZ", "a program (Windows)", _is_program),
    (0, b"\xcf\xfa\xed\xfe", "a program (Mach-O)", None),
    (0, b"\xca\xfe\xba\xbe", "a program (Mach-O or Java)", None),
    (0, b"\0asm", "a program (WebAssembly)", None),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture", None),
    (0, b"\xff\xd8\xff", "a JPEG picture", None),
    (0, b"GIF8", "a GIF picture", _has_nul),
    (0, b"BM", "a BMP picture", lambda data: data[6:10] == b"\0\0\0\0"),
    (0, b"II*\0", "a TIFF picture", None),
    (0, b"MM\0*", "a TIFF picture", None),
    (8, b"WEBP", "a WebP picture", lambda data: data.startswith(b"RIFF")),
    (8, b"WAVE", "a sound (WAV)", lambda data: data.startswith(b"RIFF")),
    (8, b"AVI ", "a film (AVI)", lambda data: data.startswith(b"RIFF")),
    (4, b"ftyp", "a film (MP4)", _has_nul),
    (0, b"\x1a\x45\xdf\xa3", "a film (Matroska or WebM)", None),
    (0, b"ID3", "a sound (MP3)", _has_nul),
    (0, b"OggS\0", "a sound (Ogg)", None),
    (0, b"fLaC\0", "a sound (FLAC)", None),
    (0, b"SQLite format 3\0", f"an SQLite database: {SAVE_AS_TEXT}", None),
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file of numbers", None),
    (0, b"\x93NUMPY", "a NumPy file of numbers", None),
    (0, b"PAR1", f"a Parquet table: {SAVE_AS_TEXT}", lambda data: data.endswith(b"PAR1") and b"\0" in data),
    (0, b"ARROW1\0\0", f"an Arrow table: {SAVE_AS_TEXT}", None),
    (8, b'{"', "a checkpoint (safetensors): write with one by tui-rnn sample, or give a text file", _is_safetensors),
)
