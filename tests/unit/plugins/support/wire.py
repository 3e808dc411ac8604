# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services' objects as they are on the wire (F §4, §6, §8, §14), and the calls that most scripts need."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, vbs

Json = dict[str, t.Any]

POLICY = "66666666-2222-3333-4444-555555555555"
OTHER_POLICY = "77777777-2222-3333-4444-555555555555"
VOLUME = "11111111-2222-3333-4444-555555555555"
OTHER_VOLUME = "99999999-2222-3333-4444-555555555555"
BACKUP = "22222222-2222-3333-4444-555555555555"
OTHER_BACKUP = "44444444-2222-3333-4444-555555555555"
SNAPSHOT = "33333333-2222-3333-4444-555555555555"
JOB = "00000000-aaaa-bbbb-cccc-000000000001"


def schedule(**more: t.Any) -> Json:
    """A scheduled_policy (F §6.1); a field given as None is left out."""
    plan = {
        "start_time": "22:00",
        "frequency": 1,
        "rentention_num": 7,
        "remain_first_backup_of_curMonth": "N",
        "status": "ON",
        **more,
    }
    return {key: value for key, value in plan.items() if value is not None}


def policy(policy_id: str = POLICY, name: str = "nightly", count: int = 0, **more: t.Any) -> Json:
    """A policy of the list (F §6.2); ``plan`` changes its schedule, ``zone`` is what only some clouds return."""
    zone = more.pop("zone", None)
    return {
        "backup_policy_id": policy_id,
        "backup_policy_name": name,
        "scheduled_policy": schedule(**more.pop("plan", {})),
        "policy_resource_count": count,
        **({} if zone is None else {"time_zone": zone}),
        **more,
    }


def listed(*rows: Json) -> Call:
    """The one call that reads policies (F §6.2)."""
    return vbs("GET", "/v2/backuppolicy", answer={"backup_policies": list(rows)})


def tags(policy_id: str = POLICY, **pairs: str) -> Call:
    """A policy's tags (F §6.9)."""
    found = [{"key": key, "value": value} for key, value in pairs.items()]
    return vbs("GET", f"/v2/backuppolicy/{policy_id}/tags", answer={"tags": found})


def volume(volume_id: str = VOLUME, name: str = "data-1", **more: t.Any) -> Json:
    """A volume (F §14.1)."""
    return {
        "id": volume_id,
        "name": name,
        "status": "in-use",
        "size": 40,
        "availability_zone": "az-1",
        "bootable": "false",
        "multiattach": False,
        "attachments": [],
        "volume_type": "SSD",
        "os-vol-host-attr:host": "pod01.az-1#SSD",
        "metadata": {},
        "tags": {},
        **more,
    }


def backup(backup_id: str = BACKUP, name: str | None = "before", status: str = "available", **more: t.Any) -> Json:
    """A backup (F §14.2)."""
    return {
        "id": backup_id,
        "name": name,
        "status": status,
        "description": None,
        "volume_id": VOLUME,
        "availability_zone": "az-1",
        "size": 40,
        "object_count": None,
        "container": None,
        "fail_reason": None,
        "snapshot_id": None,
        "is_incremental": False,
        "has_dependent_backups": False,
        "created_at": "2026-11-21T11:00:10.000000",
        "updated_at": "2026-11-21T11:10:00.000000",
        "data_timestamp": "2026-11-21T11:00:10.000000",
        "service_metadata": ' {"bootable": false, "Type": 0, "progress": "100"} ',
        **more,
    }


def job(job_id: str = JOB, status: str = "SUCCESS", **more: t.Any) -> Json:
    """A backup's job (F §14.2)."""
    return {
        "status": status,
        "entities": {"volume_id": VOLUME, **({"backup_id": BACKUP} if status == "SUCCESS" else {})},
        "job_id": job_id,
        "job_type": "bksCreateBackup",
        "begin_time": "2026-11-21T11:00:05.100Z",
        "end_time": "2026-11-21T11:10:00.200Z" if status in ("SUCCESS", "FAIL") else "",
        "error_code": None,
        "fail_reason": None,
        "sub_jobs": [],
        **more,
    }


def failed_job(job_id: str = JOB, code: str = "VolumeBackup.0064") -> Json:
    """A job that ended badly: an empty text stands for the backup (F §4.2)."""
    entities = {"backup_id": "", "volume_id": VOLUME}
    return job(job_id, "FAIL", entities=entities, error_code=code, fail_reason="backup ended in error")


def refusal(code: str, message: str = "the service says no") -> Json:
    """An error of VBS itself (F §3.3)."""
    return {"error": {"code": code, "message": message}}


def gateway(code: str, message: str = "the gateway says no") -> Json:
    """An error of the gateway (F §3.3)."""
    return {"error_code": code, "error_msg": message, "request_id": "1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e"}


def missing(message: str = "not found") -> Json:
    """An object that the OpenStack form does not know (F §3.3)."""
    return {"itemNotFound": {"code": 404, "message": message}}


def bad_request(message: str = "bad request") -> Json:
    """A refusal of the OpenStack form (F §3.3)."""
    return {"badRequest": {"code": 400, "message": message}}
