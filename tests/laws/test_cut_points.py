"""Train n, or train k, checkpoint, resume from the file, train n - k: one digest, at random cut points of real runs."""

import json
import random

import pytest

from tests.cli.support import ROOT, finished
from tests.runs.support import OPTIONS, train
from tests.runs.test_resume import stopped_at
from tui_rnn.engine.config import CHOICES, RunConfig
from tui_rnn.engine.recipes import RECIPES
from tui_rnn.runs.job import new_job, resumed_job

ALICE = ROOT / "corpora" / "alice.txt"
CELLS = tuple(CHOICES["cell"])


def drawn(rng):
    """A configuration of any kind, and where it is cut: sometimes at an end, sometimes twice."""
    recipe, n = rng.choice(list(RECIPES)), rng.randint(20, 80)
    settings = {
        "cell": rng.choice(CELLS),
        "dtype": rng.choice(["float32", "float64"]),
        "batch_size": rng.choice([1, 1, 2, 3, 7, 20]),
        "hidden_size": rng.choice([1, 7, 32, 100]),
        "seq_length": rng.choice([1, 5, 25]),
        "optimizer": rng.choice([None, *CHOICES["optimizer"]]),
        "holdout": rng.choice([0.0, 0.1]),
        "seed": rng.randrange(2**32),
        "sample_every": rng.choice([10, 1000]),
        "sample_length": 20,
        "checkpoint_every": rng.choice([7, 1000]),
        "steps": n,
    }
    return recipe, settings, sorted(rng.choices(range(n + 1), k=rng.choice([1, 1, 1, 2])))


SEEDS = [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 100))]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_cut_at_random_ends_in_the_state_of_the_whole_one(tmp_path, seed):
    recipe, settings, cuts = drawn(random.Random(seed))
    config = RunConfig.from_recipe(recipe, str(ALICE), **settings)
    whole = train(new_job(config, str(tmp_path / "whole"), dict(OPTIONS)))[-1]
    job = new_job(config, str(tmp_path / "cut"), dict(OPTIONS))
    for cut in cuts:
        if cut:  # at 0 there is nothing to stop after
            stopped_at(job, cut)
        else:
            job.directory.release()
        job = resumed_job(str(tmp_path / "cut"), None, dict(OPTIONS))
        assert (job.snapshot.state.step if job.snapshot else 0) == cut
    done = train(job)[-1]
    assert (done.step, done.state_sha256) == (settings["steps"], whole.state_sha256), (recipe, settings, cuts)
    assert (done.best_step, done.best_smooth_loss) == (whole.best_step, whole.best_smooth_loss)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(50))
def test_so_does_one_that_goes_on_in_another_process(tmp_path, seed):
    recipe, settings, (k, *_) = drawn(random.Random(1000 + seed))
    n = settings.pop("steps")
    given = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items() if value is not None]
    given = [word for word in given if not word.startswith("--cell")] + ["--json", "--recipe", recipe]

    def last(*arguments):
        answer = finished(*arguments, cwd=tmp_path)
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout.splitlines()[-1])

    whole = last(str(ALICE), *given, "--steps", str(n), "--schedule", "constant", "--run", "whole")
    last(str(ALICE), *given, "--steps", str(k), "--schedule", "constant", "--run", "cut")
    done = last("resume", "cut", "--steps", str(n), "--json")
    assert (done["step"], done["state_sha256"]) == (n, whole["state_sha256"]), (recipe, settings, k)
