# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vbs_policy: for any policies and any options, check mode tells what the run does, and a second run does nothing."""

from __future__ import annotations

import dataclasses
import typing as t

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud

Json = dict[str, t.Any]

NAMES = ("alpha", "beta", "gamma")
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
HOURS = [f"{hour:02d}:00" for hour in range(24)]
ZONES = st.integers(-12, 14).map(lambda hours: f"UTC{'-' if hours < 0 else '+'}{abs(hours):02d}:00")
TIMES = st.lists(st.sampled_from(HOURS), min_size=1, max_size=4, unique=True)
WEEK = st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True)
TAGS = st.dictionaries(st.sampled_from(("env", "tier", "a b", "#1")), st.sampled_from(("", "prod", "test", "1")))


def one_of_a_pair(first: str, numbers: t.Any, second: str, others: t.Any) -> t.Any:
    """Options or fields of which one or the other is set."""
    return st.one_of(st.fixed_dictionaries({first: numbers}), st.fixed_dictionaries({second: others}))


WIRE_SCHEDULE = st.builds(
    lambda times, often, kept, flags: {"start_time": ",".join(times), **often, **kept, **flags},
    TIMES,
    one_of_a_pair("frequency", st.integers(1, 30), "week_frequency", WEEK),
    one_of_a_pair("rentention_num", st.integers(2, 99), "rentention_day", st.integers(2, 400)),
    st.fixed_dictionaries(
        {"remain_first_backup_of_curMonth": st.sampled_from(("Y", "N")), "status": st.sampled_from(("ON", "OFF"))}
    ),
)
POLICIES = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(NAMES),
            "scheduled_policy": WIRE_SCHEDULE,
            "time_zone": st.one_of(st.none(), ZONES),
            "tags": TAGS,
        }
    ),
    max_size=3,
)
SETTINGS = st.fixed_dictionaries(
    {"return_time_zone": st.booleans(), "policy_order": st.sampled_from(("creation", "name"))}
)


def maybe(values: t.Any) -> t.Any:
    """A value, or None for an option that is left out."""
    return st.one_of(st.none(), values)


OPTIONS = st.builds(
    lambda fixed, often, kept: {**fixed, **often, **kept},
    st.fixed_dictionaries(
        {
            # The number of a policy of the state; beyond them it is an unknown ID.
            "id": maybe(st.integers(0, 3)),
            "name": st.sampled_from(NAMES),
            "state": st.sampled_from(("present", "present", "present", "absent")),
            "enabled": maybe(st.booleans()),
            "start_times": maybe(TIMES),
            "time_zone": maybe(ZONES),
            "keep_first_of_month": maybe(st.booleans()),
            "tags": maybe(TAGS),
            "purge_tags": maybe(st.booleans()),
        }
    ),
    st.one_of(st.just({}), one_of_a_pair("frequency", st.integers(1, 30), "weekdays", WEEK)),
    st.one_of(st.just({}), one_of_a_pair("retention_count", st.integers(2, 99), "retention_days", st.integers(2, 400))),
)


def state_of(cloud: Cloud) -> list[Json]:
    """All policies as the simulator holds them."""
    return [dataclasses.asdict(row) for row in cloud.project.policies]


def build(settings: Json, policies: list[Json]) -> tuple[Cloud, list[str]]:
    """A cloud with these policies, and their IDs."""
    cloud = Cloud(settings, 0)
    return cloud, [cloud.add("policies", **row).id for row in policies]


def comparable(policy: Json | None, predicted: Json | None) -> Json | None:
    """A policy without what check mode cannot know: the ID of one that is not made yet."""
    if policy is None or predicted is None or predicted["id"] is not None:
        return policy
    return {**policy, "id": None}


@given(SETTINGS, POLICIES, OPTIONS)
def test_check_mode_tells_what_the_run_does_and_a_second_run_does_nothing(
    settings: Json, policies: list[Json], options: Json
) -> None:
    cloud, ids = build(settings, policies)
    try:
        number = options["id"]
        options = {**options, "id": None if number is None else [*ids, "none"][min(number, len(ids))]}
        _compare(cloud, options)
    finally:
        cloud.close()


def _compare(cloud: Cloud, options: Json) -> None:
    before = state_of(cloud)
    predicted = cloud.run("vbs_policy", options, check_mode=True)
    assert state_of(cloud) == before
    real = cloud.run("vbs_policy", options)
    after = state_of(cloud)
    assert predicted.failed == real.failed, (predicted, real)
    if real.failed:
        assert predicted["msg"] == real["msg"]
        assert after == before
        assert not real.writes
        return
    assert predicted["changed"] == real["changed"] == (after != before)
    assert predicted["policy"] == comparable(real["policy"], predicted["policy"])
    assert predicted["diff"] == real["diff"]
    assert predicted.warnings == real.warnings
    assert bool(real.writes) == real["changed"]
    for check_mode in (True, False):
        again = cloud.run("vbs_policy", options, check_mode=check_mode)
        assert not again.failed, again["msg"]
        assert again["changed"] is False
        assert again["policy"] == real["policy"]
        assert not again.writes
