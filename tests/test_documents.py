"""What the documents say is so: every file has its place in the tree, what the walks and links name is there."""

import ast
import re

from tests.test_architecture import ROOT, modules, parsed

ARCHITECTURE = (ROOT.parent / "docs" / "architecture.md").read_text(encoding="utf-8")


def named() -> set[str]:
    """The files that the tree names, each with its folder."""
    folder, found = "", set()
    for line in ARCHITECTURE.splitlines():
        if heading := re.match(r"\*\*`(.*)/`\*\*", line):
            folder = heading[1]
        elif folder and (row := re.match(r"\| `([\w]+\.py)` \| \S", line)):
            found.add(f"{folder}/{row[1]}")
    return found


def test_every_file_is_named_in_the_tree_and_no_other():
    files = {path.relative_to(ROOT.parent).as_posix() for path in modules().values() if path.name != "__init__.py"}
    assert named() == files


def test_every_folder_is_named_in_the_tree():
    folders = {path.parent.relative_to(ROOT.parent).as_posix() for path in modules().values()}
    assert set(re.findall(r"\*\*`(.*)/`\*\*", ARCHITECTURE)) == folders


def walks() -> str:
    return ARCHITECTURE.partition("## Three walks")[2].partition("## Where to put")[0]


def test_the_files_of_the_walks_are_there():
    for name in re.findall(r"\b(\w+(?:/\w+)*\.py)\b", walks()):
        assert (ROOT / name).is_file(), name


def test_the_functions_and_classes_of_the_walks_are_there():
    defined = set()
    for tree in parsed().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                defined.add(node.name)
    told = {part for name in re.findall(r"`([\w.]+)`", walks()) for part in name.split(".")}
    missing = {name for name in told if name[0].isalpha() and name not in defined} - {"theta", "s"}
    assert missing == set()


def links(page: str) -> set[str]:
    """The files that a page links or shows, from the root."""
    text = (ROOT.parent / page).read_text(encoding="utf-8")
    found = re.findall(r"\]\(([^)#:]+)\)", text)
    return {(ROOT.parent / page).parent.joinpath(each).relative_to(ROOT.parent).as_posix() for each in found}


def test_links_lead_to_files_and_no_picture_is_without_one():
    linked = links("README.md") | links("docs/tour.md")
    assert {each for each in linked if not (ROOT.parent / each).is_file()} == set()
    assert {path.relative_to(ROOT.parent).as_posix() for path in (ROOT.parent / "docs").glob("*.svg")} <= linked


def test_the_pages_of_the_studies_show_every_picture_beside_them():
    folder = ROOT.parent / "docs" / "studies"
    linked = set().union(*(links(f"docs/studies/{page.name}") for page in folder.glob("*.md")))
    assert {each for each in linked if not (ROOT.parent / each).is_file()} == set()
    assert {path.relative_to(ROOT.parent).as_posix() for path in folder.glob("*.svg")} <= linked
