"""`tui-rnn sweep` as it is typed: what is refused, what is said before anything is trained, and how it goes on."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.support import PROGRAM, SECONDS, SMALL, TALE, environment, is_one_line
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.planning import planned

SWEEP = ("sweep", "tale.txt", "--set", "eta=0.05,0.1", *SMALL, "--steps", "20")


def records(answer):
    return [json.loads(line) for line in answer.out.splitlines()]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["tale.txt"], "--set"),
        (["tale.txt", "--set", "eta"], "--set eta"),
        (["tale.txt", "--set", "eta=1,-1"], "--eta -1.0"),
        (["tale.txt", "--set", "eta=1,2", "--eta", "3"], "--eta 3"),
        (["tale.txt", "--set", "eta=1,2", "--seeds", "0"], "--seeds 0"),
        (["tale.txt", "--set", "eta=1,2", "-j", "0"], "-j 0"),
        (["tale.txt", "--set", "hidden_size=5,8000"], "--max-memory"),
        (["tale.txt", "--set", "seq_length=5,9999"], "9999"),
        (["-", "--set", "eta=1,2"], "standard input"),
        (["nowhere.txt", "--set", "eta=1,2"], "nowhere.txt"),
        ([".", "--set", "eta=1,2"], "holds no sweep"),
        (["tale.txt", "--seeds", "2", "-o", "tale.txt"], "tale.txt"),
        (["tale.txt", "--study", "cell"], "--study 'cell'"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_any_run(command, tale, arguments, word):
    answer = command("sweep", *arguments)
    assert answer.code == 2
    assert word in answer.err
    assert is_one_line(answer.err)
    assert not Path("sweeps").exists()


def test_a_dry_run_trains_nothing(command, tale):
    answer = command(*SWEEP, "--seeds", "2", "--dry-run", "--json")
    head, *jobs = records(answer)
    assert (answer.code, answer.err) == (0, "")
    assert head["runs"] == len(jobs) == 4
    assert head["varied"] == {"eta": [0.05, 0.1]}
    assert [(job["setting"]["eta"], job["seed"]) for job in jobs] == [(0.05, 0), (0.1, 0), (0.05, 1), (0.1, 1)]
    assert not Path("sweeps").exists()
    lines = command(*SWEEP, "--seeds", "2", "--dry-run").out
    assert "4 runs: 2 settings with 2 seeds each" in lines
    assert "about" in lines


def test_a_sweep_is_trained_reported_and_found_again(command, tale):
    first = command(*SWEEP, "-j", "2", "--json")
    assert (first.code, first.err) == (0, "")
    events = records(first)
    assert [each["event"] for each in events].count("job_ended") == 2
    assert events[-1] == {"event": "sweep_done", "counts": {"finished": 2}, "is_stopped": False}
    folder = Path(events[0]["folder"])
    assert folder.parent == Path("sweeps")
    assert {each["result"]["step"] for each in events if each["event"] == "job_ended"} == {20}
    again = command(*SWEEP)
    assert again.code == 0
    assert "begins" not in again.out
    assert "Best after 20 updates each is eta = " in " ".join(again.out.split())
    assert (folder / "report" / "report.html").is_file()
    written = command("report", folder, "-o", "elsewhere")
    assert (written.code, written.out.strip()) == (0, str(Path("elsewhere", "report.html")))
    assert " updates each is eta = " in Path("elsewhere", "report.md").read_text(encoding="utf-8")
    for more in ([folder], ["--corpus", "tale.txt"]):
        alone = command("report", folder, *more)
        assert alone.code == 2
        assert is_one_line(alone.err)
    assert command("sweep", folder, "--json").code == 0
    other = command("sweep", "tale.txt", "--seeds", "2", *SMALL, "-o", folder)
    assert other.code == 2
    assert "holds another sweep" in other.err
    refused = command("sweep", folder, "--eta", "3")
    assert refused.code == 2
    assert "--eta" in refused.err
    Path("tale.txt").write_text("changed " * 100)
    assert "was changed" in command("sweep", folder).err


def test_a_study_is_a_sweep_whose_values_can_be_given(command, tale):
    head, *jobs = records(
        command("sweep", "tale.txt", "--study", "orders", "--steps", "32", "--seq-length", "4", "--dry-run", "--json")
    )
    assert (head["study"], head["recipe"], head["runs"]) == ("orders", "adam", 18)
    assert {tuple(job["setting"]) for job in jobs} == {("order", "batch_size")}
    head, *jobs = records(
        command("sweep", "tale.txt", "--study", "orders", "--recipe", "adagrad", "--order", "random", "--seeds", "1",
                "--seq-length", "4", "--dry-run", "--json")
    )  # fmt: skip
    assert (head["recipe"], head["varied"]) == ("adagrad", {"batch_size": [1, 16]})
    assert len(jobs) == 2


def test_a_spec_file_says_what_is_too_long_for_a_line(command, tale):
    Path("sweep.toml").write_text(
        'corpus = "tale.txt"\nseeds = 3\n[options]\nhidden-size = 8\n[set]\neta = [0.1, 0.2]\n'
    )
    head, *jobs = records(command("sweep", "sweep.toml", "--seeds", "1", "--dry-run", "--json"))
    assert (head["runs"], head["varied"], head["options"]) == (2, {"eta": [0.1, 0.2]}, {"hidden_size": 8})
    assert {job["config"]["hidden_size"] for job in jobs} == {8}
    answer = command("sweep", "other.toml", "--dry-run")
    assert (answer.code, is_one_line(answer.err)) == (2, True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_stdout_that_takes_no_more_is_said_and_the_runs_are_kept(tmp_path):
    (tmp_path / "tale.txt").write_text(TALE)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*PROGRAM, *SWEEP, "-o", "swept"], cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE,
            timeout=SECONDS, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert b"stdout takes no more" in done.stderr
    assert (tmp_path / "swept" / "sweep.json").is_file()


def test_one_run_is_cancelled_and_taken_up_by_its_number_or_name(command, tale):
    folder = SweepFolder(Path("swept"))
    options = {"hidden_size": 8, "seq_length": 10, "steps": 20, "sample_length": 5}
    with folder.locked():
        folder.create(planned(["tale.txt"], "adagrad", options, {"eta": [0.05, 0.1, 0.2]}, [0]))
    one, two, three = (job.name for job in folder.plan().jobs)
    said = command("sweep", "swept", "--cancel", "1", "--cancel", f"swept/runs/{two}")
    assert said.code == 0
    assert said.out.splitlines()[0].startswith(f"{one}: cancelled; ")
    assert said.out.splitlines()[1].endswith("sweep swept --resume 2 takes it up again")
    *_, done = records(command("sweep", "swept", "--json"))
    assert done["counts"] == {"cancelled": 2, "finished": 1}
    for run, word in (("3", "come to its end"), ("4", "from 1 to 3"), (one[:-1], f"did you mean {one}?")):
        refused = command("sweep", "swept", "--cancel", run, "--resume", "1")
        assert (refused.code, refused.out) == (2, "")
        assert word in refused.err
        assert is_one_line(refused.err)
    assert "was not cancelled" in command("sweep", "swept", "--resume", three).err
    [resumed] = records(command("sweep", "swept", "--resume", two, "--json"))
    assert (resumed["event"], resumed["name"]) == ("job_resumed", two)
    assert "goes on with it" in command("sweep", "swept", "--resume", one).out
    assert folder.cancelled.names() == frozenset()
    elsewhere = command("sweep", "tale.txt", "--cancel", "1")
    assert (elsewhere.code, is_one_line(elsewhere.err)) == (2, True)
    assert "sweep DIR --cancel 1" in elsewhere.err
