# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vbs_policy_resources: check mode never says unchanged where the run changes, and the run does what was asked."""

from __future__ import annotations

import typing as t

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud

Json = dict[str, t.Any]

OURS, THEIRS = "ours", "theirs"


class World(t.NamedTuple):
    """Who holds which volume (a policy's name or None, by number), and which have a task of our policy."""

    holders: list[str | None]
    history: list[int]
    settings: Json


def worlds(least: int, most: int, *, theirs: bool = True) -> t.Any:
    """Worlds with so many volumes; where the other policy holds none, many go at once."""
    holders = (OURS, OURS, None, None, *([THEIRS] if theirs else []))
    return st.builds(
        World,
        st.lists(st.sampled_from(holders), min_size=least, max_size=most),
        st.lists(st.integers(0, most - 1), max_size=6),
        st.fixed_dictionaries(
            {
                "unbind_missing": st.sampled_from(("fail_entry", "success")),
                "policy_order": st.sampled_from(("creation", "name")),
                "max_page": st.sampled_from((2, 1000)),
                "volume_name_match": st.sampled_from(("exact", "fuzzy")),
            }
        ),
    )


TASKS = st.fixed_dictionaries(
    {
        "chosen": st.sets(st.integers(0, 49)),
        "how": st.sampled_from(("present", "purge", "absent")),
        "by_id": st.booleans(),
    }
)


@given(worlds(1, 6), TASKS)
def test_of_a_few_volumes_those_are_bound_that_should_be(world: World, task: Json) -> None:
    _try(world, task)


# Each case is a long one.
@settings(max_examples=settings().max_examples // 10)
@given(st.one_of(worlds(41, 50, theirs=False), worlds(41, 50)), TASKS)
def test_of_many_volumes_those_are_bound_that_should_be(world: World, task: Json) -> None:
    _try(world, task)


def _try(world: World, task: Json) -> None:
    cloud = Cloud({**world.settings, "policies_per_project": 0}, len(world.holders))
    try:
        volumes = list(cloud.project.volumes)
        ids = [row.id for row in volumes]
        for name in (OURS, THEIRS):
            members = [ids[number] for number, holder in enumerate(world.holders) if holder == name]
            cloud.add("policies", name=name, members=members)
        policy = next(row for row in cloud.project.policies if row.name == OURS)
        for number in world.history:
            if number < len(ids):
                cloud.add("tasks", policy_id=policy.id, resource_id=ids[number])
        chosen = [number for number in sorted(task["chosen"]) if number < len(ids)]
        options = {
            "policy": policy.id if task["by_id"] else OURS,
            "volumes": [ids[number] if task["by_id"] else volumes[number].name for number in chosen],
            "state": "absent" if task["how"] == "absent" else "present",
            "purge": task["how"] == "purge",
        }
        _compare(cloud, options, {ids[number] for number in chosen}, task["how"])
    finally:
        cloud.close()


def held(cloud: Cloud) -> dict[str, set[str]]:
    """What each policy really holds."""
    return {row.name: set(row.members) for row in cloud.project.policies}


def expected(before: dict[str, set[str]], wanted: set[str], how: str) -> dict[str, set[str]]:
    """What each policy should hold afterwards; a volume belongs to at most one."""
    if how == "absent":
        return {**before, OURS: before[OURS] - wanted}
    ours = wanted if how == "purge" else before[OURS] | wanted
    return {OURS: ours, THEIRS: before[THEIRS] - wanted}


def _compare(cloud: Cloud, options: Json, wanted: set[str], how: str) -> None:
    before = held(cloud)
    predicted = cloud.run("vbs_policy_resources", options, check_mode=True)
    assert held(cloud) == before
    real = cloud.run("vbs_policy_resources", options)
    assert not predicted.failed, predicted["msg"]
    assert not real.failed, real["msg"]
    after = held(cloud)
    assert after == expected(before, wanted, how)
    assert real["changed"] == (after[OURS] != before[OURS])
    _is_true(real, before[OURS], after[OURS])
    _was_foreseen(predicted, real)
    again = cloud.run("vbs_policy_resources", options)
    assert (again["changed"], held(cloud)) == (False, after)
    assert not cloud.run("vbs_policy_resources", options, check_mode=True).failed


def _is_true(real: Result, before: set[str], after: set[str]) -> None:
    """Counts are exact, and a list that is given is the truth."""
    assert real["resource_count"] == len(after)
    assert real["added_count"] == len(after - before)
    assert real["removed_count"] == len(before - after)
    assert real["added"] is None or set(real["added"]) == after - before
    assert real["removed"] is None or set(real["removed"]) == before - after
    assert real["failures"] == []


def _was_foreseen(predicted: Result, real: Result) -> None:
    """Check mode never says unchanged where the run changes; without a warning all it says is right."""
    assert predicted["changed"] or not real["changed"]
    if not predicted.warnings:
        assert predicted["changed"] == real["changed"]
    for key in ("added_count", "removed_count", "resource_count"):
        if not predicted.warnings and predicted[key] is not None:
            assert predicted[key] == real[key], key
    for key in ("added", "removed"):
        if not predicted.warnings and predicted[key] is not None and real[key] is not None:
            assert set(predicted[key]) == set(real[key]), key
