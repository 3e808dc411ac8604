# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server backup service's shapes as documented, from those on the wire (F §7).

Nothing here trusts a type: numbers and booleans may come as texts, objects as texts that hold JSON, and what is not as
documented becomes null, never a crash.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject, parse
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError, table_row
from ansible_collections.huaweicloud.backup.plugins.module_utils._model import Result, Wire, moment, number, text

# An item's states (F §7.5, §9).
PROTECTING = ("waiting_protect", "protecting")
RESTORING = ("waiting_restore", "restoring")
DELETING = ("waiting_delete", "deleting")
# A backup that is being restored is a good one.
GOOD = ("available", *RESTORING)


class Failure(t.NamedTuple):
    """Why the backup of a server failed."""

    code: str | None
    reason: str

    def __str__(self) -> str:
        return f"{self.reason} ({self.code})" if self.code else self.reason


def policy(wire: Wire) -> Result:
    """A server backup policy as documented, from F §7.8's object."""
    schedules = [_schedule(row) for row in objects(wire.get("scheduled_operations"))]
    flags = [row["enabled"] for row in schedules if row["enabled"] is not None]
    return {
        "id": text(wire.get("id")),
        "name": text(wire.get("name")),
        "description": text(wire.get("description")),
        "status": text(wire.get("status")),
        # The status does not tell it: a policy in use may be "suspended" (F §11, row 19).
        "enabled": any(flags) if flags else None,
        "servers": [
            {"id": text(row.get("id")), "name": text(row.get("name")), "type": text(row.get("type"))}
            for row in objects(wire.get("resources"))
        ],
        "schedules": schedules,
        "tags": _tags(wire.get("tags")),
        "created_at": moment(wire.get("created_at")),
    }


def server(item: Wire, name: str | None = None) -> Result:
    """The backup of one server as documented, from F §7.5's item.

    :param name: the server's name, where the task knows it better.
    """
    info = as_object(item.get("extend_info"))
    status = text(item.get("status"))
    return {
        "id": server_id(item),
        "name": name or text(info.get("resource_name")),
        "status": status,
        "item_id": text(item.get("id")),
        "progress": number(info.get("progress")),
        "error": str(failure(item)) if status == "error" else None,
    }


def server_id(item: Wire) -> str | None:
    """The server that an item is of."""
    return text(item.get("resource_id"))


def no_backup(of: str, name: str | None) -> Result:
    """The same of a server, by ID, that has no item (yet)."""
    return server({"resource_id": of}, name)


def failure(item: Wire) -> Failure:
    """Why an item is in error: the service's own words first, then what its code means."""
    info = as_object(item.get("extend_info"))
    details = as_object(info.get("fail_code"))
    code = text(details.get("Code"))
    row = table_row(code)
    known = text(info.get("fail_reason")) or text(details.get("Description")) or (row.meaning if row else None)
    return Failure(code, known or "the service gave no reason")


def failed_operation(item: Wire) -> str | None:
    """What failed: backup, restore or delete."""
    return text(as_object(item.get("extend_info")).get("fail_op"))


def is_automatic(item: Wire) -> bool:
    """Whether a schedule made it."""
    return boolean(as_object(item.get("extend_info")).get("auto_trigger")) is True


def checkpoint_status(statuses: Iterable[str | None]) -> str | None:
    """The state of a checkpoint, which only its items tell: the first of these that any of them is in."""
    found = set(statuses)
    for result, wire in _DERIVED.items():
        if found & set(wire):
            return result
    # What nobody documented is shown as it is.
    others = sorted(status or "" for status in found - {"available"})
    if others:
        return others[0] or None
    return "available" if found else None


_DERIVED = {"protecting": PROTECTING, "error": ("error",), "deleting": DELETING, "restoring": RESTORING}


def checkpoint(items: Sequence[Wire], **known: t.Any) -> Result:
    """A checkpoint as documented, from its items, and from what else the task knows of it."""
    created = [found for found in (moment(item.get("created_at")) for item in items) if found is not None]
    return {
        "id": text(items[0].get("checkpoint_id")) if items else None,
        "status": checkpoint_status(text(item.get("status")) for item in items),
        "policy_id": None,
        "policy_name": None,
        # Its own time is told only when it is made; that of its first item is at most moments later.
        "created_at": min(created, default=None),
        **known,
    }


def listed_checkpoint(items: Sequence[Wire]) -> Result:
    """A checkpoint as a list shows it: with its servers, and without its policy, which items do not tell."""
    shown = checkpoint(items)
    servers = [server(item) for item in items]
    return {"id": shown["id"], "status": shown["status"], "created_at": shown["created_at"], "servers": servers}


def find_server(servers: Iterable[Result], text: str) -> str | None:
    """The ID of the server of this ID or name among documented ones; None where there is none.

    :raises OptionError: several servers have the name.
    """
    rows = list(servers)
    if any(row["id"] == text for row in rows):
        return text
    found = sorted({str(row["id"]) for row in rows if row["name"] == text})
    if len(found) > 1:
        raise OptionError("server", f"several servers are called {text!r}: {', '.join(found)}; give the ID")
    return found[0] if found else None


def by_checkpoint(items: Iterable[JsonObject]) -> dict[str, list[JsonObject]]:
    """Items by the checkpoint that they are part of."""
    found: dict[str, list[JsonObject]] = {}
    for item in items:
        found.setdefault(str(item["checkpoint_id"]), []).append(item)
    return found


def protectable(wire: Wire) -> Result:
    """Whether a server can be backed up, as documented, from F §7.2's entry; empty texts are null."""
    return {
        "id": text(wire.get("resource_id")),
        "type": text(wire.get("resource_type")),
        "protectable": boolean(wire.get("result")),
        "code": text(wire.get("error_code")),
        "message": text(wire.get("error_msg")),
    }


def boolean(value: t.Any) -> bool | None:
    """A boolean, also one that came as text in any spelling (F §7.8), else None."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def as_object(value: t.Any) -> Result:
    """An object, also one that came as a text holding JSON (F §7.1); empty where there is none."""
    if isinstance(value, str):
        value = parse(value)
    return dict(value) if isinstance(value, Mapping) else {}


def objects(value: t.Any) -> list[Wire]:
    """The objects in a list; empty where there is no list."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _schedule(wire: Wire) -> Result:
    definition = as_object(wire.get("operation_definition"))
    properties = as_object(as_object(wire.get("trigger")).get("properties"))
    return {
        "id": text(wire.get("id")),
        "name": text(wire.get("name")),
        "enabled": boolean(wire.get("enabled")),
        "pattern": text(properties.get("pattern")),
        "retention_count": _limit(definition.get("max_backups")),
        "retention_days": _limit(definition.get("retention_duration_days")),
        "permanent": boolean(definition.get("permanent")),
    }


def _limit(value: t.Any) -> int | None:
    """A limit of retention; -1 is the wire's word for none."""
    found = number(value)
    return None if found is None or found < 0 else found


def _tags(value: t.Any) -> dict[str, str] | None:
    if not isinstance(value, list):
        return None
    pairs = [(row.get("key"), row.get("value")) for row in objects(value)]
    return {key: entry if isinstance(entry, str) else "" for key, entry in pairs if isinstance(key, str)}
