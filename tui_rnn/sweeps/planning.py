"""Make a plan of what was asked for: a job for each setting and seed, each checked before any of them begins."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import tui_rnn
from tui_rnn.engine.config import RunConfig, word
from tui_rnn.engine.errors import ConfigError
from tui_rnn.engine.joined_text import STDIN, joined, named, read_files, short_name
from tui_rnn.engine.kernels.choice import AUTO
from tui_rnn.engine.memory import MAX_MEMORY, check_memory, distinct
from tui_rnn.engine.text import MAX_CORPUS, SourceText, check_decoding, check_fits, most_bytes
from tui_rnn.sweeps.halving import check as check_halving
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.spec import JobSpec
from tui_rnn.typed_options import Value

SWEEPS = Path("sweeps")
MOST_JOBS = 100_000
_MOST_NAME = 100  # characters of a job's name, which is the name of its folder

Coupling = Callable[[RunConfig, int], RunConfig]


def planned(
    corpus: Sequence[str],
    recipe: str,
    options: Mapping[str, Any],
    varied: Mapping[str, Sequence[Value]],
    seeds: Sequence[int],
    *,
    bounds: Mapping[str, int] | None = None,
    study: str | None = None,
    halving: bool = False,
    coupled: Coupling | None = None,
) -> Plan:
    """The plan of a sweep that lies in no folder yet. The text is read, and every setting held against it.

    `options` are those that all runs have, by their long names with underscores, a clip of 0 or None for none; `bounds`
    max_corpus and max_memory. `coupled` makes a configuration go with its setting, given K, the number of different
    characters. Seeds are the outer loop: each setting has a run before any has its second. Raises ConfigError or
    CorpusError.
    """
    if STDIN in corpus:
        raise ConfigError("standard input (-) can be read by one run alone: put the text into a file and name that")
    bounds = dict(bounds or {})
    paths = [str(Path(path).absolute()) for path in corpus]
    source = _source(paths, options, bounds)
    plan = Plan(
        corpus=paths,
        corpus_sha256=source.sha256,
        recipe=recipe,
        options={name: value for name, value in options.items() if (name, value) != ("kernel", AUTO)},
        varied={name: list(values) for name, values in varied.items()},
        seeds=list(seeds),
        jobs=[],
        version=tui_rnn.__version__,
        study=study,
        halving=halving,
    )
    settings = plan.settings
    if (count := len(settings) * len(seeds)) > MOST_JOBS:
        raise ConfigError(f"{count:,} runs are more than the {MOST_JOBS:,} of a sweep: vary less")
    K = distinct(source.characters)
    jobs: list[JobSpec] = []
    for seed in seeds:
        for setting in settings:
            config = _config(recipe, named(paths), {**options, **setting, "seed": seed})
            config = config if coupled is None else coupled(config, K)
            if seed == seeds[0]:
                check_fits(config.corpus, len(source.characters), config)
                most = bounds.get("max_memory", MAX_MEMORY)
                check_memory(config.corpus, source.characters, config, most)
            name = _name(len(jobs), count, setting, seed)
            jobs.append(JobSpec(name, "", paths, source.sha256, config.to_json(), setting, plan.version, bounds=bounds))
    plan = replace(plan, jobs=jobs)
    if halving:
        check_halving(plan)
    return plan


def default_folder(plan: Plan) -> Path:
    """sweeps/<corpus>-<what is varied>-<of the digest>: the same command finds the same folder again."""
    what = plan.study or "-".join(plan.varied) or "seeds"
    stem = _plain("-".join(Path(name).stem for name in short_name(named(plan.corpus)).split(" + ")))
    return SWEEPS / f"{stem[:40].strip('-.') or 'text'}-{what[:60]}-{plan.digest[:6]}"


def check_text(plan: Plan) -> None:
    """Raise CorpusError unless the text still is the one that the sweep was begun with."""
    first = plan.jobs[0] if plan.jobs else None
    config = first.config if first else {}
    source = _source(plan.corpus, config, first.bounds if first else {})
    if source.sha256 != plan.corpus_sha256:
        raise ConfigError(
            f"{named(plan.corpus)} was changed since the sweep was begun: put the old text back, or begin another "
            f"sweep with -o DIR"
        )


def _source(paths: Sequence[str], options: Mapping[str, Any], bounds: Mapping[str, int]) -> SourceText:
    encoding, errors = options.get("encoding") or "utf-8", options.get("errors") or "strict"
    check_decoding(encoding, errors)
    return joined(read_files(paths, most_bytes(bounds.get("max_corpus", MAX_CORPUS))), encoding, errors)


def _config(recipe: str, corpus: str, options: dict[str, Any]) -> RunConfig:
    """Of one run. None means none for the clips, which RunConfig.from_recipe is given as 0. Raises ConfigError."""
    for name in ("clip", "clip_norm"):
        if name in options and options[name] is None:
            options[name] = 0
    return RunConfig.from_recipe(options.pop("recipe", recipe), corpus, **options)


def _name(number: int, count: int, setting: Mapping[str, Value], seed: int) -> str:
    """As `003-eta=0.1-seed=1`: in a folder's name nothing but letters, figures, and - . = _."""
    digits = max(3, len(str(count - 1)))
    what = "".join(f"-{name}={word(value)}" for name, value in setting.items())
    return f"{number:0{digits}}{_plain(what)[:_MOST_NAME]}-seed={seed}"


def _plain(text: str) -> str:
    return re.sub(r"[^\w.=+-]+", "-", text, flags=re.ASCII)
