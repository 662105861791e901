"""Every number and text of a report, recomputed from events.jsonl and the checkpoints without the code under test."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from tests.report.support import a_run as a_new_run
from tests.report.support import arrays, events, of_kind, report_of
from tests.runs.support import small_job, train
from tui_rnn import cli
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.ngram import text_losses
from tui_rnn.report import views
from tui_rnn.report.curve import epochs_of
from tui_rnn.report.read import read_run
from tui_rnn.report.sections.losses import passage
from tui_rnn.report.views import bigram_entropy

T = 8


def units(loss):
    """A loss in the report's three units."""
    return [f"{loss:.2f}", f"{loss / T:.3f}", f"{loss / T / math.log(2):.3f}"]


def smooth_after(run, step):
    """The smooth loss after an update, from the loss history or the progress events."""
    history = arrays(run.checkpoints / "last.ckpt")
    known = dict(zip(history["history.steps"].tolist(), history["history.smooth"].tolist(), strict=True))
    known.update({each["step"]: each["smooth_loss"] for each in of_kind(run, "progress")})
    return known[step]


@pytest.mark.parametrize(("column", "method"), [(3, "central"), (4, "complex")])
def test_the_gradient_table_is_that_of_the_first_check(run, report, column, method):
    (check,) = [each for each in of_kind(run, "gradient_check") if each["method"] == method]
    head, *rows = report.table("Relative errors of the gradient")
    assert {"central": "h\xa0=\xa010⁻⁴", "complex": "h\xa0=\xa010⁻²⁰"}[method] in head[column]
    assert [row[0] for row in rows] == ["b", "c", "U", "W", "V"]
    for row, told in zip(rows, check["rows"], strict=True):
        assert row[0] == told["parameter"]
        assert row[1] == "×".join(map(str, told["shape"]))
        size = math.prod(told["shape"])
        assert row[2] == (f"all {size}" if told["checked"] == size else f"{told['checked']} of {size}")
        assert row[column] == f"{told['relative_error']:.2e}"
        assert row[-1] == "PASS"
    assert f"m = {check['hidden_size']}" in report.text
    assert f"T = {check['seq_length']}" in report.text
    assert "float64" in report.text


def test_the_worst_elements_are_those_of_the_first_checks(run, report):
    _, *rows = report.table("The worst single elements")
    for method, first in (("central", 1), ("complex", 4)):
        (check,) = [each for each in of_kind(run, "gradient_check") if each["method"] == method]
        for row, told in zip(rows, check["rows"], strict=True):
            assert row[first : first + 3] == [
                f"{told['max_relative_error']:.1e}",
                str(told["max_index"]),
                f"{told['max_absolute_error']:.1e}",
            ]


def test_first_lowest_and_last_smooth_loss(run, report):
    _, first, lowest, last, recent = report.table("The smooth loss at its beginning")
    done = of_kind(run, "done")[-1]
    start = next(each for each in of_kind(run, "sample") if each["step"] == 1)
    assert first == ["first", "1", *units(start["smooth_loss"])]
    assert lowest == ["lowest", f"{done['best_step']}", *units(done["best_smooth_loss"])]
    assert last == ["last", "600", *units(done["smooth_loss"])]
    raw = arrays(run.checkpoints / "last.ckpt")["history.raw"]  # of single updates
    assert recent == ["recent", "600", *units(8 * done["recent_nats_per_char"])]  # T = 8
    assert done["recent_nats_per_char"] == pytest.approx(raw[-50:].mean() / 8)
    assert "Below 5,000 updates the smooth loss lags far behind the network" in report.text
    history = arrays(run.checkpoints / "last.ckpt")
    assert done["best_smooth_loss"] == history["history.lowest"].min()  # as exact as the checkpoint's own history


def test_the_key_figures(run, report):
    done = of_kind(run, "done")[-1]
    sum_, nats, bits = units(done["best_smooth_loss"])
    shown = [each.text for each in report.page.of_class("key")[0].all("li")]
    assert shown[0].startswith(f"{sum_} nats")
    assert shown[1].startswith(f"{nats} nats/char {bits} bits per character")
    assert shown[2].startswith(f"{done['recent_nats_per_char']:.3f} nats/char mean of the last 50 updates")
    assert shown[3].startswith("PASS")
    assert shown[4].startswith("600 updates")


