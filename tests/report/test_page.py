"""The page and its figures: nothing is loaded from elsewhere, and everybody can read it."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from tests.report.support import parsed

# Attributes whose value a browser may fetch, and the elements that exist to fetch something.
LOADING = {
    "src", "srcset", "href", "xlink:href", "action", "formaction", "data", "poster", "background", "cite", "ping",
    "manifest", "codebase", "classid", "archive", "longdesc", "usemap", "profile", "icon", "dynsrc", "lowsrc",
}  # fmt: skip
FETCHERS = {
    "script", "link", "img", "iframe", "frame", "object", "embed", "audio", "video", "source", "track", "base", "form",
    "image", "feimage", "foreignobject", "applet", "portal", "input", "button", "a", "animate", "set",
}  # fmt: skip


def outside_references(source):
    """What in this page could load anything that is not within it."""
    found = []
    for element in parsed(source).all():
        if element.tag in FETCHERS:
            found.append(f"<{element.tag}>")
        for name, value in element.attributes.items():
            if name in LOADING and not (value or "").startswith("#"):
                found.append(f"{name}={value}")
            if name.startswith("on"):
                found.append(f"{name}={value}")
            if name in ("style", "clip-path", "fill", "stroke", "filter", "mask"):
                found += outside_urls(value or "")
        if element.tag == "style":
            found += outside_urls(element.text)
        if element.tag == "meta" and (element.attributes.get("http-equiv") or "").lower() == "refresh":
            found.append("refresh")
    return found


def outside_urls(css):
    return [
        url for url in re.findall(r"url\(\s*['\"]?([^)'\"]*)", css) if not url.startswith("#")
    ] + re.findall(r"@import[^;]*|expression\(|image-set\(|src:", css)  # fmt: skip


def test_the_page_refers_to_nothing_outside_itself(report):
    assert outside_references(report.html) == []
    assert "http:" not in report.html
    assert "https:" not in report.html


@pytest.mark.parametrize(
    "bad",
    [
        '<img src="x.png">',
        '<link rel="stylesheet" href="//fonts.example/x.css">',
        "<style>@import 'x.css';</style>",
        "<style>p { background: url(x.png) }</style>",
        "<p style=\"background: url('x.png')\">x</p>",
        '<svg><use xlink:href="other.svg#x"></use></svg>',
        '<p onclick="x()">x</p>',
        "<script>x()</script>",
        '<meta http-equiv="refresh" content="0; url=x">',
    ],
)
def test_a_reference_to_the_outside_would_be_seen(bad):
    assert outside_references(bad)


def test_the_page_forbids_the_browser_to_load_anything(report):
    (policy,) = [
        each.attributes["content"]
        for each in report.page.all("meta")
        if each.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_what_a_figure_refers_to_is_in_the_page_and_once(report):
    elements = report.page.all()
    ids = [each.attributes["id"] for each in elements if "id" in each.attributes]
    assert len(set(ids)) == len(ids)
    referred = set()
    for each in elements:
        for name, value in each.attributes.items():
            referred.update(re.findall(r"url\(#([^)]*)\)", value or ""))
            if name == "href":
                referred.add(value.removeprefix("#"))
            if name == "aria-labelledby":
                referred.add(value)
    assert referred
    assert referred <= set(ids)


def test_headings_descend_one_level_at_a_time(report):
    levels = [int(each.tag[1]) for each in report.page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(each.text.strip() for each in report.page.all("h1", "h2", "h3"))


def test_the_deliverables_stand_in_the_assignments_order(report):
    titles = [each.text for each in report.page.all("h2")]
    assert titles == [
        "1. Gradient check",
        "2. Smooth loss",
        "3. What it writes as it learns",
        "4. 1,000 characters from the best model",
        "Inside the network",
        "How it was made, and how to make it again",
    ]
    assert [line[3:].replace("\\", "") for line in report.markdown.splitlines() if line.startswith("## ")] == titles


def test_of_a_whole_run_nothing_is_missing(report):
    assert "Read this first" not in report.text


def test_every_table_has_a_caption_and_headings_that_say_what_they_head(report):
    tables = report.page.all("table")
    assert len(tables) >= 4
    for table in tables:
        assert table.all("caption")[0].text
        assert all(cell.attributes.get("scope") in ("row", "col") for cell in table.all("th"))
        assert all(row.all("th", "td")[0].tag == "th" for row in table.all("tr"))
        widths = {len(row.all("th", "td")) for row in table.all("tr")}
        assert len(widths) == 1


def test_every_figure_is_named_for_who_cannot_see_it(report):
    drawings = report.page.all("svg")
    assert len(drawings) == 4
    for drawing in drawings:
        assert drawing.attributes["role"] == "img"
        (title,) = drawing.all("title")
        assert drawing.attributes["aria-labelledby"] == title.attributes["id"]
        assert len(title.text) > 40
        assert title.text in report.markdown.replace("\\", "")


def test_the_page_has_a_language_a_title_and_follows_light_dark_and_paper(report):
    assert report.page.all("html")[0].attributes["lang"] == "en"
    assert report.page.all("title")[0].text
    style = report.page.all("style")[0].text
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style
    assert "break-inside: avoid" in style


def test_the_figures_in_the_page_take_their_colours_from_its_style(report):
    style = report.page.all("style")[0].text
    for drawing in report.page.all("svg"):
        styles = " ".join(each.attributes.get("style") or "" for each in drawing.all())
        assert not re.findall(r"(?:fill|stroke): #[0-9a-f]{6}", styles)
        for name in set(re.findall(r"var\(--([a-z]+)\)", styles)):
            assert style.count(f"--{name}: ") >= 3  # light, dark and print


def test_the_text_of_a_figure_is_text_and_needs_no_font(report):
    for drawing in report.page.all("svg"):
        assert len(drawing.all("text")) > 5
        assert "sans-serif" in " ".join(each.attributes.get("style") or "" for each in drawing.all("text"))


@pytest.mark.parametrize("name", ["loss", "position"])
def test_a_figures_file_is_a_drawing_that_needs_nothing_else(report, name):
    drawn = (report.folder / f"{name}.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(drawn)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "<!DOCTYPE" not in drawn
    assert "metadata" not in drawn
    for element in root.iter():
        for key, value in element.attrib.items():
            if key.endswith("href"):
                assert value.startswith("#")
            assert not outside_urls(value)
    namespaces = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert set(re.findall(r"https?://[^\"'\s<]*", drawn)) <= namespaces
    assert (report.folder / f"{name}.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_the_markdowns_pictures_are_there(report):
    names = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", report.markdown)
    assert names == ["loss.png", "position.png", "letters.png", "book.png"]
    assert all((report.folder / name).is_file() for name in names)
