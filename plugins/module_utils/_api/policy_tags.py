# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy tags and the searches by tag (F §6.9), one function for each call."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.paging import rows_of, text_of
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import AnswerError, ApiError

_PAGE = 1000
_SEARCH = "search policies"
_SEARCH_PATH = ("backuppolicy", "resource_instances", "action")


def get_policy_tags(client: Client, policy_id: str) -> dict[str, str]:
    """One policy's tags."""
    answer = client.vbs(f"read tags of policy {policy_id}", "GET", ("backuppolicy", policy_id, "tags"))
    return tags_of(rows_of(answer, "tags", f"tags of policy {policy_id}"))


def set_policy_tags(client: Client, policy_id: str, tags: Mapping[str, str]) -> None:
    """Add or overwrite tags: one by the single call, several by the batch call."""
    what, path = f"set tags of policy {policy_id}", ("backuppolicy", policy_id, "tags")
    pairs = [{"key": key, "value": value} for key, value in tags.items()]
    if len(pairs) == 1:
        client.vbs(what, "POST", path, body={"tag": pairs[0]})
    else:
        client.vbs(what, "POST", (*path, "action"), body={"action": "create", "tags": pairs})


def delete_policy_tags(client: Client, policy_id: str, keys: Sequence[str]) -> None:
    """Delete tags by key: one by the single call, several by the batch call; a missing one is no failure."""
    what, path = f"delete tags of policy {policy_id}", ("backuppolicy", policy_id, "tags")
    try:
        # A key of dots alone would change the address.
        if len(keys) == 1 and keys[0].strip("."):
            client.vbs(what, "DELETE", (*path, keys[0]))
        else:
            pairs = [{"key": key} for key in keys]
            client.vbs(what, "POST", (*path, "action"), body={"action": "delete", "tags": pairs})
    except ApiError as error:
        if not error.missing_object:
            raise


def search_policies(client: Client, conditions: Mapping[str, t.Any]) -> list[JsonObject]:
    """The policies that match, with their tags; limit and offset are texts in the body."""
    found: list[JsonObject] = []
    seen: set[str] = set()
    total = 1
    while len(found) < total:
        body = {"action": "filter", "limit": str(_PAGE), "offset": str(len(found)), **conditions}
        answer = client.vbs(_SEARCH, "POST", _SEARCH_PATH, body=body)
        rows = rows_of(answer, "resources", _SEARCH)
        total = _total(answer.body)
        if not rows:
            break
        fresh = [row for row in rows if text_of(row, "resource_id", _SEARCH) not in seen]
        if not fresh:
            raise AnswerError(f"{_SEARCH}: the list repeats itself; nobody can say whether it is whole")
        seen.update(row["resource_id"] for row in fresh)
        found.extend(fresh)
    return found


def count_policies(client: Client, conditions: Mapping[str, t.Any]) -> int:
    """How many policies match."""
    body = {"action": "count", **conditions}
    return _total(client.vbs(_SEARCH, "POST", _SEARCH_PATH, body=body).body)


def tags_of(pairs: Sequence[Mapping[str, t.Any]]) -> dict[str, str]:
    """A dictionary from a list of key and value."""
    return {str(pair.get("key")): str(pair.get("value") or "") for pair in pairs}


def _total(body: JsonObject | None) -> int:
    total = (body or {}).get("total_count")
    if isinstance(total, bool) or not isinstance(total, int):
        raise AnswerError(f"{_SEARCH}: the answer has no total_count")
    return total
