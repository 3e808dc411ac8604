# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls of scripts that bind volumes to policies (F §6.5, §6.6, §6.8, §14.4)."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, evs, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    OTHER_POLICY,
    POLICY,
    Json,
    listed,
    policy,
    volume,
)


def vol(number: int) -> str:
    """The ID of the volume ``data-<number>``."""
    return f"{number:08d}-2222-3333-4444-555555555555"


def counts(ours: int, other: int = 5) -> Call:
    """The policies with how many volumes they hold."""
    return listed(policy(count=ours), policy(OTHER_POLICY, "weekly", other))


def alone(ours: int) -> Call:
    """The policies where no other one holds a volume, so that many may go at once."""
    return counts(ours, 0)


def by_name(number: int) -> Call:
    """The look-up of one volume by name."""
    found = [volume(vol(number), f"data-{number}")]
    return evs("GET", f"/v2/volumes/detail?name=data-{number}&limit=1000", answer={"volumes": found})


def by_id(number: int) -> Call:
    """The look-up of one volume by ID."""
    return evs("GET", f"/v2/volumes/{vol(number)}", answer={"volume": volume(vol(number), f"data-{number}")})


def project(*numbers: int) -> Call:
    """The listing of all volumes."""
    rows = [volume(vol(number), f"data-{number}") for number in numbers]
    return evs("GET", "/v2/volumes/detail?limit=1000", answer={"volumes": rows})


def tasks(*numbers: int) -> Call:
    """The policy's tasks, newest first."""
    rows = [
        {
            "job_id": f"task-{place}",
            "status": "EXECUTE_SUCCESS",
            "created_at": f"2026-11-20T22:00:{59 - place:02d}.123",
            "finished_at": "2026-11-20T22:30:00.456",
            "backup_name": "autobk_1a2b",
            "resource_id": vol(number),
            "resource_type": "volume",
        }
        for place, number in enumerate(numbers)
    ]
    path = f"/v2/backuppolicy/{POLICY}/backuptasks?sort_key=created_at&sort_dir=desc&limit=1000"
    return vbs("GET", path, answer={"count": len(rows), "tasks": rows})


def bind(*numbers: int, failed: t.Mapping[int, Json] | None = None) -> Call:
    """Binding these volumes; ``failed`` gives code and message of those that are refused."""
    failed = failed or {}
    body = {
        "backup_policy_id": POLICY,
        "resources": [{"resource_id": vol(number), "resource_type": "volume"} for number in numbers],
    }
    answer = {
        "success_resources": [_entry(number) for number in numbers if number not in failed],
        "fail_resources": [{**_entry(number), **row} for number, row in failed.items()],
    }
    return vbs("POST", "/v2/backuppolicyresources", body=body, answer=answer)


def unbind(*numbers: int, failed: t.Mapping[int, Json] | None = None, policy_id: str = POLICY) -> Call:
    """Unbinding these volumes; a failed one without a code was not bound."""
    failed = failed or {}
    body = {"resources": [{"resource_id": vol(number)} for number in numbers]}
    answer = {
        "success_resources": [{"resource_id": vol(number)} for number in numbers if number not in failed],
        "fail_resources": [{"resource_id": vol(number), **row} for number, row in failed.items()],
    }
    return vbs("POST", f"/v2/backuppolicyresources/{policy_id}/deleted_resources", body=body, answer=answer)


def not_bound(*numbers: int) -> dict[int, Json]:
    """What an unbinding says of volumes that were not bound: failed, without a code (F §6.6)."""
    return {number: {} for number in numbers}


def _entry(number: int) -> Json:
    return {
        "resource_id": vol(number),
        "resource_type": "volume",
        "availability_zone": "az-1",
        "os_vol_host_attr": "pod01.az-1",
    }
