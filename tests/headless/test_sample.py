"""`tui-rnn sample` writes text alone, exactly as long as asked for, from a run or from a checkpoint."""

import random
from pathlib import Path

import pytest

from tests.cli.support import SMALL, finished, is_one_line
from tui_rnn.engine.checkpoint import load

HOSTILE = "\x1b[31m\x9bé漢\r\n\x00" * 200


@pytest.fixture
def a_run(command, tale):
    """A run whose best model is older than its last: it diverged from it after the learning rate was raised."""
    options = ("--eta", "3", "--clip", "none", "--optimizer", "sgd", "--checkpoint-every", "50", "--seed", "1")
    assert command(tale, *SMALL, *options, "--steps", "200", "--run", "run").code == 0
    best, last = load("run/checkpoints/best.ckpt"), load("run/checkpoints/last.ckpt")
    assert best.state.step < last.state.step
    return "run"


@pytest.fixture
def write(command):
    def written(*arguments):
        answer = command("sample", *arguments)
        assert (answer.code, answer.err) == (0, "")
        return answer.out

    return written


@pytest.mark.parametrize("length", [0, 1, 99, 100, 101, 250])
def test_exactly_so_many_characters_are_written(write, a_run, length):
    assert len(write(a_run, "-n", length)) == length


def test_a_thousand_characters_are_written_unless_told(write, a_run):
    assert len(write(a_run)) == 1000


def test_the_prime_stands_first_and_is_not_counted(write, a_run):
    text = write(a_run, "-n", 50, "--prime", "the cat ")
    assert text.startswith("the cat ")
    assert len(text) == 50 + len("the cat ")


def test_a_prime_can_stand_in_a_file(command, write, a_run):
    prime = "the cat\nsat on the mat, "
    Path("prime.txt").write_text(prime, newline="")
    expected = write(a_run, "-n", 50, "--prime", prime)
    assert write(a_run, "-n", 50, "--prime-file", "prime.txt") == expected
    Path("prime.txt").write_bytes(b"\xef\xbb\xbf" + prime.encode() + b"\n")  # a byte order mark, and a line end
    assert write(a_run, "-n", 50, "--prime-file", "prime.txt") == write(a_run, "-n", 50, "--prime", prime + "\n")
    Path("empty.txt").touch()
    Path("latin.txt").write_bytes("é".encode("latin-1"))
    Path("strange.txt").write_text("é", encoding="utf-8")
    for arguments, words in (
        (["--prime-file", "prime.txt", "--prime", "the"], "give one of them"),
        (["--prime-file", "nowhere.txt"], "nowhere.txt"),
        (["--prime-file", "empty.txt"], "empty.txt is empty"),
        (["--prime-file", "latin.txt"], "latin.txt is no text in utf-8, the run's encoding: save it in that"),
        (["--prime-file", "strange.txt"], "leave them out"),
    ):
        answer = command("sample", a_run, *arguments)
        assert (answer.code, answer.out) == (2, "")
        assert is_one_line(answer.err)
        assert words in answer.err


def test_the_prime_is_what_the_model_goes_on_from(command, write, tale):
    """In the text only the cat and the log are written with c and l, so a model that learned goes on from them so."""
    options = ("--hidden-size", "24", "--seq-length", "10", "--recipe", "fast", "--batch-size", "8")
    assert command(tale, *options, "--steps", "400", "--run", "run").code == 0
    for prime, after in (("on the l", "og.\n"), ("the c", "at sat on"), ("the d", "og sat on")):
        assert write("run", "-n", len(after), "--prime", prime, "--temperature", "0") == prime + after


def test_the_same_seed_writes_the_same_text_and_another_another(write, a_run):
    assert write(a_run, "--seed", 3) == write(a_run, "--seed", 3) != write(a_run, "--seed", 4)
    assert write(a_run) == write(a_run, "--seed", 1)  # the run's own


