# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls of scripts that make and delete backups (F §4, §8, §14.2), and what results then show."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, evs, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    BACKUP,
    JOB,
    VOLUME,
    Json,
    backup,
    job,
    missing,
    refusal,
    volume,
)

OPTIONS: Json = {"volume": VOLUME, "name": "before"}
# The backup of wire.backup() as documented.
SHOWN: Json = {
    "id": BACKUP,
    "name": "before",
    "status": "available",
    "volume_id": VOLUME,
    "snapshot_id": None,
    "description": None,
    "size": 40,
    "availability_zone": "az-1",
    "created_at": "2026-11-21T11:00:10Z",
    "updated_at": "2026-11-21T11:10:00Z",
    "fail_reason": None,
    "incremental": False,
    "metadata": {"bootable": False, "Type": 0, "progress": "100"},
}
SHOWN_JOB: Json = {
    "id": JOB,
    "type": "bksCreateBackup",
    "status": "SUCCESS",
    "begin_time": "2026-11-21T11:00:05Z",
    "end_time": "2026-11-21T11:10:00Z",
    "error_code": None,
    "fail_reason": None,
    "entities": {"volume_id": VOLUME, "backup_id": BACKUP},
}
# Only the service decides these (contract §2: without server-made noise).
SERVER_MADE = ("id", "availability_zone", "created_at", "updated_at", "incremental", "metadata")


def rows(*found: Json, volume_id: str = VOLUME) -> Call:
    """The listing of a volume's backups."""
    return vbs("GET", f"/v2/backups/detail?volume_id={volume_id}&limit=1000", answer={"backups": list(found)})


def named(*found: Json, name: str = "before", volume_id: str | None = VOLUME) -> Call:
    """The listing by name that a deletion begins with."""
    more = "" if volume_id is None else f"&volume_id={volume_id}"
    return vbs("GET", f"/v2/backups/detail?name={name}{more}&limit=1000", answer={"backups": list(found)})


def look_up(**more: t.Any) -> Call:
    """The read of the volume by ID."""
    return evs("GET", f"/v2/volumes/{VOLUME}", answer={"volume": volume(**more)})


def look_up_name(*found: Json, name: str = "data-1") -> Call:
    """The look-up of a volume by name."""
    return evs("GET", f"/v2/volumes/detail?name={name}&limit=1000", answer={"volumes": list(found)})


def snapshots(*found: Json, name: str | None = None) -> Call:
    """The look-up of a snapshot of the volume."""
    more = "" if name is None else f"&name={name}"
    return evs("GET", f"/v2/snapshots/detail?volume_id={VOLUME}{more}&limit=1000", answer={"snapshots": list(found)})


def create(**body: t.Any) -> Call:
    """The creating call of VBS's own form; the answer has only a job."""
    sent = {"volume_id": VOLUME, "name": "before", **body}
    return vbs("POST", "/v2/cloudbackups", body={"backup": sent}, answer={"job_id": JOB})


def native(version: str = "v2", **body: t.Any) -> Call:
    """The creating call of the OpenStack form."""
    sent = {"volume_id": VOLUME, **body}
    answer = {"backup": {"id": BACKUP, "name": body.get("name"), "links": []}}
    return vbs("POST", f"/{version}/backups", body={"backup": sent}, status=202, answer=answer)


def refused(call: Call, code: str, status: int = 400) -> Call:
    """The same call, refused with a code."""
    return call.but(status=status, answer=refusal(code))


def get_job(status: str = "SUCCESS", **more: t.Any) -> Call:
    """A look at the job."""
    return vbs("GET", f"/v1/jobs/{JOB}", answer=job(JOB, status, **more))


def no_job() -> Call:
    """A look at a job that the service does not know."""
    return refused(get_job(), "common.0011", 404)


def get(status: str = "available", backup_id: str = BACKUP, **more: t.Any) -> Call:
    """A look at the backup."""
    return vbs("GET", f"/v2/backups/{backup_id}", answer={"backup": backup(backup_id, status=status, **more)})


def gone(backup_id: str = BACKUP) -> Call:
    """A look at a backup that is not there."""
    return get(backup_id=backup_id).but(status=404, answer=missing())


def delete(backup_id: str = BACKUP) -> Call:
    """The start of a deletion."""
    return vbs("DELETE", f"/v2/backups/{backup_id}", status=202)


def made(**body: t.Any) -> list[Call]:
    """The requests that make the backup when there was none, with a job that ends at the first look."""
    return [rows(), look_up(), create(**body), get_job(), rows(backup())]


def but(options: Json, **changes: t.Any) -> Json:
    """Options with others; None takes one away."""
    return {key: value for key, value in {**options, **changes}.items() if value is not None}
