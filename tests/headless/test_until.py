"""--until: a process stops at a step, and the run goes on as if it had not."""

import json

import pytest

from tests.cli.support import SMALL, is_one_line

SHORT = ("tale.txt", *SMALL, "--steps", "30", "--schedule", "cosine", "--holdout", "0.1", "--json", "--run")


def done(answer):
    return json.loads(answer.out.splitlines()[-1])


@pytest.mark.usefixtures("tale")
@pytest.mark.parametrize("step", [1, 17, 30])
def test_a_run_that_is_stopped_at_a_step_goes_on_to_the_same_digest(command, step):
    whole = done(command(*SHORT, "whole"))
    stopped = done(command(*SHORT, "parts", "--until", step))
    assert stopped["step"] == step
    assert stopped["reason"] == ("stopped" if step < 30 else "steps")
    again = command("resume", "parts", "--until", step, "--json")
    assert (again.code, done(again)["step"]) == (0, step)
    assert done(again)["state_sha256"] == stopped["state_sha256"]
    assert done(command("resume", "parts", "--json"))["state_sha256"] == whole["state_sha256"]


@pytest.mark.usefixtures("tale")
def test_a_step_that_is_none_is_refused(command):
    answer = command(*SHORT, "run", "--until", 0)
    assert answer.code == 2
    assert "--until 0" in answer.err
    assert is_one_line(answer.err)
