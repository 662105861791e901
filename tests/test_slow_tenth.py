"""--slow-tenth: each slow test is in one tenth, which is a day's; soak tests are in none, and quick ones in all."""

from types import SimpleNamespace

import pytest

from tests.conftest import USUAL, pytest_collection_modifyitems, pytest_configure, tenth

NAMES = [f"tests/laws/test_kill.py::test_a_kill[{number}]" for number in range(100)]


class Item:
    """A test as collected: its node id and its markers."""

    def __init__(self, name, *markers):
        self.nodeid, self._markers = name, markers

    def get_closest_marker(self, name):
        return name in self._markers or None


def kept(items, chosen):
    """The names of the tests that are left, and of those that are reported as deselected."""
    left_out = []
    hook = SimpleNamespace(pytest_deselected=lambda items: left_out.extend(items))
    config = SimpleNamespace(option=SimpleNamespace(slow_tenth=chosen), hook=hook)
    items = list(items)
    pytest_collection_modifyitems(config, items)
    return [item.nodeid for item in items], [item.nodeid for item in left_out]


def test_each_slow_test_is_in_one_tenth():
    items = [Item(name, "slow") for name in NAMES]
    tenths = [kept(items, str(chosen)) for chosen in range(10)]
    assert sorted(name for ours, _ in tenths for name in ours) == sorted(NAMES)
    assert all(sorted(ours + others) == sorted(NAMES) for ours, others in tenths)
    assert max(len(ours) for ours, _ in tenths) < 25  # of 100, by chance


def test_a_soak_is_in_no_tenth_and_a_quick_test_in_each():
    items = [Item("a soak", "slow", "soak"), Item("quick")]
    assert [kept(items, str(chosen)) for chosen in range(10)] == [(["quick"], ["a soak"])] * 10


def test_without_the_option_nothing_is_left_out():
    assert kept([Item(name, "slow") for name in NAMES], None) == (NAMES, [])


def test_a_tenth_is_a_digit_or_the_day_s():
    assert [tenth(str(digit)) for digit in range(10)] == list(range(10))
    assert tenth("auto") in range(10)
    for value in ("10", "-1", "", "all", "12"):
        with pytest.raises(ValueError, match="auto or a digit"):
            tenth(value)


@pytest.mark.parametrize(
    ("chosen", "expression", "then"),
    [(None, USUAL, USUAL), ("3", USUAL, ""), ("3", "slow", "slow"), ("auto", "soak", "soak")],
)
def test_the_option_takes_the_place_of_the_usual_choice_and_of_no_other(chosen, expression, then):
    config = SimpleNamespace(option=SimpleNamespace(slow_tenth=chosen, markexpr=expression))
    pytest_configure(config)
    assert config.option.markexpr == then
    assert chosen is None or config.option.slow_tenth in "0123456789"


def test_the_usual_choice_is_that_of_pytest_without_options(pytestconfig):
    assert f"-m '{USUAL}'" in (pytestconfig.rootpath / "pyproject.toml").read_text(encoding="utf-8")
