"""`tui-rnn runs` lists the runs under runs/, newest first, each with its state."""

import contextlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.support import SECONDS, SMALL, is_one_line, running
from tests.laws.faulty_disk import tree
from tests.runs.support import small_job
from tests.sweeps import made_up
from tui_rnn.engine.errors import RunError
from tui_rnn.headless import runs as listed
from tui_rnn.headless import training
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.label import RunLabel, write_label
from tui_rnn.runs.listing import Listing, RunLine
from tui_rnn.runs.log import read_records
from tui_rnn.runs.session import Session


@pytest.fixture
def three_runs(command, tale):
    """runs/a, runs/b and runs/c, of 10, 20 and 30 updates, changed in the order b, c, a."""
    for name, steps in (("a", 10), ("b", 20), ("c", 30)):
        assert command(tale, *SMALL, "--steps", steps, "--run", f"runs/{name}").code == 0
    for age, name in enumerate(("a", "c", "b")):
        for path in Path("runs", name).rglob("*"):
            os.utime(path, (1_700_000_000 - age, 1_700_000_000 - age))


def test_the_newest_run_stands_first(command, three_runs):
    answer = command("runs")
    assert (answer.code, answer.err) == (0, "")
    headings, *lines = answer.out.splitlines()
    assert headings.split() == [
        "run",
        "recipe",
        "state",
        "step",
        "best",
        "nats/char",
        "recent",
        "best",
        "held",
        "out",
        "changed",
    ]
    assert [Path(line.split()[0]).name for line in lines] == ["a", "c", "b"]
    for line, steps in zip(lines, (10, 30, 20), strict=True):
        done = [record for record in read_records(Path(line.split()[0], "events.jsonl")) if record["event"] == "done"]
        recent = done[-1]["recent_nats_per_char"]  # the smooth loss of a run this short lags, and is left out
        assert f"adagrad done {steps} of {steps} {recent:.3f} –" in " ".join(line.split())
    ends = {line.rindex(word) + len(word) for line in lines for word in [line.split()[-5]]}
    assert ends == {headings.index("recent") + len("recent")}


def test_the_best_smooth_loss_stands_there_where_it_does_not_lag():
    facts = ("corpora/a.txt", "adagrad")
    long = RunLine("runs/long", *facts, 60_000, 60_000, 45.0, 60_000, 25, "steps", 0, nats_per_char=1.8)
    short = RunLine("runs/short", *facts, 620, 620, 80.0, 620, 25, "steps", 0, nats_per_char=3.2)
    head, *rows = listed.table([replace(each, recent_nats_per_char=1.75) for each in (long, short)], 60.0)
    places = [head.index("best nats/char") + len("best nats/char"), head.index("recent") + len("recent")]
    shown = [[row[end - 6 : end].strip() for end in places] for row in rows]
    assert shown == [["1.800", ""], ["", "1.750"]]


def test_json_holds_an_object_a_run(command, three_runs):
    found = [json.loads(line) for line in command("runs", "--json").out.splitlines()]
    assert [(Path(line["run"]).name, line["step"], line["state"]) for line in found] == [
        ("a", 10, "steps"),
        ("c", 30, "steps"),
        ("b", 20, "steps"),
    ]
    assert all(line["corpus"] == "tale.txt" for line in found)


def test_without_runs_it_says_how_to_begin_one(command):
    answer = command("runs")
    assert (answer.code, answer.out) == (0, "")
    assert "tui-rnn" in answer.err
    assert command("runs", "--json").out == ""


def test_a_name_that_its_user_gave_stands_at_the_end(command, three_runs):
    write_label(Path("runs/c"), RunLabel("the \x1b[2J quick one"))
    headings, *lines = command("runs").out.splitlines()
    assert headings.endswith("changed  name")
    assert [line.endswith("the ␛[2J quick one") for line in lines] == [False, True, False]


