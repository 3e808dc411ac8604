# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The jobs that are run: each playbook in success, failure and check mode, and waits that an idle limit would end.

A row is a job template with answers to its survey, what the cloud is like, and what must come of it. Questions that a
row does not answer arrive as AWX's form sends them: empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .sign_in import ENDPOINTS, IDENTITY, KEY, PROJECT, REGION, TEMPORARY, USER

SUCCESSFUL, FAILED, TIMEOUT = "successful", "failed", "timeout"
"""AWX's words, and ansible-runner's for a job that an idle limit ended, which AWX shows as failed."""

CREDENTIALS: Mapping[str, Mapping[str, Any]] = {
    "access key": {**KEY, **PROJECT, **REGION, **ENDPOINTS},
    "temporary access key": {**TEMPORARY, **PROJECT, **REGION, **ENDPOINTS},
    "user": {**USER, **REGION, **IDENTITY},
}

IDLE_SECONDS = 40
"""A job that prints nothing for so long is ended. Lines come every 15 s, later where the machine is busy."""
WAIT_SECONDS = 55

BROKEN = {"error_code": "VolumeBackup.0064", "fail_reason": "the disk of the backup is full"}
BACKUP = "before-the-upgrade"


@dataclass(frozen=True)
class Row:
    """One job. ``left`` counts the objects of a kind that are in the project afterwards."""

    name: str
    playbook: str
    answers: Mapping[str, Any]
    credential: str = "access key"
    status: str = SUCCESSFUL
    check: bool = False
    says: Sequence[str] = ()
    fails_with: str = ""
    left: Mapping[str, int] = field(default_factory=dict)
    page: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    objects: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    faults: Sequence[Mapping[str, Any]] = ()
    idle_timeout: int = 0
    progress: str = ""
    env: Mapping[str, str] = field(default_factory=dict)


PLAN = {
    "survey_policy": "nightly",
    "survey_volumes": "data-01\n data-02\n",
    "survey_start_times": "23:00 11:00",
    "survey_frequency": 1,
    "survey_retention_count": 7,
}
WEEKLY = {"policies": [{"name": "weekly"}]}
RESTORE = {"restore_volume_backup": BACKUP, "restore_volume_safety_backup": "yes"}
FAIL_JOB = ({"match": {"path": "/cloudbackups$", "method": "POST"}, "fault": {"fail_job": BROKEN}},)


def to_restore(volume_id: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The backup that is restored."""
    return {"backups": [{"name": BACKUP, "volume_id": volume_id, "age": 3600}]}


PROTECT = (
    Row("protect_volumes", "protect_volumes", PLAN, "user", left={"policies": 1, "backups": 0}),
    Row(
        "protect_volumes: nothing answered but what must be",
        "protect_volumes",
        {"survey_policy": "weekly", "survey_volumes": "data-01", "survey_backup_max_age": "1d"},
        objects=WEEKLY,
        left={"policies": 1, "backups": 1},
    ),
    Row(
        "protect_volumes: check",
        "protect_volumes",
        PLAN,
        "temporary access key",
        check=True,
        says=("+++ after",),
        left={"policies": 0},
    ),
    Row(
        "protect_volumes: a volume that is not there",
        "protect_volumes",
        {**PLAN, "survey_volumes": "data-01\nno-such-volume"},
        status=FAILED,
        fails_with="no-such-volume",
        left={"policies": 0},
    ),
)
BACK_UP = (
    Row(
        "backup_volumes",
        "backup_volumes",
        {"backup_volumes_volumes": "data-01\ndata-02", "backup_volumes_keep_last": 1},
        "user",
        objects=to_restore("{data-01}"),
        left={"backups": 2},
    ),
    Row(
        "backup_volumes: check",
        "backup_volumes",
        {"backup_volumes_volumes": "data-01\ndata-02"},
        check=True,
        left={"backups": 0},
    ),
    Row(
        "backup_volumes: a backup fails",
        "backup_volumes",
        {"backup_volumes_volumes": "data-01\ndata-02"},
        status=FAILED,
        fails_with="VolumeBackup.0064",
        faults=FAIL_JOB,
    ),
    Row(
        "backup_volumes: a wait longer than the idle limit",
        "backup_volumes",
        {"backup_volumes_volumes": "data-01"},
        "temporary access key",
        settings={"job_seconds": WAIT_SECONDS},
        idle_timeout=IDLE_SECONDS,
        progress="vbs_backup_batch",
        left={"backups": 1},
    ),
    Row(
        "backup_volumes: the same without progress is ended",
        "backup_volumes",
        {"backup_volumes_volumes": "data-01"},
        status=TIMEOUT,
        settings={"job_seconds": WAIT_SECONDS},
        idle_timeout=IDLE_SECONDS,
        env={"HW_PROGRESS": "false"},
    ),
)
RESTORE_ONE = (
    Row(
        "restore_volume",
        "restore_volume",
        {**RESTORE, "restore_volume_confirm": "data-01"},
        "user",
        objects=to_restore("{data-01}"),
        left={"backups": 2},
    ),
    Row(
        "restore_volume: check",
        "restore_volume",
        RESTORE,
        check=True,
        objects=to_restore("{data-01}"),
        left={"backups": 1},
    ),
    Row(
        "restore_volume: not confirmed",
        "restore_volume",
        RESTORE,
        status=FAILED,
        fails_with="restore_volume_confirm",
        objects=to_restore("{data-01}"),
        left={"backups": 1},
    ),
)
REPORT = (
    Row("coverage_report", "coverage_report", {}, "user", page="data-01"),
    Row("coverage_report: check", "coverage_report", {}, check=True),
    Row(
        "coverage_report: fails where something is unprotected",
        "coverage_report",
        {"coverage_report_fail_on": ["unprotected"]},
        status=FAILED,
        fails_with="unprotected",
        page="data-01",
    ),
)
ROWS = (*BACK_UP[-2:], *PROTECT, *BACK_UP[:-2], *RESTORE_ONE, *REPORT)
"""The long ones first; they mostly wait."""
