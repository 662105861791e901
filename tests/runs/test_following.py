"""A run is followed through its files: the newest first, damaged lines passed over, nothing written."""

import json
import shutil
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runs.support import a_run, small_job
from tui_rnn.engine.errors import RunError
from tui_rnn.engine.event_records import as_record
from tui_rnn.engine.events import Adjusted, Checkpointed, Done, Sample, Started
from tui_rnn.runs.followed import FollowedRun
from tui_rnn.runs.following import LogFollower, newest_lines
from tui_rnn.runs.log import as_line
from tui_rnn.runs.run_log import MOST_POINTS, RunLog


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """A run that has ended, trained once for all tests here, which copy it before they change it."""
    return a_run(tmp_path_factory.mktemp("ended"))


@pytest.fixture
def followed(ended, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(ended.path, copy)
    return FollowedRun.find(str(copy))


def progress(step, smooth_loss=50.0, **changes):
    figures = {"epoch": 0.1, "position": 0, "loss": 51.0, "smooth_loss": smooth_loss, "nats_per_char": 2.0}
    rest = {
        "bits_per_char": 2.9,
        "updates_per_second": 9.0,
        "characters_per_second": 99.0,
        "elapsed_seconds": 0.5 * step,
    }
    return as_line({"event": "progress", "step": step, **figures, **rest, **changes}).encode()


def start(resumed_step=0):
    return as_line({"event": "start", "resumed_step": resumed_step, "version": "0"}).encode()


@given(st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")), max_size=8), st.data())
def test_each_whole_line_comes_once_however_the_file_grows(tmp_path_factory, lines, data):
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    whole = b"".join(line + b"\n" for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=4)))
    follower, found = LogFollower(path), []
    for end in [*cuts, len(whole)]:
        path.write_bytes(whole[:end])
        found += follower.lines()
    assert found == [line + b"\n" for line in lines]


def test_a_log_that_is_shorter_than_before_is_read_anew(tmp_path):
    path = tmp_path / "events.jsonl"
    follower = LogFollower(path)
    assert list(follower.lines()) == []
    path.write_bytes(b"one\ntwo\n")
    assert list(follower.lines()) == [b"one\n", b"two\n"]
    path.write_bytes(b"new\n")
    assert list(follower.lines()) == [b"new\n"]


def test_the_newest_lines_are_whole(tmp_path):
    path = tmp_path / "events.jsonl"
    assert newest_lines(path) == []
    path.write_bytes(b"".join(b"%09d\n" % n for n in range(1000)) + b"cut")
    assert newest_lines(path, 45) == [b"%09d" % n for n in (996, 997, 998, 999)]
    assert newest_lines(path)[0] == b"000000000"


def test_of_a_long_log_points_are_kept_evenly_and_the_lowest_loss_exactly():
    log = RunLog()
    losses = {step: 40 + (step * 7919 % 1000) / 100 for step in range(1, 3 * MOST_POINTS)}
    log.take(start())
    for step, loss in losses.items():
        log.take(progress(step, loss))
    assert (log.best, log.best_step) == min((loss, step) for step, loss in losses.items())
    steps = [each.step for each in log.progress]
    assert len(steps) <= MOST_POINTS + 1
    assert steps[-1] == log.step == 3 * MOST_POINTS - 1
    assert len({b - a for a, b in pairwise(steps[:-1])}) == 1
    assert all(each.smooth_loss == losses[each.step] for each in log.progress)
    assert log.elapsed_seconds == 0.5 * log.step


DAMAGED = (
    *(b"", b"{", b"[]\n", b"\xff\n", b'{"event": "unheard of", "step": 9}\n', b'{"step": 9}\n'),
    *(progress(9)[:60], progress(9, "many"), progress(9).replace(b": 9,", b": nine,")),
    progress(9).replace(b"50.0", b"1e999"),
)


