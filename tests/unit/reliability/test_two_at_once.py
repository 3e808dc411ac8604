# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two tasks at the same time: one of each in the end, or a conflict that names both."""

from __future__ import annotations

import functools
import itertools
import typing as t
from collections.abc import Iterator, Mapping
from contextlib import closing

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud, seed
from ansible_collections.huaweicloud.backup.tests.unit.reliability.alternation import (
    Both,
    Build,
    in_every_order,
    one_within_the_other,
)
from ansible_collections.huaweicloud.backup.tests.unit.reliability.moments import Task, at_moment, killed_at, settle

Json = dict[str, t.Any]
SETTINGS: Json = {"job_seconds": 3.0, "task_delay_seconds": 0.6}
PLAN: Json = {"start_times": ["22:00"], "frequency": 1, "retention_count": 7}
OTHER_PLAN: Json = {"start_times": ["03:00"], "weekdays": ["SUN"], "retention_days": 30}


def backup(name: str = "before", **more: t.Any) -> Task:
    """A backup of the first volume."""
    return Task("vbs_backup", {"name": name, "volume": "data-01", **more})


def policy(**more: t.Any) -> Task:
    """A policy called nightly."""
    return Task("vbs_policy", {"name": "nightly", **more})


def _settings(**more: t.Any) -> Build:
    return lambda: Cloud({**SETTINGS, **more}, 3)


NATIVE: Json = {"api": "native"}
SNAPSHOT: Json = {**NATIVE, "snapshot": "snap-01"}
SAME_BACKUP: Mapping[str, tuple[Build, Task, Task]] = {
    "both wait": (_settings(), backup(), backup()),
    "the first does not wait": (_settings(), backup(wait=False), backup()),
    "the second does not wait": (_settings(), backup(), backup(wait=False)),
    "none waits": (_settings(), backup(wait=False), backup(wait=False)),
    "by age": (_settings(), backup(max_age="1d"), backup(max_age="1d")),
    "native": (_settings(), backup(**SNAPSHOT), backup(**SNAPSHOT)),
    "OpenStack": (_settings(flavor="openstack"), backup(**NATIVE), backup(**NATIVE)),
    "OpenStack with a snapshot": (_settings(flavor="openstack"), backup(**SNAPSHOT), backup(**SNAPSHOT)),
    "OpenStack, none waits": (
        _settings(flavor="openstack"),
        backup(**SNAPSHOT, wait=False),
        backup(**SNAPSHOT, wait=False),
    ),
}


# Where the second one does not wait, the volume is still busy when the first comes to it.
ALWAYS_ONE = ("the second does not wait", "none waits", "OpenStack, none waits")


@pytest.mark.parametrize("how", SAME_BACKUP)
def test_the_same_backup_twice_is_one_or_both_are_named(how: str) -> None:
    counts = set()
    for cloud, results in one_within_the_other(*SAME_BACKUP[how]):
        settle(cloud)
        ids = {row.id for row in cloud.project.backups}
        counts.add(len(ids))
        assert all(row.status == "available" for row in cloud.project.backups)
        _show_what_there_is(results, ids, {row.entities["backup_id"]: row.id for row in cloud.project.jobs})
    # The service's check is not atomic.
    assert counts == ({1} if how in ALWAYS_ONE else {1, 2})


def _show_what_there_is(results: Both, ids: set[str], jobs: Mapping[str, str]) -> None:
    told = " ".join(text for result in results for text in [*result.warnings, result.data.get("msg", "")])
    shown = [result["backup"]["id"] for result in results if not result.failed and result["backup"]["id"]]
    assert set(shown) <= ids
    for result in results:
        # Refused because of the other, and not waited for; or its own, of which the ID is not known yet.
        assert not result.failed or result["error"]["retryable"] is True
    if len(ids) == 2:
        assert all(one in told or f"that of job {jobs.get(one)}" in told for one in ids), (ids, told)
        assert len(shown) == len(set(shown))
    else:
        assert set(shown) == ids or any(result.data.get("pending") for result in results)


