"""Every command on a run that is against us in all it holds: what it prints and writes is safe to look at."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.cli.support import SMALL, Answer, finished
from tests.hostile.strings import HOSTILE, harm, harm_in_a_browser
from tests.laws.forger import forged
from tui_rnn.headless import sample as sampling

# As a name of a file or a folder: no slash, no NUL, below 255 bytes.
NAME = (
    "[bold red]<script>\x1b]52;c;NzMzMQ==\x07\x1bP7331q\x9b7331m\u202e\u2066\u2028\u200b\x85\n$x^2$|`[@click=app.quit]"
)
LOOSE = HOSTILE.replace("\ud800", "").replace("\0", "")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="such names of files are refused there")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Two runs on a hostile text of a hostile name, one in the folder of the day and one in a hostile folder."""
    folder = tmp_path_factory.mktemp("hostile")
    Path(folder, NAME + ".txt").write_text(HOSTILE * 3, newline="", encoding="utf-8", errors="replace")
    for run in ([], ["--run", f"runs/{NAME}"]):
        done = finished(
            NAME + ".txt", "--headless", *SMALL, "--steps", "60", "--sample-every", "20", "--holdout", "0.2", *run,
            cwd=folder,
        )  # fmt: skip
        answer = is_safe(Answer(done.returncode, done.stdout.decode(), done.stderr.decode()))
        assert (answer.code, answer.err) == (0, "")
        assert "7331" in answer.out
    return folder


@pytest.fixture
def hostile(trained, tmp_path):
    """These runs in the working directory; the path of the second."""
    shutil.copytree(trained, tmp_path, dirs_exist_ok=True)
    return Path("runs", NAME)


def is_safe(answer):
    for written in (answer.out, answer.err):
        assert harm(written) == set(), ascii(written)
    assert "Traceback" not in answer.err
    return answer


def edit(path, change):
    values = json.loads(path.read_text())
    change(values)
    path.write_text(json.dumps(values))


def test_each_command_on_a_hostile_run_prints_what_is_safe(command, hostile):
    corpus = NAME + ".txt"
    for arguments in (
        ["resume", hostile, "--steps", "80", "--headless"],
        ["resume", hostile, "--eta", "0.05", "--steps", "90", "--run", f"x{NAME}"],
        ["runs"],
        ["report", hostile, f"x{NAME}", "-o", f"out{NAME}"],
        ["gradcheck", corpus, *SMALL[:4]],
        ["bench", corpus, "--only", "gradient", "--seconds", "0.001"],
    ):
        answer = is_safe(command(*arguments))
        assert answer.code == 0, arguments
        assert not answer.err or "control characters" in answer.err, arguments
        assert answer.out
    for arguments in (
        [corpus, "--json", *SMALL, "--steps", "5", "--run", f"y{NAME}"],
        ["runs", "--json"],
        ["gradcheck", corpus, "--json", *SMALL[:4]],
    ):
        answer = command(*arguments)
        assert answer.code == 0
        assert answer.out.isascii()
        assert answer.out.replace("\n", "").isprintable()


@pytest.mark.figures
def test_the_report_of_a_hostile_run_is_safe_to_look_at(command, hostile):
    lie = {LOOSE: LOOSE, "numpy": LOOSE}
    for path in hostile.glob("checkpoints/*.ckpt"):
        path.write_bytes(forged(path.read_bytes(), values=lambda values: values.update(libraries=lie)))
    answer = is_safe(command("resume", hostile, "--steps", "70", "--headless"))
    assert "warning" in answer.out
    is_safe(command("report", hostile))
    texts = [path for path in Path(hostile, "report").iterdir() if path.suffix in (".html", ".md", ".svg")]
    assert len(texts) >= 3
    for path in texts:
        assert harm_in_a_browser(path.read_text(encoding="utf-8")) == set(), path.suffix
        assert path.suffix == ".md" or "<script" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["recipe", "corpus", "steps", LOOSE], ids=ascii)
def test_a_hostile_configuration_is_told_of_safely(command, hostile, name):
    edit(hostile / "config.json", lambda values: values.update({name: LOOSE}))
    listed = is_safe(command("runs"))
    assert listed.code == 0
    shutil.rmtree(hostile / "checkpoints")
    for arguments in (["resume", hostile, "--headless"], ["report", hostile], ["sample", hostile]):
        is_safe(command(*arguments))


def test_hostile_events_are_told_of_safely(command, hostile):
    log = hostile / "events.jsonl"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    for record in lines:
        for key, value in record.items():
            if isinstance(value, str) and key not in ("event", "sha256", "state_sha256"):
                record[key] = LOOSE
    log.write_text("".join(json.dumps(record) + "\n" for record in lines))
    listed = is_safe(command("runs"))
    assert "7331" in listed.out
    for arguments in (["report", hostile], ["resume", hostile, "--steps", "70", "--headless"]):
        assert is_safe(command(*arguments)).code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        *([name, LOOSE] for name in ("resume", "sample", "report", "gradcheck", "bench", "--bogus", "-n")),
        *(
            ["CORPUS", f"--{name}", LOOSE]
            for name in (
                "recipe",
                "optimizer",
                "schedule",
                "init",
                "reduction",
                "dtype",
                "encoding",
                "errors",
                "marker",
            )
        ),
        *(["CORPUS", f"--{name}", LOOSE] for name in ("steps", "eta", "clip", "minutes", "fps", "run", LOOSE)),
        *(["CORPUS", LOOSE], ["CORPUS", f"--{LOOSE}"], ["CORPUS", f"-{LOOSE}"], [LOOSE], [f"-{LOOSE}"], [f"--{LOOSE}"]),
        *(
            ["gradcheck", "--method", LOOSE],
            ["gradcheck", "--cell", LOOSE],
            ["bench", "--only", LOOSE],
            ["runs", LOOSE],
        ),
        *(["report", "RUN", "-o", LOOSE], ["sample", "RUN", "--prime", "\U0001f9ff" + LOOSE], ["report", "RUN", "RUN"]),
        ["sample", "CORPUS"],
    ],
    ids=lambda arguments: " ".join(arguments).replace(LOOSE, "HOSTILE").encode("ascii", "replace").decode(),
)
def test_a_hostile_argument_is_refused_in_safe_words(command, hostile, arguments):
    names = {"CORPUS": NAME + ".txt", "RUN": hostile}
    answer = is_safe(command(*(names.get(argument, argument) for argument in arguments)))
    assert answer.code in (1, 2)
    assert len(answer.err.splitlines()) == 1


def test_an_unexpected_error_is_told_in_safe_words(command, hostile, monkeypatch, tmp_path):
    def break_down(*arguments, **options):
        raise ValueError(LOOSE)

    monkeypatch.setattr(sampling, "characters", break_down)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    answer = is_safe(command("sample", hostile))
    assert answer.code == 1
    assert len(answer.err.splitlines()) == 1
    (traceback,) = tmp_path.glob("traceback-*.txt")
    assert LOOSE in traceback.read_bytes().decode()


def test_a_fault_in_a_configuration_file_is_told_of_safely(command, hostile):
    for content in (LOOSE, "[" * 100_000, json.dumps({LOOSE: 1})):
        (hostile / "config.json").write_text(content, encoding="utf-8")
        for arguments in (["runs"], ["resume", hostile], ["report", hostile]):
            is_safe(command(*arguments))
