# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import errors
from .models import Policy
from .policies import TAG_LIMIT, body_of, checked_tags, find
from .wire import Call, Reply, Route, digits, good_tag

SEARCH_LISTS = ("tags", "tags_any", "not_tags", "not_tags_any")
MOST_IN_SEARCH = 10

Wanted = dict[str, set[str]]


def _put(policy: Policy, tags: Mapping[str, str]) -> None:
    """Add or overwrite; refuses what would be too many (F §6.9)."""
    merged = {**policy.tags, **tags}
    if len(merged) > TAG_LIMIT:
        raise errors.vbs("AutoBackup.0215")
    policy.tags = merged


def add_one(call: Call) -> Reply:
    """POST …/tags (F §6.9)."""
    policy = find(call)
    tag = body_of(call).get("tag")
    if not isinstance(tag, dict):
        raise errors.vbs("AutoBackup.0008", "tag")
    _put(policy, checked_tags([tag]))
    return Reply(204)


def remove_one(call: Call) -> Reply:
    """DELETE …/tags/{key} (F §6.9)."""
    policy = find(call)
    if policy.tags.pop(call.params["key"], None) is None:
        raise errors.vbs("AutoBackup.0216")
    return Reply(204)


def _as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def of_policy(call: Call) -> Reply:
    """GET …/{policy_id}/tags (F §6.9)."""
    return Reply(200, {"tags": _as_list(find(call).tags)})


def of_project(call: Call) -> Reply:
    """GET backuppolicy/tags: every key with all its values (F §6.9)."""
    values: dict[str, dict[str, None]] = {}
    for policy in call.project.policies:
        for key, value in policy.tags.items():
            values.setdefault(key, {})[value] = None
    return Reply(200, {"tags": [{"key": key, "values": list(found)} for key, found in values.items()]})


def _checked_deletions(tags: Any) -> list[dict[str, Any]]:
    """Tags to delete: longer limits, and the value is optional (F §6.9)."""
    good = isinstance(tags, list) and all(
        good_tag(tag, key_limit=127, value_limit=255, need_value=False) for tag in tags
    )
    if not good:
        raise errors.vbs("AutoBackup.0214")
    return list(tags)


def batch(call: Call) -> Reply:
    """POST …/tags/action: create and update both overwrite; delete ignores what is not there (F §6.9)."""
    policy = find(call)
    body = body_of(call)
    action, tags = body.get("action"), body.get("tags") or []
    if action in ("create", "update"):
        _put(policy, checked_tags(tags))
    elif action == "delete":
        for tag in _checked_deletions(tags):
            value = tag.get("value")
            if value is None or policy.tags.get(tag["key"]) == value:
                policy.tags.pop(tag["key"], None)
    else:
        raise errors.vbs("AutoBackup.0222")
    return Reply(204)


def _wanted(body: Mapping[str, Any], name: str) -> Wanted | None:
    """One list of {key, values} of a search: at most 10 unique keys with 10 unique values, none empty (F §6.9)."""
    given = body.get(name)
    if given is None:
        return None
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_IN_SEARCH:
        raise errors.vbs("AutoBackup.0214", name)
    found: Wanted = {}
    for entry in given:
        key = entry.get("key") if isinstance(entry, dict) else None
        values = entry.get("values") if isinstance(entry, dict) else None
        if not isinstance(key, str) or not key or key in found:
            raise errors.vbs("AutoBackup.0214", name)
        if not isinstance(values, list) or not 1 <= len(values) <= MOST_IN_SEARCH:
            raise errors.vbs("AutoBackup.0214", name)
        if not all(isinstance(value, str) for value in values) or len(set(values)) != len(values):
            raise errors.vbs("AutoBackup.0214", name)
        found[key] = set(values)
    return found


def _texts(body: Mapping[str, Any]) -> list[str]:
    """What `matches` wants in the policy's name (F §6.9)."""
    given = body.get("matches")
    if given is None:
        return []
    good = isinstance(given, list) and all(
        isinstance(entry, dict) and entry.get("key") == "resource_name" and isinstance(entry.get("value"), str)
        for entry in given
    )
    if not good:
        raise errors.vbs("AutoBackup.0008", "matches")
    return [entry["value"] for entry in given]


def _number(body: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
    """limit and offset are texts in the body (F §3.6)."""
    given = body.get(name)
    if given is None:
        return default
    value = digits(given, low=low, high=high)
    if value is None:
        raise errors.vbs("AutoBackup.0008", name)
    return value


def _search(body: Mapping[str, Any]) -> Callable[[Policy], bool]:
    lists = {name: _wanted(body, name) for name in SEARCH_LISTS}
    texts = _texts(body)

    def hits(policy: Policy, wanted: Wanted) -> list[bool]:
        return [policy.tags.get(key) in values for key, values in wanted.items()]

    def matches(policy: Policy) -> bool:
        every, some = lists["tags"], lists["tags_any"]
        not_every, not_some = lists["not_tags"], lists["not_tags_any"]
        return (
            (every is None or all(hits(policy, every)))
            and (some is None or any(hits(policy, some)))
            and (not_every is None or not all(hits(policy, not_every)))
            and (not_some is None or not any(hits(policy, not_some)))
            and all(text in policy.name for text in texts)
        )

    return matches


def search(call: Call) -> Reply:
    """POST resource_instances/action: `filter` or `count` policies by tags and name (F §6.9)."""
    body = body_of(call)
    action = body.get("action")
    if action not in ("filter", "count"):
        raise errors.vbs("AutoBackup.0222")
    found = list(filter(_search(body), call.project.policies))
    if action == "count":
        return Reply(200, {"total_count": len(found)})
    limit, offset = _number(body, "limit", 1000, 1, 1000), _number(body, "offset", 0, 0, 10**9)
    resources = [
        {
            "resource_id": policy.id,
            "resource_name": policy.name,
            "resource_detail": None,
            "tags": _as_list(policy.tags),
        }
        for policy in found[offset : offset + limit]
    ]
    return Reply(200, {"total_count": len(found), "resources": resources})


ROUTES = [
    Route("GET", "/v2/{pid}/backuppolicy/tags", of_project, "vbs"),
    Route("POST", "/v2/{pid}/backuppolicy/resource_instances/action", search, "vbs"),
    Route("POST", "/v2/{pid}/backuppolicy/{id}/tags/action", batch, "vbs"),
    Route("POST", "/v2/{pid}/backuppolicy/{id}/tags", add_one, "vbs"),
    Route("GET", "/v2/{pid}/backuppolicy/{id}/tags", of_policy, "vbs"),
    # The key may hold an encoded slash, which the router has decoded by now.
    Route("DELETE", "/v2/{pid}/backuppolicy/{id}/tags/{key:path}", remove_one, "vbs"),
]
