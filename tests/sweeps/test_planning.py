"""A plan: every setting with every seed, each checked; and the folder that holds it, wherever it lies."""

import json
import shutil
from pathlib import Path

import pytest

from tui_rnn.engine.errors import ConfigError, CorpusError, RunError
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.planning import check_text, default_folder, planned
from tui_rnn.sweeps.studies import equal_characters

TALE = "Once upon a time there was a network that could not read.\n" * 10


@pytest.fixture
def tale(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tale.txt").write_text(TALE)
    return "tale.txt"


def plan(corpus, **more):
    varied = more.pop("varied", {"eta": [0.05, 0.1], "clip": [None, 5.0]})
    return planned([corpus], "adagrad", {"hidden_size": 4, "steps": 30, **more}, varied, [3, 4])


def test_every_setting_is_trained_with_every_seed(tale):
    made = plan(tale)
    trained = [(job.config["eta"], job.config["clip"], job.config["seed"]) for job in made.jobs]
    assert trained == [(eta, clip, seed) for seed in (3, 4) for eta in (0.05, 0.1) for clip in (None, 5.0)]
    assert all(job.config["hidden_size"] == 4 and job.config["seq_length"] == 25 for job in made.jobs)
    assert made.jobs[1].setting == {"eta": 0.05, "clip": 5.0}
    assert made.jobs[4].name == "004-eta=0.05-clip=none-seed=4"
    assert made.corpus == [str(Path(tale).absolute())]


def test_a_recipe_can_be_varied(tale):
    made = plan(tale, varied={"recipe": ["adam", "fast"]})
    assert [job.config["optimizer"] for job in made.jobs] == ["adam", "nadam"] * 2


def test_a_coupled_setting_goes_with_it(tale):
    varied = {"batch_size": [1, 4]}
    made = planned([tale], "adam", {"steps": 40}, varied, [0], coupled=equal_characters)
    assert [job.config["steps"] for job in made.jobs] == [40, 10]


@pytest.mark.parametrize(
    ("more", "word"),
    [({"varied": {"eta": [0.1, -1.0]}}, "--eta -1.0"), ({"varied": {"cell": ["rnn", "tree"]}}, "tree"),
     ({"varied": {"seq_length": [5, 9999]}}, "9999"), ({"varied": {"hidden_size": [5, 8000]}}, "--max-memory"),
     ({"varied": {"eta": [x / 7 for x in range(1, 60_000)]}}, "119,998 runs")],
)  # fmt: skip
def test_a_setting_that_cannot_be_trained_is_named_before_any_run(tale, more, word):
    with pytest.raises((ConfigError, CorpusError)) as refused:
        plan(tale, **more)
    assert word in str(refused.value)


def test_standard_input_is_refused(tale):
    with pytest.raises(ConfigError, match="put the text into a file"):
        plan("-")


def test_the_same_command_finds_the_same_folder_and_another_does_not(tale):
    place = default_folder(plan(tale))
    assert place == default_folder(plan(tale))
    assert place.parent == Path("sweeps")
    assert place.name.startswith("tale-eta-clip-")
    others = [plan(tale, steps=31), plan(tale, varied={"eta": [0.05, 0.1]}), plan(tale, sample_length=5)]
    assert len({place, *map(default_folder, others)}) == 4


def test_a_folder_gives_its_plan_back_wherever_it_lies(tale):
    folder = SweepFolder(Path("there"))
    with folder.locked():
        assert folder.create(plan(tale))
        assert not folder.create(plan(tale))
    read = folder.plan()
    assert read == folder.placed(plan(tale))
    assert read.jobs[0].run == str(Path("there/runs").absolute() / read.jobs[0].name)
    shutil.move("there", "elsewhere")
    moved = SweepFolder(Path("elsewhere")).plan()
    assert moved.jobs[0].run == str(Path("elsewhere/runs").absolute() / read.jobs[0].name)
    assert moved.digest == read.digest


def test_nothing_is_overwritten(tale):
    folder = SweepFolder(Path("there"))
    with folder.locked():
        folder.create(plan(tale))
    before = folder.plan_file.read_bytes()
    with folder.locked(), pytest.raises(RunError, match="another sweep"):
        folder.create(plan(tale, steps=31))
    assert folder.plan_file.read_bytes() == before


def test_one_process_trains_a_sweep(tale):
    folder = SweepFolder(Path("there"))
    assert not folder.is_locked()
    with folder.locked():
        assert SweepFolder(Path("there")).is_locked()
        with pytest.raises(RunError, match="trained as a sweep by another process"), SweepFolder(folder.path).locked():
            pass
    assert not folder.is_locked()


def test_a_changed_text_is_refused(tale):
    made = plan(tale)
    check_text(made)
    Path(tale).write_text(TALE + "More.")
    with pytest.raises(ConfigError, match="was changed since"):
        check_text(made)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"jobs": 1}', '{"jobs": [{"name": "a"}]}', "[" * 5000])
def test_a_damaged_plan_is_refused_in_one_line(tale, content):
    Path("there").mkdir()
    Path("there/sweep.json").write_text(content)
    with pytest.raises(RunError) as refused:
        SweepFolder(Path("there")).plan()
    assert "\n" not in str(refused.value)


def test_a_newer_plan_is_read(tale):
    folder = SweepFolder(Path("there"))
    with folder.locked():
        folder.create(plan(tale))
    record = json.loads(folder.plan_file.read_text())
    record["later"] = record["jobs"][0]["later"] = 1
    folder.plan_file.write_text(json.dumps(record))
    assert folder.plan() == folder.placed(plan(tale))
