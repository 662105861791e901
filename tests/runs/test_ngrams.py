"""What counting reaches is kept beside a run, and read back only where it is whole and of the same text."""

import pytest

from tests.runs.support import small_job
from tui_rnn.runs import ngrams

LOSSES = (3.0894, 2.3869, 0.1 + 0.2)


@pytest.fixture
def directory(tmp_path):
    with small_job(tmp_path) as job:
        yield job.directory


def test_what_was_kept_is_read_back_to_the_last_bit(directory):
    assert ngrams.kept(directory, "abc", 75) is None
    ngrams.keep(directory, "abc", 75, LOSSES)
    assert ngrams.kept(directory, "abc", 75) == LOSSES
    assert ngrams.kept(directory, "abd", 75) is None
    assert ngrams.kept(directory, "abc", 76) is None
    assert ngrams.kept(directory, None, None) is None


def test_no_change_of_a_byte_is_read(directory):
    ngrams.keep(directory, "abc", 75, LOSSES)
    whole = directory.ngrams_file.read_bytes()
    for place in range(0, len(whole) - 1, 3):
        changed = bytearray(whole)
        changed[place] ^= 1
        directory.ngrams_file.write_bytes(changed)
        assert ngrams.kept(directory, "abc", 75) is None, bytes(changed)
    for content in (b"", b"[]", b"{}", b"null", whole[:-9], b"[" * 60_000, b" " * 70_000 + whole):
        directory.ngrams_file.write_bytes(content)
        assert ngrams.kept(directory, "abc", 75) is None


def test_a_disk_that_takes_nothing_is_no_fault(directory):
    directory.ngrams_file.mkdir()
    ngrams.keep(directory, "abc", 75, LOSSES)
    assert ngrams.kept(directory, "abc", 75) is None
