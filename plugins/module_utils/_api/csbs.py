# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server backup service, one function for each call (F §7.1, 7.2, 7.5, 7.6, 7.8).

A checkpoint (the record of one run) cannot be read itself; what is known of it are its items, one for each server.
"""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.paging import (
    Pairs,
    created_id,
    object_of,
    pages,
    rows_of,
    text_of,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    BackupError,
    OptionError,
    ServiceMissingError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_reference, is_uuid

# The one provider there is (F §1).
_PROVIDER = ("providers", "fc4d5750-22e7-4798-8a46-f48f62c4c1da")


def list_policies(client: Client, *, name: str | None = None) -> list[JsonObject]:
    """All server backup policies, or those with exactly this name (F §7.8)."""
    what = "list server backup policies"
    query: Pairs = [] if name is None else [("name", name)]
    found = pages(lambda pairs: client.csbs(what, "GET", ("policies",), query=pairs), query, key="policies", what=what)
    return [row for rows, _answer in found for row in rows if name is None or row.get("name") == name]


def get_policy(client: Client, policy_id: str) -> JsonObject | None:
    """One server backup policy (F §7.8); None where there is none."""
    what = f"read server backup policy {policy_id}"
    try:
        answer = client.csbs(what, "GET", ("policies", policy_id))
    except ApiError as error:
        if error.missing_object:
            return None
        raise
    policy = object_of(answer, "policy", what)
    text_of(policy, "id", what)
    return policy


def resolve_policy(client: Client, option: str, text: str) -> JsonObject:
    """The policy of an ID or a name; an ID is tried first where the text has the form of one.

    :raises OptionError: unknown, or several policies of this name.
    """
    check_reference(option, text)
    if is_uuid(text):
        policy = get_policy(client, text)
        if policy is not None:
            return policy
    found = list_policies(client, name=text)
    if len(found) > 1:
        ids = ", ".join(sorted(str(row["id"]) for row in found))
        raise OptionError(option, f"several server backup policies are called {text!r}: {ids}; give the ID")
    if not found:
        raise OptionError(option, f"there is no server backup policy {text!r} in this project")
    return found[0]


def list_items(client: Client, *, checkpoint_id: str | None = None, policy_id: str | None = None) -> list[JsonObject]:
    """The items of one checkpoint, of one policy's, or of all the project's (F §7.5), without deleted ones.

    What an item shows is compared here again; the policy it does not show.

    :raises AnswerError: an item does not say which checkpoint it is part of.
    """
    what = "list checkpoint items"
    query: Pairs = []
    if checkpoint_id is not None:
        what += f" of checkpoint {checkpoint_id}"
        query.append(("checkpoint_id", checkpoint_id))
    if policy_id is not None:
        what += f" of policy {policy_id}"
        query.append(("policy_id", policy_id))
    found = pages(
        lambda pairs: client.csbs(what, "GET", ("checkpoint_items",), query=pairs),
        query,
        key="checkpoint_items",
        what=what,
    )
    items = [(text_of(row, "checkpoint_id", what), row) for rows, _answer in found for row in rows]
    return [row for own, row in items if checkpoint_id in (None, own) and row.get("status") != "deleted"]


def get_item(client: Client, item_id: str) -> JsonObject | None:
    """One item (F §7.5); None where there is none (any more)."""
    what = f"read checkpoint item {item_id}"
    try:
        answer = client.csbs(what, "GET", ("checkpoint_items", item_id))
    except (ApiError, ServiceMissingError) as error:
        if _is_missing(error):
            return None
        raise
    item = object_of(answer, "checkpoint_item", what)
    return None if item.get("status") == "deleted" else item


def run_policy(client: Client, policy_id: str, server_ids: Sequence[str] | None, *, what: str) -> JsonObject:
    """Back the policy's servers up now, or these of them (F §7.1): the checkpoint.

    :raises LostAnswerError: it may or may not have been started.
    """
    parameters: JsonObject = {"auto_trigger": False}
    if server_ids is not None:
        parameters["resources"] = list(server_ids)
    body = {"checkpoint": {"plan_id": policy_id, "parameters": parameters}}
    answer = client.csbs(what, "POST", (*_PROVIDER, "checkpoints"), body=body, creating=True)
    made = (answer.body or {}).get("checkpoint")
    made = made if isinstance(made, dict) else {}
    created_id(made, "id", what)
    return made


def delete_checkpoint(client: Client, checkpoint_id: str, *, item_id: str | None = None) -> bool:
    """Start the deletion of a checkpoint, or of one item of it (F §7.6); False where it was gone already."""
    what = f"delete checkpoint {checkpoint_id}"
    query: Pairs = [] if item_id is None else [("checkpoint_items", item_id)]
    try:
        client.csbs(what, "DELETE", (*_PROVIDER, "checkpoints", checkpoint_id), query=query)
    except (ApiError, ServiceMissingError) as error:
        if _is_missing(error):
            return False
        raise
    return True


def check_protectable(client: Client, server_ids: Sequence[str], kind: str) -> list[JsonObject]:
    """For each server whether it can be backed up, in order (F §7.2); a no comes with HTTP 200 too.

    :raises AnswerError: the answer says nothing about one of them.
    """
    what = "ask whether servers can be backed up"
    entries = [{"resource_id": server_id, "resource_type": kind} for server_id in server_ids]
    body = {"check_protectable": entries}
    answer = client.csbs(what, "POST", (*_PROVIDER, "resources", "action"), body=body)
    judged = {text_of(row, "resource_id", what): row for row in rows_of(answer, "protectable", what)}
    silent = [server_id for server_id in server_ids if server_id not in judged]
    if silent:
        raise AnswerError(f"{what}: the answer says nothing about {', '.join(silent)}", http_status=answer.status)
    return [judged[server_id] for server_id in server_ids]


def _is_missing(error: BackupError) -> bool:
    """A 404, even a bare one: whoever asks for one object has just listed them, so the service itself is there."""
    if isinstance(error, ApiError):
        return error.missing_object
    return error.http_status == 404 and error.code is None
