"""The ways to a gradient are compared only where they agree."""

import pytest

from tests.small import small_corpus
from tui_rnn.bench import gradients, rivals
from tui_rnn.engine.errors import TuiRnnError


def figures():
    return gradients.gradients(small_corpus(), seconds=0.01, T=6, m=5)


def test_every_way_is_timed_and_compared_with_the_naive_one():
    found = figures()
    names = list(dict.fromkeys(figure.name for figure in found))
    assert names[:4] == [
        gradients.NAIVE,
        "indexed, step by step, float64",
        "indexed and hoisted, float64",
        "indexed and hoisted, float32",
    ]
    assert [name for name in names if "PyTorch" in name] == names[4:]
    assert (len(names) == 6) == (rivals.torch_version() is not None)
    assert [(f.name, f.unit) for f in found] == [(name, "µs") for name in names] + [(name, "x") for name in names]
    assert all(figure.value > 0 for figure in found)
    assert next(f.value for f in found if f.unit == "x") == 1


@pytest.mark.parametrize("name", "UWVbc")
def test_nothing_is_timed_where_one_disagrees(monkeypatch, name):
    right = gradients.indexed_gradient

    def wrong(*arguments):
        loss, g, h = right(*arguments)
        g[name] = -g[name]
        return loss, g, h

    monkeypatch.setattr(gradients, "indexed_gradient", wrong)
    with pytest.raises(TuiRnnError, match=r"'indexed, step by step, float64' is off by 1\.0e\+00: nothing was timed"):
        figures()


def test_pytorch_computes_the_same():
    pytest.importorskip("torch")
    assert any("PyTorch" in figure.name for figure in figures())


def test_without_pytorch_there_is_no_rival(monkeypatch):
    monkeypatch.setattr(rivals, "torch_version", lambda: None)
    assert not any("PyTorch" in figure.name for figure in figures())
