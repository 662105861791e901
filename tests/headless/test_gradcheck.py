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


@pytest.mark.parametrize("fault", ["sign", "term", "transpose", "clip"])
def test_a_gradient_broken_on_purpose_fails_beside_the_right_one(command, fault):
    answer = command("gradcheck", *SIZES, "--break", fault)
    assert (answer.code, answer.err) == (1, "")
    title, told, right, wrong, head, *rest = answer.out.splitlines()
    assert title.endswith("m = 6, T = 5: FAIL")
    assert told.startswith("Broken on purpose: ")
    assert right.split(maxsplit=1)[1] != wrong.split(maxsplit=1)[1]
    assert head.split() == ["parameter", "shape", "checked", "right", "broken", "verdict"]
    intact = json.loads(command("gradcheck", *SIZES, "--json").out)["rows"]
    rows = [line.split() for line in rest[:5]]
    assert [row[:4] for row in rows] == [
        [r["parameter"], "×".join(map(str, r["shape"])), str(r["checked"]), f"{r['relative_error']:.2e}"]
        for r in intact
    ]
    for _, _, _, _, broken, verdict in rows:
        assert (float(broken) > 1e-5) == (verdict == "FAIL")
    assert "FAIL" in {row[-1] for row in rows}


def test_the_object_of_a_broken_check_has_the_name_and_the_errors_of_the_right_one(command):
    answer = command(
        "gradcheck", *SIZES, "--cell", "gru", "--layers", "2", "--method", "complex", "--break", "term", "--json"
    )
    assert (answer.code, answer.err) == (1, "")
    check = json.loads(answer.out)
    assert (check["event"], check["broken"], check["passed"]) == ("gradient_check", "term", False)
    assert {row["parameter"] for row in check["rows"] if row["verdict"] == "pass"} == {"V", "c"}
    assert all(row["intact_relative_error"] < 1e-12 for row in check["rows"])


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--break", "bug"), "choose sign, term, transpose or clip"),
        (("--break", "term", "--seq-length", "1"), "with T = 1"),
        (("--break", "transpose", "--hidden-size", "1"), "with m = 1"),
    ],
)
def test_a_fault_that_is_not_known_or_changes_nothing_is_refused_in_a_line(command, arguments, why):
    answer = command("gradcheck", *arguments)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert why in answer.err


def test_where_differences_see_nothing_of_a_tiny_gradient_the_method_that_decides_is_named(command):
    tiny = ("gradcheck", *SIZES, "--cell", "gru", "--layers", "2")
    answer = command(*tiny)
    assert (answer.code, answer.out.splitlines()[-1].endswith("--method complex decides.")) == (1, True)
    answer = command(*tiny, "--method", "complex")
    assert (answer.code, "decides" in answer.out) == (0, False)
