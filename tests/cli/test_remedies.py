"""Every remedy that a message names is followed, as a user would type it, and works."""

import bz2
import gzip
import json
import os
import re
import shutil
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import SMALL, TALE, is_one_line
from tui_rnn import cli
from tui_rnn.engine.text import MEGABYTE

SHORT = (*SMALL, "--steps", "5", "--headless")
COMMANDS = sorted(cli.command_line.commands.keys() - {"train"})
MIXED = "zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich\n" * 40


@dataclass
class Case:
    """A command that is refused, what its one line says, and the commands that follow its advice."""

    name: str
    command: list[str]
    says: str  # a pattern
    followed: list[Any] = field(default_factory=list)  # lists of arguments, or functions that do what no command does
    code: int = 2
    prepare: Any = None


def text(name, content=TALE, encoding="utf-8"):
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(content.encode(encoding))


def train(*more, run="run", corpus="tale.txt"):
    return [corpus, *SHORT, "--run", run, *more]


def given(*arguments):
    """Something to do beforehand: a command that succeeds."""
    return lambda: cli._run([str(each) for each in arguments])


def a_run(*more):
    return given(*train(*more))


def several(*steps):
    def do():
        for step in steps:
            step()

    return do


def latin():
    text("latin.txt", MIXED, "latin-1")


