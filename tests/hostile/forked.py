"""The real command line in processes of their own, quickly: one that has imported everything forks for each command.

Reads a JSON object a line {"folder", "arguments"} and answers with one {"code", "out", "err", "seconds", "bytes"}: what
the command wrote, how long it took, and how much memory it held at its highest.
"""

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

SECONDS = 60  # a command that takes longer hangs, and is killed
ADDRESSES = 6 << 30  # bytes of memory, beyond which a command is refused more: the machine is others' too


def answer(folder: str, arguments: list[str]) -> dict[str, object]:
    began = time.monotonic()
    out, err = (Path(folder).with_name(f"{Path(folder).name}.{name}") for name in ("out", "err"))
    child = os.fork()
    if child == 0:
        _be(folder, arguments, out, err)
    _, status, usage = os.wait4(child, 0)
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
    return {
        "code": os.waitstatus_to_exitcode(status),
        "out": out.read_bytes()[:1_000_000].decode("utf-8", "replace"),
        "err": err.read_bytes()[:1_000_000].decode("utf-8", "replace"),
        "seconds": time.monotonic() - began,
        "bytes": usage.ru_maxrss * unit,
    }


def _be(folder: str, arguments: list[str], out: Path, err: Path) -> None:
    """Become the command, in a new session, so without a terminal; never returns."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.alarm(SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    for descriptor, path in ((0, os.devnull), (1, out), (2, err)):
        opened = os.open(path, os.O_RDONLY if descriptor == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.chdir(folder)
    try:
        cli.main(arguments)
    except SystemExit as exit_:
        sys.stdout.flush()
        os._exit(exit_.code if isinstance(exit_.code, int) else 1)
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
    os._exit(70)


if __name__ == "__main__":
    import pytest
    import safetensors.numpy

    from tests.undrawn import leave_undrawn
    from tui_rnn import cli
    from tui_rnn.report import command, drawing  # noqa: F401 - a report finds it imported

    drawing.require()
    leave_undrawn(pytest.MonkeyPatch())  # a report's figures are other tests'

    safetensors.numpy.load(safetensors.numpy.save({}))
    for line in sys.stdin:
        print(json.dumps(answer(**json.loads(line))), flush=True)
