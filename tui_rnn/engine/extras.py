"""The command that installs an extra of this package, for the interpreter and the kind of install at hand."""

import json
import shlex
import shutil
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname


def install_command(extra: str) -> str:
    """`.venv/bin/python -m pip install -e '.[report]'`, or `… install 'tui-rnn[report]'` where it came as a wheel."""
    return f"{_interpreter()} -m pip install {_package(_clone(), extra)}"


def _interpreter() -> str:
    """How this interpreter is called from here: by its name, where a shell finds it so, or by its path."""
    python = Path(sys.executable or "python3")
    for name in ("python", "python3"):
        if shutil.which(name) == str(python):
            return name
    with suppress(ValueError, OSError):
        return shlex.quote(str(python.relative_to(Path.cwd())))
    return shlex.quote(str(python))


def _package(clone: Path | None, extra: str) -> str:
    if clone is None:
        return shlex.quote(f"tui-rnn[{extra}]")
    place = str(clone)
    with suppress(OSError):
        if clone.samefile(Path.cwd()):
            place = "."
    return "-e " + shlex.quote(f"{place}[{extra}]")


def _clone() -> Path | None:
    """The folder that this package runs from, where it is an editable install; by PEP 610's direct_url.json."""
    with suppress(metadata.PackageNotFoundError, OSError, ValueError):
        record = json.loads(metadata.distribution("tui-rnn").read_text("direct_url.json") or "{}")
        if isinstance(record, dict) and (record.get("dir_info") or {}).get("editable"):
            return Path(url2pathname(urlsplit(record["url"]).path))
    return None
