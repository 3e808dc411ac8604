# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import clock, csbs_work, errors, seed
from .clock import micros, micros_or_null
from .models import CsbsPolicy, Item
from .paging import Key, next_links
from .table import R, Table
from .wire import Call, Reply, Route, digits

SORT_LENGTH = 255

ITEM_SORTS: dict[str, Key[Item]] = {
    "created_at": lambda row: row.created_at,
    "updated_at": lambda row: row.updated_at or 0.0,
    "protected_at": lambda row: row.created_at,
    "name": lambda row: row.name,
    "status": lambda row: row.status,
    "id": lambda row: row.id,
}
POLICY_SORTS: dict[str, Key[CsbsPolicy]] = {
    "created_at": lambda row: row.created_at,
    "name": lambda row: row.name,
    "status": lambda row: row.status,
    "id": lambda row: row.id,
}


def _sorted(call: Call, table: Table[R], rows: list[R], keys: Mapping[str, Key[R]]) -> list[R]:
    """Rows in the order of `sort=key:dir,key:dir`, newest first without it (F §7.5)."""
    text = call.query("sort") or "created_at"
    if len(text) > SORT_LENGTH:
        raise errors.csbs("CSBS.9001", "sort")
    rows.sort(key=table.place, reverse=True)
    # Sorting by the last key first leaves the first one on top, for sorting is stable.
    for part in reversed(text.split(",")):
        name, _colon, direction = part.partition(":")
        if name not in keys or direction not in ("", "asc", "desc"):
            raise errors.csbs("CSBS.9001", "sort")
        rows.sort(key=keys[name], reverse=direction != "asc")
    return rows


def _number(call: Call, name: str, default: int) -> int:
    text = call.query(name)
    if text is None or text == "":
        return default
    value = digits(text)
    if value is None:
        raise errors.csbs("CSBS.9001", name)
    return value


def _page(call: Call, name: str, rows: list[R], body_of: Callable[[Call, R], dict[str, Any]]) -> Reply:
    """One page, with a next link while more rows remain (F §3.6)."""
    marker, most = call.query("marker"), call.settings.max_page
    if marker:
        places = [number for number, row in enumerate(rows) if row.id == marker]
        if not places:
            raise errors.csbs("CSBS.9001", "marker")
        rows = rows[places[0] + 1 :]
    limit, offset = min(_number(call, "limit", most), most), _number(call, "offset", 0)
    shown = rows[offset : offset + limit]
    body: dict[str, Any] = {name: [body_of(call, row) for row in shown]}
    if shown and len(rows) > offset + limit:
        body[f"{name}_links"] = next_links(call, shown[-1].id)
    return Reply(200, body)


def _item(_call: Call, item: Item) -> dict[str, Any]:
    """An item (F §7.5)."""
    return {
        "id": item.id,
        "checkpoint_id": item.checkpoint_id,
        "name": item.name,
        "description": item.description,
        "status": item.status,
        "resource_id": item.resource_id,
        "resource_type": item.resource_type,
        "created_at": micros(item.created_at),
        "updated_at": micros_or_null(item.updated_at),
        "tags": item.tags,
        "backup_data": item.backup_data,
        "extend_info": item.extend_info,
    }


def _time(call: Call, name: str, default: str) -> str:
    """A time to compare with the times that answers show, which are as texts in order too."""
    text = call.query(name)
    try:
        return micros(clock.parse(text)) if text else default
    except ValueError as bad:
        raise errors.csbs("CSBS.9001", name) from bad


def _exact(item: Item) -> dict[str, Any]:
    return {
        "status": item.status,
        "resource_id": item.resource_id,
        "policy_id": item.policy_id,
        "checkpoint_id": item.checkpoint_id,
        "resource_type": item.resource_type,
        "image_type": item.backup_data.get("imagetype"),
        "az": csbs_work.info(item).get("resource_az"),
    }


def _items(call: Call) -> list[Item]:
    """The items that pass the filters (F §7.5); name and resource_name are fuzzy."""
    fields = ("status", "resource_id", "policy_id", "checkpoint_id", "resource_type", "image_type", "az")
    asked = {field: call.query(field) for field in fields}
    asked = {field: value for field, value in asked.items() if value is not None}
    name, server = call.query("name") or "", call.query("resource_name") or ""
    start, end = _time(call, "start_time", ""), _time(call, "end_time", "~")

    def wanted(item: Item) -> bool:
        exact = _exact(item)
        return (
            all(exact[field] == value for field, value in asked.items())
            and name in item.name
            and server in str(csbs_work.info(item).get("resource_name", ""))
            and start <= micros(item.created_at) <= end
        )

    table, record = call.project.items, call.query("checkpoint_id")
    rows = table.where("checkpoint_id", record) if record is not None else table
    return list(filter(wanted, rows))


def list_items(call: Call) -> Reply:
    """GET checkpoint_items (F §7.5)."""
    rows = _sorted(call, call.project.items, _items(call), ITEM_SORTS)
    return _page(call, "checkpoint_items", rows, _item)


def count_items(call: Call) -> Reply:
    """GET checkpoint_items/count: the same filters, no paging (F §7.5)."""
    return Reply(200, {"count": len(_items(call))})


def show_item(call: Call) -> Reply:
    """GET one item (F §7.5)."""
    item = call.project.items.get(call.params["id"])
    if item is None:
        raise errors.csbs("CSBS.3001")
    return Reply(200, {"checkpoint_item": _item(call, item)})


def _policy(call: Call, policy: CsbsPolicy) -> dict[str, Any]:
    """A server backup policy (F §7.8, §14.6)."""
    return {
        "id": policy.id,
        "name": policy.name,
        "description": policy.description,
        "status": policy.status,
        "created_at": micros(policy.created_at),
        "project_id": call.project.id,
        "provider_id": seed.PROVIDER,
        "parameters": policy.parameters,
        "resources": policy.resources,
        "scheduled_operations": policy.scheduled_operations,
        "tags": policy.tags,
    }


def list_policies(call: Call) -> Reply:
    """GET policies; `name` is exact (F §7.8)."""
    table, name = call.project.csbs_policies, call.query("name")
    rows = table.where("name", name) if name is not None else list(table)
    return _page(call, "policies", _sorted(call, table, rows, POLICY_SORTS), _policy)


def show_policy(call: Call) -> Reply:
    """GET one policy (F §7.8)."""
    policy = call.project.csbs_policies.get(call.params["id"])
    if policy is None:
        raise errors.csbs("CSBS.3000")
    return Reply(200, {"policy": _policy(call, policy)})


ROUTES = [
    Route("GET", "/v1/{pid}/checkpoint_items", list_items, "csbs"),
    # This word stands where an id would be.
    Route("GET", "/v1/{pid}/checkpoint_items/count", count_items, "csbs"),
    Route("GET", "/v1/{pid}/checkpoint_items/{id}", show_item, "csbs"),
    Route("GET", "/v1/{pid}/policies", list_policies, "csbs"),
    Route("GET", "/v1/{pid}/policies/{id}", show_policy, "csbs"),
]
