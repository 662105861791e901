"""Every size is measured, and a text takes about a byte a character once it is indexed."""

import pytest

from tests.small import uncompiled
from tui_rnn.bench import scale


def test_each_of_m_t_b_and_k_is_changed_alone(monkeypatch):
    sizes = {"hidden_size": (3, 5), "seq_length": (4,), "batch_size": (2,), "vocab_size": (9, 300)}
    monkeypatch.setattr(scale, "_SIZES", sizes)
    monkeypatch.setattr(scale, "numba_is_installed", lambda: False)
    monkeypatch.setattr(scale, "by_turns", lambda works, seconds, rounds: [[work() and 0.5 for work in works]])
    found = {(f.name, f.unit): f.value for f in scale.scale(0.01)}
    assert found["m = 3", "µs"] == 500_000
    assert found["m = 5", "characters/s"] == 25 / 0.5
    assert found["T = 4", "characters/s"] == 4 / 0.5
    assert found["B = 2", "characters/s"] == 50 / 0.5
    assert [name for name, unit in found if unit == "µs"] == ["m = 3", "m = 5", "T = 4", "B = 2", "K = 9", "K = 300"]


def test_both_kernels_are_measured_where_there_are_two(monkeypatch):
    uncompiled(monkeypatch)
    monkeypatch.setattr(scale, "numba_is_installed", lambda: True)
    monkeypatch.setattr(scale, "_SIZES", {"hidden_size": (3,)})
    monkeypatch.setattr(scale, "by_turns", lambda works, seconds, rounds: [[work() and 0.5] for work in works])
    assert [f.name for f in scale.scale(0.01) if f.unit == "µs"] == ["m = 3", "m = 3, numba"]


def test_a_text_is_read_and_its_memory_measured():
    figures = scale.corpus_sizes((1_000, 8_000_000))
    if not figures:
        pytest.skip("no /proc here")
    assert [(f.name, f.unit, f.bound) for f in figures] == [
        ("1,000 characters", "s", None),
        ("8,000,000 characters", "s", None),
        ("8,000,000 characters", "bytes/character", 1.5),
        ("8,000,000 characters", "bytes/character at the peak", None),
    ]
    assert 0.9 < figures[2].value <= 1.5