def test_watched_as_json_each_change_is_told_once(three_runs, capsys, monkeypatch):
    looks = iter([lambda: None, lambda: write_label(Path("runs/b"), RunLabel("new"))])

    def next_look(seconds):
        for act in looks:
            act()
            return
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        listed._watch(Listing(), as_json=True, sleep=next_look)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(Path(line["run"]).name, line["name"]) for line in told] == [("a", ""), ("c", ""), ("b", ""), ("b", "new")]


def test_watched_on_a_terminal_no_more_runs_are_drawn_than_fit(three_runs, capsys, monkeypatch):
    monkeypatch.setattr(listed.place, "why_undrawable", lambda *_: "")
    monkeypatch.setattr(listed.shutil, "get_terminal_size", lambda: os.terminal_size((80, 5)))
    with pytest.raises(KeyboardInterrupt):
        listed._watch(Listing(), as_json=False, sleep=lambda seconds: (_ for _ in ()).throw(KeyboardInterrupt))
    drawn = capsys.readouterr().out.removeprefix("\x1b[H\x1b[2J").splitlines()
    assert [line.split()[0] for line in drawn] == ["run", str(Path("runs/a")), str(Path("runs/c")), "and"]
    assert drawn[-1] == "and 1 more"


def test_watching_needs_a_terminal_or_json(command):
    answer = command("runs", "--watch")
    assert answer.code == 2
    assert is_one_line(answer.err)
    assert "--json" in answer.err


def test_a_damaged_run_does_not_hide_the_others(command, three_runs):
    Path("runs/c/config.json").write_bytes(b"\xff{")
    out = command("runs").out
    assert len(out.splitlines()) == 4
    (damaged,) = (line for line in out.splitlines() if "damaged" in line)
    assert damaged.startswith(str(Path("runs/c")))


@pytest.mark.skipif(os.name == "nt", reason="this system allows no such names")
def test_a_name_that_would_steer_the_terminal_is_shown_as_pictures(command, tale):
    command(tale, *SMALL, "--steps", "5", "--run", "runs/\x1b[2Jx")
    out = command("runs").out
    assert "␛[2Jx" in out
    assert all(line.isprintable() for line in out.splitlines())
    assert json.loads(command("runs", "--json").out)["run"] == "runs/\x1b[2Jx"


@pytest.mark.skipif(os.name == "nt", reason="Windows pipes close in another way")
def test_a_run_in_training_is_said_to_be_and_cannot_be_resumed_beside(command, tale, tmp_path):
    endless = ("--steps", "10000000", "--progress-every", "1", "--run", "runs/now")
    with running(tale, "--json", *SMALL, *endless, cwd=tmp_path) as process:
        process.stdout.readline()
        assert json.loads(command("runs", "--json").out)["state"] == "training"
        refused = command("resume", "now")
        assert refused.code == 2
        assert "another process" in refused.err
        process.stdout.close()  # it ends, as behind `| head -1`
        assert process.wait(SECONDS) == 0
    assert json.loads(command("runs", "--json").out)["state"] == "stopped"


def test_a_second_process_on_a_run_is_refused_and_changes_nothing(command, tale):
    """Not even what looks like litter: it is what the first one is writing."""
    train = (tale, *SMALL, "--steps", "20", "--run", "run")
    assert command(*train).code == 0
    first = RunDirectory(Path("run"))
    first.lock()
    (first.checkpoints / ".last.ckpt.1.tmp").write_bytes(b"half of a checkpoint")
    before = tree(Path())
    for second in (["resume", "run"], ["resume", "run", "--steps", "40"], ["resume", "run", "--json"], train):
        answer = command(*second)
        assert (answer.code, answer.out) == (2, "")
        assert is_one_line(answer.err)
        assert "another process" in answer.err or "already holds a run" in answer.err
        assert tree(Path()) == before
    command("runs")
    assert tree(Path()) == before
    first.release()
    assert command("resume", "run", "--steps", "40").code == 0
    assert not [*Path().rglob("*.tmp")]


