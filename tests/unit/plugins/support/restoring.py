# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls that a restore makes, one after the other (F §4.3, §4.6)."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, evs, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    BACKUP,
    JOB,
    VOLUME,
    backup,
    job,
    volume,
)

OTHER_PROJECT = "fedcba9876543210fedcba9876543210"
# F §14.2
BODY = {"restore": {"volume_id": VOLUME}}
OPTIONS = {"backup": BACKUP, "volume": VOLUME}


def read_backup(status: str = "available", *, version: str = "v2", **more: t.Any) -> Call:
    """One look at the backup."""
    return vbs("GET", f"/{version}/backups/{BACKUP}", answer={"backup": backup(status=status, **more)})


def read_volume(status: str = "available", volume_id: str = VOLUME, **more: t.Any) -> Call:
    """One look at the target."""
    return evs("GET", f"/v2/volumes/{volume_id}", answer={"volume": volume(volume_id, **{"status": status, **more})})


def looks(backup_is: str = "available", volume_is: str = "available", **more: t.Any) -> list[Call]:
    """One look at both; ``more`` is about the backup."""
    return [read_backup(backup_is, **more), read_volume(volume_is)]


def post(**more: t.Any) -> Call:
    """The restore in VBS's own form."""
    return vbs("POST", f"/v2/cloudbackups/{BACKUP}/restore", body=BODY, answer={"job_id": JOB}).but(**more)


def native_post(version: str = "v2", **more: t.Any) -> Call:
    """The restore in the OpenStack form."""
    answer = {"restore": {"backup_id": BACKUP, "volume_id": VOLUME, "volume_name": "data-1"}}
    return vbs("POST", f"/{version}/backups/{BACKUP}/restore", body=BODY, status=202, answer=answer).but(**more)


def read_job(status: str = "SUCCESS", **more: t.Any) -> Call:
    """One look at the restore's job; what entities it has is not documented."""
    body = job(status=status, job_type="bksRestoreBackup", entities={"backup_id": BACKUP, "volume_id": VOLUME}, **more)
    return vbs("GET", f"/v1/jobs/{JOB}", answer=body)
