"""Published figures stand beside a run's own where they mean the same, and elsewhere a reason does."""

from dataclasses import replace

import pytest

from tui_rnn.engine.config import RunConfig
from tui_rnn.published import BOOK_VOCAB_SIZE, HANDOUT_2026, REPORT_2021, comparable_gradients, compare
from tui_rnn.report.read import read_run
from tui_rnn.report.sections.gradient import gradient_check
from tui_rnn.report.sections.losses import beside_published


def words(blocks):
    """All that the blocks say."""
    said = []
    for block in blocks:
        said += [part if isinstance(part, str) else part.text for part in getattr(block, "parts", ())]
        for row in getattr(block, "rows", ()):
            said += [cell if isinstance(cell, str) else cell.text for cell in row]
    return "\n".join(said)


@pytest.mark.parametrize(("recipe", "published"), [("adagrad", REPORT_2021), ("adam", HANDOUT_2026)])
def test_a_recipe_of_the_assignment_has_its_figures(recipe, published):
    found = compare(RunConfig.from_recipe(recipe, "x"))
    assert found.published is published
    assert found.other_settings == ""


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"hidden_size": 50}, "m = 50"),
        ({"seq_length": 30}, "T = 30"),
        ({"batch_size": 2}, "B = 2"),
        ({"cell": "lstm"}, "LSTM cells"),
        ({"layers": 2}, "2 layers"),
        ({"order": "random"}, "windows in random order"),
        ({"optimizer": "rmsprop"}, "RMSProp"),
        ({"reduction": "mean"}, "the loss as a mean"),
        ({"recipe": "fast"}, "B = 20"),
        ({"recipe": "adam", "reduction": "sum"}, "the loss as a sum"),
    ],
)
def test_another_network_or_objective_has_none_and_is_told_why(settings, reason):
    found = compare(RunConfig.from_recipe(**{"recipe": "adagrad", "corpus": "x", **settings}))
    assert found.published is None
    assert reason in found.why_not


def test_other_settings_are_told_beside_the_figures():
    found = compare(RunConfig.from_recipe("adagrad", "x", eta=0.01, memory_start=10.0, clip=0))
    assert found.published is REPORT_2021
    assert found.other_settings == "eta 0.01 (0.1), clip none (5), memory-start 10 (0)"


def test_what_does_not_change_a_loss_is_not_told():
    config = RunConfig.from_recipe("adagrad", "x", seed=7, steps=5, sample_every=3, sample_length=9, checkpoint_every=2)
    assert compare(config).other_settings == ""


def test_the_figures_are_those_of_the_assignment():
    assert list(REPORT_2021.losses.items())[:3] == [(1, 109.8), (10_000, 52.72), (20_000, 48.95)]
    assert REPORT_2021.losses[100_000] == 44.94
    assert len(REPORT_2021.losses) == len(REPORT_2021.repeated) == 11
    assert [loss for loss, _ in REPORT_2021.bests] == [37.74, 38.8747, 39.21, 39.45, 39.55, 41.31]
    assert {step: round(loss / 25, 4) for step, loss in HANDOUT_2026.losses.items()} == {
        1: 4.6049, 1000: 3.3806, 4000: 2.2598, 30_000: 1.7861, 150_000: 1.5344,
    }  # fmt: skip
    assert [round(loss / 25, 4) for loss, _ in HANDOUT_2026.bests] == [1.5174, 1.525]
    assert REPORT_2021.gradient_errors == {"b": 1.81e-9, "c": 4.69e-10, "U": 3.61e-9, "W": 1.57e-8, "V": 9.65e-8}


@pytest.mark.parametrize(
    ("recipe", "m", "T", "comparable"),
    [("adagrad", 100, 25, True), ("adagrad", 50, 25, False), ("adam", 100, 25, False)],
)
def test_the_reports_gradient_errors_need_its_sizes_and_weights(recipe, m, T, comparable):
    assert comparable_gradients(RunConfig.from_recipe(recipe, "x"), m, T) is comparable


def like_the_report(run, **corpus):
    """The run as if it were of the report's sizes."""
    read = read_run(str(run.path))
    config = replace(read.config, hidden_size=100, seq_length=25)
    checks = [(0, replace(check, hidden_size=100, seq_length=25)) for _, check in read.log.checks]
    return replace(read, config=config, corpus=replace(read.corpus, **corpus), log=replace(read.log, checks=checks))


@pytest.mark.parametrize(
    ("K", "sentence"),
    [
        (75, "this text is another (K = 75)"),
        (BOOK_VOCAB_SIZE, "whether it is the same text, only who owns the book can say"),
        (None, "which text this run read is not known"),
    ],
)
def test_whether_the_text_is_the_reports_book_is_always_told(run, K, sentence):
    said = words(beside_published(like_the_report(run, vocab_size=K)))
    assert sentence in said
    assert "109.80" in said
    assert "38.87" in said


def test_a_run_of_other_sizes_says_why_it_has_none(report):
    assert "Left out: those of the 2021 report are for m = 100, T = 25, and this run has m = 6, T = 8." in report.text
    assert "The 2021 report's own errors are left out" in report.text


def test_the_gradient_table_has_the_reports_errors_where_sizes_and_weights_are_the_same(run):
    said = words(gradient_check(like_the_report(run)))
    for error in ("1.81e-09", "4.69e-10", "3.61e-09", "1.57e-08", "9.65e-08"):
        assert error in said
    assert "look exchanged" in said
