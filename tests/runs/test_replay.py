"""A log replayed gives the digest of the run that wrote it, whatever was done to that run; a forged log does not."""

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.runs.support import Ticking, small_job, train
from tui_rnn.engine.control import AdjustRequest, Control, SampleRequest, SaveRequest
from tui_rnn.engine.errors import CorpusError, RunError
from tui_rnn.engine.events import Adjusted, Done, StepDone
from tui_rnn.headless.replay import show
from tui_rnn.runs.branch import branched_job
from tui_rnn.runs.job import Job, resumed_job
from tui_rnn.runs.replay import _is_of, replay
from tui_rnn.runs.session import Session

OPTIONS = {"progress_every": 10}


def events(job: Job, done_to_it=None, control: Control | None = None, *, crash_at: int | None = None):
    """All events of the job; `done_to_it` is called after each update, and it breaks off after the step `crash_at`."""
    control, found = control or Control(), []
    with job, Session(job, control, progress_every=10) as session:
        for event in session.events():
            found.append(event)
            if isinstance(event, StepDone):
                if done_to_it:
                    done_to_it(event.step, control)
                if event.step == crash_at:
                    break
    return found


def at(**requests):
    """What posts each of these requests after the update of its number, as s12=…; `stop` ends the run there."""

    def do(step, control):
        for request in requests.get(f"s{step}", ()):
            control.stop() if request == "stop" else control.post(request)

    return do


def eta(value):
    return AdjustRequest("eta", value)


def digest(found) -> str:
    return next(event.state_sha256 for event in reversed(found) if isinstance(event, Done))


def replayed(run: Path, tmp_path: Path, corpus=()):
    """The Replay of the run and the events of it."""
    scratch = tmp_path / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    found = replay(str(run), None, OPTIONS, corpus, scratch)
    with found.job, Session(found.job, found.control, progress_every=10) as session:
        found.control.step_count = lambda: session.trainer.step_count
        return found, list(session.events())


def assert_repeats(run: Path, tmp_path: Path, expected: str):
    found, happened = replayed(run, tmp_path)
    assert found.state_sha256 == expected
    assert digest(happened) == expected
    return happened


@pytest.mark.parametrize("recipe", ["adagrad", "fast"])
def test_a_run_adjusted_stopped_and_resumed_is_repeated(tmp_path, recipe):
    how = at(s5=[eta(0.05)], s6=[AdjustRequest("temperature", 0.7), SampleRequest(9)], s9=[SaveRequest()],
             s11=[AdjustRequest("clip", None), eta(0.02)], s13=["stop"])  # fmt: skip
    settings = {"holdout": 0.1} if recipe == "fast" else {}
    events(small_job(tmp_path, recipe=recipe, batch_size=2, **settings), how)
    how = at(s20=[AdjustRequest("clip_norm", 0.5)], s21=[AdjustRequest("clip_norm", -1)], s22=[eta(0.1)])
    expected = digest(events(resumed_job(str(tmp_path / "run"), 30, OPTIONS), how))
    happened = assert_repeats(tmp_path / "run", tmp_path, expected)
    made = [(event.step, event.name, event.value) for event in happened if isinstance(event, Adjusted)]
    assert made == [(5, "eta", 0.05), (6, "temperature", 0.7), (11, "clip", None), (11, "eta", 0.02),
                    (20, "clip_norm", 0.5), (22, "eta", 0.1)]  # fmt: skip
    plain = digest(train(small_job(tmp_path, run="plain", recipe=recipe, batch_size=2, steps=30, **settings)))
    assert plain != expected


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 20))])
def test_any_course_of_a_run_is_repeated(tmp_path, seed):
    """Random adjustments, stops, crashes and resumptions."""
    draw, run = random.Random(seed), str(tmp_path / "run")

    def do(step, control):
        if draw.random() < 0.3:
            control.post(AdjustRequest(draw.choice(["eta", "clip", "clip_norm", "temperature"]), draw.random() + 0.1))
        if draw.random() < 0.2:
            control.post(SaveRequest())
        if draw.random() < 0.05:
            control.stop()

    events(small_job(tmp_path, checkpoint_every=3), do, crash_at=draw.randint(4, 20))
    for _ in range(2):
        job = resumed_job(run, None, OPTIONS)
        last = job.snapshot.state.step if job.snapshot else 0
        events(job, do, crash_at=last + 5 if draw.random() < 0.5 else None)
    found = events(resumed_job(run, 50, OPTIONS))
    assert_repeats(tmp_path / "run", tmp_path, digest(found))


