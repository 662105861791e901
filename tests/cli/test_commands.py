"""The commands by name, their help, and how every one of them ends."""

from pathlib import Path

import pytest

from tests.cli.support import SMALL, TALE, finished, is_one_line
from tui_rnn import __version__, cli

COMMANDS = sorted(cli.command_line.commands.keys() - {"train"})


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(command, name, option):
    answer = command(name, option)
    assert (answer.code, answer.err) == (0, "")
    assert f"tui-rnn {name}" in answer.out


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_the_help_names_every_command_recipe_and_option_of_training(command, option):
    answer = command(option)
    assert (answer.code, answer.err) == (0, "")
    for word in COMMANDS:
        assert f"\n  {word} " in answer.out
    for word in ("CORPUS", "report", "adam", "fast", "--recipe", "--hidden-size", "--steps", "--headless", "--json"):
        assert word in answer.out


def test_help_may_stand_after_the_corpus(command, tale):
    assert "--hidden-size" in command(tale, "--help").out


def test_the_version_is_told(command):
    answer = command("--version")
    assert (answer.code, answer.err) == (0, "")
    assert __version__ in answer.out.split()


def test_the_module_is_the_same_command(tmp_path):
    told = finished("--version", cwd=tmp_path)
    assert (told.returncode, told.stderr) == (0, b"")
    assert __version__.encode() in told.stdout
    refused = finished("nowhere.txt", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert refused.stderr.startswith(b"tui-rnn: nowhere.txt does not exist")


@pytest.mark.parametrize("name", [*COMMANDS, "train"])
def test_a_text_with_a_commands_name_is_trained_on_by_its_path(command, tmp_path, name):
    (tmp_path / name).write_text(TALE)
    answer = command(f"./{name}", *SMALL, "--steps", "3", "--run", "run")
    assert answer.code == 0
    assert Path("run", "checkpoints", "last.ckpt").is_file()


def test_main_exits_with_the_commands_code(capsys):
    for arguments, code in ((["--version"], 0), (["nowhere.txt"], 2)):
        with pytest.raises(SystemExit) as exit_:
            cli.main(arguments)
        assert exit_.value.code == code
    assert is_one_line(capsys.readouterr().err)


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (MemoryError, 1)])
def test_an_interruption_and_a_lack_of_memory_have_their_codes(command, tale, monkeypatch, error, code):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("tui_rnn.runs.job.new_job", fail)
    answer = command(tale)
    assert answer.code == code
    assert "Traceback" not in answer.err
    assert len(answer.err.splitlines()) <= 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [["runs"], ["runs", "--json"], ["sample", "run"], ["gradcheck", *SMALL[:4]], ["resume", "run", "--steps", "40"]],
)
def test_a_full_disk_under_stdout_is_one_line_and_exit_code_1(command, tale, tmp_path, arguments):
    assert command(tale, *SMALL, "--steps", "20", "--run", "run").code == 0
    assert command(tale, *SMALL, "--steps", "20").code == 0  # one that `runs` lists
    told = _with_full_stdout(arguments, tmp_path)
    assert told.returncode == 1
    assert is_one_line(told.stderr.decode())
    assert b"No space left" in told.stderr


def _with_full_stdout(arguments, cwd):
    import subprocess

    from tests.cli.support import PROGRAM, SECONDS, environment

    with open("/dev/full", "wb") as full:
        return subprocess.run(
            [*PROGRAM, *arguments],
            cwd=cwd,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=SECONDS,
            check=False,
        )
