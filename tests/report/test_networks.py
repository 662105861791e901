"""The report says which network was trained: its cell, and its layers where there are more than one."""

import pytest

from tests.report.support import a_run, report_of


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "A vanilla RNN with m = "),
        ({"cell": "lstm"}, "An LSTM with m = "),
        ({"cell": "gru", "layers": 2}, "A GRU of 2 layers with m = "),
    ],
)
def test_the_first_sentence_names_the_network(tmp_path, settings, said):
    run = a_run(tmp_path, steps=5, sample_every=10, **settings)
    assert report_of(run, out=tmp_path / "report").page.of_class("subtitle")[0].text.startswith(said)
