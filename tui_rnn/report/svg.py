"""Matplotlib's SVG made small and self-contained: a file for itself, and an element that stands in a page."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

# The colours of a figure by the page's names for them (page.css): in a page they follow its light and dark.
COLOURS = {
    "paper": "#ffffff",
    "ink": "#1d1f23",
    "muted": "#63676e",
    "line": "#dcdad5",
    "accent": "#0b5fa5",
    "soft": "#8fb3d3",
    "second": "#b8500a",
    "third": "#0a7a55",
    "fourth": "#7b4fa3",
}
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_VARIABLES = {colour: f"var(--{name})" for name, colour in COLOURS.items()}
_HEX = re.compile(r"#[0-9a-f]{6}\b")
_DECIMALS = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")
_REFERENCE = re.compile(r"url\(#([^)]*)\)")
_FONT = re.compile(r"font: ([^;]*?px)[^;]*")


def as_file(drawn: str) -> str:
    """The drawing as an SVG document that refers to nothing outside itself; no document type."""
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    return ElementTree.tostring(_tidied(drawn), encoding="unicode") + "\n"


def as_element(drawn: str, name: str, title: str) -> str:
    """The drawing as an element of an HTML page, its ids made the page's own by `name`, `title` for a screen reader."""
    root = _tidied(drawn)
    used = set(_referred_to(root))
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
        for key, value in list(element.attrib.items()):
            if key == f"{{{_XLINK}}}href":
                del element.attrib[key]
                element.set("href", f"#{name}-{value.removeprefix('#')}")
            elif key == "id":
                del element.attrib[key]
                if value in used:
                    element.set("id", f"{name}-{value}")
            elif key in ("style", "clip-path"):
                value = _HEX.sub(lambda found: _VARIABLES.get(found[0], found[0]), value)
                element.set(key, _REFERENCE.sub(rf"url(#{name}-\1)", value))
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title")
    caption = ElementTree.Element("title", {"id": f"{name}-title"})
    caption.text = title
    root.insert(0, caption)
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)


def _tidied(drawn: str) -> ElementTree.Element:
    """Parsed: coordinates to a tenth of a point, fonts left to the reader's system."""
    root = ElementTree.fromstring(drawn)
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "id" or key.endswith("href"):
                continue
            value = _DECIMALS.sub(_rounded, value) if key != "d" else _DECIMALS.sub(_to_a_tenth, value)
            if key == "d":
                value = " ".join(value.split()).replace(" L ", "L").replace("M ", "M")
            element.set(key, _FONT.sub(r"font: \1 system-ui, 'DejaVu Sans', Arial, sans-serif", value))
        element.text = element.text if (element.text or "").strip() else None
        element.tail = None
    return root


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _to_a_tenth(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")


def _referred_to(root: ElementTree.Element) -> Iterator[str]:
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == f"{{{_XLINK}}}href":
                yield value.removeprefix("#")
            yield from _REFERENCE.findall(value)
