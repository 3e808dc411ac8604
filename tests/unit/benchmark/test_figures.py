# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from benchmark import __main__ as program
from benchmark import report
from benchmark.figure import FAILED, OVER, REACHED, Figure, Result, judge
from benchmark.processes import BenchError

TIME = Figure("info", "an info task", "ping", "times", 1.6, lambda _bench: [1.5])
SIZES = {"items": (20, 3)}
COUNT = replace(TIME, name="count", what="{items} tasks", limit=13, is_count=True, short_limit=4, sizes=SIZES)


def results(*, short: bool = False) -> list[Result]:
    return [
        judge(TIME, [1.5, 1.25, 9.0], short=short),
        Result(COUNT, short=short, verdict=FAILED, problem="no module"),
    ]


@pytest.mark.parametrize(
    ("values", "verdict"), [([1.6], REACHED), ([1.61], OVER), ([1.0, 1.5, 99.0], REACHED), ([1.0, 1.7, 1.7], OVER)]
)
def test_a_time_is_judged_by_its_median(values: list[float], verdict: str) -> None:
    assert judge(TIME, values, short=False).verdict == verdict


@pytest.mark.parametrize(("values", "verdict"), [([13, 13], REACHED), ([1, 1, 1, 14], OVER)])
def test_a_count_keeps_its_limit_each_time(values: list[float], verdict: str) -> None:
    assert judge(COUNT, values, short=False).verdict == verdict


def test_the_short_run_has_limits_of_its_own() -> None:
    assert judge(COUNT, [5], short=True).verdict == OVER
    assert judge(COUNT, [4], short=True).limit == 4
    assert judge(TIME, [1.6], short=True).limit == 1.6


def test_the_table_names_the_sizes_of_the_run() -> None:
    assert [judge(COUNT, [4], short=short).what for short in (False, True)] == ["20 tasks", "3 tasks"]
    assert all(Result(figure, short).what for figure in program.FIGURES for short in (False, True))
    assert all(Result(figure, short).compared_to for figure in program.FIGURES for short in (False, True))


def test_a_problem_that_several_figures_have_is_told_once() -> None:
    missing = Result(COUNT, short=False, verdict=FAILED, problem="no module")
    assert report.table([missing, missing]).splitlines()[-1] == "count, count: no module"


def test_without_a_value_a_figure_has_failed() -> None:
    result = judge(COUNT, [], short=False)
    assert (result.verdict, result.middle) == (FAILED, None)
    assert result.problem


@pytest.mark.parametrize(
    ("figure", "verdict", "full", "short"),
    [
        (TIME, REACHED, False, False),
        (TIME, OVER, True, False),
        (COUNT, OVER, True, True),
        (COUNT, FAILED, True, True),
        (TIME, FAILED, True, True),
    ],
)
def test_the_short_run_fails_for_counts_and_what_failed(
    figure: Figure, verdict: str, *, full: bool, short: bool
) -> None:
    assert Result(figure, short=False, verdict=verdict).fails == full
    assert Result(figure, short=True, verdict=verdict).fails == short


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (0, "0"), (21.0, "21"), (1.234, "1.23"), (0.005, "0.01"), (181.6, "182"), (2200.0, "2200")],
)
def test_numbers_have_as_many_digits_as_mean_anything(value: float | None, text: str) -> None:
    assert report.number(value) == text


def test_the_table_has_what_is_compared_the_spread_the_limit_and_the_verdict() -> None:
    head, _rule, first, second, why = report.table(results()).splitlines()
    assert head.split() == ["figure", "compared", "to", "unit", "min", "median", "max", "limit", "verdict"]
    assert first.split() == ["an", "info", "task", "ping", "times", "1.25", "1.50", "9", "1.60", "reached"]
    assert second.split()[-5:] == ["-", "-", "-", "13", "FAILED"]
    assert why == "count: no module"
    assert first.index("1.60") + 4 == head.index("limit") + 5


def test_the_sum_counts_what_fails_this_run() -> None:
    assert report.closing_line(results()) == "figures: 1 of 2 reached, 1 that fail this run"
    assert report.closing_line(results(short=True)) == "figures: 1 of 2 reached, 1 that fail this run"
    slow = judge(TIME, [9.0], short=True)
    assert report.closing_line([slow]) == "figures: 0 of 1 reached, 0 that fail this run"


def test_programs_read_the_same(tmp_path) -> None:
    report.save(results(), tmp_path / "new" / "results.json", short=False, load=0.25)
    saved = json.loads((tmp_path / "new" / "results.json").read_text(encoding="utf-8"))
    assert (saved["short"], saved["load"]) == (False, 0.25)
    first, second = saved["figures"]
    assert (first["min"], first["median"], first["max"], first["limit"]) == (1.25, 1.5, 9.0, 1.6)
    assert first["values"] == [1.5, 1.25, 9.0]
    assert (second["verdict"], second["values"], second["problem"]) == ("failed", [], "no module")


def test_every_figure_has_a_name_of_its_own_and_a_limit() -> None:
    names = [figure.name for figure in program.FIGURES]
    assert len(set(names)) == len(names) > 15
    assert all(figure.limit >= 0 and " " not in figure.name for figure in program.FIGURES)


def test_only_some_figures_in_the_order_of_the_table() -> None:
    wanted = program.order({"ONLY": "idle, ping", "REPEATS": "7"})
    assert [figure.name for figure in wanted.figures] == ["ping", "idle"]
    assert (wanted.repeats, wanted.short) == (7, False)


def test_the_short_run_measures_once() -> None:
    assert program.order({"SHORT": "1"}) == program.Order(list(program.FIGURES), 1, short=True)


@pytest.mark.parametrize("environ", [{"ONLY": "pong"}, {"REPEATS": "0"}, {"REPEATS": "many"}])
def test_bad_orders_are_refused_in_one_line(environ: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        program.order(environ)


@pytest.mark.parametrize("short", [False, True])
def test_what_cannot_be_measured_is_a_failure_of_its_own(short: bool) -> None:
    def trouble(_bench: object) -> list[float]:
        raise BenchError("the play failed")

    result = program.measured(replace(TIME, measure=trouble), SimpleNamespace(short=short))
    assert (result.verdict, result.problem, result.fails) == (FAILED, "the play failed", True)
