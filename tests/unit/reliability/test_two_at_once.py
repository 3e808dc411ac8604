# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two tasks at the same time: one of each in the end, or a conflict that names both."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud, seed
from ansible_collections.huaweicloud.backup.tests.unit.reliability.alternation import all_orders, alternate
from ansible_collections.huaweicloud.backup.tests.unit.reliability.moments import Task, at_moment, settle

Json = dict[str, t.Any]
Build = Callable[[], Cloud]
Both = tuple[Result, Result]

SETTINGS: Json = {"job_seconds": 3.0, "task_delay_seconds": 0.6}
PLAN: Json = {"start_times": ["22:00"], "frequency": 1, "retention_count": 7}
OTHER_PLAN: Json = {"start_times": ["03:00"], "weekdays": ["SUN"], "retention_days": 30}


def backup(name: str = "before", **more: t.Any) -> Task:
    """A backup of the first volume."""
    return Task("vbs_backup", {"name": name, "volume": "data-01", **more})


def policy(**more: t.Any) -> Task:
    """A policy called nightly."""
    return Task("vbs_policy", {"name": "nightly", **more})


def one_within_the_other(build: Build, first: Task, second: Task) -> Iterator[tuple[Cloud, Both]]:
    """The one task at each moment of the other."""
    number = 0
    while True:
        with closing(build()) as cloud:
            inner: list[Result] = []
            with at_moment(cloud, number, lambda: inner.append(cloud.run_within(*second))):  # noqa: B023 # at once
                outer = cloud.run(*first)
            if not inner:
                # There were moments before a request and after it, at least.
                assert number >= 2
                return
            yield cloud, (outer, inner[0])
        number += 1


def in_every_order(build: Build, first: Task, second: Task) -> Iterator[tuple[Cloud, Both]]:
    """The two in every order of their requests."""
    count = 0
    for choose in all_orders():
        with closing(build()) as cloud:
            one, two = alternate(cloud, (first, second), choose)
            yield cloud, (one, two)
        count += 1
    assert count >= 6


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
ALWAYS_ONE = ("the second does not wait", "none waits")


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
