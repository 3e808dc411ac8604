# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two batches at the same time, or a batch and a single backup: one of each, or a warning that names both."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud
from ansible_collections.huaweicloud.backup.tests.unit.reliability.alternation import one_within_the_other
from ansible_collections.huaweicloud.backup.tests.unit.reliability.moments import Task, settle


def _cloud() -> Cloud:
    return Cloud({"job_seconds": 3.0}, 3)


def backup() -> Task:
    """A backup of the first volume, by itself."""
    return Task("vbs_backup", {"name": "before", "volume": "data-01"})


def batch(**more: t.Any) -> Task:
    """Backups of all volumes, one after the other, so that each moment comes again."""
    return Task("vbs_backup_batch", {"volumes": ["data-01", "data-02"], "name": "before", "concurrency": 1, **more})


@pytest.mark.parametrize(
    ("first", "second", "made"),
    [
        # The service refuses another only while one is made: two come where the inner one waits for its end.
        (batch(), batch(), {1, 2}),
        (batch(), batch(wait=False), {1}),
        (batch(wait=False), batch(), {1, 2}),
        (batch(), backup(), {1, 2}),
    ],
)
def test_batches_at_the_same_time_make_one_of_each_or_name_both(first: Task, second: Task, made: set[int]) -> None:
    counts = set()
    for cloud, results in one_within_the_other(_cloud, first, second):
        settle(cloud)
        told = " ".join(text for result in results for text in [*result.warnings, result.data.get("msg", "")])
        jobs = {row.entities["backup_id"]: row.id for row in cloud.project.jobs}
        for volume in list(cloud.project.volumes)[:2]:
            ids = [row.id for row in cloud.project.backups if row.volume_id == volume.id]
            counts.add(len(ids))
            assert len(ids) == 1 or all(one in told or f"that of job {jobs.get(one)}" in told for one in ids)
        for result in results:
            assert not result.failed or result["error"]["retryable"] is True, result["msg"]
    assert counts == made
