"""Whatever a run directory holds: a report of what there is, or one line and exit code 2; never a traceback."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.support import is_one_line
from tests.laws.forger import forged
from tests.report.support import a_run as a_new_run
from tests.report.support import events, of_kind, report_of, rewrite
from tests.runs.support import OPTIONS, damage, small_job, train
from tui_rnn.engine.checkpoint import load, save
from tui_rnn.engine.control import Control
from tui_rnn.engine.events import Progress
from tui_rnn.runs.job import resumed_job
from tui_rnn.runs.session import Session


@pytest.fixture
def run(run, tmp_path):
    """A copy of the run that may be damaged."""
    shutil.copytree(run.path, tmp_path / "copy", copy_function=shutil.copy2)
    return type(run)(tmp_path / "copy")


def told(run, tmp_path):
    """The report, which says first what is missing."""
    report = report_of(run, out=tmp_path / "out")
    assert "Read this first" in report.text
    assert "Read this first" in report.markdown
    return report


@pytest.mark.parametrize(
    "arguments", [["nowhere"], ["."], ["tale.txt"], ["run", "-o", ""], ["run", "run"], ["run", "./run/"]]
)
def test_what_cannot_be_reported_is_one_line(command, tale, arguments):
    assert command(tale, "--hidden-size", "4", "--seq-length", "8", "--steps", "20", "--run", "run").code == 0
    answer = command("report", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert is_one_line(answer.err)
    assert [path.name for path in Path().iterdir()] == ["tale.txt", "run"] or len(list(Path().iterdir())) == 2


def test_no_run_at_all_is_a_usage_error(command):
    answer = command("report")
    assert (answer.code, answer.out) == (2, "")
    assert is_one_line(answer.err)
    assert "RUN" in answer.err


@pytest.mark.parametrize("names", [["events.jsonl"], ["config.json"], ["config.json", "events.jsonl"]])
def test_an_empty_run_that_tells_nothing_is_one_line(command, tmp_path, names):
    (tmp_path / "empty" / "checkpoints").mkdir(parents=True)
    for name in names:
        (tmp_path / "empty" / name).touch()
    answer = command("report", "empty")
    assert (answer.code, answer.out) == (2, "")
    assert is_one_line(answer.err)
    assert not (tmp_path / "empty" / "report").exists()


def test_a_run_that_was_only_prepared_is_reported(tmp_path):
    job = small_job(tmp_path)
    job.directory.release()
    report = told(job.directory, tmp_path)
    for sentence in ("no gradient check", "No loss was logged", "no sample", "no model that could write"):
        assert sentence in report.text
    assert not (report.folder / "loss.svg").exists()


@pytest.mark.figures
def test_a_run_of_no_updates_is_reported(tmp_path):
    run = a_new_run(tmp_path, steps=0)
    report = report_of(run, out=tmp_path / "out")
    assert "no gradient check" in report.text
    assert "It ran to its goal of 0 steps." in report.text
    assert len(max(report.texts(), key=len)) == 1000  # the latest model, as it was made


@pytest.mark.parametrize("cut", [1, 40, 400])
def test_a_last_line_that_was_cut_is_left_out(run, tmp_path, cut):
    data = run.events_file.read_bytes()
    run.events_file.write_bytes(data[:-cut])
    report = report_of(run, out=tmp_path / "out")
    assert "It had not ended when this was read, after 600 of 600 updates" in report.text or cut == 1
    assert report.table("The smooth loss at its beginning")[2][0] == "lowest"


def test_every_truncation_of_the_log_is_reported(run, tmp_path):
    data = run.events_file.read_bytes()
    for length in range(0, len(data), len(data) // 4):
        run.events_file.write_bytes(data[:length])
        report_of(run, out=tmp_path / "out")


def test_a_log_of_noise_is_reported(run, tmp_path):
    run.events_file.write_bytes(bytes(range(256)) * 40)
    assert "events.jsonl is missing, empty or damaged" in told(run, tmp_path).text


@pytest.mark.parametrize("name", ["events.jsonl", "config.json"])
def test_a_missing_file_is_told_of(run, tmp_path, name):
    (run.path / name).unlink()
    report = told(run, tmp_path)
    assert name in report.texts()[0]
    assert report.table("The smooth loss at its beginning")[3][1] == "600"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["events.jsonl", "config.json", "checkpoints/best.ckpt", "checkpoints/last.ckpt"])
def test_a_named_pipe_keeps_nobody_waiting(run, tmp_path, name):
    (run.path / name).unlink()
    os.mkfifo(run.path / name)
    told(run, tmp_path)


def test_a_config_that_is_not_the_checkpoints_is_told_of(run, tmp_path):
    config = json.loads(run.config_file.read_text())
    run.config_file.write_text(json.dumps({**config, "eta": 0.7}))
    report = told(run, tmp_path)
    assert "config.json was changed" in report.texts()[0]
    assert dict(report.table("Every setting"))["eta"] == "0.1"


def test_a_config_of_a_newer_version_is_read_as_far_as_it_is_known(run, tmp_path):
    config = json.loads(run.config_file.read_text())
    run.config_file.write_text(json.dumps({**config, "holdout": 0.1, "cell": "another"}))
    assert "choose" in told(run, tmp_path).texts()[0]


def test_a_damaged_state_falls_back_to_the_one_before(run, tmp_path):
    damage(run.checkpoints / "last.ckpt")
    report = told(run, tmp_path)
    assert "A newer checkpoint was passed over" in report.texts()[0]
    assert report.table("The smooth loss at its beginning")[3][1] == "600"  # as the log tells


@pytest.mark.figures
def test_with_every_state_damaged_the_events_tell(run, tmp_path):
    for path in run.checkpoints.iterdir():
        damage(path)
    report = told(run, tmp_path)
    assert "its seal is broken" in report.texts()[0]
    assert "The points are the run's progress events" in report.text
    assert "The run holds no model that could write" in report.text
    assert (
        report.table("The smooth loss at its beginning")[2][2] == f"{of_kind(run, 'done')[-1]['best_smooth_loss']:.2f}"
    )


def test_a_damaged_best_model_is_told_of_as_sample_tells_of_it(run, tmp_path, command):
    damage(run.checkpoints / "best.ckpt")
    assert command("sample", run.path).code == 2
    report = told(run, tmp_path)
    assert "The best model cannot write" in report.texts()[0]
    assert "The run holds no model that could write" in report.text


def test_without_a_best_model_the_latest_writes_and_is_called_so(run, tmp_path):
    (run.checkpoints / "best.ckpt").unlink()
    assert "The latest model, as no best one is on disk" in report_of(run, out=tmp_path / "out").text


def test_a_checkpoint_of_a_newer_format_is_told_of(run, tmp_path):
    for path in run.checkpoints.iterdir():
        path.write_bytes(forged(path.read_bytes(), values=lambda values: values.update(format=3)))
    assert "is of another checkpoint format" in told(run, tmp_path).texts()[0]


def test_weights_that_cannot_write_are_told_of(run, tmp_path):
    best = load(run.checkpoints / "best.ckpt")
    huge = {name: array * 1e38 for name, array in best.arrays.items()}
    save(run.checkpoints / "best.ckpt", replace(best, arrays=huge))
    assert "nothing can be sampled from them" in told(run, tmp_path).texts()[0]


# The corpus


def test_without_its_corpus_a_run_is_reported_and_says_so(run, tmp_path):
    text = of_kind(run, "start")[0]["corpus"]["path"]
    config = json.loads(run.config_file.read_text())
    run.config_file.write_text(json.dumps({**config, "corpus": "gone.txt", "corpus_path": "/gone.txt"}))
    for path in run.checkpoints.iterdir():
        snapshot = load(path)
        save(path, replace(snapshot, config=replace(snapshot.config, corpus="gone.txt")))
    report = told(run, tmp_path)
    assert "The corpus gone.txt cannot be found: the bigram entropy" in report.texts()[0]
    assert "bigram entropy of the text:" not in report.text
    assert "8 ln 16" in report.text  # K is in the checkpoint
    assert (report.folder / "position.svg").is_file()  # and so is the length
    assert Path(text).is_file()


def test_a_corpus_that_was_changed_is_not_used(tmp_path):
    run = a_new_run(tmp_path)
    with (tmp_path / "tale.txt").open("a") as file:
        file.write(".")
    report = told(run, tmp_path)
    assert "is not the text of this run any more" in report.texts()[0]
    assert "bigram entropy of the text:" not in report.text
    assert "begins:" not in report.text


def test_a_corpus_that_was_moved_is_found_where_it_was_when_the_run_began(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    job = small_job(Path())
    train(job)
    path = job.directory.path.resolve()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert "bigram entropy of the text:" in report_of(str(path), out=tmp_path / "out").text


# How runs end


def test_a_run_that_was_stopped_says_where(tmp_path):
    job = small_job(tmp_path, steps=600)
    control = Control()
    session = Session(job, control, progress_every=10)
    for event in session.events():
        if isinstance(event, Progress) and event.step == 50:
            control.stop()
    session.close()
    report = report_of(job.directory, out=tmp_path / "out")
    assert "It was stopped by its user after 50 of 600 updates." in report.text
    assert "--steps 50 " in report.text


def test_a_run_that_diverged_says_why(tmp_path):
    run = a_new_run(tmp_path, eta=3e38)
    assert of_kind(run, "done")[-1]["reason"] == "diverged"
    report = report_of(run, out=tmp_path / "out")
    assert "It diverged after" in report.text
    assert any("lower --eta" in text for text in report.texts())


@pytest.mark.figures
@pytest.mark.parametrize("eta", [pytest.param(1e3, marks=pytest.mark.slow), 1e30])
def test_losses_of_any_size_are_drawn(tmp_path, eta):
    run = a_new_run(tmp_path, optimizer="sgd", eta=eta, clip=0)
    report = report_of(run, out=tmp_path / "out")
    assert (report.folder / "loss.svg").is_file()
    assert report.table("The smooth loss at its beginning")[3][1] == "600"


def test_a_resumed_run_is_reported_as_one(tmp_path):
    run = a_new_run(tmp_path, steps=300)
    job = resumed_job(str(run.path), 600, dict(OPTIONS))
    train(job)
    whole = a_new_run(tmp_path, run="whole", steps=600)
    reports = [report_of(each, out=tmp_path / each.path.name / "report") for each in (run, whole)]
    for caption in ("Relative errors of the gradient", "The worst single elements", "The smooth loss at its beginning"):
        assert reports[0].table(caption) == reports[1].table(caption)
    assert reports[0].texts()[2:] == reports[1].texts()[2:]
    assert dict(reports[0].table("The run"))["trained in"] == "2 parts: it went on once, exactly"
    assert "It ran to its goal of 600 steps." in reports[0].text


def test_what_a_crash_undid_is_not_told(run, tmp_path):
    """A process that went on from update 250 and was killed: what came after it in the process before is void."""
    records = events(run)
    start = {**records[0], "resumed_from": "x", "resumed_step": 250}
    rewrite(run, [*records, start])
    for path in run.checkpoints.iterdir():
        if path.name != "step-00000250.ckpt":
            path.unlink()
    report = report_of(run, out=tmp_path / "out")
    assert report.table("The smooth loss at its beginning")[3][1] == "250"
    assert "Before update 200" in report.text
    assert "Before update 300" not in report.text
    assert "It had not ended when this was read, after 250 of 600 updates" in report.text