def test_what_a_crash_undid_is_not_repeated(tmp_path):
    """The same step before and after the checkpoint: the one was kept, the other lost."""
    how = at(s7=[eta(0.05), SaveRequest(), eta(0.01)], s9=[eta(0.5)])
    events(small_job(tmp_path), how, crash_at=11)
    expected = digest(events(resumed_job(str(tmp_path / "run"), 20, OPTIONS)))
    happened = assert_repeats(tmp_path / "run", tmp_path, expected)
    assert [event.value for event in happened if isinstance(event, Adjusted)] == [0.05]


def test_an_adjustment_that_only_the_next_start_knows_of_is_repeated(tmp_path):
    """A crash between the checkpoint and the line of the log that names it."""
    events(small_job(tmp_path), at(s7=[eta(0.05), SaveRequest()]), crash_at=9)
    log = tmp_path / "run" / "events.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(line for line in lines if '"adjusted"' not in line and '"requested"' not in line))
    expected = digest(events(resumed_job(str(tmp_path / "run"), 20, OPTIONS)))
    assert_repeats(tmp_path / "run", tmp_path, expected)


@pytest.mark.parametrize("goal", [12, 40])
def test_an_adjustment_after_the_last_update_counts(tmp_path, goal):
    control = Control()

    def how(step, _):
        if step == 12:
            control.pause()
            control.post(eta(0.05))
            control.stop()

    expected = digest(events(small_job(tmp_path, steps=goal), how, control))
    assert_repeats(tmp_path / "run", tmp_path, expected)


def test_a_run_of_no_updates_and_one_that_diverged_are_repeated(tmp_path):
    expected = digest(events(small_job(tmp_path, run="none", steps=0)))
    assert_repeats(tmp_path / "none", tmp_path, expected)
    how = at(s8=[eta(1e300)])
    found = events(small_job(tmp_path, run="wild", clip=0, optimizer="sgd", clip_norm=0), how)
    assert found[-1].reason == "diverged"
    assert_repeats(tmp_path / "wild", tmp_path, digest(found))


def test_a_run_that_the_clock_ended_is_repeated(tmp_path):
    control = Control(clock=Ticking())
    found = events(small_job(tmp_path, minutes=0.5, steps=10**12), at(s4=[eta(0.05)]), control)
    assert 5 < found[-1].step < 40
    assert_repeats(tmp_path / "run", tmp_path, digest(found))


def branch(tmp_path: Path, of: str, name: str, value: float, steps: int) -> str:
    job = branched_job(str(tmp_path / of), value, str(tmp_path / name), steps, OPTIONS)
    return digest(events(job, at(**{f"s{steps - 3}": [AdjustRequest("clip", 1.0)]})))


def test_a_branch_and_its_branch_are_repeated_from_a_checkpoint_or_by_replaying_what_they_left(tmp_path):
    events(small_job(tmp_path, steps=10), at(s4=[AdjustRequest("top_p", 0.9), eta(0.09)]))
    one = branch(tmp_path, "run", "one", 0.05, 20)
    two = branch(tmp_path, "one", "two", 0.02, 30)
    for name, expected in (("one", one), ("two", two)):
        assert_repeats(tmp_path / name, tmp_path, expected)
    log = (tmp_path / "run" / "events.jsonl").rename(tmp_path / "elsewhere")
    assert_repeats(tmp_path / "one", tmp_path, one)  # the checkpoint is enough
    log.rename(tmp_path / "run" / "events.jsonl")
    # Both have gone on, and no checkpoint of step 10 or 20 is left.
    events(resumed_job(str(tmp_path / "one"), 25, OPTIONS), at(s22=[eta(0.5)]))
    events(resumed_job(str(tmp_path / "run"), 15, OPTIONS), at(s12=[eta(0.5)]))
    assert_repeats(tmp_path / "two", tmp_path, two)