def large():
    Path("large.txt").write_bytes(TALE.encode() * (MEGABYTE // len(TALE) + 1))


def wide(encoding):
    return lambda: text("wide.txt", MIXED, encoding)


def unpack(opened, name):
    def do():
        with opened(name) as file:
            Path("unpacked.txt").write_bytes(file.read())

    return do


def packed_zip():
    with zipfile.ZipFile("t.zip", "w") as archive:
        archive.writestr("tale.txt", TALE)


def unpack_zip():
    with zipfile.ZipFile("t.zip") as archive:
        Path("unpacked.txt").write_bytes(archive.read("tale.txt"))


def change(name, value):
    def do():
        file = Path("run", "config.json")
        file.write_text(json.dumps({**json.loads(file.read_text()), name: value}))

    return do


def remove(*names):
    def do():
        for name in names:
            shutil.rmtree(name) if Path(name).is_dir() else Path(name).unlink()

    return do


def damage(name, data=b"\x7f"):
    return lambda: Path(name).write_bytes(Path(name).read_bytes()[:-1] + data)


def a_folder():
    text("folder/one.txt")
    text("folder/two words.txt")


def a_copy_of_the_best():
    shutil.copy("run/checkpoints/best.ckpt", "loose.ckpt")


def a_link_for_the_report():
    os.symlink("elsewhere", "run/report")


def an_older_run():
    """A run whose only checkpoint is the best model."""
    cli._run(train())
    for path in Path("run/checkpoints").iterdir():
        if path.name != "best.ckpt":
            path.unlink()


TRAIN = [
    Case("no corpus", [], "no CORPUS given: .*tui-rnn book.txt", [["book.txt", *SHORT]],
         prepare=lambda: text("book.txt")),
    Case("a file that is missing", train(corpus="no.txt"), "give the path of a text file", [train()]),
    Case("a misspelt file", train(corpus="tall.txt"), r"tall.txt does not exist: did you mean tale\.txt\?", [train()]),
    Case("a file of another folder", train(corpus="book.txt"), "did you mean corpora/book.txt", [],
         prepare=lambda: text("corpora/book.txt")),
    Case("latin-1", ["latin.txt", *SHORT], r"name its --encoding \(latin-1, cp1252, …\), or use --errors replace",
         [["latin.txt", *SHORT, "--encoding", "latin-1"], ["latin.txt", *SHORT, "--encoding", "cp1252"],
          ["latin.txt", *SHORT, "--errors", "replace"]], prepare=latin),
    *(Case(f"{encoding} with a mark", ["wide.txt", *SHORT, *more], f"--encoding {encoding}",
           [["wide.txt", *SHORT, "--encoding", encoding]], prepare=wide(encoding))
      for encoding in ("utf-16", "utf-32") for more in ([], ["--errors", "replace"], ["--encoding", "latin-1"])),
    *(Case(f"{encoding} without a mark", ["wide.txt", *SHORT, "--encoding", "latin-1"],
           f"warning: .*NUL or other control characters: try --encoding {encoding}",
           [["wide.txt", *SHORT, "--encoding", encoding]], code=0, prepare=wide(encoding))
      for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")),
    Case("an encoding Python lacks", train("--encoding", "klingon"), "use utf-8, latin-1, cp1252",
         [train("--encoding", name, run=name) for name in ("utf-8", "latin-1", "cp1252")]),
    Case("errors", train("--errors", "ignore"), "choose strict or replace",
         [train("--errors", name, run=name) for name in ("strict", "replace")]),
    Case("a gzip archive", ["t.gz", *SHORT], "a gzip archive: unpack it first, and give the text file in it",
         [unpack(gzip.open, "t.gz"), ["unpacked.txt", *SHORT]],
         prepare=lambda: Path("t.gz").write_bytes(gzip.compress(TALE.encode()))),
    Case("a bzip2 archive", ["t.bz2", *SHORT, "--encoding", "latin-1"], "a bzip2 archive: unpack it first",
         [unpack(bz2.open, "t.bz2"), ["unpacked.txt", *SHORT]],
         prepare=lambda: Path("t.bz2").write_bytes(bz2.compress(TALE.encode()))),
    Case("a zip archive", ["t.zip", *SHORT, "--errors", "replace"], "a zip archive: unpack it first",
         [unpack_zip, ["unpacked.txt", *SHORT]], prepare=packed_zip),
    Case("a checkpoint", ["run/checkpoints/last.ckpt", *SHORT], "write with one by tui-rnn sample",
         [["sample", "run/checkpoints/last.ckpt", "-n", "5"]], prepare=a_run()),
    Case("a run", ["run", *SHORT], "tui-rnn resume run", [["resume", "run"]], prepare=a_run()),
    Case("a folder", ["folder", *SHORT], "such as folder/one.txt, 'folder/two words.txt'",
         [["folder/one.txt", *SHORT], ["folder/two words.txt", *SHORT]], prepare=a_folder),
    Case("too large", ["large.txt", *SHORT, "--max-corpus", "1"], "allow it by --max-corpus 2, or use a part of it",
         [["large.txt", *SHORT, "--max-corpus", "2"]], prepare=large),
    Case("too short", ["short.txt", *SHORT], "needs at least 11: use a longer text or a smaller --seq-length",
         [["short.txt", *SHORT, "--seq-length", "5"], train()], prepare=lambda: text("short.txt", "the cat")),
    Case("too short for a batch", train("--batch-size", "500"), "smaller --seq-length or --batch-size",
         [train("--batch-size", "500", "--seq-length", "3"), train("--batch-size", "9", run="second")]),
    Case("little held out", train("--holdout", "0.001"), "a larger --holdout or 0 for none",
         [train("--holdout", "0.1"), train("--holdout", "0", run="second")]),
    Case("large arrays", train("--hidden-size", "8192", "--seq-length", "9000", "--batch-size", "9"),
         "make one of them smaller", [train("--hidden-size", "8", "--seq-length", "9", "--batch-size", "9")]),
    Case("minutes", train("--minutes", "0"), "give a number above 0", [train("--minutes", "0.001")]),
    Case("clip", train("--clip", "-5"), "give a positive number or none", [train("--clip", "none")]),
    *(Case(name, train(f"--{name}", "wrong"), "choose ",
         [train(f"--{name}", value, run=f"{name}{value}") for value in values])
      for name, values in (("recipe", ["report", "adam", "fast", "wide"]), ("init", ["normal", "scaled"]),
                           ("optimizer", ["adagrad", "adam", "nadam", "rmsprop", "sgd"]), ("dtype", ["float32",
                           "float64"]),
                           ("schedule", ["constant", "cosine"]), ("reduction", ["sum", "mean"]),
                           ("marker", ["braille", "hd", "dot", "ascii"]))),
    Case("fps", train("--fps", "99"), "from 0.1 to 30", [train("--fps", "30"), train("--fps", "0.1", run="second")]),
    Case("a run that is there", train(run="a run"), "give another folder, or go on with tui-rnn resume 'a run'",
         [train(run="another"), ["resume", "a run"]], prepare=given(*train(run="a run"))),
    Case("a run under a file", train(run="tale.txt/run"), "--run tale.txt/run cannot be made .*: give a folder you may",
         [train(run="folder/run")]),
    Case("a long name of a run", train(run="x" * 300), "give a shorter name", [train(run="x" * 200)]),
    Case("runs/ is a file", ["tale.txt", *SHORT], "^tui-rnn: runs/tale-.* cannot be made .*: .*with --run DIR",
         [train(run="elsewhere")], prepare=lambda: text("runs")),
    Case("a blank name of a run", train(run=" "), "give one, or leave the option out", [train(), ["tale.txt", *SHORT]]),
]  # fmt: skip

COMMANDS = [
    Case("a mistyped command", ["smple", "run", "-n", "5"], r"did you mean tui-rnn sample run -n 5\?",
         [["sample", "run", "-n", "5"]], prepare=a_run()),
    Case("a mistyped command alone", ["rusn"], r"did you mean tui-rnn runs\?", [["runs"]]),
    Case("a mistyped train", ["trian", "tale.txt", *SHORT], rf"did you mean tui-rnn tale.txt {' '.join(SHORT)}\?",
         [["tale.txt", *SHORT]]),
    Case("no command at all", ["foo", "tale.txt"], f"the commands are {', '.join(COMMANDS)}",
         [[name, "--help"] for name in COMMANDS]),
    Case("a mistyped option", ["tale.txt", *SHORT, "--hiden-size", "9"],
         r"Did you mean.*'--hidden-size'.*tui-rnn --help",
         [["tale.txt", *SHORT, "--hidden-size", "9"], ["--help"]]),
    Case("a mistyped option of a command", ["sample", "--temprature", "1"], "'--temperature'.*tui-rnn sample --help",
         [["sample", "run", "--temperature", "1", "-n", "5"], ["sample", "--help"]], prepare=a_run()),
    Case("a second text that is missing", ["tale.txt", "other.txt"], "other.txt does not exist: give the path of a",
         [lambda: text("other.txt"), ["tale.txt", "other.txt", *SHORT]]),
    *(Case(f"a text named {name}",
         [name, *arguments], f"to train on the file {name}: tui-rnn ./{name}{' --run DIR' if name == 'runs' else ''};",
           [[f"./{name}", *SHORT, *(["--run", "run"] if name == "runs" else [])]], prepare=lambda name=name: text(name))
      for name, arguments in (("sample", []), ("resume", []), ("report", ["--steps", "5"]), ("train", []),
                              ("bench", ["--hidden-size", "9"]), ("gradcheck", ["--steps", "9"]),
                              ("runs", ["x", "y"]))),
]  # fmt: skip

RUNS = [
    Case("no such run", ["resume", "nowhere"], "see tui-rnn runs", [["runs"]]),
    Case("a text as a run", ["resume", "tale.txt"], "begin one with tui-rnn tale.txt", [["tale.txt", *SHORT]]),
    Case("a checkpoint as a run", ["resume", "run/checkpoints/last.ckpt"], "a part of the run run: give run",
         [["resume", "run"]], prepare=a_run()),
    Case("the checkpoints as a run", ["sample", "run/checkpoints"], "a part of the run run: give run",
         [["sample", "run", "-n", "5"]], prepare=a_run()),
    Case("a loose checkpoint as a run", ["resume", "loose.ckpt"], "tui-rnn sample loose.ckpt",
         [["sample", "loose.ckpt", "-n", "5"]], prepare=several(a_run(), a_copy_of_the_best)),
    Case("--run without --eta", ["resume", "run", "--run", "new"], "give one, or leave --run out",
         [["resume", "run", "--run", "new", "--eta", "0.05"], ["resume", "run"]], prepare=a_run()),
    Case("steps behind", ["resume", "run", "--steps", "3"], "give a larger number", [["resume", "run", "--steps", "9"]],
         prepare=a_run()),
    Case("minutes behind", ["resume", "run", "--minutes", "1e-9"], "give a larger number",
         [["resume", "run", "--minutes", "1", "--steps", "9"]], prepare=a_run()),
    Case("an edited text", ["resume", "run"],
         "put the old text back, name where it lies now, .*--accept-changed-corpus",
         [lambda: text("copy.txt"), ["resume", "run", "copy.txt"], ["resume", "run", "tale.txt",
         "--accept-changed-corpus"],
          ["resume", "run"]],
         prepare=several(a_run(), lambda: text("tale.txt", TALE * 2))),
    Case("an edited text, put back", ["resume", "run"], "put the old text back", [lambda: text("tale.txt"),
         ["resume", "run"]],
         prepare=several(a_run(), lambda: text("tale.txt", TALE * 2))),
    Case("a text that is gone", ["resume", "run"], "name where it lies now, as in tui-rnn resume run CORPUS",
         [["resume", "run", "moved.txt"]], prepare=several(a_run(), lambda: shutil.move("tale.txt", "moved.txt"))),
    Case("another text", ["resume", "run", "other.txt"],
         "name that text, or go on with this one by --accept-changed-corpus",
         [["resume", "run", "tale.txt"], ["resume", "run", "other.txt", "--accept-changed-corpus"]],
         prepare=several(a_run(), lambda: text("other.txt", TALE * 2))),
    Case("an accepted text of strange characters", ["resume", "run", "--accept-changed-corpus"],
         "leave it out, or begin",
         [lambda: text("tale.txt", TALE * 2), ["resume", "run", "--accept-changed-corpus"], train(run="new")],
         prepare=several(a_run(), lambda: text("tale.txt", TALE + "Ж"))),
    Case("an accepted text in another encoding", ["resume", "run", "--accept-changed-corpus"], "save it in that",
         [lambda: text("tale.txt", TALE * 2), ["resume", "run", "--accept-changed-corpus"]],
         prepare=several(a_run(), latin, lambda: shutil.move("latin.txt", "tale.txt"))),
    Case("a larger text than the cap", ["resume", "run", "--max-corpus", "1"], "allow it by --max-corpus 2",
         [["resume", "run", "--max-corpus", "2"]], prepare=several(large, given(*train(corpus="large.txt")))),
    Case("a changed configuration", ["resume", "run"], r'put the old values back \("eta": 0.1\)',
         [change("eta", 0.1), ["resume", "run"]], prepare=several(a_run(), change("eta", 0.2))),
    Case("no configuration", ["resume", "run"], "its checkpoints can be sampled", [["sample", "run", "-n", "5"]],
         prepare=several(a_run(), remove("run/config.json"))),
    Case("a damaged configuration", ["resume", "run"], "use the run's checkpoints with tui-rnn sample",
         [["sample", "run", "-n", "5"]], prepare=several(a_run(), lambda: Path("run/config.json").write_text("{"))),
    Case("a damaged checkpoint", ["sample", "run"], "use an earlier checkpoint of the run",
         [["sample", "run", "--last", "-n", "5"]], prepare=several(a_run(), damage("run/checkpoints/best.ckpt"))),
    Case("no checkpoint yet", ["sample", "run", "--last"], "train on with tui-rnn resume run",
         [["resume", "run"], ["sample", "run", "--last", "-n", "5"]],
         prepare=several(a_run(), remove("run/checkpoints"), lambda: os.mkdir("run/checkpoints"))),
    Case("nothing held out", ["sample", "run", "--held-out"], "trained with --holdout 0.1",
         [train("--holdout", "0.1", run="held"), ["sample", "held", "--held-out", "-n", "5"]], prepare=a_run()),
    Case("two models", ["sample", "run", "--held-out", "--last"], "give one of them",
         [["sample", "run", "--last", "-n", "5"], ["sample", "run", "--held-out", "-n", "5"]],
         prepare=a_run("--holdout", "0.1")),
    Case("a model of a file", ["sample", "loose.ckpt", "--held-out"], "give the run, or leave it out",
         [["sample", "run", "--held-out", "-n", "5"], ["sample", "loose.ckpt", "-n", "5"]],
         prepare=several(a_run("--holdout", "0.1"), a_copy_of_the_best)),
    Case("a text as a checkpoint", ["sample", "tale.txt"], "give a run, or an earlier checkpoint",
         [["sample", "run", "-n", "5"], ["sample", "run/checkpoints/last.ckpt", "-n", "5"]], prepare=a_run()),
    Case("a strange prime", ["sample", "run", "--prime", "theé"], "leave them out",
         [["sample", "run", "--prime", "the", "-n", "5"]], prepare=a_run()),
    Case("temperature", ["sample", "run", "--temperature", "-1"], "give 0 .*or a positive number",
         [["sample", "run", "-n", "5", "--temperature", "0"], ["sample", "run", "-n", "5", "--temperature", "2"]],
         prepare=a_run()),
    Case("top-p", ["sample", "run", "--top-p", "0"], "above 0 and at most 1",
         [["sample", "run", "-n", "5", "--top-p", "1"], ["sample", "run", "-n", "5", "--top-p", "0.1"]],
         prepare=a_run()),
]  # fmt: skip

OTHERS = [
    *(Case(f"{name} on latin-1", [name, "latin.txt", *more], r"name its --encoding \(latin-1.*or use --errors replace",
           [[name, "latin.txt", *more, "--encoding", "latin-1"], [name, "latin.txt", *more, "--errors", "replace"]],
           prepare=latin)
      for name, more in (("gradcheck", ["--hidden-size", "5"]), ("bench", ["--only", "gradient", "--seconds",
      "0.01"]))),
    *(Case(f"{name} on a large text", [name, "large.txt", *more, "--max-corpus", "1"], "allow it by --max-corpus 2",
           [[name, "large.txt", *more, "--max-corpus", "2"]], prepare=large)
      for name, more in (("gradcheck", ["--hidden-size", "5"]), ("bench", ["--only", "gradient", "--seconds",
      "0.01"]))),
    Case("gradcheck on a short text", ["gradcheck", "short.txt", "--hidden-size", "5"], "smaller --seq-length",
         [["gradcheck", "short.txt", "--hidden-size", "5", "--seq-length", "3"]], prepare=lambda: text("short.txt",
         "the c")),
    Case("bench on a short text", ["bench", "short.txt", "--only", "gradient"],
         "gradient needs at least 26: use a longer",
         [["bench", "tale.txt", "--only", "gradient", "--seconds", "0.01"]], prepare=lambda: text("short.txt",
         "the c")),
    Case("cell", ["gradcheck", "--cell", "brain"], "choose rnn", [["gradcheck", "--cell", "rnn", "--hidden-size",
         "5"]]),
    Case("method", ["gradcheck", "--method", "guess"], "choose central or complex",
         [["gradcheck", "--hidden-size", "5", "--method", method] for method in ("central", "complex")]),
    Case("delta", ["gradcheck", "--delta", "0"], "such as 1e-4", [["gradcheck", "--hidden-size", "5", "--delta",
         "1e-4"]]),
    Case("a run reported twice", ["report", "run", "run"], "name runs that differ", [["report", "run"]],
         prepare=a_run()),
    Case("a report's changed file", ["report", "run"], "name another folder with -o, or move the file away",
         [["report", "run", "-o", "other"], lambda: shutil.move("run/report/report.md", "mine.md"), ["report", "run"]],
         prepare=several(a_run(), given("report", "run"), lambda: text("run/report/report.md", "mine"))),
    Case("a report into a link", ["report", "run"], "name the folder with -o, or move the link away",
         [["report", "run", "-o", "other"], remove("run/report"), ["report", "run"]],
         prepare=several(a_run(), a_link_for_the_report)),
    Case("a text of another run", ["report", "run", "--corpus", "other.txt"], "name that, or leave --corpus out",
         [["report", "run", "--corpus", "tale.txt"], ["report", "run"]],
         prepare=several(a_run(), lambda: text("other.txt", TALE * 2))),
    Case("a divergence", train("--optimizer", "sgd", "--eta", "1e300", "--clip", "none"), "", code=3,
         followed=[["resume", "run", "--eta", "0.01", "--run", "tame"]]),
]  # fmt: skip


@pytest.mark.parametrize("case", [*TRAIN, *COMMANDS, *RUNS, *OTHERS], ids=lambda case: case.name)
def test_the_advice_works(command, tale, capsys, case):
    if case.prepare is not None:
        case.prepare()
    capsys.readouterr()
    answer = command(*case.command)
    assert answer.code == case.code, answer
    assert case.code != 2 or (is_one_line(answer.err) and answer.out == "")
    assert re.search(case.says, answer.out + answer.err), answer.err
    for number, step in enumerate(case.followed):
        if callable(step):
            step()
            continue
        answer = command(*step)
        assert answer.code == 0, (number, step, answer.err)
