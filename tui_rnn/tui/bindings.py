"""Keys as Textual's bindings: a word for the footer, a sentence and a group for the help; and those of any panel."""

from collections.abc import Iterator

from textual.binding import Binding
from textual.keys import key_to_character

THE_RUN, SAMPLES, PANELS, IN_A_PANEL, THE_APP = "The run", "Samples", "Panels", "In a panel", "The app"
GROUPS = (THE_RUN, SAMPLES, PANELS, IN_A_PANEL, THE_APP)  # of the help, beside one for each panel


def key(
    keys: str, action: str, word: str, does: str, *, display: str | None = None, shown: bool = False, group: str = ""
) -> Binding:
    """Keys and their action: `word` stands in the footer where `shown`; `does` in the help, under its group.

    Keys of one `does` and `display` are one line of the help, as `j k`. A panel's keys have the panel for their group.
    """
    return Binding(
        keys,
        action,
        word,
        show=shown,
        key_display=display,
        tooltip=does,
        group=Binding.Group(group) if group else None,
    )


NEXT_PREVIOUS = "next, previous "  # of two keys in one sentence, the next before the previous
ALSO = "; also "  # in a key's sentence: what follows are other keys for the same
_NAMES = {"escape": "esc", "delete": "del", "space": "space", "plus": "+", "minus": "-"}


def key_name(name: str) -> str:
    """A key as people call it: `,` for Textual's comma, `esc` for its escape."""
    return _NAMES.get(name) or key_to_character(name) or name


def own_bindings(kind: type) -> Iterator[Binding]:
    """The bindings of a screen's or panel's class and of its bases within this program, those of the bases first."""
    for base in reversed(kind.__mro__):
        if not base.__module__.startswith("textual."):
            yield from (each for each in base.__dict__.get("BINDINGS", []) if isinstance(each, Binding))


# What one key means in every panel that has a use for it. A panel lists them in BINDINGS and has the actions.

COPY = key("y", "copy", "copy", "copy the text", group=IN_A_PANEL)


def next_previous(word: str) -> tuple[Binding, Binding]:
    """j and k: the next and the previous of such things, as units; `action_next(by)`, where `by` is 1 or -1."""
    does = f"{NEXT_PREVIOUS}{word}"
    return (
        key("j", "next(1)", word, does, display="j k", shown=True),
        key("k", "next(-1)", word, does, display="j k"),
    )


def other_view(word: str, does: str) -> Binding:
    """v: what else the panel can show; `action_other_view()`. `word` names it in the footer."""
    return key("v", "other_view", word, does, shown=True)


def own_text(does: str = "type a text of your own") -> Binding:
    """i: a text of the user's; `action_own_text()`."""
    return key("i", "own_text", "your text", does, shown=True)


def into(word: str, does: str) -> Binding:
    """enter: into what is under the cursor; `action_into()`. What it opened, `action_leave()` closes on esc."""
    return key("enter", "into", word, does, shown=True)
