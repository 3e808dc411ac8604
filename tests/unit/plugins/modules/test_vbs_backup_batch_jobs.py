# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wait of vbs_backup_batch: how many jobs are read where no backup shows, and a wait in one go."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.batches import (
    create,
    listing,
    names,
    of_volume,
    project,
    read_job,
    row,
    shown,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result

Batch = t.Callable[..., Result]

ALL = range(1, 13)


@pytest.fixture
def batch(run: Batch) -> Batch:
    return functools.partial(run, "vbs_backup_batch")


def test_at_each_look_ten_jobs_are_read_at_most_each_in_its_turn(batch: Batch) -> None:
    failed = read_job(12, "FAIL", error_code="VolumeBackup.0064", fail_reason="the disk array is on fire")
    calls = [
        project(*ALL),
        listing(),
        *map(create, ALL),
        # At the first look a row may be late; from the second one on the jobs are asked.
        *(listing(), listing()),
        *(read_job(number, "RUNNING") for number in range(1, 11)),
        # Those that were left out come first, and one that ended counts among the ten.
        *(listing(), read_job(11, "RUNNING"), failed),
        *(read_job(number, "RUNNING") for number in range(1, 9)),
        listing(*map(row, range(11, 0, -1))),
    ]
    result = batch({"volumes": names(*ALL), "concurrency": 1}, calls)
    assert result["msg"].startswith("1 of 12 volumes have no good backup: ")
    assert result["error"]["code"] == "VolumeBackup.0064"
    assert result["backups"][:11] == [shown(number) for number in range(1, 12)]
    assert result["backups"][11]["error"]["code"] == "VolumeBackup.0064"


def test_without_progress_a_call_that_is_to_end_early_waits_to_the_end(batch: Batch) -> None:
    early = {"seconds": 1.0, "waited": 0.0, "state": None}
    calls = [project(1), of_volume(1), create(1), of_volume(1, row(1, "creating")), of_volume(1, row(1))]
    result = batch({"volumes": ["data-1"], "wait_interval": 2, "progress": False, "_slice": early}, calls)
    assert (result["backups"], len(result.pauses)) == ([shown(1)], 2)
