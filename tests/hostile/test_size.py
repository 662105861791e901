"""A text of more than 256 MB is refused unless --max-corpus allows it, read no further than that, and resumes so."""

import json
import resource
import time
from pathlib import Path

import pytest

from tests.cli.support import SMALL, TALE, is_one_line
from tui_rnn.bench import sections
from tui_rnn.engine import text as text_module
from tui_rnn.engine.errors import ConfigError, CorpusError
from tui_rnn.engine.text import MEGABYTE, MOST_MEGABYTES, most_bytes, read_text
from tui_rnn.headless import gradcheck
from tui_rnn.runs import job

SHORT = (*SMALL, "--steps", "5", "--json")


def big(path, size):
    """A text of this many bytes."""
    with open(path, "wb") as file:
        for _ in range(size // len(TALE)):
            file.write(TALE.encode())
        file.write(b"." * (size % len(TALE)))


def test_a_text_of_the_cap_is_read_and_a_byte_more_is_refused_with_the_option(command):
    big("tale.txt", MEGABYTE)
    assert command("tale.txt", *SHORT, "--run", "run", "--max-corpus", "1").code == 0
    big("longer.txt", MEGABYTE + 1)
    answer = command("longer.txt", *SHORT, "--run", "longer", "--max-corpus", "1")
    assert (answer.code, answer.out, is_one_line(answer.err)) == (2, "", True)
    for words in ("longer.txt", "1,048,577 bytes", "more than 1 MB", "--max-corpus 2"):
        assert words in answer.err
    assert not Path("longer").exists()
    assert command("longer.txt", *SHORT, "--run", "longer", "--max-corpus", "2").code == 0


@pytest.fixture
def a_small_default(monkeypatch):
    """Without the option, 1 MB is the most."""
    monkeypatch.setattr(read_text, "__defaults__", (*read_text.__defaults__[:-1], MEGABYTE))
    for module in (job, gradcheck, sections):
        monkeypatch.setattr(module, "MAX_CORPUS", 1)


def test_a_run_resumes_with_the_cap_it_was_begun_with_and_equal_digests(command, a_small_default):
    big("tale.txt", MEGABYTE + 1)
    begun = command("tale.txt", *SHORT, "--run", "run", "--max-corpus", "2")
    assert command("resume", "run", "--json", "--steps", "9").code == 0
    assert json.loads(Path("run/config.json").read_text())["max_corpus"] == 2
    other = command("tale.txt", *SHORT, "--run", "other", "--max-corpus", "3")
    last = [json.loads(answer.out.splitlines()[-1]) for answer in (begun, other)]
    assert last[0]["state_sha256"] == last[1]["state_sha256"]
    assert json.loads(begun.out.splitlines()[0])["config"]["max_corpus"] == 2
    assert "cannot be found" not in _report(command)


def test_a_text_that_grew_beyond_the_cap_is_resumed_with_a_larger_one_which_is_kept(command):
    big("tale.txt", MEGABYTE)
    assert command("tale.txt", *SHORT, "--run", "run", "--max-corpus", "1").code == 0
    big("tale.txt", MEGABYTE + 1)
    accepted = ("--accept-changed-corpus", "--json")
    refused = command("resume", "run", *accepted, "--steps", "9")
    assert refused.code == 2
    assert "--max-corpus 2" in refused.err
    for cap in ("0", "all", "1"):
        assert command("resume", "run", *accepted, "--steps", "9", "--max-corpus", cap).code == 2
    assert json.loads(Path("run/config.json").read_text())["max_corpus"] == 1
    branch = command("resume", "run", *accepted, "--eta", "0.05", "--run", "branch", "--max-corpus", "2")
    assert branch.code == 0, branch.err
    answer = command("resume", "run", *accepted, "--steps", "9", "--max-corpus", "2")
    assert json.loads(answer.out.splitlines()[0])["config"]["max_corpus"] == 2
    for run in ("run", "branch"):
        assert command("resume", run, "--steps", "12", "--json").code == 0


def test_a_gradient_check_reads_no_more_than_training_does(command, a_small_default):
    big("tale.txt", MEGABYTE + 1)
    assert command("gradcheck", "tale.txt").code == 2
    assert command("bench", "tale.txt", "--only", "corpus").code == 2


def test_a_run_of_before_there_was_a_cap_resumes(command):
    Path("tale.txt").write_text(TALE, newline="")
    assert command("tale.txt", *SHORT, "--run", "run").code == 0
    config = json.loads(Path("run/config.json").read_text())
    assert config.pop("max_corpus") == 256
    Path("run/config.json").write_text(json.dumps(config))
    assert command("resume", "run", "--json", "--steps", "9").code == 0


def _report(command):
    assert command("report", "run").code == 0
    return Path("run/report/report.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("value", ["0", "-1", "65537", "999999999999", "all", "1.5"])
def test_a_cap_that_is_none_is_refused(command, value):
    Path("tale.txt").write_text(TALE)
    answer = command("tale.txt", *SHORT, "--run", "run", "--max-corpus", value)
    assert (answer.code, answer.out, is_one_line(answer.err)) == (2, "", True)
    assert "--max-corpus" in answer.err
    assert not Path("run").exists()


@pytest.mark.parametrize("value", [None, True, 0, 1.0, "256", MOST_MEGABYTES + 1, [], float("nan")])
def test_a_forged_cap_is_refused(value):
    with pytest.raises(ConfigError, match="--max-corpus"):
        most_bytes(value)


def test_a_text_that_grows_while_it_is_read_is_read_no_further_than_the_cap(tmp_path, monkeypatch):
    path = tmp_path / "growing.txt"
    path.write_bytes(b"a" * 10)
    monkeypatch.setattr(text_module, "size_of", lambda file: 9)  # as it was when it was looked at
    assert read_text(path, most_bytes=10).characters == "a" * 10
    path.write_bytes(b"a" * 50)
    with pytest.raises(CorpusError, match="has 11 bytes"):  # and no more of it was read
        read_text(path, most_bytes=10)


@pytest.mark.slow
@pytest.mark.parametrize(("megabytes", "options"), [(256, ()), (257, ("--max-corpus", "257"))])
def test_a_text_of_256_megabytes_is_trained_on(command, megabytes, options):
    big("tale.txt", megabytes * MEGABYTE)
    if options:
        refused = command("tale.txt", *SHORT, "--run", "refused")
        assert (refused.code, is_one_line(refused.err)) == (2, True)
        assert "--max-corpus 257" in refused.err
    began = time.monotonic()
    answer = command("tale.txt", *SHORT, "--run", "run", *options)
    assert answer.code == 0
    start, *_, done = map(json.loads, answer.out.splitlines())
    assert start["corpus"]["characters"] == megabytes * MEGABYTE
    assert (done["reason"], done["step"]) == ("steps", 5)
    seconds, most = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{megabytes} MB: {seconds:.1f} s, {most >> 10} MB at most")
    resumed = command("resume", "run", "--json", "--steps", "9")
    assert json.loads(resumed.out.splitlines()[-1])["step"] == 9
