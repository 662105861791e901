"""Hostile logs, configurations, texts and paths of texts: each a value to be put in its place in a run's folder."""

import json
from collections.abc import Callable
from typing import Any

from tests.hostile.strings import HOSTILE

LOGS: dict[str, Callable[[], bytes]] = {
    "40 MB without a line's end": lambda: b'{"event": "sample", "text": "' + b"a" * (40 << 20),
    "a line of nested lists": lambda: b'{"event": "progress", "step": ' + b"[" * 1_000_000 + b"\n",
    "a line of nested and closed": lambda: b'{"event": "x", "y": ' + b"[" * 900 + b"]" * 900 + b"}\n",
    "NULs": lambda: b"\0" * (1 << 20) + b"\n",
    "NULs in a record": lambda: b'{"event": "warning", "message": "\\u0000\\u001b[2J"}\n',
    "a million digits": lambda: b'{"event": "progress", "step": ' + b"1" * 1_000_000 + b"}\n",
    "numbers beyond floats": lambda: b'{"event": "progress", "step": 1e999, "smooth_loss": NaN}\n' * 100,
    "sparse": lambda: b"\n" + b"\0" * (64 << 20),
    "line ends": lambda: b"\n" * 10_000,
}

CONFIGS: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "100 MB": lambda config: b'{"a": "' + b"a" * (100 << 20) + b'"}',
    "nested": lambda config: b"[" * 1_000_000,
    "nested within": lambda config: b'{"corpus": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "NUL": lambda config: b"\0" * 100,
    "empty": lambda config: b"",
    "a list": lambda config: b"[]",
    "NaN": lambda config: json.dumps({**config, "eta": float("nan")}).encode(),
    "m = 10^9": lambda config: json.dumps({**config, "hidden_size": 10**9}).encode(),
    "m changed": lambda config: json.dumps({**config, "hidden_size": 9}).encode(),
    "T and B huge": lambda config: json.dumps({**config, "seq_length": 10_000, "batch_size": 65_536}).encode(),
    "wrong types": lambda config: json.dumps({**config, "seq_length": "8", "corpus": {}}).encode(),
    "a setting of 1 MB": lambda config: json.dumps({**config, "optimizer": "a" * 1_000_000}).encode(),
    "a million digits": lambda config: b'{"steps": ' + b"1" * 1_000_000 + b"}",
    "another text's cap": lambda config: json.dumps({**config, "max_corpus": 10**9}).encode(),
    "a cap in words": lambda config: json.dumps({**config, "max_corpus": "all"}).encode(),
    "a goal in words": lambda config: json.dumps({**config, "goal": "all"}).encode(),
    "a goal that is NaN": lambda config: json.dumps({**config, "goal": 5, "goal_minutes": float("nan")}).encode(),
}

# What config.json calls the text, and words of the refusal.
PATHS = {
    "named pipe": ("pipe", "named pipe"),
    "device": ("/dev/zero", "device"),
    "loop": ("loop", "Too many levels"),
    "nowhere": ("no/such", "does not exist"),
    "too long": ("a" * 1500, "too long"),
    "NUL": ("a\0b", "cannot be read"),
    "surrogate": ("a\ud800b", "cannot be read"),
    "steering": ("a\x1b[2J\nb", "does not exist"),
}

TEXTS = {
    "against whoever shows it": HOSTILE.encode(errors="replace") * 3,
    "empty": b"",
    "too short": b"ab",
    "one character": b"a" * 50,
    "NULs": b"a\0b\0\0c" * 10,
    "no UTF-8": b"\xff\xfe\xfa" * 40,
    "UTF-16": "the cat sat".encode("utf-16") * 5,
    "gzip": b"\x1f\x8b\x08" + bytes(60),
    "ELF": b"\x7fELF" + bytes(range(256)),
}