def test_the_best_model_writes_unless_the_last_is_asked_for(write, a_run):
    best, last = write(a_run), write(a_run, "--last")
    assert best != last
    assert best == write("run/checkpoints/best.ckpt")
    assert last == write("run/checkpoints/last.ckpt") == write("run/checkpoints/step-00000200.ckpt")
    assert write("run/checkpoints/step-00000050.ckpt") not in (best, last)


def test_a_run_is_found_by_its_name_under_runs(command, write, tale):
    command(tale, *SMALL, "--steps", "20")
    (path,) = Path("runs").iterdir()
    assert write(path.name) == write(path)


def test_temperature_zero_is_the_same_for_every_seed(write, a_run):
    assert write(a_run, "--temperature", 0, "--seed", 1) == write(a_run, "--temperature", 0, "--seed", 2)
    assert write(a_run, "--temperature", 1, "--seed", 1) != write(a_run, "--temperature", 1, "--seed", 2)


def test_a_tiny_top_p_leaves_the_likeliest_character(write, a_run):
    assert write(a_run, "--top-p", 1e-9) == write(a_run, "--temperature", 0) != write(a_run)


def test_a_pipe_is_given_the_text_as_it_is_in_utf8(command, tmp_path):
    (tmp_path / "hostile.txt").write_bytes(HOSTILE.encode())
    command("hostile.txt", *SMALL, "--steps", "20", "--run", "run")
    told = finished("sample", "run", "-n", "500", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert (told.returncode, told.stderr) == (0, b"")
    text = told.stdout.decode("utf-8")
    assert len(text) == 500
    assert set(text) <= set(HOSTILE)
    assert len(set(text)) > 5


def test_the_latest_sound_model_writes_where_the_last_is_damaged_and_it_is_said(command, a_run):
    path = Path("run/checkpoints/last.ckpt")
    data = bytearray(path.read_bytes())
    data[random.Random(0).randrange(len(data))] ^= 1
    path.write_bytes(data)
    answer = command("sample", a_run, "--last")
    assert answer.code == 0
    assert len(answer.out) == 1000
    assert str(path) in answer.err
    assert "damaged" in answer.err or "cut short" in answer.err or "no seal" in answer.err


@pytest.fixture
def judged(command, tale):
    """A run whose best model by held-out loss is neither its best by smooth loss nor its last."""
    options = ("--holdout", "0.1", "--sample-every", "20", "--eta", "1", "--clip", "none", "--optimizer", "sgd")
    assert command(tale, *SMALL, *options, "--steps", "210", "--run", "run").code == 0
    names = ("best", "best-held-out", "last")
    steps = {load(f"run/checkpoints/{name}.ckpt").state.step for name in names}
    assert len(steps) == 3
    return "run"


def test_the_best_model_by_held_out_loss_writes_where_it_is_asked_for(write, judged):
    text = write(judged, "--held-out")
    assert text == write("run/checkpoints/best-held-out.ckpt")
    assert text not in (write(judged), write(judged, "--last"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--held-out"], ["run has no best model by held-out loss", "--holdout 0.1"]),
        (["run", "--held-out", "--last"], ["--held-out and --last", "one of them"]),
        (["run/checkpoints/best.ckpt", "--held-out"], ["--held-out", "best.ckpt is a file", "give the run"]),
    ],
)
def test_without_a_best_model_by_held_out_loss_there_is_one_line(command, a_run, arguments, words):
    answer = command("sample", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert is_one_line(answer.err)
    for word in words:
        assert word in answer.err


def test_a_terminal_is_shown_a_non_joiner_as_it_is_wherever_the_text_is_cut(monkeypatch, capsys):
    from tui_rnn.headless import sample

    text = "می\u200cخواهم " * 20
    monkeypatch.setattr(sample, "model_of", lambda *arguments, **options: None)
    monkeypatch.setattr(sample, "characters", lambda *arguments, **options: iter(text))
    monkeypatch.setattr(sample, "_PIECE", 3)  # the third character is one
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    sample.write_sample("run", len(text), 1.0, 1.0, "", None, last=False)
    assert capsys.readouterr().out == text + "\n"
