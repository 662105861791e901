"""Runs to report on, and a report read back: the page as a tree of elements, tables as cells."""

import json
import os
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np

from tests.runs.support import small_job, train
from tui_rnn.report import write
from tui_rnn.runs.directory import RunDirectory

VOID = {"meta", "br", "hr", "img", "input", "link", "base", "area", "col", "embed", "source", "track", "wbr"}


@dataclass
class Element:
    """One element of a page."""

    tag: str
    attributes: dict[str, str | None]
    children: "list[Element | str]" = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, *tags: str) -> "list[Element]":
        """The elements within, of these tags or of any."""
        found: list[Element] = []
        for child in self.children:
            if isinstance(child, Element):
                if not tags or child.tag in tags:
                    found.append(child)
                found += child.all(*tags)
        return found

    def of_class(self, name: str) -> "list[Element]":
        return [each for each in self.all() if name in (each.attributes.get("class") or "").split()]


class _Reader(HTMLParser):
    """Builds the tree, and is strict: what is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> has an attribute twice"
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


@lru_cache(maxsize=8)
def parsed(source: str) -> Element:
    """The page's tree."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    assert [each.tag for each in reader.open] == [""], "an element is left open"
    return reader.root


@dataclass
class Report:
    """A report read back from its folder."""

    folder: Path

    @property
    def html(self) -> str:
        return (self.folder / "report.html").read_text(encoding="utf-8")

    @property
    def markdown(self) -> str:
        return (self.folder / "report.md").read_text(encoding="utf-8")

    @property
    def page(self) -> Element:
        return parsed(self.html)

    @property
    def text(self) -> str:
        """The words of the page, its style and its drawings left out."""
        return "\n".join(_words(self.page.all("main")[0]))

    def table(self, caption: str) -> list[list[str]]:
        """The cells of the table whose caption begins so, its headings first."""
        found = [each for each in self.page.all("table") if each.all("caption")[0].text.startswith(caption)]
        assert len(found) == 1, f"{len(found)} tables begin with {caption!r}"
        return [[cell.text for cell in row.all("th", "td")] for row in found[0].all("tr")]

    def texts(self) -> list[str]:
        """The foreign texts in order, as a reader of the page sees them."""
        shown = [each.all("pre")[0].text for each in self.page.of_class("text")]
        assert all(text.startswith("\n") for text in shown)  # which a browser leaves out
        return [text[1:] for text in shown]


def _words(element: Element) -> list[str]:
    words: list[str] = []
    for child in element.children:
        if isinstance(child, str):
            words.append(child)
        elif child.tag not in ("svg", "style"):
            words += _words(child)
    return words


def report_of(*runs: Any, out: Path) -> Report:
    """The report of these runs, written into the folder `out`."""
    page = write([str(run.path) if isinstance(run, RunDirectory) else run for run in runs], out)
    assert page == out / "report.html"
    return Report(out)


def a_run(folder: Path, **settings: Any) -> RunDirectory:
    """A run of 600 updates, more than two epochs of the tale, trained to its end."""
    job = small_job(folder, **{"steps": 600, "sample_every": 100, "checkpoint_every": 250, **settings})
    train(job)
    return job.directory


def events(run: RunDirectory) -> list[dict[str, Any]]:
    """The lines of events.jsonl, read with the standard library alone."""
    return [json.loads(line) for line in run.events_file.read_text(encoding="ascii").splitlines()]


def of_kind(run: RunDirectory, kind: str) -> list[dict[str, Any]]:
    """The events of one kind."""
    return [each for each in events(run) if each["event"] == kind]


def arrays(path: Path) -> dict[str, Any]:
    """The arrays of a checkpoint, read by the rules of the safetensors format."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    types = {"F32": "<f4", "F64": "<f8", "I64": "<i8"}
    found = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            found[name] = np.frombuffer(data[begin:end], types[entry["dtype"]]).reshape(entry["shape"])
    return found


def append(run: RunDirectory, *records: dict[str, Any]) -> None:
    """Add events to the log, its time left as it was."""
    status = run.events_file.stat()
    with run.events_file.open("a", encoding="ascii") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)
    os.utime(run.events_file, ns=(status.st_atime_ns, status.st_mtime_ns))


def rewrite(run: RunDirectory, records: list[dict[str, Any]]) -> None:
    """Put these events into the log in place of its own, its time left as it was."""
    status = run.events_file.stat()
    run.events_file.write_text("", encoding="ascii")
    os.utime(run.events_file, ns=(status.st_atime_ns, status.st_mtime_ns))
    append(run, *records)