def test_the_samples_are_the_logged_ones_with_step_and_loss(run, report):
    logged = [each for each in of_kind(run, "sample") if each["kind"] == "scheduled"]
    assert [each["step"] for each in logged] == [1, 100, 200, 300, 400, 500, 600]
    shown = [each for each in report.page.of_class("text") if "Before update" in each.text]
    assert len(shown) == len(logged)
    for each, told in zip(shown, logged, strict=True):
        sum_, nats, bits = units(told["smooth_loss"])
        caption = each.all("figcaption")[0].text
        recent = told["recent_nats_per_char"]  # of steps as early as these the smooth loss lags
        lags = (
            "" if told["step"] == 1 else f"recent loss {recent:.3f} nats/char, {recent / math.log(2):.3f} bits/char; "
        )
        smooth = f"smooth loss {nats} nats/char, {bits} bits/char (sum of {T}: {sum_})"
        assert caption == f"Before update {told['step']}{lags}{smooth}"
        assert each.all("pre")[0].text == "\n" + told["text"]
        assert told["text"] in report.markdown


def test_the_best_models_text_is_what_sample_writes(run, report, capfdbinary):
    assert cli._run(["sample", str(run.path)]) == 0
    written = capfdbinary.readouterr().out.decode()
    assert len(written) == 1000
    assert written in report.texts()
    best = of_kind(run, "done")[-1]
    assert f"before update {best['best_step']}" in report.text
    assert f"(sum of {T}: {best['best_smooth_loss']:.2f})" in report.text
    assert "began with a newline" in report.text


def test_how_it_was_made_is_told_from_the_log(run, report):
    start, done = of_kind(run, "start")[0], of_kind(run, "done")[-1]
    facts = dict(report.table("The run"))
    assert facts["run directory"] == str(run.path)
    assert facts["corpus"] == start["corpus"]["path"]
    assert facts["corpus size"] == "2,080 characters, K = 16"
    assert facts["corpus sha256"] == start["corpus"]["sha256"]
    assert facts["tui-rnn"] == start["version"]
    assert f"({done['elapsed_seconds']:.1f} s," in facts["trained for"]
    assert facts["numpy"] == np.__version__
    settings = dict(report.table("Every setting"))
    for name in RunConfig.__dataclass_fields__:
        if name != "corpus":
            value = start["config"][name]
            assert settings[name.replace("_", "-")] == ("none" if value is None else str(value))
    assert done["state_sha256"] in report.text
    assert done["state_sha256"] in report.markdown


def test_every_number_of_the_page_stands_in_the_markdown_too(report):
    for table in report.page.all("table"):
        if "facts" in (table.attributes.get("class") or ""):
            continue
        for row in table.all("tbody")[0].all("tr"):
            cells = [cell.text for cell in row.all("th", "td")]
            line = next(line for line in report.markdown.splitlines() if _cells(line) == cells)
            assert line


def _cells(line):
    return [cell.strip().strip("*`").replace("\\", "") for cell in line.strip("|").split(" | ")]


# The corpus beside the losses


def test_the_bigram_entropy_is_that_of_counted_pairs(run):
    text = read_run(str(run.path)).text
    pairs, firsts = Counter(pairwise(text)), Counter(text[:-1])
    counted = -sum(n * math.log(n / firsts[a]) for (a, _), n in pairs.items()) / (len(text) - 1)
    assert bigram_entropy(text) == pytest.approx(counted, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "entropy"), [("", 0), ("a", 0), ("abababab", 0), ("aabba", math.log(2)), ("唐詩唐詩", 0)]
)
def test_bigram_entropies_that_are_known(text, entropy):
    assert bigram_entropy(text) == pytest.approx(entropy, abs=1e-12)


def test_the_lines_of_the_figure_are_the_uniform_guess_and_the_bigram_entropy(run, report):
    text = read_run(str(run.path)).text
    assert f"8 ln 16 = {T * math.log(16):.2f}" in report.text
    assert f"bigram entropy of the text: {T * bigram_entropy(text):.2f}" in report.text


def test_it_is_said_why_the_bigram_entropy_is_not_the_2_gram_of_the_screen(run, report):
    """Computed as the screen does, the 2-gram is another figure; the words stand beside the lines of the figure."""
    text = read_run(str(run.path)).text
    letters = sorted(set(text))
    indices = np.array([letters.index(character) for character in text], np.uint8)
    assert text_losses(indices, len(letters), 2)[1] > bigram_entropy(text)
    (caption,) = (each.text for each in report.page.all("figcaption") if "bigram entropy of the text" in each.text)
    assert "counted on nine tenths of the text and judged by the last tenth, and so is usually a little" in caption


