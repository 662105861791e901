"""A checkpoint that cannot be written is told of, and a run whose last state is lost does not end as if it were not."""

import json
from pathlib import Path

import pytest

from tests.cli.support import SMALL, is_one_line
from tui_rnn.storage import atomic

RUN = (*SMALL, "--steps", "30", "--checkpoint-every", "10", "--run", "run")


@pytest.fixture
def full_at(monkeypatch):
    """Make the disk refuse the checkpoints whose place among all that are written is one of these."""

    def refuse(places):
        count = iter(range(1000))

        def write(path, data, files):
            if path.suffix == ".ckpt" and next(count) in places:
                raise OSError(28, "No space left on device")
            atomic.write_atomically(path, data, files)

        monkeypatch.setattr("tui_rnn.runs.directory.write_atomically", write)

    return refuse


def records(answer):
    return [json.loads(line) for line in answer.out.splitlines()]


def test_a_checkpoint_that_failed_is_warned_of_and_the_next_one_makes_it_good(command, tale, full_at):
    full_at({0})
    answer = command(tale, "--json", *RUN)
    assert (answer.code, answer.err) == (0, "")
    warned = [record["message"] for record in records(answer) if record["event"] == "warning"]
    assert len(warned) == 1
    assert "step 10 is not saved (No space left on device)" in warned[0]
    assert Path("run/checkpoints/last.ckpt").is_file()


@pytest.mark.parametrize("option", ["--json", "--headless"])
def test_a_last_state_that_is_lost_is_an_error_in_one_line(command, tale, full_at, option):
    full_at(range(1000))
    answer = command(tale, option, *RUN)
    assert answer.code == 1
    assert is_one_line(answer.err)
    assert "step 30 is not saved in run" in answer.err
    if option == "--json":
        assert records(answer)[-1]["event"] == "done"
    else:
        assert "tui-rnn resume" not in answer.out


def test_a_run_whose_last_state_was_lost_resumes_from_the_one_before(command, tale, full_at):
    full_at(range(6, 1000))  # all after best, step-10, last, best, step-20, last
    assert command(tale, *RUN).code == 1
    full_at(())  # room again
    answer = command("resume", "run", "--json")
    assert answer.code == 0
    assert (records(answer)[0]["resumed_step"], records(answer)[-1]["step"]) == (20, 30)