def test_lines_that_are_damaged_or_foreign_change_nothing():
    log = RunLog()
    log.take(progress(5))
    for line in DAMAGED:
        assert log.take(line) is None
    assert (log.step, log.best) == (5, 50.0)
    assert log.take(json.dumps(json.loads(progress(7, 49.0)), separators=(",", ":")).encode()) is None  # other blanks
    assert (log.step, log.best, log.best_step) == (7, 49.0, 7)


def test_what_a_crash_undid_is_forgotten():
    log = RunLog()
    changed = [as_line(as_record(Adjusted("eta", value, 0.1, step))).encode() for value, step in ((0.3, 0), (0.2, 5))]
    undone = as_line(as_record(Adjusted("eta", 0.1, 0.2, 15))).encode()
    for line in (start(), *changed, progress(10, 60.0), undone, progress(20, 50.0), start(10)):
        log.take(line)
    assert [(each.step, each.value) for each in log.changes] == [(5, 0.2)]  # that at step 0 the run was begun with
    assert (log.step, log.best, [each.step for each in log.progress]) == (10, None, [10])
    log.take(progress(20, 55.0))
    assert (log.step, log.best, [each.smooth_loss for each in log.progress]) == (20, 55.0, [60.0, 55.0])


def test_a_finished_run_is_read_whole(followed):
    events = list(followed.news())
    assert followed.state == "steps"
    assert [type(event) for event in events if isinstance(event, Started | Done)] == [Started, Done]
    assert sum(isinstance(event, Sample) for event in events) >= 1
    assert sum(isinstance(event, Checkpointed) for event in events) >= 2
    records = [json.loads(line) for line in followed.directory.events_file.read_text().splitlines()]
    told = [each for each in records if each["event"] == "progress"]
    assert [(each.step, each.smooth_loss) for each in followed.log.progress] == [
        (each["step"], each["smooth_loss"]) for each in told
    ]
    assert list(followed.news()) == []


def test_a_glance_knows_how_it_stands_before_the_log_is_read(followed):
    assert (followed.state, followed.log.step, followed.goal.steps) == ("steps", 40, 40)


def test_a_run_is_followed_as_another_process_trains_it(tmp_path):
    job = small_job(tmp_path)
    followed = FollowedRun.find(job.run)
    assert followed.state == "training"
    assert list(followed.news()) == []
    log = job.directory.open_log()
    for record in ({"event": "start", "resumed_step": 0}, json.loads(progress(10))):
        log.append(record)
    assert [type(event) for event in followed.news()] == [Started]
    assert (followed.state, followed.log.step) == ("training", 10)
    log.close()
    job.directory.release()
    assert list(followed.news()) == []
    assert followed.state == "interrupted"


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff"])
def test_without_config_json_the_log_says_what_was_trained_or_else_a_checkpoint(ended, tmp_path, damage):
    copy = tmp_path / "run"
    shutil.copytree(ended.path, copy)
    (copy / "config.json").write_bytes(damage)
    assert FollowedRun.find(str(copy)).config.hidden_size == 6
    (copy / "events.jsonl").unlink()
    assert FollowedRun.find(str(copy)).config.hidden_size == 6
    shutil.rmtree(copy / "checkpoints")
    with pytest.raises(RunError, match="neither a configuration nor a checkpoint"):
        FollowedRun.find(str(copy))


def test_following_writes_nothing(ended):
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in ended.path.rglob("*") if path.is_file()}
    followed = FollowedRun(ended)
    list(followed.news())
    assert followed.snapshot() is not None
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in ended.path.rglob("*") if path.is_file()}
    assert after == before


def test_the_goal_of_the_run_itself_stays_though_it_went_further(followed):
    """`t` goes on for as much again as that, as the space bar does: not for as much as all of it by now."""
    own, path = followed.config.steps, followed.directory.events_file
    record = json.loads(path.read_bytes().splitlines()[0])
    with path.open("ab") as log:
        log.write(as_line({**record, "config": {**record["config"], "steps": 3 * own}}).encode())
    further = FollowedRun.find(followed.run)
    list(further.news())
    assert (further.goal.steps, further.config.steps) == (3 * own, own)