@pytest.mark.parametrize(("crash_at", "goes_on_from"), [(3, 0), (None, 10)])
def test_a_branch_whose_log_lacks_what_it_began_with_is_repeated(tmp_path, crash_at, goes_on_from):
    """Its config.json names it too: a full disk kept the line from the log."""
    events(small_job(tmp_path, steps=10), crash_at=crash_at)
    job = branched_job(str(tmp_path / "run"), 0.05, str(tmp_path / "one"), 20, OPTIONS)
    assert job.manifest.origin.step == goes_on_from
    expected = digest(events(job))
    log = tmp_path / "one" / "events.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(line for line in lines if '"event": "adjusted"' not in line))
    assert log.read_text() != "".join(lines)
    assert_repeats(tmp_path / "one", tmp_path, expected)


def test_a_run_rewound_to_an_earlier_checkpoint_is_repeated(tmp_path):
    events(small_job(tmp_path, checkpoint_every=5), at(s4=[eta(0.09)], s12=[eta(0.5)]))
    job = branched_job(str(tmp_path / "run"), None, str(tmp_path / "one"), 30, OPTIONS, at=10)
    expected = digest(events(job, at(s14=[AdjustRequest("clip", 1.0)])))
    assert_repeats(tmp_path / "one", tmp_path, expected)
    shutil.rmtree(tmp_path / "run" / "checkpoints")  # what the run came to by then is made again
    assert_repeats(tmp_path / "one", tmp_path, expected)


def test_a_branch_is_repeated_where_the_run_it_left_was_moved_along_and_refused_where_it_is_gone(tmp_path):
    events(small_job(tmp_path, steps=10))
    expected = branch(tmp_path, "run", "one", 0.05, 20)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.move(tmp_path / "run", elsewhere / "run")
    shutil.move(tmp_path / "one", elsewhere / "one")
    assert_repeats(elsewhere / "one", tmp_path, expected)
    shutil.rmtree(elsewhere / "run")
    with pytest.raises(RunError, match="put that run back"):
        replayed(elsewhere / "one", tmp_path)


def test_a_run_in_training_is_compared_with_its_newest_checkpoint(tmp_path, capsys):
    events(small_job(tmp_path, steps=7))
    how = at(s8=[eta(0.05)], s9=[SaveRequest(), eta(0.5)], s10=[eta(0.7)])
    events(resumed_job(str(tmp_path / "run"), 40, OPTIONS), how, crash_at=14)
    assert show(str(tmp_path / "run"), None, (), as_json=True) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["equal"], record["step"], record["adjustments"]) == (True, 9, 1)


def forged(run: Path, old: str, new: str) -> None:
    log = run / "events.jsonl"
    text = log.read_text()
    assert old in text
    log.write_text(text.replace(old, new))


def test_a_forged_log_is_found_out_and_where_it_parts(tmp_path, capsys):
    events(small_job(tmp_path), at(s15=[eta(0.05)]))
    assert show(str(tmp_path / "run"), None, (), as_json=False) == 0
    said = capsys.readouterr().out
    assert "step        15  eta 0.1 → 0.05 from step 16 on\n" in said
    assert "\nequal     state sha256 " in said
    forged(tmp_path / "run", '"name": "eta", "value": 0.05', '"name": "eta", "value": 0.06')
    assert show(str(tmp_path / "run"), None, (), as_json=False) == 1
    assert "part between step 10 and step 20" in capsys.readouterr().out


