"""Inside the network: reach by the chain rule on paper, the figures of the models that the page names, and no section
without a text."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests import oracle
from tests.report.support import a_run, arrays, of_kind, report_of
from tests.tui.test_drawing import READING, letter, map_of
from tui_rnn.report.inside import look_inside
from tui_rnn.report.inside_figures import apart, book_figure, letters_figure
from tui_rnn.report.read import read_run
from tui_rnn.report.sections.inside import inside

_WORDS = ["an", "old", "cat", "sat", "on", "a", "mat,", "and", "it", "is", "so.", "no", "one", "saw", "him"]
BOOK = " ".join(np.random.default_rng(3).choice(_WORDS, 700)) + "\n"  # no part of it is as another


def shares(theta, text, k_back):
    """d o[k] / d x_t = U^T diag(1 - h_t²) W^T ... V^T e_k, the norms over their sum, newest first."""
    K = len(theta["c"])
    _, h, _ = oracle.forward(theta, text, text, np.zeros(len(theta["b"])))
    o = theta["V"] @ h[-1] + theta["c"]
    dh, norms = theta["V"].T @ oracle.one_hot(int(o.argmax()), K), []
    for state in h[:0:-1][:k_back]:
        da = (1 - state**2) * dh
        norms.append(np.linalg.norm(theta["U"].T @ da))
        dh = theta["W"].T @ da
    return np.array(norms) / sum(norms)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run that gets worse in its course, so that its last model is not its best."""
    return a_run(tmp_path_factory.mktemp("worse"), steps=300, eta=2.0, hidden_size=8, holdout=0.2)


@pytest.fixture(scope="module")
def report(run, tmp_path_factory):
    return report_of(run, out=tmp_path_factory.mktemp("inside") / "report")


def test_the_reach_is_that_of_the_models_on_disk(run, report):
    text = Path(json.loads(run.config_file.read_text())["corpus_path"]).read_text()
    characters = sorted(set(text))
    indices = [characters.index(character) for character in text]
    judged = indices[-round(0.2 * len(indices)) :]  # what is held out
    places = sorted(set(np.linspace(min(140, len(judged)) - 1, len(judged) - 1, 500).astype(int).tolist()))
    head, *rows = report.table("Share of a guess by distance")
    done = of_kind(run, "done")[-1]
    assert head[1:] == [f"best, after update {done['best_step']:,}", f"last, after update {done['step']:,}"]
    for column, file in ((1, "best.ckpt"), (2, "last.ckpt")):
        saved = arrays(run.checkpoints / file)
        theta = oracle.columns({name: saved[f"theta.{name}"] for name in "UWVbc"})
        mean = np.mean([shares(theta, judged[max(0, at - 139) : at + 1], 40) for at in places], axis=0)
        found = [float(row[column].split()[0]) for row in rows]
        assert found == pytest.approx((100 * mean[:8]).tolist(), abs=0.06)


def test_the_reach_in_words_is_that_on_the_held_out_text(tmp_path):
    good = a_run(tmp_path, text=BOOK, steps=300, eta=0.1, hidden_size=8, holdout=0.2)
    record = read_run(str(good.path))
    seen = look_inside(record)
    said = repr(list(inside(record, seen)))
    indices = [sorted(set(BOOK)).index(character) for character in BOOK]
    judged = indices[-round(0.2 * len(indices)) :]
    places = sorted(set(np.linspace(139, len(judged) - 1, 500).astype(int).tolist()))
    saved = arrays(good.checkpoints / "best.ckpt")
    theta = oracle.columns({name: saved[f"theta.{name}"] for name in "UWVbc"})
    mean = np.mean([shares(theta, judged[at - 139 : at + 1], 40) for at in places], axis=0)
    half, nine = (int(np.argmax(np.cumsum(mean) >= part)) + 1 for part in (0.5, 0.9))
    assert seen[0].reach.shares == pytest.approx(mean.tolist(), abs=1e-3)
    assert nine > half
    last = f"{half} characters" if half > 1 else "character"
    assert f"half hangs on the last {last}, nine tenths on the last {nine}." in said


def test_what_is_hard_stands_in_a_table_and_is_quoted_from_the_text(run, report):
    text = " ".join(Path(json.loads(run.config_file.read_text())["corpus_path"]).read_text().split())
    _, *rows = report.table("What is hard and what is easy")
    kinds = [float(row[1]) for row in rows if not row[0].startswith("letter")]
    assert kinds == sorted(kinds, reverse=True)
    hard = report.markdown.split("The hardest passage of ")[1].split("```text\n")[1].split("\n```")[0]
    assert hard.removesuffix(" …") in text
    assert sum(float(row[2].removesuffix("\xa0%")) for row in rows) == pytest.approx(100, abs=0.6)
    reading = look_inside(read_run(str(run.path)))[0].reading
    for name, passages, worst in (("hardest", reading.hardest, max), ("easiest", reading.easiest, min)):
        assert len(passages) > 1
        found = worst(passages, key=lambda each: each.loss)
        place = f"{100 * found.place / reading.characters:.0f}"
        label = f"The {name} passage of {found.length:,} characters, at {place} %:"
        assert label in " ".join(report.text.split())
        assert f"{found.loss:.3f} nats/char" in report.text


def test_only_characters_that_are_alike_are_joined_and_the_held_out_text_is_marked():
    near = [
        letter(0, -2, 1, nearest=[(1, 0.5)]),
        letter(1, 2, 0, nearest=[(0, 0.5)]),
        letter(2, 0, -3, nearest=[(1, 0.1)]),
    ]
    (axes,) = letters_figure(map_of(*near), "abc").axes
    joined = [line for line in axes.lines if line.get_zorder() == 1]
    assert [sorted(zip(*line.get_data(), strict=True)) for line in joined] == [[(-2, 1), (2, 0)]] * 2
    (axes,) = book_figure([("best", READING)], 0.2).axes
    (marked,) = [each for each in axes.patches if each.get_gid() == "held-out"]
    assert marked.get_bbox().extents[[0, 2]] == pytest.approx([80, 100])


def test_both_figures_are_there_and_named_in_the_page(report):
    for name in ("letters", "book"):
        assert (report.folder / f"{name}.svg").stat().st_size
        assert f"]({name}.png)" in report.markdown


def test_without_the_text_there_is_no_such_section(tmp_path):
    run = a_run(tmp_path, steps=30)
    Path(json.loads(run.config_file.read_text())["corpus_path"]).unlink()
    report = report_of(run, out=tmp_path / "report")
    assert "Inside the network" not in report.markdown
    assert not (report.folder / "letters.svg").exists()


def test_no_letter_of_the_map_stands_on_another_and_those_with_room_stay_where_they_are():
    rng = np.random.default_rng(0)
    close = rng.normal(0, 0.01, (30, 2))
    far = np.array([[-3.0, 0.5], [4.0, -1.0], [0.5, 2.0]])
    crowd = np.concatenate((close, far, close[:2]))  # two pairs at one place
    moved = apart(crowd)
    inches = (moved - crowd.min(0)) / (np.ptp(crowd, axis=0) / [6.9, 4.2])
    nearest = np.linalg.norm(inches[:, None] - inches, axis=-1) + 9 * np.eye(len(inches))
    assert nearest.min() > 0.12
    assert moved[30:33] == pytest.approx(far)
    assert np.abs(moved[:30].mean(0)).max() < 0.1
    assert apart(np.zeros((0, 2))).shape == (0, 2)
    assert np.isfinite(apart(np.zeros((3, 2)))).all()
