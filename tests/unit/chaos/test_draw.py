# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import random

import pytest

from chaos.__main__ import SHORT, SHORT_SEED, order
from chaos.draw import COMPOSERS, KILL, KINDS, RATES, TWO, WEATHER, draw
from chaos.evidence import Evidence, tally
from chaos.weather import FAULTS, SPECIAL, Gust, Weather, draw_weather
from simulator import settings
from simulator.faults import Faults
from simulator.settings import Settings

MANY = [draw("any", number) for number in range(120)]


def test_the_same_seed_and_number_give_the_same_run() -> None:
    assert [draw("any", number) for number in range(120)] == MANY


def test_another_seed_gives_other_runs() -> None:
    assert [draw("other", number) for number in range(120)] != MANY


# One makes plays of two kinds.
MADE_BY = {"run_now": {"run-now"}, "clean_up": {"clean-up"}, "native": {"native", "openstack"}}


@pytest.mark.parametrize("kind", [WEATHER, KILL, TWO])
def test_every_play_of_a_kind_has_its_turn(kind: str) -> None:
    rounds = len(COMPOSERS[kind]) * len(KINDS)
    plays = {run.play.kind for run in MANY[:rounds] if run.kind == kind}
    made = [MADE_BY.get(name, {name}) for name in (composer.__name__ for composer in COMPOSERS[kind])]
    assert all(kinds & plays for kinds in made)
    assert plays <= set().union(*made)


def test_the_short_form_has_each_kind_of_run() -> None:
    assert {draw(SHORT_SEED, number).kind for number in SHORT} == set(KINDS)


def test_every_drawn_fault_is_one_that_the_simulator_takes() -> None:
    kinds = set()
    for run in MANY:
        faults = Faults()
        for rule in run.weather.rules(run.options["api_timeout"]):
            faults.add(rule)
        kinds |= run.weather.kinds
    assert set(FAULTS) <= kinds


def test_every_drawn_setting_is_one_that_the_simulator_has() -> None:
    for run in MANY:
        # A setting that there is not, or a value that it cannot have, is refused.
        changed = settings.changed(Settings(), run.settings).as_dict()
        assert {name: changed[name] for name in run.settings} == run.settings


def test_all_faults_together_strike_at_most_three_tenths_of_all_requests() -> None:
    assert max(rate for rates in RATES.values() for rate in rates) == 0.3
    for run in MANY:
        shares = [gust.share for gust in run.weather.gusts if gust.kind not in SPECIAL and not gust.aimed]
        assert sum(shares) <= 0.3 + 1e-9


def test_each_fault_has_its_share_although_the_first_that_strikes_is_the_only_one() -> None:
    gusts = [Gust("500", 0.1, 1), Gust("503", 0.1, 2), Gust("504", 0.2, 3)]
    left, struck = 1.0, []
    for rule in Weather(0.4, gusts).rules(1):
        struck.append(left * rule["probability"])
        left *= 1 - rule["probability"]
    assert struck == pytest.approx([0.1, 0.1, 0.2], abs=0.001)


def test_in_runs_with_a_kill_nothing_is_served_after_its_client_is_gone() -> None:
    assert not any("late" in run.weather.kinds for run in MANY if run.kind != WEATHER)


def test_a_rate_of_nothing_is_good_weather() -> None:
    assert draw_weather(random.Random(1), [0.0]) == Weather()


def test_a_play_has_time_for_its_waits_and_for_looking_after_lost_answers() -> None:
    for run in MANY:
        assert run.limit() > run.play.modules * (30 + 2 * 60)
        assert run.limit(2) > run.limit()


def test_runs_and_jobs_are_taken_from_the_environment() -> None:
    given = order({"SEED": "7", "RUNS": "300", "JOBS": "12"}, [])
    assert (given.seed, len(given.numbers), given.jobs) == ("7", 300, 12)


def test_one_run_can_be_repeated() -> None:
    given = order({"SEED": "7", "ONLY": "123"}, [])
    assert (given.seed, list(given.numbers), given.jobs) == ("7", [123], 1)


@pytest.mark.parametrize(("name", "value"), [("RUNS", "many"), ("RUNS", "0"), ("JOBS", "-1"), ("ONLY", "first")])
def test_what_is_no_number_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        order({name: value}, [])


def test_the_report_counts_runs_faults_and_broken_promises() -> None:
    good, bad = Evidence(first="converged"), Evidence(first="failed")
    bad.faults["500"] += 3
    bad.add("duplicate", "two")
    bad.add("duplicate", "two")
    text = tally([(MANY[0], good), (MANY[0], bad)])
    assert "faults injected:         3: 500 3" in text
    assert "duplicate 1, orphan 0" in text
    assert text.splitlines()[1].split()[-5:] == ["2", "1", "1", "0", "1"]
