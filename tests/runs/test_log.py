"""events.jsonl is only ever appended to, a whole record a line, and what a crash left of a line is passed over."""

import contextlib
import errno
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.faulty_disk import ERRORS, Faulty, failing_with
from tui_rnn.runs.log import EventLog, as_line, read_records

FIRST, SECOND = {"event": "progress", "step": 1}, {"event": "progress", "step": 2}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.jsonl"


def write(path, *records):
    log = EventLog(path)
    for record in records:
        log.append(record)
    log.close()


@given(st.text(st.characters(), max_size=50))
def test_any_text_is_one_line_of_printable_ascii_and_comes_back(text):
    line = as_line({"event": "sample", "text": text})
    assert line.endswith("\n")
    assert line[:-1].isascii()
    assert line[:-1].isprintable()
    assert json.loads(line)["text"] == text


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_lacks_is_refused(number):
    with pytest.raises(ValueError, match="JSON"):
        as_line({"event": "progress", "loss": number})


def test_records_come_back_in_order_over_several_sessions(path):
    write(path, FIRST)
    write(path, SECOND, FIRST)
    assert list(read_records(path)) == [FIRST, SECOND, FIRST]


def test_a_record_is_in_the_file_as_soon_as_it_is_appended(path):
    log = EventLog(path)
    log.append(FIRST)
    assert list(read_records(path)) == [FIRST]
    log.append(SECOND, durable=True)
    assert list(read_records(path)) == [FIRST, SECOND]
    log.close()


@pytest.mark.parametrize("cut", range(1, len(as_line(SECOND))))
def test_a_line_that_was_cut_short_is_ended_before_the_next(path, cut):
    path.write_text(as_line(FIRST) + as_line(SECOND)[:-cut])
    write(path, SECOND)
    whole = [SECOND] if cut == 1 else []  # its line feed alone was missing
    assert list(read_records(path)) == [FIRST, *whole, SECOND]
    assert path.read_text().endswith("\n" + as_line(SECOND))


def test_a_line_that_a_full_disk_cut_short_is_ended_before_the_next(path):
    disk = Faulty({3}, most=5)  # opened, its folder synced, five bytes of the line taken: no more
    log = EventLog(path, disk)
    with pytest.raises(OSError, match="Input/output"):
        log.append(FIRST)
    log.append(SECOND)
    log.close()
    assert list(read_records(path)) == [SECOND]
    assert path.read_bytes().split(b"\n")[0] == as_line(FIRST).encode()[:5]


@pytest.mark.parametrize("most", [1, 5])
def test_a_line_that_is_taken_in_parts_is_written_whole(path, most):
    log = EventLog(path, Faulty(most=most))
    log.append(FIRST)
    log.append(SECOND, durable=True)
    log.close()
    assert path.read_text() == as_line(FIRST) + as_line(SECOND)


def test_a_disk_that_takes_nothing_of_a_line_is_an_error(path):
    log = EventLog(path, Faulty(most=0))
    with pytest.raises(OSError, match="took nothing"):
        log.append(FIRST)
    log.close()


@pytest.mark.parametrize("error", ERRORS, ids=lambda code: errno.errorcode[code])
@pytest.mark.parametrize("most", [None, 20])
def test_a_line_that_failed_anywhere_costs_no_other_line(path, error, most):
    """Ten lines, and each system call of the fifth, of 10 or 1 writes and a sync, fails once."""
    records = [{"event": "progress", "step": step} for step in range(10)]
    whole = Faulty(most=most)
    log, ends = EventLog(path, whole), []
    for record in records:
        log.append(record, durable=True)
        ends.append(len(whole.calls))
    log.close()
    for number in range(ends[3], ends[4]):
        path.unlink()
        log = EventLog(path, Faulty({number}, failing_with(error), most=most))
        for record in records:
            with contextlib.nullcontext() if record["step"] != 4 else pytest.raises(OSError, match=os.strerror(error)):
                log.append(record, durable=True)
        log.close()
        found = [record["step"] for record in read_records(path)]
        assert found == ([*range(10)] if number == ends[4] - 1 else [0, 1, 2, 3, 5, 6, 7, 8, 9])


@pytest.mark.parametrize("error", ERRORS, ids=lambda code: errno.errorcode[code])
@pytest.mark.parametrize("number", [0, 1])
def test_a_log_that_cannot_be_begun_says_so_and_holds_nothing_open(path, number, error):
    disk = Faulty({number}, failing_with(error))
    with pytest.raises(OSError, match=os.strerror(error)):
        EventLog(path, disk)
    assert not disk.open


def test_a_closed_log_stays_closed(path):
    log = EventLog(path)
    log.close()
    with open(path.with_name("other"), "wb") as other:  # takes the number that the log had
        log.close()
        with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
            log.append(FIRST)
        other.write(b"whole")
    assert path.with_name("other").read_bytes() == b"whole"


@pytest.mark.parametrize("line", [b"", b"{", b"null", b"3", b"[]", b'{"step": 1}', b'{"event": 1}', b"\xff\xfe", b"\0"])
def test_a_damaged_line_is_passed_over(path, line):
    path.write_bytes(as_line(FIRST).encode() + line + b"\n" + as_line(SECOND).encode())
    assert list(read_records(path)) == [FIRST, SECOND]


def test_a_deeply_nested_line_is_passed_over(path):
    path.write_bytes(b"[" * 200_000 + b"\n" + as_line(SECOND).encode())
    assert list(read_records(path)) == [SECOND]


def test_a_log_that_cannot_be_opened_says_so(tmp_path):
    with pytest.raises(OSError, match=os.strerror(2)):
        EventLog(tmp_path / "no" / "such" / "events.jsonl")
