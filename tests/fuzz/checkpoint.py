"""A coverage-guided search for bytes that a checkpoint's reader does not refuse as it should.

    python -m tests.fuzz.checkpoint [--seal] [options of libFuzzer, such as -max_total_time=60 -seed=1]

With --seal each file is sealed again before it is read, so that the search gets past the seal. Ends with the first
finding, which libFuzzer writes to a file and which `python -m tests.fuzz.checkpoint [--seal] FILE` tries again.
"""

import os
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["tui_rnn.engine", "safetensors", "json"]):
    from tests.laws.forger import MARK, SOUND, forged, refused, resealed
    from tests.laws.test_forgery import FORGERIES, assert_sound_or_refused

SEAL = "--seal" in sys.argv


def one(data: bytes) -> None:
    """A sound checkpoint, or one that is refused in a line; whatever else is a finding."""
    if SEAL:
        assert_sound_or_refused(resealed(data))
    else:
        assert data == SOUND or data in _FORGED or refused(data) is not None


_FORGED = {forged(SOUND)}  # the same under another order of keys


def main() -> None:
    arguments = [argument for argument in sys.argv if argument != "--seal"]
    corpus = tempfile.mkdtemp()
    for number, data in enumerate([SOUND, *(forged(SOUND, **how) for how in FORGERIES.values())]):
        if len(data) < 10_000:
            Path(corpus, str(number)).write_bytes(data)
    words = Path(corpus).with_suffix(".dict")
    values = (
        "[",
        "{",
        "NaN",
        "1e999",
        "null",
        "9" * 40,
        "__metadata__",
        "dtype",
        "shape",
        "data_offsets",
        "F32",
        "BF16",
    )
    written = [value.encode() for value in values] + [MARK, b'\\"config\\": ', b'\\"vocabulary\\": ']
    words.write_text("".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in written))
    files = [argument for argument in arguments[1:] if os.path.isfile(argument)]
    atheris.Setup([*arguments, *([] if files else [corpus]), f"-dict={words}", "-max_len=8000"], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