@pytest.mark.parametrize("second", [backup("after"), backup("after", wait=False), backup("after", **SNAPSHOT)])
def test_two_backups_of_a_volume_wait_for_each_other_or_say_so(second: Task) -> None:
    refused = 0
    for cloud, (outer, inner) in one_within_the_other(_settings(), backup(), second):
        settle(cloud)
        assert not outer.failed, outer["msg"]
        if inner.failed:
            refused += 1
            assert "create backup 'after' of volume" in inner["msg"]
            assert "backup in progress" in inner["msg"] or inner["error"]["code"] == "VolumeBackup.0013"
            # The OpenStack form has no code for it; before the other one's row shows, nothing else tells either.
            assert inner["error"]["retryable"] is (inner["error"]["code"] is not None)
        assert sorted(row.name for row in cloud.project.backups) == ["after", "before"][inner.failed :]
    assert (refused > 0) is (second.options.get("wait") is False or "api" in second.options)


def _held(cloud: Cloud) -> Json:
    """The policies in short."""
    return {
        row.name: (row.scheduled_policy["start_time"], dict(row.tags), len(row.members))
        for row in cloud.project.policies
    }


SAME_POLICY: Mapping[str, tuple[Task, Task]] = {
    "alike": (policy(**PLAN), policy(**PLAN)),
    "with the same tags": (policy(**PLAN, tags={"env": "prod"}), policy(**PLAN, tags={"env": "prod"})),
    "with other options": (policy(**PLAN, tags={"env": "prod"}), policy(**OTHER_PLAN, tags={"env": "test"})),
}


@pytest.mark.parametrize("how", SAME_POLICY)
def test_the_same_policy_twice_is_one(how: str) -> None:
    first, second = SAME_POLICY[how]
    warned = 0
    for cloud, results in in_every_order(_settings(), first, second, changes=3):
        assert not any(result.failed for result in results), [result.data for result in results]
        (made,) = cloud.project.policies
        assert {result["policy"]["id"] for result in results} == {made.id}
        wanted = [(task.options["start_times"], task.options.get("tags", {})) for task in (first, second)]
        assert ([made.scheduled_policy["start_time"]], dict(made.tags)) in wanted
        warned += any("made more than once at the same time" in "".join(result.warnings) for result in results)
    # There are orders in which it was made twice for a moment.
    assert warned > 0


def test_a_task_that_is_killed_within_another_leaves_one_policy() -> None:
    ends = set()
    for number, inner in itertools.product(range(4), range(4)):
        with closing(_settings()()) as cloud:
            task = policy(**PLAN)
            with at_moment(cloud, number, functools.partial(killed_at, cloud, inner, task)):
                # The run that is killed takes the place of the other's list of what it sent; nobody looks at it here.
                result = cloud.run(*task)
            assert [row.id for row in cloud.project.policies] == [result["policy"]["id"]]
            ends.add(len(result.warnings))
    # Some were made twice for a moment.
    assert ends == {0, 1}


def test_a_policy_whose_name_is_taken_meanwhile_is_one_or_a_clear_refusal() -> None:
    refused = 0
    build = _settings(policy_names_unique=True)
    for cloud, results in in_every_order(build, policy(**PLAN), policy(**PLAN), changes=3):
        assert len(list(cloud.project.policies)) == 1
        for result in results:
            if result.failed:
                refused += 1
                assert result["error"]["code"] == "AutoBackup.0102"
                assert "create policy 'nightly'" in result["msg"]
    assert refused > 0


def _bound() -> Cloud:
    """A policy with one volume and a tag, and another with one volume."""
    cloud = _settings()()
    ids = [row.id for row in cloud.project.volumes]
    cloud.add("policies", name="nightly", members=ids[:1], tags={"old": "1"})
    cloud.add("policies", name="weekly", members=ids[1:2])
    return cloud


def _tags(tags: Json, **more: t.Any) -> Task:
    return Task("vbs_policy_tags", {"policy": "nightly", "tags": tags, **more})


@pytest.mark.parametrize(
    ("first", "second", "ends"),
    [
        (_tags({"a": "1"}), _tags({"a": "1"}), [{"old": "1", "a": "1"}]),
        (_tags({"a": "1"}), _tags({"b": "2"}), [{"old": "1", "a": "1", "b": "2"}]),
        (_tags({"a": "1"}), _tags({"a": "2"}), [{"old": "1", "a": "1"}, {"old": "1", "a": "2"}]),
        (_tags({"a": "1"}, purge_tags=True), _tags({"a": "1"}, purge_tags=True), [{"a": "1"}]),
        (policy(tags={"a": "1"}), _tags({"a": "1"}, purge_tags=True), [{"a": "1"}]),
    ],
)
def test_the_same_tags_twice_are_there_once(first: Task, second: Task, ends: list[Json]) -> None:
    for cloud, results in in_every_order(_bound, first, second):
        assert not any(result.failed for result in results), [result.data for result in results]
        assert _held(cloud)["nightly"][1] in ends
        # Whoever comes last finds all as it should be.
        again = [cloud.run(*task)["changed"] for task in (first, second)]
        assert again == [False, False] or len(ends) > 1


