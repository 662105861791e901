"""Foreign text cannot break out: not of the page, not of a fence, and no control character reaches a reader."""

import os
import re
import shlex
import unicodedata
from pathlib import Path

import pytest

from tests.report.support import a_run as a_new_run
from tests.report.support import append, events, of_kind, parsed, report_of, rewrite
from tests.report.test_page import outside_references
from tests.runs.support import small_job, train
from tui_rnn.engine.config import RunConfig
from tui_rnn.report.document import (
    Code,
    Command,
    Document,
    Facts,
    Heading,
    Paragraph,
    Picture,
    Strong,
    Table,
    Text,
)
from tui_rnn.report.markdown import markdown
from tui_rnn.report.page import page
from tui_rnn.runs.job import new_job
from tui_rnn.safe_text import safe_text

ESCAPE = "\x1b[31m\x1b]0;owned\x07"
TAGS = "</pre></code></title></style><script>alert(1)</script><img src=x onerror=alert(1)>"
FENCES = "`````\n```\n~~~~\n# not a heading\n| not | a table |\n![x](http://evil.example/x.png)\n`"
BIDI = "\u202e\u2066\u200fdesrever\u2069\u202c\ufeff"
ODD = "\x00\r\x85\u2028\ud800\x7f z\u0335\u0335\u0335\u0335\u0335\u0335\u0335\u0335\u0335\u0335"
HOSTILE = "\n".join((ESCAPE, TAGS, FENCES, BIDI, ODD, "$x^2$ & &amp; {{x}} %s \\"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A run whose corpus, its name, its folder, its samples and its warnings are all against us."""
    folder = tmp_path_factory.mktemp("hostile") / "<b>`x`|&amp; \x1b[7m\u202e"
    folder.mkdir()
    corpus = folder / "<script>`|\x1b[31m\u202e $a$.txt"
    corpus.write_text((HOSTILE.replace("\ud800", "") + "abc ") * 12, encoding="utf-8", newline="")
    options = {"progress_every": 10, "marker": "braille", "fps": 2.0, "theme": None}
    settings = {"hidden_size": 6, "seq_length": 8, "steps": 300, "sample_every": 100, "sample_length": 60}
    config = RunConfig.from_recipe("adagrad", str(corpus), **settings)
    job = new_job(config, str(folder / "run`|<i>"), options)
    train(job)
    first = of_kind(job.directory, "sample")[0]
    append(
        job.directory,
        {"event": "sample", **first, "step": 200, "text": HOSTILE},
        {"event": "warning", "message": HOSTILE},
    )
    return job.directory


@pytest.fixture(scope="module")
def attacked(hostile, tmp_path_factory):
    return report_of(hostile, out=tmp_path_factory.mktemp("out") / "report")


def test_the_page_holds_no_foreign_element(attacked):
    assert outside_references(attacked.html) == []
    tags = {each.tag for each in attacked.page.all()}
    assert not tags & {"script", "img", "i", "a"}
    assert all(each.text.strip() for each in attacked.page.all("b"))  # labels and figures of our own
    assert attacked.page.all("title")[0].text == "A character RNN: the report"


def test_what_was_written_is_shown_as_it_is_but_for_pictures(attacked):
    assert safe_text(HOSTILE, browser=True) in attacked.texts()
    assert safe_text(HOSTILE, browser=True) in attacked.markdown


@pytest.mark.parametrize("name", ["report.html", "report.md", "loss.svg", "position.svg"])
def test_no_file_holds_a_character_that_steers_or_hides(attacked, name):
    text = (attacked.folder / name).read_text(encoding="utf-8")
    for character in re.sub("(?<=[^\\W\\d]|[♀-🫸])[\u200c\u200d](?=[^\\W\\d]|[♀-🫸])", "", text):
        assert character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn")


def outside_of_code(source):
    """The lines of Markdown that are no code, by the rules of CommonMark: fences first, then spans."""
    kept, fence = [], ""
    for line in source.split("\n"):
        mark = re.match(r" {0,3}(`{3,}|~{3,})(.*)$", line)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
        elif mark and "`" not in mark[2]:
            fence = mark[1]
        else:
            kept.append(line)
    assert not fence, "a fence is left open"
    return re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "CODE", "\n".join(kept))


def test_in_markdown_foreign_text_stands_in_code_alone(attacked):
    outside = outside_of_code(attacked.markdown)
    for word in ("script", "alert", "onerror", "evil", "owned", "desrever", "not a heading", "amp;", "{{x}}"):
        assert word not in outside
    assert "A character RNN" in outside


def test_breaking_out_of_a_fence_would_be_seen():
    assert "alert" in outside_of_code("```text\nx\n```\n<script>alert(1)</script>\n")
    assert "alert" not in outside_of_code("````text\n```\n<script>alert(1)</script>\n````\n")
    assert "alert" not in outside_of_code("a ``b ` alert`` c")


@pytest.mark.parametrize(
    "text", ["`", "``", "a`b``c```d", "`````", " `x` ", "", "  ", "x\ny", "|", "a|b\\", "\\", "~~~\n```"]
)
def test_a_code_span_and_a_fence_hold_any_text(text):
    blocks = [
        Paragraph.of("before ", Code(text), " after"),
        Table("caption", ("a", "b"), (("x", Code(text)),)),
        Facts("facts", (("name", text),)),
        Text(text),
    ]
    written = markdown(Document("title", ("subtitle",), (), blocks, "0"))
    outside = outside_of_code(written)
    assert "before CODE after" in outside
    (row,) = [line for line in outside.split("\n") if line.startswith("| x")]
    assert row == "| x | CODE |"
    assert next(line for line in written.split("\n") if line.startswith("| x")).count("|") == 3


def test_no_field_of_any_block_reaches_the_page_as_markup():
    blocks = [
        Heading(HOSTILE),
        Paragraph.of(HOSTILE, Code(HOSTILE), Strong(HOSTILE)),
        Paragraph.of(HOSTILE, note=True),
        Table(HOSTILE, (HOSTILE, HOSTILE), ((HOSTILE, Code(HOSTILE)),)),
        Facts(HOSTILE, ((HOSTILE, HOSTILE),)),
        Picture("name", HOSTILE, HOSTILE),
        Text(HOSTILE, HOSTILE, HOSTILE),
        Command((HOSTILE,)),
    ]
    source = page(Document(HOSTILE, (HOSTILE,), ((HOSTILE, HOSTILE, HOSTILE),), blocks, "0"), {"name": "<svg></svg>"})
    assert outside_references(source) == []
    assert not {"script", "img"} & {each.tag for each in parsed(source).all()}
    assert all(ord(character) >= 32 or character == "\n" for character in source)
    assert "\u202e" not in source
    assert source.count("&lt;script&gt;") == 24


def test_the_path_that_is_printed_is_one_safe_line(hostile, command, tmp_path):
    answer = command("report", hostile.path, "-o", tmp_path / "o\x1b[31m\u202eut")
    assert answer.code == 0
    assert answer.out.count("\n") == 1
    assert answer.out[:-1].isprintable()


def test_the_command_that_makes_it_again_is_quoted_for_a_shell(hostile, attacked):
    (typed,) = [each.text for each in attacked.page.of_class("command")]
    words = shlex.split(typed)
    assert words[0] == "tui-rnn"
    assert words[1] == safe_text(of_kind(hostile, "start")[0]["corpus"]["path"], one_line=True)


def test_hostile_values_in_the_log_are_passed_over(tmp_path):
    run = a_new_run(tmp_path)
    sample = of_kind(run, "sample")[0]
    check = of_kind(run, "gradient_check")[0]
    progress = of_kind(run, "progress")[0]
    before = report_of(run, out=tmp_path / "before")
    append(
        run,
        {"event": "progress"},
        {**progress, "step": 10**400},
        {**progress, "step": -5},
        {**progress, "step": "7"},
        {**progress, "step": 7, "smooth_loss": None},
        {**progress, "step": True, "loss": []},
        {**sample, "step": 0},
        {**sample, "text": 5},
        {**sample, "step": [1]},
        {**check, "rows": "x"},
        {**check, "rows": [{}]},
        {**check, "rows": [{**check["rows"][0], "shape": [-1]}]},
        {**check, "rows": [None]},
        {**check, "method": "prayer"},
        {"event": "start"},
        {"event": "start", "config": [], "corpus": {}, "resumed_step": 1},
        {"event": "done", "step": "x"},
        {"event": "warning", "message": 7},
        {"event": "a newer kind of event", "held_out": 1.0},
        {"event": 5},
    )
    status = run.events_file.stat()
    with run.events_file.open("a") as file:
        file.write('{"event": "progress", "step": 9, "loss": NaN}\n[1]\n"x"\nnull\n{"event": "done", "st')
    os.utime(run.events_file, ns=(status.st_atime_ns, status.st_mtime_ns))
    after = report_of(run, out=tmp_path / "after")
    assert after.html == before.html


def test_a_newer_versions_keys_are_no_hindrance(tmp_path):
    run = a_new_run(tmp_path)
    records = [{**each, "held_out": {"nats_per_char": 1.0}} for each in events(run)]
    before = report_of(run, out=tmp_path / "before")
    rewrite(run, records)
    assert report_of(run, out=tmp_path / "after").html == before.html


def test_a_text_without_latin_letters_is_reported(tmp_path):
    (tmp_path / "tale.txt").write_text("唐詩三百首，床前明月光。\n疑是地上霜。" * 60, newline="")
    job = small_job(tmp_path, steps=200)
    train(job)
    report = report_of(job.directory, out=tmp_path / "out")
    assert Path(job.config.corpus).name in report.html
    assert any("月" in text or "霜" in text for text in report.texts())
