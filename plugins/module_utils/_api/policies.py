# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies, what is bound to them, and their tasks (F §6.1-6.8), one function for each call."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping, Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.paging import (
    Pairs,
    created_id,
    pages,
    rows_of,
    text_of,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import AnswerError, ApiError, OptionError


class BindAnswer(t.NamedTuple):
    """The two lists of a binding or unbinding; both come with HTTP 200 (F §6.5, §6.6)."""

    done: list[str]
    failed: list[JsonObject]


def list_policies(client: Client) -> list[JsonObject]:
    """All policies of the project, in the service's order; there is no call for one and no paging (F §6.2)."""
    answer = client.vbs("list policies", "GET", ("backuppolicy",))
    rows = rows_of(answer, "backup_policies", "list policies")
    # One documented sample has a key with a trailing blank (F §11, row 4).
    policies = [{key.strip(): value for key, value in row.items()} for row in rows]
    for policy in policies:
        text_of(policy, "backup_policy_id", "list policies")
    return policies


def pick_policy(
    policies: Sequence[JsonObject], policy_id: str | None, name: str | None, *, option: str = "name"
) -> JsonObject | None:
    """The policy of this ID, else of this name; None where there is none.

    :raises OptionError: several have the name.
    """
    if policy_id is not None:
        return next((row for row in policies if row["backup_policy_id"] == policy_id), None)
    matches = [row for row in policies if row.get("backup_policy_name") == name]
    if len(matches) > 1:
        ids = ", ".join(str(row["backup_policy_id"]) for row in matches)
        raise OptionError(option, f"several policies are called {name!r}: {ids}; give the ID")
    return matches[0] if matches else None


def find_policy(policies: Sequence[JsonObject], option: str, text: str) -> JsonObject:
    """The policy of an option that takes an ID or a name.

    :raises OptionError: unknown or ambiguous.
    """
    found = pick_policy(policies, text, None) or pick_policy(policies, None, text, option=option)
    if found is None:
        raise OptionError(option, f"there is no policy {text!r} in this project")
    return found


def create_policy(client: Client, body: Mapping[str, t.Any]) -> str:
    """Make a policy (F §6.1): its ID.

    :raises LostAnswerError: it may or may not have been made.
    """
    what = f"create policy {body['backup_policy_name']!r}"
    answer = client.vbs(what, "POST", ("backuppolicy",), body=dict(body), creating=True)
    return created_id(answer.body, "backup_policy_id", what)


def change_policy(client: Client, policy_id: str, body: Mapping[str, t.Any]) -> None:
    """Change the fields that are given (F §6.3)."""
    client.vbs(f"change policy {policy_id}", "PUT", ("backuppolicy", policy_id), body=dict(body))


def delete_policy(client: Client, policy_id: str) -> bool:
    """Delete a policy (F §6.4); False where it was gone already."""
    try:
        client.vbs(f"delete policy {policy_id}", "DELETE", ("backuppolicy", policy_id))
    except ApiError as error:
        if error.missing_object:
            return False
        raise
    return True


def bind_volumes(client: Client, policy_id: str, volume_ids: Sequence[str]) -> BindAnswer:
    """Bind volumes to a policy (F §6.5)."""
    resources = [{"resource_id": volume_id, "resource_type": "volume"} for volume_id in volume_ids]
    body = {"backup_policy_id": policy_id, "resources": resources}
    return _bind(client, ("backuppolicyresources",), body, f"bind volumes to policy {policy_id}")


def unbind_volumes(client: Client, policy_id: str, volume_ids: Sequence[str]) -> BindAnswer:
    """Unbind volumes from a policy (F §6.6)."""
    body = {"resources": [{"resource_id": volume_id} for volume_id in volume_ids]}
    return _bind(
        client,
        ("backuppolicyresources", policy_id, "deleted_resources"),
        body,
        f"unbind volumes from policy {policy_id}",
    )


def run_policy(client: Client, policy_id: str) -> None:
    """Start a policy's backups now (F §6.7).

    :raises LostAnswerError: it may or may not have been started.
    """
    client.vbs(f"run policy {policy_id}", "POST", ("backuppolicy", policy_id, "action"), creating=True)


def list_tasks(
    client: Client, policy_id: str, *, job_id: str | None = None, status: str | None = None, sort_dir: str = "desc"
) -> Iterator[JsonObject]:
    """A policy's backup tasks, newest first unless asked otherwise (F §6.8); filters are applied here again."""
    what = f"list tasks of policy {policy_id}"
    wanted = {key: value for key, value in (("job_id", job_id), ("status", status)) if value is not None}
    query: Pairs = [("sort_key", "created_at"), ("sort_dir", sort_dir), *wanted.items()]
    found = pages(
        lambda pairs: client.vbs(what, "GET", ("backuppolicy", policy_id, "backuptasks"), query=pairs),
        query,
        key="tasks",
        what=what,
        id_key="job_id",
        total_key="count",
    )
    for rows, _answer in found:
        yield from (row for row in rows if all(row.get(key) == value for key, value in wanted.items()))


def _bind(client: Client, path: Sequence[str], body: JsonObject, what: str) -> BindAnswer:
    answer = client.vbs(what, "POST", path, body=body)
    if not {"success_resources", "fail_resources"} & set(answer.body or {}):
        raise AnswerError(f"{what}: the answer says neither what was done nor what failed", http_status=answer.status)
    done = [text_of(row, "resource_id", what) for row in rows_of(answer, "success_resources", what, optional=True)]
    return BindAnswer(done, rows_of(answer, "fail_resources", what, optional=True))
