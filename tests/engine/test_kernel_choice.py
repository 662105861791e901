"""Which kernel is taken, where compiled loops are kept, and how one is made ready while requests are served."""

import json
import os
import subprocess
import sys
import threading

import pytest

from tests.cli.support import PROGRAM, ROOT, environment
from tests.small import of, run_to, small_config, small_trainer, trained, uncompiled
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import Control, GradientCheckRequest
from tui_rnn.engine.errors import ConfigError
from tui_rnn.engine.events import Compiled, Compiling, Done, GradientChecked, StepDone
from tui_rnn.engine.extras import install_command
from tui_rnn.engine.kernels import cache, choice, preparing
from tui_rnn.engine.kernels.preparing import Preparation
from tui_rnn.engine.state import digest


@pytest.fixture(params=[True, False], ids=["numba", "no numba"])
def installed(request, monkeypatch):
    """Whether numba is installed, as far as the choice sees."""
    monkeypatch.setattr(choice, "numba_is_installed", lambda: request.param)
    return request.param


def test_auto_takes_numba_where_it_is_installed(installed):
    assert small_config(kernel="auto").kernel == ("numba" if installed else "numpy")
    assert small_config(kernel="numpy").kernel == small_config().kernel == "numpy"


@pytest.mark.parametrize(
    ("recipe", "sizes", "kernel"),
    [
        ("adagrad", {}, "numba"),
        ("wide", {}, "numba"),
        ("gru", {}, "numba"),
        ("adagrad", {"hidden_size": 1000}, "numba"),
        ("fast", {"batch_size": 128}, "numba"),
        ("wide", {"batch_size": 32}, "numba"),
        ("gru", {"batch_size": 64, "dtype": "float64"}, "numba"),
        ("adagrad", {"dtype": "float64"}, "numba"),
        ("fast", {"dtype": "float64"}, "numpy"),
    ],
)
def test_auto_goes_by_the_sizes_alone(monkeypatch, recipe, sizes, kernel):
    uncompiled(monkeypatch)
    assert RunConfig.from_recipe(recipe, "text", kernel="auto", **sizes).kernel == kernel


def test_what_is_asked_for_and_not_installed_is_refused_with_two_remedies(installed):
    if installed:
        assert small_config(kernel="numba").kernel == "numba"
        return
    with pytest.raises(ConfigError) as raised:
        small_config(kernel="numba")
    assert str(raised.value) == (
        f"--kernel numba needs numba, which is not installed: {install_command('numba')}, or use --kernel numpy"
    )


def test_another_name_is_refused():
    with pytest.raises(ConfigError, match="--kernel 'fortran' is not known: choose auto, numpy or numba"):
        small_config(kernel="fortran")


def test_a_configuration_of_an_older_version_means_numpy():
    values = small_config().to_json()
    del values["kernel"]
    assert RunConfig.from_json(values).kernel == "numpy"


def test_a_trainer_that_makes_no_update_needs_no_kernel(monkeypatch):
    monkeypatch.setattr("tui_rnn.engine.trainer.make_kernel", lambda *_: pytest.fail("a kernel was made"))
    trainer = small_trainer(kernel="numpy")
    assert digest(trainer) == digest(small_trainer())
    assert not trainer.has_kernel


# The cache


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "_key", lambda: "key")
    return cache.KernelCache(tmp_path)


def test_what_was_compiled_is_found_again(kept, tmp_path):
    assert not kept.holds("rnn")
    with kept.compiling("rnn") as folder:
        (folder / "sub").mkdir()
        (folder / "sub" / "loops.nbc").write_bytes(b"machine code")
    assert kept.holds("rnn")
    assert not kept.holds("gru")
    with cache.KernelCache(tmp_path).compiling("gru") as folder:
        assert (folder / "sub" / "loops.nbc").read_bytes() == b"machine code"
    assert kept.holds("rnn")
    assert kept.holds("gru")


@pytest.mark.parametrize("damage", ["changed", "added", "removed", "seal"])
def test_what_is_damaged_is_compiled_again_and_never_run(kept, damage):
    with kept.compiling("rnn") as folder:
        (folder / "a.nbc").write_bytes(b"machine code")
        (folder / "b.nbc").write_bytes(b"other code")
    match damage:
        case "changed":
            (folder / "a.nbc").write_bytes(b"machine cobe")
        case "added":
            (folder / "c.nbc").write_bytes(b"a stranger's")
        case "removed":
            (folder / "a.nbc").unlink()
        case "seal":
            (folder / "seal.json").write_text('{"files": 3}')
    assert not kept.holds("rnn")
    with kept.compiling("gru") as folder:
        left = {path.name: path.read_bytes() for path in folder.glob("*.nbc")}
    sound = {"a.nbc": b"machine code", "b.nbc": b"other code"}
    assert left.items() <= sound.items()
    assert len(left) == {"changed": 1, "added": 2, "removed": 1, "seal": 0}[damage]
    assert json.loads((folder / "seal.json").read_bytes())["names"] == ["gru"]


