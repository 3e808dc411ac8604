# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wire's shapes and the documented ones, shared by each module and its info module (contract §2, F §4).

Nothing here trusts a type: what is not as documented becomes null, never a crash.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping
from datetime import datetime, timezone

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import parse

Result = dict[str, t.Any]
Wire = Mapping[str, t.Any]

# No documented object is nested half as deep.
_DEEPEST = 20
_STAMP = "%Y-%m-%dT%H:%M:%SZ"
_TIME = r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(\.\d+)?Z?\Z"


def text(value: t.Any) -> str | None:
    """A text that is not empty, else None."""
    return value if isinstance(value, str) and value else None


def number(value: t.Any) -> int | None:
    """A whole number, also one that came as text (F §7.8), else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str):
        value = value.strip()
        return int(value) if re.fullmatch(r"-?[0-9]{1,18}", value) else None
    return value if isinstance(value, int) else None


def moment(value: t.Any) -> str | None:
    """Any of the services' time forms as C(YYYY-MM-DDTHH:MM:SSZ), else None."""
    match = re.match(_TIME, value) if isinstance(value, str) else None
    return f"{match.group(1)}T{match.group(2)}Z" if match else None


def seconds(value: t.Any) -> float | None:
    """Seconds since 1970 of any of the services' time forms (all UTC), else None."""
    formed = moment(value)
    if formed is None:
        return None
    try:
        return datetime.strptime(formed, _STAMP).replace(tzinfo=timezone.utc).timestamp()
    except ValueError:
        return None


def stamp(at: float) -> str:
    """A moment, in seconds since 1970, in the form of all results."""
    return datetime.fromtimestamp(int(at), timezone.utc).strftime(_STAMP)


def backup(wire: Wire) -> Result:
    """A backup as documented, from F §4.5's object."""
    metadata = _metadata(wire.get("service_metadata"))
    description, described_incremental = _description(wire.get("description"))
    return {
        "id": text(wire.get("id")),
        "name": text(wire.get("name")),
        "status": text(wire.get("status")),
        "volume_id": text(wire.get("volume_id")),
        "snapshot_id": text(wire.get("snapshot_id")),
        "description": description,
        "size": number(wire.get("size")),
        "availability_zone": text(wire.get("availability_zone")),
        "created_at": moment(wire.get("created_at")),
        "updated_at": moment(wire.get("updated_at")),
        "fail_reason": text(wire.get("fail_reason")),
        "incremental": _incremental(metadata, wire.get("is_incremental"), described=described_incremental),
        "metadata": metadata,
    }


def new_backup(*, name: str | None, volume_id: str, size: int | None, **known: t.Any) -> Result:
    """What a backup will be like, before it is made: what only the service knows is null."""
    predicted = backup({})
    predicted.update(name=name, volume_id=volume_id, size=size, **known)
    return predicted


def volume(wire: Wire) -> Result:
    """The parts of a volume that matter here, from F §8's object."""
    return {
        "id": text(wire.get("id")),
        "name": text(wire.get("name")),
        "status": text(wire.get("status")),
        "size": number(wire.get("size")),
    }


def owner(wire: Wire) -> str | None:
    """The project that a backup belongs to; None where the cloud does not say it (F §4.5, §11 row 28)."""
    keys = ("os-bak-tenant-attr:tenant_id", "os-backup-project-attr:project_id", "os-backup-project-attr:tenant_id")
    return next((wire[key] for key in keys if text(wire.get(key))), None)


def job(wire: Wire) -> Result:
    """A job as documented, from F §4.2's object; empty texts are null."""
    entities = wire.get("entities")
    return {
        "id": text(wire.get("job_id")),
        "type": text(wire.get("job_type")),
        "status": text(wire.get("status")),
        "begin_time": moment(wire.get("begin_time")),
        "end_time": moment(wire.get("end_time")),
        "error_code": text(wire.get("error_code")),
        "fail_reason": text(wire.get("fail_reason")),
        "entities": {
            str(key): None if value == "" else _not_deep(value)
            for key, value in (entities.items() if isinstance(entities, Mapping) else ())
        },
    }


def task(wire: Wire) -> Result:
    """A policy's backup task as documented, from F §6.8's object."""
    return {
        "job_id": text(wire.get("job_id")),
        "status": text(wire.get("status")),
        "created_at": moment(wire.get("created_at")),
        "finished_at": moment(wire.get("finished_at")),
        "backup_name": text(wire.get("backup_name")),
        "volume_id": text(wire.get("resource_id")),
        "vbs_job_id": text(wire.get("vbs_job_id")),
        "code": text(wire.get("code")),
        "message": text(wire.get("message")),
    }


def share(wire: Wire) -> Result:
    """A share as documented, from F §5.3's entry or the shorter one of F §5.1."""
    return {
        "id": text(wire.get("id")),
        "backup_id": text(wire.get("backup_id")),
        "from_project_id": text(wire.get("from_project_id")),
        "to_project_id": text(wire.get("to_project_id")),
        "created_at": moment(wire.get("created_at")),
        "updated_at": moment(wire.get("updated_at")),
    }


def share_with_backup(wire: Wire) -> Result:
    """The same with the backup that is shared; null where the answer does not have it."""
    shared = wire.get("backup")
    return {**share(wire), "backup": backup(shared) if isinstance(shared, Mapping) else None}


def quota(wire: Wire) -> Result:
    """A quota as documented, from F §4.7's entry; one sample has a blank inside the type (F §11, row 29)."""
    kind = text(wire.get("type"))
    return {
        "type": None if kind is None else "".join(kind.split()),
        "used": number(wire.get("used")),
        "reserved": number(wire.get("reserved")),
        "quota": number(wire.get("quota")),
    }


def new_job(job_id: str) -> Result:
    """A job of which only the ID is known so far."""
    return job({"job_id": job_id})


def tag_pairs(tags: Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
    """A dictionary as the wire's list of key and value."""
    return [{"key": key, "value": value} for key, value in tags.items()]


def _metadata(value: t.Any) -> Result | None:
    """The parsed service_metadata, a JSON text with blanks around it (F §4.5)."""
    found = _json_object(value) if isinstance(value, str) else value
    return _not_deep(dict(found)) if isinstance(found, Mapping) else None


def _not_deep(value: t.Any, depth: int = _DEEPEST) -> t.Any:
    """What is shown as the service has it; null where it is nested so deep that showing it would end in a crash."""
    if isinstance(value, dict):
        return {key: _not_deep(inner, depth - 1) for key, inner in value.items()} if depth else None
    if isinstance(value, list):
        return [_not_deep(inner, depth - 1) for inner in value] if depth else None
    return value


def _json_object(value: str) -> Result | None:
    parsed = parse(value)
    return parsed if isinstance(parsed, dict) else None


def _description(value: t.Any) -> tuple[str | None, bool | None]:
    """Plain text, or on some clouds JSON with DESC and INC (F §4.5)."""
    plain = text(value)
    parsed = _json_object(plain) if plain is not None and plain.lstrip().startswith("{") else None
    if parsed is None or not {"DESC", "INC"} & set(parsed):
        return plain, None
    kind = number(parsed.get("INC"))
    return text(parsed.get("DESC")), None if kind is None else kind == 1


def _incremental(metadata: Result | None, flag: t.Any, *, described: bool | None) -> bool | None:
    """The metadata's word first: VBS documents the OpenStack flag as meaningless."""
    kind = number((metadata or {}).get("Type"))
    if kind is not None:
        return kind == 1
    if described is not None:
        return described
    return flag if isinstance(flag, bool) else None
