# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two that prune at the same time, and a backup that is made meanwhile."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud
from ansible_collections.huaweicloud.backup.tests.unit.reliability.alternation import (
    in_every_order,
    one_within_the_other,
)
from ansible_collections.huaweicloud.backup.tests.unit.reliability.moments import Task, settle

Json = dict[str, t.Any]


def _many_backups() -> Cloud:
    cloud = Cloud({"job_seconds": 3.0, "delete_seconds": 0.5}, 3)
    for number in range(6):
        cloud.add("backups", name=f"old-{number}", volume_id=_first(cloud), age=86400 * (number + 1))
    return cloud


def _first(cloud: Cloud) -> str:
    return str(next(iter(cloud.project.volumes)).id)


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [({"keep_last": 2}, {"keep_last": 2}, 2), ({"keep_last": 2}, {"older_than": "100h"}, 2)],
)
def test_two_that_prune_leave_what_both_would_keep(first: Json, second: Json, left: int) -> None:
    one, two = (Task("vbs_backup_prune", options) for options in (first, second))
    for cloud, results in in_every_order(_many_backups, one, two, changes=2):
        assert not any(result.failed for result in results), [result["msg"] for result in results if result.failed]
        settle(cloud)
        assert sorted(row.name for row in cloud.project.backups) == [f"old-{number}" for number in range(left)]


def test_what_is_made_while_another_prunes_stays() -> None:
    prune = Task("vbs_backup_prune", {"keep_last": 1})
    backup = Task("vbs_backup", {"name": "new", "volume": "data-01"})
    for cloud, results in one_within_the_other(_many_backups, prune, backup):
        settle(cloud)
        assert not any(result.failed for result in results), [result["msg"] for result in results if result.failed]
        assert {"new"} <= {row.name for row in cloud.project.backups} <= {"new", "old-0"}