def test_looking_at_the_runs_removes_nothing(command, tale):
    assert command(tale, *SMALL, "--steps", "20").code == 0
    (run,) = Path("runs").iterdir()
    (run / "checkpoints" / ".last.ckpt.1.tmp").write_bytes(b"left by a killed process")
    before = tree(Path())
    command("runs")
    assert tree(Path()) == before


@pytest.mark.parametrize("error", [None, ValueError("a wheel came off"), RunError("no"), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("where", ["events", "__init__"])
def test_whatever_ends_it_a_run_is_let_go(tmp_path, monkeypatch, capsys, where, error):
    def fail(*_, **__):
        raise error

    job = small_job(tmp_path, steps=2)
    if error is not None:
        monkeypatch.setattr(Session, where, fail)
    told = isinstance(error, RunError | KeyboardInterrupt)
    with pytest.raises(type(error)) if told else contextlib.nullcontext():
        assert training.train(job, as_json=True) == (0 if error is None else 1)
    assert not job.directory._lock.is_locked


def test_another_folder_is_listed_likewise(command, three_runs):
    Path("runs").rename("elsewhere")
    assert [Path(line.split()[0]) for line in command("runs", "elsewhere").out.splitlines()[1:]] == [
        Path("elsewhere", name) for name in "acb"
    ]
    Path("empty").mkdir()
    assert command("runs", "empty").err == "no runs under empty/ yet\n"
    answer = command("runs", "nowhere")
    assert answer.code == 2
    assert is_one_line(answer.err)
    assert "nowhere is no folder" in answer.err


def test_of_a_sweep_what_is_varied_stands_in_columns(command, three_runs):
    plan = made_up.plan({"eta": [0.05, 0.1], "hidden_size": [50]}, seeds=(3, 14))
    Path("sweep").mkdir()
    Path("runs").rename("sweep/runs")
    names = dict(zip("abc", [job.name for job in plan.jobs[1:]], strict=True))
    for name, job in names.items():
        Path("sweep/runs", name).rename(Path("sweep/runs", job))
    Path("sweep/sweep.json").write_text(json.dumps(plan.to_json()))
    headings, *lines = command("runs", "sweep").out.splitlines()
    assert headings.split()[:6] == ["run", "eta", "hidden", "size", "seed", "recipe"]
    jobs = {job.name: job for job in plan.jobs}
    assert [line.split()[0] for line in lines] == [names[name] for name in "acb"]
    for line in lines:
        name, eta, m, seed = line.split()[:4]
        config = jobs[name].config
        assert (float(eta), int(m), int(seed)) == (config["eta"], config["hidden_size"], config["seed"])
        assert line.index(f"  {seed} ") + 2 + len(seed) == headings.index("seed") + 4
    for record in map(json.loads, command("runs", "sweep", "--json").out.splitlines()):
        job = jobs[Path(record["run"]).name]
        assert (record["setting"], record["seed"]) == (job.setting, job.config["seed"])
        assert record["state"] == "steps"


def test_beside_the_recipe_stands_what_a_twin_has_unlike_it_where_there_is_room(command, tale, monkeypatch):
    assert command(tale, "--steps", 3, "--seed", 4, "--eta", 0.05, "--memory-start", 2, "--headless").code == 0
    before = command("runs", "--json").out
    found = {}
    for columns in (40, 110, 200):
        monkeypatch.setenv("COLUMNS", str(columns))
        headings, row = command("runs").out.splitlines()
        found[columns] = row[headings.index("recipe") : headings.index("state")].strip()
        assert len(row) <= columns or found[columns] == "adagrad"
    assert found[40] == "adagrad"
    assert found[200] == "adagrad, eta 0.05, memory 2"
    assert command("runs", "--json").out == before
    assert "memory" not in before
