"""The example report in docs/: pages that stand alone, small, of the whole assignment."""

import re
from html import unescape

import pytest

from tests.cli.support import ROOT
from tests.report.support import parsed
from tests.report.test_page import outside_references

EXAMPLE = ROOT / "docs" / "example-report"
PAGES = ["forms.html", "report-2021.html", "report-2026.html", "cells.html", "report-lstm.html"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_example_loads_nothing_and_names_no_folder_of_a_machine(name):
    source = (EXAMPLE / name).read_text(encoding="utf-8")
    assert outside_references(source) == []
    assert not re.search(r"(/tmp|/home|/root|/Users)/", source)
    assert "Read this first" not in source


def test_the_example_is_small_and_all_of_it_is_linked():
    files = {path.name: path.stat().st_size for path in EXAMPLE.iterdir()}
    assert sum(files.values()) < 1_000_000
    told = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\]\(([^)]*)\)", told)) == sorted(set(files) - {"README.md"})
    assert "docs/example-report" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "recipe"), [("report-2021.html", "adagrad"), ("report-2026.html", "adam")])
def test_the_example_is_the_whole_assignment(name, recipe):
    page = parsed((EXAMPLE / name).read_text(encoding="utf-8"))
    texts = [each.all("pre")[0].text[1:] for each in page.of_class("text")]
    labels = [each.all("b")[0].text for each in page.of_class("text") if each.all("figcaption")]
    assert [label for label in labels if "update" in label] == [
        *(f"Before update {step:,}" for step in (1, *range(10_000, 100_001, 10_000))),
        "After update 100,000, the last",
    ]
    assert [len(text) for text in texts].count(200) == 12
    assert [len(text) for text in texts].count(1000) == 1
    typed = re.sub(r" --kernel \w+", "", page.of_class("command")[0].text)
    assert typed == f"tui-rnn corpora/goblet.txt --recipe {recipe} --steps 100000 --seed 0 --headless"
    compared = unescape((EXAMPLE / "forms.html").read_text(encoding="utf-8"))
    digest = re.search(r"<code>([0-9a-f]{64})</code></p>", (EXAMPLE / name).read_text(encoding="utf-8"))
    assert digest is not None
    assert digest[1] in compared


def test_the_example_compares_the_cells_by_the_text_that_they_never_read():
    page = parsed((EXAMPLE / "cells.html").read_text(encoding="utf-8"))
    head, *rows = [[cell.text for cell in row.all("th", "td")] for row in page.all("table")[0].all("tr")]
    at = head.index("held out, nats/char")
    assert [row[0] for row in rows] == ["A wide", "B lstm", "C gru"]
    told = (EXAMPLE / "README.md").read_text(encoding="utf-8").replace("**", "")
    for row in rows:
        _, recipe = row[0].split()
        line = next(line for line in told.splitlines() if line.startswith(f"| `{recipe}`"))
        assert [cell.strip() for cell in line.split("|")[3:5]] == [row[2], row[at]]
