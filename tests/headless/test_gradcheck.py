"""`tui-rnn gradcheck` tells the check's table or its JSON object, and exits with 1 where a row fails."""

import json

import pytest

SIZES = ("--hidden-size", "6", "--seq-length", "5")
WRONG = ("--delta", "1000")  # no slope of the loss is met over such a distance


@pytest.mark.parametrize("method", ["central", "complex"])
def test_the_gradient_is_right_and_told_in_a_table(command, method):
    answer = command("gradcheck", *SIZES, "--method", method)
    assert (answer.code, answer.err) == (0, "")
    title, _, *rows = answer.out.splitlines()
    assert method in title
    assert "m = 6, T = 5" in title
    assert title.endswith("PASS")
    assert sorted(row.split()[0] for row in rows) == sorted("UWbVc")
    assert all(row.endswith("PASS") for row in rows)


@pytest.mark.parametrize("method", ["central", "complex"])
def test_json_is_the_one_object_of_the_contract(command, tale, method):
    answer = command("gradcheck", tale, *SIZES, "--method", method, "--json")
    assert (answer.code, answer.err) == (0, "")
    (line,) = answer.out.splitlines()
    check = json.loads(line)
    assert check["event"] == "gradient_check"
    assert (check["method"], check["hidden_size"], check["seq_length"], check["passed"]) == (method, 6, 5, True)
    assert check["delta"] == (1e-4 if method == "central" else 1e-20)
    shapes = {row["parameter"]: row["shape"] for row in check["rows"]}
    assert shapes == {"U": [16, 6], "W": [6, 6], "b": [6], "V": [6, 16], "c": [16]}
    for row in check["rows"]:
        assert 0 <= row["relative_error"] < (1e-5 if method == "central" else 1e-12)
        assert 0 < row["checked"] <= 16 * 6


def test_a_wrong_slope_fails_a_row_and_exits_with_1(command):
    answer = command("gradcheck", *SIZES, *WRONG)
    assert (answer.code, answer.err) == (1, "")
    assert answer.out.splitlines()[0].endswith("FAIL")


def test_a_failure_is_told_in_json_too(command):
    answer = command("gradcheck", *SIZES, *WRONG, "--json")
    assert (answer.code, answer.err) == (1, "")
    check = json.loads(answer.out)
    assert check["passed"] is False
    assert "fail" in {row["verdict"] for row in check["rows"]}


def test_a_seed_makes_another_network(command):
    def errors(seed):
        rows = json.loads(command("gradcheck", *SIZES, "--seed", seed, "--json").out)["rows"]
        return [row["relative_error"] for row in rows]

    assert errors(1) == errors(1) != errors(2)