def _resources(*volumes: str, **more: t.Any) -> Task:
    return Task("vbs_policy_resources", {"policy": "nightly", "volumes": list(volumes), **more})


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        (_resources("data-03"), _resources("data-03"), [(2, 1)]),
        (_resources("data-02"), _resources("data-03"), [(3, 0)]),
        (_resources("data-03"), _resources("data-03", policy="weekly"), [(2, 1), (1, 2)]),
        (_resources("data-01", state="absent"), _resources("data-01", state="absent"), [(0, 1)]),
        (_resources("data-03"), _resources("data-01", state="absent"), [(1, 1)]),
        (_resources("data-03", purge=True), _resources("data-03", purge=True), [(1, 1)]),
    ],
)
def test_two_bindings_end_as_if_one_came_after_the_other(
    first: Task, second: Task, counts: list[tuple[int, int]]
) -> None:
    # They have so many requests that more changes of turn would be thousands.
    for cloud, results in in_every_order(_bound, first, second, changes=1):
        held = _held(cloud)
        assert (held["nightly"][2], held["weekly"][2]) in counts
        for result in results:
            # A volume that the other task moved away is taken for a loss, rather than the other way round.
            assert not result.failed or "another policy lost volumes" in result["msg"], result["msg"]


def _shared(setting: str) -> Build:
    def build() -> Cloud:
        cloud = _settings(share_again=setting)()
        cloud.add("backups", name="source", volume_id=next(iter(cloud.project.volumes)).id)
        return cloud

    return build


@pytest.mark.parametrize("setting", ["existing", "refuse"])
def test_the_same_share_twice_is_one(setting: str) -> None:
    share = Task("vbs_share", {"backup": "source", "projects": [seed.OTHER_PROJECT_ID]})
    for cloud, results in in_every_order(_shared(setting), share, share):
        (made,) = cloud.sim.store.shares
        for result in results:
            if result.failed:
                assert setting == "refuse"
                assert "already shared" in result["msg"]
            else:
                assert [row["id"] for row in result["shares"]] == [made.id]
        assert cloud.run(*share)["changed"] is False


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_lost_answer_and_another_tasks_policy_end_as_asked_for_or_name_both(drop: str) -> None:
    first, second = policy(**PLAN, tags={"env": "prod"}), policy(**OTHER_PLAN, tags={"env": "test"})
    ends = set()
    for cloud, result, other in _with_a_fault_after_the_other(first, second, "/backuppolicy$", {"drop": drop}):
        ids = [row.id for row in cloud.project.policies]
        if result.failed:
            assert len(ids) == 2
            assert all(one in result["msg"] for one in ids)
        else:
            assert [result["policy"]["id"]] == ids
            # Whoever came last had its way; the other one made it if there was nothing before.
            last = first if other["diff"]["before"] == {} else second
            assert last is second or result["policy"]["start_times"] == ["22:00"]
            assert _held(cloud) == {"nightly": (last.options["start_times"][0], last.options["tags"], 0)}
        ends.add(result.failed)
    assert ends == ({False} if drop == "before" else {False, True})


def test_a_backup_that_was_not_done_is_found_in_another_tasks() -> None:
    adopted = set()
    for cloud, result, _other in _with_a_fault_after_the_other(
        backup(), backup(), "/cloudbackups$", {"drop": "before"}
    ):
        assert [result["backup"]["id"]] == [row.id for row in cloud.project.backups]
        adopted.add(result["adopted"])
    assert adopted == {True, False}


def _with_a_fault_after_the_other(
    first: Task, second: Task, path: str, fault: Json
) -> Iterator[tuple[Cloud, Result, Result]]:
    """The second task at each of the first one's first moments, and then a fault that strikes the first one."""
    for number in range(4):
        with closing(_settings()()) as cloud:
            other: list[Result] = []
            strike = functools.partial(cloud.fail, "POST", path, fault)
            with at_moment(cloud, number, functools.partial(_other_then, cloud, second, other, strike)):
                result = cloud.run(*first)
            settle(cloud)
            yield cloud, result, other[0]


def _other_then(cloud: Cloud, task: Task, results: list[Result], then: t.Callable[[], None]) -> None:
    results.append(cloud.run_within(*task))
    then()
