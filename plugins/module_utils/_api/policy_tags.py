# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy tags and the searches by tag (F §6.9), one function for each call."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import Answer, JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.paging import rows_of, text_of
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import AnswerError, ApiError

# As F §14.5 has it; a project has some ten policies (F §6.1).
_PAGE = 100
_MOST_PAGES = 10000
_SEARCH = "search policies"
_SEARCH_PATH = ("backuppolicy", "resource_instances", "action")
_POLICY_MISSING = ("AutoBackup.0205", "AutoBackup.1100")


def get_policy_tags(client: Client, policy_id: str) -> dict[str, str]:
    """One policy's tags."""
    what = f"read tags of policy {policy_id}"
    return tags_of(client.vbs(what, "GET", ("backuppolicy", policy_id, "tags")).body, what)


def get_project_tags(client: Client) -> dict[str, list[str]]:
    """All tags of the project's policies: each key with its values.

    :raises AnswerError: the answer's values are no texts.
    """
    what = "read the tags of all policies"
    found: dict[str, list[str]] = {}
    for row in rows_of(client.vbs(what, "GET", ("backuppolicy", "tags")), "tags", what):
        some = row.get("values")
        if not isinstance(some, list) or not all(isinstance(value, str) for value in some):
            raise AnswerError(f"{what}: the values of {row.get('key')!r} are no list of texts")
        found.setdefault(text_of(row, "key", what), []).extend(some)
    return {key: sorted(set(some)) for key, some in found.items()}


def set_policy_tags(client: Client, policy_id: str, tags: Mapping[str, str], *, all_exist: bool) -> None:
    """Add tags or overwrite their values: a new one by the single call, else by the batch call.

    Only of the batch call it is documented that it overwrites; its create and its update do the same (F §6.9).

    :param all_exist: the policy has all of the keys already.
    """
    what, path = f"set tags of policy {policy_id}", ("backuppolicy", policy_id, "tags")
    pairs = [{"key": key, "value": value} for key, value in tags.items()]
    if len(pairs) == 1 and not all_exist:
        client.vbs(what, "POST", path, body={"tag": pairs[0]})
    else:
        action = "update" if all_exist else "create"
        client.vbs(what, "POST", (*path, "action"), body={"action": action, "tags": pairs})


def delete_policy_tags(client: Client, policy_id: str, keys: Sequence[str]) -> None:
    """Delete tags by key: one by the single call, several by the batch call; a missing one is no failure."""
    what, path = f"delete tags of policy {policy_id}", ("backuppolicy", policy_id, "tags")
    # A key of dots alone would change the address.
    if len(keys) > 1 or not keys[0].strip("."):
        pairs = [{"key": key} for key in keys]
        client.vbs(what, "POST", (*path, "action"), body={"action": "delete", "tags": pairs})
        return
    try:
        client.vbs(what, "DELETE", (*path, keys[0]))
    except ApiError as error:
        if not error.missing_object or error.code in _POLICY_MISSING:
            raise


def search_policies(client: Client, conditions: Mapping[str, t.Any]) -> list[JsonObject]:
    """The policies that match, with their tags; limit and offset are texts in the body.

    :raises AnswerError: the list repeats itself or has no end.
    """
    found: dict[str, JsonObject] = {}
    for _number in range(_MOST_PAGES):
        body = {"action": "filter", "limit": str(_PAGE), "offset": str(len(found)), **conditions}
        answer = client.vbs(_SEARCH, "POST", _SEARCH_PATH, body=body)
        total = _total(answer)
        listed = rows_of(answer, "resources", _SEARCH, optional=total == 0)
        rows = {text_of(row, "resource_id", _SEARCH): row for row in listed}
        if rows and rows.keys() <= found.keys():
            raise AnswerError(f"{_SEARCH}: the list repeats itself; nobody can say whether it is whole")
        found.update(rows)
        if not rows or len(found) >= total:
            return list(found.values())
    raise AnswerError(f"{_SEARCH}: the list has more than {_MOST_PAGES} pages")


def count_policies(client: Client, conditions: Mapping[str, t.Any]) -> int:
    """How many policies match."""
    body = {"action": "count", **conditions}
    return _total(client.vbs(_SEARCH, "POST", _SEARCH_PATH, body=body))


def tags_of(holder: JsonObject | None, what: str) -> dict[str, str]:
    """A dictionary from the list of key and value in C(tags) of an answer or a row.

    :raises AnswerError: there is no such list.
    """
    pairs = (holder or {}).get("tags")
    if not isinstance(pairs, list) or not all(isinstance(pair, dict) for pair in pairs):
        raise AnswerError(f"{what}: the answer has no list of objects in 'tags'")
    return {text_of(pair, "key", what): str(pair.get("value") or "") for pair in pairs}


def _total(answer: Answer) -> int:
    total = (answer.body or {}).get("total_count")
    if isinstance(total, bool) or not isinstance(total, int):
        raise AnswerError(f"{_SEARCH}: the answer has no total_count", http_status=answer.status)
    return total