def test_a_passage_is_what_stands_there():
    text = "one two three four five"
    assert passage(text, 0.2) == "three four five"  # from within "two": whole words alone
    assert passage("唐詩三百首" * 100, 0.5) == ("唐詩三百首" * 24) + " …"
    assert passage("x " * 500, 0) == ("x " * 60).strip() + " …"


# Losses by place in the text


def test_epochs_and_places_are_those_of_the_trainers_windows(tmp_path, run):
    """Each update's window is found by walking the text, as the trainer does; each hundredth averaged by hand."""
    read = read_run(str(run.path))
    history = arrays(run.checkpoints / "last.ckpt")
    raw = dict(zip(history["history.steps"].tolist(), history["history.raw"].tolist(), strict=True))
    position, epoch, where = 0, 1, {}
    for step in range(1, 601):
        if position > 2080 - T - 1:
            position, epoch = 0, epoch + 1
        where[step] = (epoch, position)
        position += T
    windows = (2080 - 1) // T
    told = epochs_of(read.curve, 2080, T, 1)
    assert [each.number for each in told] == [1, 2, 3]
    for each in told:
        steps = [step for step in where if where[step][0] == each.number]
        assert each.places * windows * T == pytest.approx([where[step][1] for step in steps])
        assert each.smooth == pytest.approx([smooth_after(run, step) for step in steps])
        parts = len(each.part_losses)
        for part in range(parts):
            inside = [step for step in steps if where[step][1] // T * parts // windows == part]
            losses = [raw[step] for step in inside]
            if len(losses) >= 0.6 * windows / parts:
                assert each.part_losses[part] == pytest.approx(np.mean(losses))
            else:
                assert np.isnan(each.part_losses[part])
    assert views.epoch_ends(read) == [windows, 2 * windows]


def test_the_lowest_loss_stands_at_its_place(run, report):
    done = of_kind(run, "done")[-1]
    windows = (2080 - 1) // T
    place = (done["best_step"] - 1) % windows / windows
    assert f"lowest smooth loss came at {100 * place:.0f}\xa0% of the text" in report.text


def test_the_easiest_and_hardest_parts_are_quoted_from_the_text(run, report):
    read = read_run(str(run.path))
    epoch = views.epochs(read)[1]  # the last that was read whole
    quoted = dict(zip(("easiest", "hardest"), report.texts()[:2], strict=True))
    for name, part in (("easiest", np.argmin(epoch.part_losses)), ("hardest", np.argmax(epoch.part_losses))):
        begin = int(part / len(epoch.part_losses) * 2080)
        assert quoted[name].removesuffix(" …") in " ".join(read.text[begin : begin + 400].split())
        assert f"The {name} part in epoch 2" in report.text


def test_places_are_those_in_what_was_trained_on(tmp_path):
    run = a_new_run(tmp_path, holdout=0.25)  # of 2,080 characters 1,560, and of those 194 windows of 8
    read = read_run(str(run.path))
    assert (read.trained_characters, len(read.trained_text)) == (1560, 1560)
    assert views.epoch_ends(read) == [194, 388, 582]
    report = report_of(run, out=tmp_path / "out")
    assert dict(report.table("The run"))["corpus size"] == "2,080 characters, K = 16, 520 held out"
    assert "the text, without its held-out end" in report.text
    assert f"bigram entropy of the text: {T * bigram_entropy(read.text[:1560]):.2f}" in report.text


def test_a_coarse_history_is_not_told_by_place(tmp_path):
    job = small_job(tmp_path, seq_length=100, steps=30)  # 20 windows an epoch
    train(job)
    report = report_of(job.directory, out=tmp_path / "out")
    assert "Left out: the length of the text is not known, or an epoch is too short" in report.text
    assert not (tmp_path / "out" / "position.svg").exists()


def test_nothing_in_the_log_is_left_unread(run):
    """The kinds of events that these tests recompute are all there are."""
    assert {each["event"] for each in events(run)} == {
        "start", "gradient_check", "sample", "progress", "finding", "checkpoint", "done",
    }  # fmt: skip


def test_the_findings_stand_in_the_report_with_what_to_do(run, report):
    found = [each for each in events(run) if each["event"] == "finding"]
    _, *rows = report.table("Findings")
    assert rows == [[f"{each['step']:,}", each["message"], each["remedy"]] for each in found]
    assert found
