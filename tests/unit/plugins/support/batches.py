# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls of scripts that make backups of several volumes (F §4, §8)."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, evs, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import Json, backup, job, volume

DATE = "20261121"


def vol(number: int) -> str:
    """The ID of the volume ``data-<number>``."""
    return f"{number:08d}-2222-3333-4444-555555555555"


def made(number: int) -> str:
    """The ID of the backup that is made of it."""
    return f"{number:08d}-bbbb-3333-4444-555555555555"


def job_id(number: int) -> str:
    """The ID of the job that makes it."""
    return f"{number:08d}-aaaa-3333-4444-555555555555"


def name(number: int) -> str:
    """The name that it gets by default."""
    return f"data-{number}-{DATE}"


def names(*numbers: int) -> list[str]:
    """The volumes' names."""
    return [f"data-{number}" for number in numbers]


def project(*numbers: int, more: t.Sequence[Json] = ()) -> Call:
    """The listing of all volumes."""
    rows = [volume(vol(number), f"data-{number}") for number in numbers]
    return evs("GET", "/v2/volumes/detail?limit=1000", answer={"volumes": [*rows, *more]})


def row(number: int, status: str = "available", **more: t.Any) -> Json:
    """A backup of the name that is wanted, made after the call."""
    fields = {"name": name(number), "volume_id": vol(number), "created_at": "2026-11-21T12:00:01.000000", **more}
    return backup(str(fields.pop("id", made(number))), str(fields.pop("name")), status, **fields)


def listing(*rows: Json) -> Call:
    """The listing of all of the project's backups, newest first."""
    path = "/v2/backups/detail?sort_key=created_at&sort_dir=desc&limit=1000"
    return vbs("GET", path, answer={"backups": list(rows)})


def of_volume(number: int, *rows: Json) -> Call:
    """The listing of one volume's backups."""
    return vbs("GET", f"/v2/backups/detail?volume_id={vol(number)}&limit=1000", answer={"backups": list(rows)})


def create(number: int, **body: t.Any) -> Call:
    """The creating call of one volume."""
    sent = {"volume_id": vol(number), "name": name(number), **body}
    return vbs("POST", "/v2/cloudbackups", body={"backup": sent}, answer={"job_id": job_id(number)})


def read_job(number: int, status: str = "SUCCESS", **more: t.Any) -> Call:
    """A look at the job of one volume."""
    entities = {"volume_id": vol(number), **({"backup_id": made(number)} if status == "SUCCESS" else {})}
    fields = {"entities": entities, **more}
    return vbs("GET", f"/v1/jobs/{job_id(number)}", answer=job(job_id(number), status, **fields))


FOUR: Json = {"volumes": names(1, 2, 3, 4), "concurrency": 1}


def shown(number: int, **more: t.Any) -> Json:
    """A row of the result, of a backup that was made."""
    return {
        "volume_id": vol(number),
        "volume_name": f"data-{number}",
        "name": name(number),
        "backup_id": made(number),
        "job_id": job_id(number),
        "status": "available",
        "changed": True,
        "error": None,
        **more,
    }


def kept(number: int) -> Json:
    """A row of the result, of a backup that was there."""
    return shown(number, job_id=None, changed=False)