def test_a_cache_that_cannot_be_written_is_none(tmp_path):
    (tmp_path / "file").write_text("no folder")
    kept = cache.KernelCache(tmp_path / "file")
    assert not kept.holds("rnn")
    with kept.compiling("rnn") as folder:
        assert folder is None


def test_the_cache_is_where_it_is_said_to_be(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "_base", [])
    assert cache.cache() is None
    cache.keep_in(tmp_path)
    assert cache.cache().folder.parent == tmp_path
    cache.keep_in(None)
    assert cache.cache() is None


# Making ready


@pytest.fixture
def compiler(monkeypatch):
    """Stands for what compiles: it waits until it is released, and then raises what it holds."""
    uncompiled(monkeypatch)
    monkeypatch.setattr(cache, "_base", [])

    class Compiler:
        released, fault = threading.Event(), None

        def __call__(self, config):
            self.released.wait(10)
            if self.fault is not None:
                raise self.fault

    made = Compiler()
    made.released.clear()
    monkeypatch.setattr(preparing, "_compile", made)
    return made


def test_requests_are_served_while_the_kernel_is_compiled(compiler):
    control, seen = Control(), []
    control.post(GradientCheckRequest())
    for event in preparing_run(control, seen):
        if isinstance(event, GradientChecked):
            compiler.released.set()
    kinds = [type(event) for event in seen if isinstance(event, Compiling | GradientChecked | Compiled | StepDone)]
    assert kinds == [Compiling, GradientChecked, Compiled, StepDone, StepDone]
    assert seen[0].seconds == preparing.SECONDS


def preparing_run(control, seen):
    """The events of two updates with the compiled kernel."""
    from tui_rnn.engine.loop import run

    for event in run(small_trainer(kernel="numba"), control, 2):
        seen.append(event)
        yield event


def test_a_run_that_is_stopped_does_not_wait_for_the_compiler(compiler):
    control, seen = Control(), []
    for event in preparing_run(control, seen):
        if isinstance(event, Compiling):
            control.stop()
    assert isinstance(seen[-1], Done)
    assert seen[-1].step == 0
    compiler.released.set()


def test_a_fault_of_the_compiler_ends_the_run_with_a_remedy(compiler):
    compiler.fault = ImportError("Numba needs NumPy 1.0")
    compiler.released.set()
    with pytest.raises(ConfigError, match=r"numba cannot be imported \('Numba needs NumPy 1.0'\).* --kernel numpy"):
        list(preparing_run(Control(), []))


def test_numpy_needs_nothing_and_a_kernel_that_is_ready_nothing_more(monkeypatch):
    uncompiled(monkeypatch)
    assert not of(Compiling, run_to(small_trainer(), 2))
    trainer = trained(small_trainer(kernel="numba"), 1)
    assert not Preparation(trainer.config, is_ready=trainer.has_kernel).is_needed


def test_a_cache_without_room_costs_time_and_not_the_run(monkeypatch, tmp_path):
    from tui_rnn.engine.kernels.compiled import jit, kernel

    uncompiled(monkeypatch)
    monkeypatch.setattr(cache, "_base", [])
    cache.keep_in(tmp_path)
    done = []

    def compile_for(config):
        done.append("compile")
        if len(done) == 1:
            raise OSError("No space left on device")

    monkeypatch.setattr(kernel, "compile_for", compile_for)
    monkeypatch.setattr(jit, "keep_compiled_in", lambda folder: None)
    monkeypatch.setattr(jit, "keep_no_more", lambda: done.append("keep no more"))
    config = small_config(kernel="numba")
    assert preparing._compile(config) is None
    assert done == ["compile", "keep no more", "compile"]
    assert Preparation(config, is_ready=False).compiles  # it is not said to lie there


@pytest.mark.slow
def test_machine_code_from_the_cache_computes_what_was_just_compiled_does(tmp_path):
    """Equal digests: without a cache, of the process that fills it, and of the one that finds it."""
    pytest.importorskip("numba")
    (tmp_path / "none").mkdir()
    cache.KernelCache(tmp_path / "none").folder.write_text("no folder")
    found = []
    for number, place in enumerate(("none", "kept", "kept")):
        env = environment() | {
            "TUI_RNN_HOME": str(tmp_path / place),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        run = ["--steps", "300", "--run", str(tmp_path / f"run{number}")]
        arguments = [*PROGRAM, "corpora/alice.txt", "--kernel", "numba", "--headless", "--json", *run]
        told = subprocess.run(arguments, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
        found.append(json.loads(told.stdout.splitlines()[-1])["state_sha256"])
    assert found == found[:1] * 3
    assert list((tmp_path / "kept").rglob("*.nbc"))
