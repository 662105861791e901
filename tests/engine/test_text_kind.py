"""A file that is no text is told what it is; a text that only begins like one is read; UTF-16 and UTF-32 are known."""

import bz2
import gzip
import io
import lzma
import sqlite3
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runs.support import a_run
from tui_rnn.engine.errors import CorpusError
from tui_rnn.engine.text import decoded, read_text
from tui_rnn.engine.text_kind import control_part, extends_ascii, file_kind, wide_encoding

TEXT = "It was the best of times, it was the worst of times.\n" * 20


def zipped(*names, mimetype=None):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, TEXT)
    return buffer.getvalue()


def tarred(mode="w"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        entry = tarfile.TarInfo("book.txt")
        entry.size = len(TEXT)
        archive.addfile(entry, io.BytesIO(TEXT.encode()))
    return buffer.getvalue()


def array(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(9))
    return (tmp_path / "a.npy").read_bytes()


def database(tmp_path):
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("create table book (line text)")
    connection.close()
    return (tmp_path / "a.db").read_bytes()


def checkpoint(tmp_path):
    return (a_run(tmp_path).checkpoints / "last.ckpt").read_bytes()


BINARY = {
    "gzip": (gzip.compress(TEXT.encode()), "gzip archive: unpack it first"),
    "bzip2": (bz2.compress(TEXT.encode()), "bzip2 archive: unpack it first"),
    "empty bzip2": (bz2.compress(b""), "bzip2 archive"),
    "xz": (lzma.compress(TEXT.encode()), "xz archive: unpack it first"),
    "zstd": (b"\x28\xb5\x2f\xfd\x04\x58\x81\x01\x00hello", "zstd archive: unpack it first"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\x04" + bytes(24), "7-Zip archive"),
    "rar": (b"Rar!\x1a\x07\x01\0" + bytes(24), "RAR archive"),
    "zip": (zipped("book.txt"), "zip archive: unpack it first"),
    "empty zip": (zipped(), "zip archive"),
    "docx": (zipped("[Content_Types].xml", "word/document.xml"), "Word document (docx): save it as plain text"),
    "xlsx": (zipped("[Content_Types].xml", "xl/workbook.xml"), "Excel workbook"),
    "odt": (zipped("content.xml", mimetype="application/vnd.oasis.opendocument.text"), "OpenDocument"),
    "epub": (zipped("OEBPS/1.xhtml", mimetype="application/epub+zip"), "EPUB book: save it as plain text"),
    "tar": (tarred(), "tar archive: unpack it first"),
    "tar.gz": (tarred("w:gz"), "gzip archive: unpack it first"),
    "pdf": (b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\nstartxref\n9\n%%EOF\n", "PDF document: save it as plain text"),
    "doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "Office document"),
    "elf": (b"\x7fELF\x02\x01\x01" + bytes(57), "program (ELF): give a text file"),
    "exe": (b"MZ" + bytes(58) + b"\x40\0\0\0" + b"PE\0\0" + bytes(20), "program (Windows): give a text file"),
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG picture: give a text file"),
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "JPEG picture"),
    "gif": (b"GIF89a\x01\0\x01\0\x80\0\0", "GIF picture"),
    "webp": (b"RIFF\x24\0\0\0WEBPVP8 ", "WebP picture"),
    "wav": (b"RIFF\x24\0\0\0WAVEfmt ", "sound (WAV)"),
    "mp4": (b"\0\0\0\x18ftypmp42\0\0\0\0", "film (MP4)"),
    "sqlite": (database, "SQLite database: save it as plain text"),
    "numpy": (array, "NumPy file of numbers: give a text file"),
    "checkpoint": (checkpoint, "checkpoint (safetensors): write with one by tui-rnn sample"),
}


@pytest.mark.parametrize("encoding", [("utf-8", "strict"), ("utf-8", "replace"), ("latin-1", "strict")])
@pytest.mark.parametrize("name", BINARY)
def test_a_file_that_is_no_text_is_told_what_it_is_in_any_encoding(tmp_path, name, encoding):
    data, words = BINARY[name]
    path = tmp_path / "file"
    path.write_bytes(data(tmp_path) if callable(data) else data)
    with pytest.raises(CorpusError) as error:
        read_text(path, *encoding)
    assert str(error.value).startswith(f"{path} is a")
    assert words in str(error.value)


@pytest.mark.parametrize(
    "start",
    ["PK", "PK are my initials", "BZh9 is no word", "BM", "MZ", "%PDF-1.4 is a header", "GIF89a", "PAR1", "ID3", "RIFF",
     "Rar!", "II*", "MM", "7z", "AT&TFORM", "SQLite format 3", 'abcdefgh{"', "ustar", "ftyp", "    ftyp", "ÿþ", "þÿ",
     "ÿØ", "\x1f", "OggS", "fLaC"],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_text_that_begins_like_a_file_of_another_kind_is_read(start, encoding):
    source = decoded("a.txt", (start + TEXT).encode(encoding), encoding, "strict")
    assert (source.characters, source.warning) == (start + TEXT, "")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=300))
def test_no_text_without_control_characters_is_taken_for_a_file_of_another_kind(text):
    assert file_kind(text.encode()) == ""


WIDE = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
LANGUAGES = {
    "english": TEXT,
    "german": "zwölf Boxkämpfer jagen Viktor\n" * 9,
    "russian": "Мой дядя, самых правил\n" * 9,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("encoding", WIDE)
def test_a_text_of_wide_characters_is_refused_or_doubted_with_the_encoding_that_reads_it(encoding, language):
    text = LANGUAGES[language]
    data = text.encode(encoding)
    if encoding in ("utf-16-le", "utf-16-be") and language == "russian":
        assert wide_encoding(data) == ""  # few NULs: nothing is guessed
        return
    assert decoded("a.txt", data, wide_encoding(data), "strict").characters == text
    told = []
    for given_encoding, errors in (("utf-8", "strict"), ("utf-8", "replace"), ("latin-1", "strict")):
        try:
            told.append(decoded("a.txt", data, given_encoding, errors).warning)
        except CorpusError as error:
            told.append(str(error))
    assert all(f"--encoding {wide_encoding(data)}" in each for each in told), told


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_a_text_with_a_mark_that_is_cut_short_is_told_both_options(mark):
    data = mark + (TEXT.encode("utf-16-le") if mark == b"\xff\xfe" else TEXT.encode("utf-16-be")) + b"\0"
    with pytest.raises(CorpusError, match="--encoding utf-16 --errors replace"):
        decoded("a.txt", data, "utf-8", "strict")
    assert decoded("a.txt", data, "utf-16", "replace").characters.startswith(TEXT)


@pytest.mark.parametrize("text", [TEXT, "", "Мой дядя", "\ud800", "\U0001f600" * 9, "a\0b", "日本語"])
def test_a_text_in_utf_8_is_never_taken_for_a_wide_one(text):
    assert wide_encoding(text.encode("utf-8", "surrogatepass")) == ""


@pytest.mark.parametrize(
    ("text", "part"),
    [("", 0), ("abc\t\n\r\v\f\x85", 0), ("a\0", 0.5), ("\x1b[0m", 0.25), ("\x80\x9fab", 0.5), ("Ж\0" * 9, 0.5)],
)
def test_control_characters_are_counted_and_those_that_lay_out_lines_are_not(text, part):
    assert control_part(text) == pytest.approx(part)


def test_a_large_text_is_judged_by_pieces_from_all_over_it():
    assert control_part("a" * 10**6 + "\0" * 10**6) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(("text", "doubted"), [("a" * 97 + "\0" * 3, False), ("a" * 96 + "\0" * 4, True)])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_more_than_a_few_per_cent_of_control_characters_are_doubted(text, doubted, encoding):
    assert bool(decoded("a.txt", text.encode(encoding), encoding, "strict").warning) == doubted


def test_a_text_of_which_much_was_replaced_is_doubted():
    data = ("zwölf Boxkämpfer" * 9).encode("latin-1")
    assert "12% of a.txt did not decode as utf-8" in decoded("a.txt", data, "utf-8", "replace").warning
    assert decoded("a.txt", TEXT.encode() * 9 + data[:9], "utf-8", "replace").warning == ""


@pytest.mark.parametrize(("encoding", "extends"), [("utf-8", True), ("latin-1", True), ("cp932", True),
                                                   ("utf-16", False), ("utf-32-be", False), ("cp037", 0)])  # fmt: skip
def test_which_encodings_extend_ascii(encoding, extends):
    assert extends_ascii(encoding) == extends


def test_the_texts_of_a_folder_are_named(tmp_path):
    for name, data in (("b.md", b"b"), ("a.txt", "é".encode()), ("c.gz", gzip.compress(b"c")), ("d", b""), ("e", b"\0"),
                       ("z.TXT", b"z"), (".hidden.txt", b"h"), ("two words.txt", b"w")):  # fmt: skip
        Path(tmp_path, name).write_bytes(data)
    with pytest.raises(CorpusError) as error:
        read_text(tmp_path)
    assert str(error.value).endswith(f"such as {tmp_path}/a.txt, '{tmp_path}/two words.txt', {tmp_path}/z.TXT")


def test_a_folder_without_a_text_says_so(tmp_path):
    Path(tmp_path, "a.gz").write_bytes(gzip.compress(b"c"))
    with pytest.raises(CorpusError, match="is a folder, and no text file is in it: give the path of a text file"):
        read_text(tmp_path)


def test_a_character_cut_by_the_look_into_a_folder_is_no_fault(tmp_path):
    Path(tmp_path, "a.txt").write_text("a" + "é" * 3000, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"such as .*a\.txt"):
        read_text(tmp_path)


def test_bytes_that_a_run_was_trained_on_are_read_as_they_were_then():
    data = gzip.compress(TEXT.encode())
    assert decoded("a.txt", data, "latin-1", "strict", known=True).characters == data.decode("latin-1")


@pytest.mark.parametrize(("data", "encoding", "remedy"), [
    ("héllo".encode(), "ascii", "--encoding utf-8"),
    ("h\x81llo".encode("latin-1"), "utf-8", "(latin-1, …)"),
    ("hállo".encode("latin-1"), "utf-8", "(latin-1, cp1252, …)"),
    (b"\x80" + b"\0\1\2" * 9, "utf-8", "give a text file, or name its --encoding"),
    ("ab".encode("utf-16") + b"c", "utf-16", "last character is cut off: use --errors replace"),
])  # fmt: skip
def test_bytes_that_do_not_decode_are_told_an_encoding_in_which_they_do(data, encoding, remedy):
    with pytest.raises(CorpusError, match="--errors replace") as error:
        decoded("a.txt", data, encoding, "strict")
    assert remedy in str(error.value)
