"""Train for some seconds on the real screen and save its picture: `python docs/screenshot.py corpora/goblet.txt`."""

import argparse
import asyncio
import re
import tempfile
from pathlib import Path

from tui_rnn.engine.config import RunConfig
from tui_rnn.runs.job import new_job
from tui_rnn.tui.app import TuiRnnApp


async def screenshot(corpus: str, seconds: float, size: tuple[int, int], keys: list[str], recipe: str) -> str:
    """The SVG of the screen after so many seconds of training and then these keys."""
    config = RunConfig.from_recipe(recipe, corpus, sample_every=10_000)
    options = {"progress_every": 1000, "marker": "braille", "fps": 2.0, "theme": None, "headless": False, "json": False}
    with tempfile.TemporaryDirectory() as folder:
        app = TuiRnnApp(new_job(config, str(Path(folder) / "run"), options))
        async with app.run_test(size=size):
            await asyncio.sleep(seconds)
            for key in keys:
                app.simulate_key(key)
                await asyncio.sleep(1)
            picture = app.export_screenshot(title="tui-rnn corpora/goblet.txt")
            app.control.stop(save=False)
    # No font is fetched from elsewhere when the picture is looked at.
    picture = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL)
    return re.sub(r"font-family: ?Fira Code", "font-family: Fira Code, DejaVu Sans Mono, Menlo, Consolas", picture)


def main() -> None:
    """Read the command line and write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus")
    parser.add_argument("--seconds", type=float, default=12)
    parser.add_argument("--size", type=int, nargs=2, default=(120, 40), metavar=("COLUMNS", "ROWS"))
    parser.add_argument("--keys", nargs="*", default=[])
    parser.add_argument("--recipe", default="adagrad")
    parser.add_argument("--output", type=Path, default=Path("docs/screen.svg"))
    given = parser.parse_args()
    picture = asyncio.run(screenshot(given.corpus, given.seconds, tuple(given.size), given.keys, given.recipe))
    given.output.write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
