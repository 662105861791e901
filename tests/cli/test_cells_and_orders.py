"""Cells, layers, dropout and orders from the command line: trained, resumed to the same digest, sampled, reported."""

import json

import pytest

from tests.cli.support import SMALL

NETWORKS = [
    ("--cell", "lstm", "--layers", "2", "--dropout", "0.2"),
    ("--cell", "gru", "--order", "chunks", "--chunks", "4", "--batch-size", "2"),
    ("--layers", "3", "--order", "random"),
]


def last(answer):
    assert (answer.code, answer.err) == (0, "")
    return json.loads(answer.out.splitlines()[-1])


@pytest.mark.parametrize("network", NETWORKS, ids=" ".join)
def test_a_run_of_any_network_and_order_is_a_run_like_others(command, tale, network):
    given = (tale, *SMALL, *network, "--json", "--holdout", "0.1")
    whole = last(command(*given, "--steps", "60", "--run", "whole"))
    last(command(*given, "--steps", "25", "--run", "parted"))
    assert last(command("resume", "parted", "--steps", "60", "--json"))["state_sha256"] == whole["state_sha256"]
    assert len(command("sample", "parted", "-n", "40").out.rstrip("\n")) <= 40
    config = json.loads(command(*given, "--steps", "1", "--run", "third").out.splitlines()[0])["config"]
    for name, value in zip(network[::2], network[1::2], strict=True):
        assert str(config[name.removeprefix("--").replace("-", "_")]) == value


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--cell", "lstn"), "--cell 'lstn' is not known: choose rnn, lstm or gru"),
        (("--layers", "0"), "--layers 0 is out of range"),
        (("--dropout", "0.3"), "--dropout 0.3 has no layers to stand between: use --layers 2 or more"),
        (("--layers", "2", "--dropout", "1"), "--dropout 1.0 cannot be used: give a part from 0 to 0.9"),
        (("--order", "shuffled"), "--order 'shuffled' is not known: choose sequential, random or chunks"),
        (("--order", "chunks", "--chunks", "100000"), "--chunks 100000"),
        (("--chunks", "5"), "--chunks 5 cannot be used with --order sequential: use --order chunks, or --chunks none"),
        (("--order", "chunks", "--chunks", "2", "--batch-size", "3"), "--chunks 2 are fewer than --batch-size 3"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_line_with_nothing_made(command, tale, options, words, tmp_path):
    answer = command(tale, *options, "--headless", "--run", "run")
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err
    assert not (tmp_path / "run").exists()


def test_the_gradient_check_knows_cells_and_layers(command):
    answer = command(
        "gradcheck", "--cell", "lstm", "--layers", "2", "--hidden-size", "6", "--method", "complex", "--json"
    )
    rows = json.loads(answer.out)["rows"]
    assert {row["parameter"] for row in rows} == {*"UWbVc", "U2", "W2", "b2"}
    assert answer.code == 0