def test_a_replay_can_be_kept_as_a_run_which_goes_on_and_is_repeated_in_turn(tmp_path, capsys):
    events(small_job(tmp_path, steps=20), at(s15=[eta(0.05)]))
    assert show(str(tmp_path / "run"), str(tmp_path / "again"), (), as_json=False) == 0
    assert show(str(tmp_path / "again"), None, (), as_json=False) == 0
    ends = [digest(events(resumed_job(str(tmp_path / name), 40, OPTIONS))) for name in ("run", "again")]
    assert ends[0] == ends[1]
    with pytest.raises(RunError, match="already holds a run"):
        show(str(tmp_path / "run"), str(tmp_path / "again"), (), as_json=False)


def test_what_cannot_be_repeated_is_refused_with_a_remedy(tmp_path):
    events(small_job(tmp_path, run="clock", recipe="fast", minutes=0.001, steps=30))
    with pytest.raises(RunError, match=r"fell with the clock.*--steps in place of --minutes"):
        replayed(tmp_path / "clock", tmp_path)
    events(small_job(tmp_path), crash_at=3)
    with pytest.raises(RunError, match=r"neither an end nor a checkpoint.*tui-rnn resume"):
        replayed(tmp_path / "run", tmp_path)
    (tmp_path / "run" / "events.jsonl").unlink()
    with pytest.raises(RunError, match="without its log"):
        replayed(tmp_path / "run", tmp_path)


def test_the_text_is_searched_for_and_can_be_named(tmp_path):
    expected = digest(events(small_job(tmp_path)))
    (tmp_path / "books").mkdir()
    shutil.move(tmp_path / "tale.txt", tmp_path / "books" / "moved.txt")
    with pytest.raises(CorpusError, match=r"tui-rnn replay .* CORPUS"):
        replayed(tmp_path / "run", tmp_path)
    _, happened = replayed(tmp_path / "run", tmp_path, (str(tmp_path / "books" / "moved.txt"),))
    assert digest(happened) == expected
    (tmp_path / "tale.txt").write_text("another text" * 99)
    with pytest.raises(RunError, match="is not the text"):
        replayed(tmp_path / "run", tmp_path)


def test_a_run_whose_text_was_edited_is_refused(tmp_path):
    events(small_job(tmp_path, steps=20))
    text = (tmp_path / "tale.txt").read_text()
    (tmp_path / "tale.txt").write_text(text + "the end\n")
    events(resumed_job(str(tmp_path / "run"), 30, OPTIONS, accept_changed_corpus=True))
    with pytest.raises(RunError, match="edited at step 20"):
        replayed(tmp_path / "run", tmp_path)


def test_a_run_that_went_on_with_another_kernel_is_refused_and_a_branch_may_begin_with_one(tmp_path):
    events(small_job(tmp_path, steps=20))
    events(resumed_job(str(tmp_path / "run"), 30, OPTIONS))
    log = tmp_path / "run" / "events.jsonl"
    first, again, rest = log.read_text().partition('"resumed_step": 20')
    log.write_text(first[::-1].replace('"kernel": "numpy"'[::-1], '"kernel": "numba"'[::-1], 1)[::-1] + again + rest)
    with pytest.raises(RunError, match=r"another --kernel at step 20.*replay a run of one kernel"):
        replayed(tmp_path / "run", tmp_path)
    config = small_job(tmp_path, run="two").config
    other = replace(config, kernel="numba")
    assert _is_of(other, config, any_text=False)
    assert not _is_of(replace(other, corpus="x"), config, any_text=False)
    assert not _is_of(replace(other, eta=9.0), config, any_text=True)


@pytest.mark.parametrize("of_sums", ["arithmetic", "compiled loops"])
def test_a_machine_that_adds_up_otherwise_is_named(tmp_path, monkeypatch, of_sums):
    events(small_job(tmp_path))
    monkeypatch.setattr("tui_rnn.engine.arithmetic.libraries", lambda kernel: {of_sums: "other", "numpy": "9.9"})
    with pytest.raises(RunError, match=r"numpy .* -> 9\.9.*with those versions"):
        replayed(tmp_path / "run", tmp_path)
