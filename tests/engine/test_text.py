"""A text is read as its file has it, and whatever is no text is refused in one line that names the fault."""

import codecs
import hashlib
import os
import socket

import pytest

from tui_rnn.engine.errors import CorpusError
from tui_rnn.engine.text import check_encoding, check_length, read_text


@pytest.fixture
def text_file(tmp_path):
    def write(data):
        (tmp_path / "text.txt").write_bytes(data)
        return tmp_path / "text.txt"

    return write


def refusal(path, *arguments):
    with pytest.raises(CorpusError) as error:
        read_text(path, *arguments)
    message = str(error.value)
    assert len(message.splitlines()) == 1
    return message


def test_a_text_is_read_with_its_path_and_the_digest_of_its_bytes(text_file):
    data = "Näive café — 李白 \U0001f600\n".encode()
    source = read_text(text_file(data))
    assert source.characters == data.decode()
    assert source.path == str(text_file(data))
    assert source.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n", "\x85", "\u2028", "\x1a", "\0"])
def test_line_ends_and_control_characters_are_kept(text_file, ends):
    text = f"one{ends}two{ends}"
    assert read_text(text_file(text.encode())).characters == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
def test_a_leading_byte_order_mark_is_stripped_and_no_other(text_file, encoding):
    mark = "" if encoding in ("utf-16", "utf-32", "utf-8-sig") else "\ufeff"  # these write their own
    data = (mark + "ab\ufeffc").encode(encoding)
    source = read_text(text_file(data), encoding)
    assert source.characters == "ab\ufeffc"
    assert source.sha256 == hashlib.sha256(data).hexdigest()  # of the bytes, mark and all


def test_the_digest_is_of_the_bytes_also_where_some_were_replaced(text_file):
    data = b"caf\xe9 ol\xe9"
    source = read_text(text_file(data), "utf-8", "replace")
    assert source.characters == "caf\ufffd ol\ufffd"
    assert source.sha256 == hashlib.sha256(data).hexdigest()


def test_a_text_in_another_encoding_is_read_by_its_name(text_file):
    assert read_text(text_file(b"caf\xe9"), "latin-1").characters == "café"


@pytest.mark.parametrize("position", [0, 3, 5000])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "utf-8-sig"])
def test_a_byte_that_does_not_decode_is_named_with_its_offset(text_file, position, encoding):
    mark = codecs.BOM_UTF8 if encoding == "utf-8-sig" else b""
    message = refusal(text_file(mark + b"a" * position + b"\xff" + b"b" * 9), encoding)
    assert f"is not {encoding}: byte 0xff at offset {len(mark) + position} does not decode" in message
    assert "--encoding" in message
    assert "--errors replace" in message


@pytest.mark.parametrize(("data", "encoding"), [(b"a\0b", "utf-16"), (b"\xff\xfea", "utf-16"), (b"a", "utf-32")])
def test_a_text_cut_within_a_character_is_refused(text_file, data, encoding):
    assert f"is not {encoding}" in refusal(text_file(data), encoding)


def test_an_empty_file_is_refused(text_file):
    assert "is empty" in refusal(text_file(b""))


def test_a_missing_file_is_refused(tmp_path):
    assert "does not exist" in refusal(tmp_path / "no-such.txt")


@pytest.mark.parametrize("form", [str, lambda path: f"{path}/", lambda path: f"{path}/."])
def test_a_folder_is_refused(tmp_path, form):
    assert "folder" in refusal(form(tmp_path))


def test_a_file_taken_for_a_folder_is_refused(text_file):
    assert "cannot be read" in refusal(text_file(b"ab") / "inside")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_refused_without_waiting_for_its_writer(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "named pipe" in refusal(tmp_path / "pipe")


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="this system has no /dev/zero")
def test_an_endless_device_is_refused():
    assert "device" in refusal("/dev/zero")


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no socket files")
def test_a_socket_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        assert "cannot be read" in refusal("socket")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is closed to this user")
def test_an_unreadable_file_is_refused(text_file):
    path = text_file(b"ab")
    path.chmod(0)
    assert "permissions" in refusal(path)


def test_a_path_with_a_nul_is_refused_and_told_in_print():
    message = refusal("a\0b")
    assert "cannot be read" in message
    assert "\0" not in message


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="open files are counted in /proc")
def test_a_refused_file_is_closed(tmp_path):
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        refusal(tmp_path)
        refusal("/dev/zero")
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("encoding", ["utf8", "UTF-8", "latin-1", "cp1252", "utf-16", "shift_jis", "utf-7"])
def test_an_encoding_python_knows_is_accepted(encoding):
    check_encoding(encoding)


@pytest.mark.parametrize(
    "encoding", ["klingon", "rot13", "rot_13", "hex", "base64", "zlib", "", "utf\0-8", "undefined"]
)
def test_what_turns_no_bytes_into_text_is_no_encoding(text_file, encoding):
    message = refusal(text_file(b"abcd"), encoding)
    assert f"--encoding {encoding!r}" in message
    assert "utf-8, latin-1" in message


@pytest.mark.parametrize(
    ("length", "T", "B", "enough"),
    [(2, 1, 1, True), (25, 25, 1, False), (26, 25, 1, True), (51, 25, 2, False), (52, 25, 2, True), (0, 1, 1, False)],
)
def test_each_stream_needs_a_window_and_the_character_after_it(length, T, B, enough):
    if enough:
        check_length("a.txt", length, T, B)
        return
    with pytest.raises(CorpusError, match=rf"a\.txt has {length} characters.* needs at least {(T + 1) * B}: ") as error:
        check_length("a.txt", length, T, B)
    assert ("--batch-size" in str(error.value)) == (B > 1)
