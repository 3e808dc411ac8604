# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server backup service's objects as they are on the wire (F §7, §14.6), and the calls that most scripts need."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import NOTHING, Call, csbs

Json = dict[str, t.Any]

POLICY = "88888888-2222-3333-4444-555555555555"
SERVER = "aaaaaaaa-2222-3333-4444-555555555555"
OTHER_SERVER = "aaaaaaab-2222-3333-4444-555555555555"
CHECKPOINT = "bbbbbbbb-2222-3333-4444-555555555555"
OTHER_CHECKPOINT = "bbbbbbbc-2222-3333-4444-555555555555"
ITEM = "cccccccc-2222-3333-4444-555555555555"
OTHER_ITEM = "cccccccd-2222-3333-4444-555555555555"
PROVIDER = "/v1/providers/fc4d5750-22e7-4798-8a46-f48f62c4c1da"
KIND = "OS::Nova::Server"
MADE_AT = "2026-11-21T12:00:05.000001"

NAMES = {SERVER: "web-1", OTHER_SERVER: "web-2"}
ITEM_OF = {SERVER: ITEM, OTHER_SERVER: OTHER_ITEM}

# What csbs_checkpoint shows of them after a good run.
MADE = {
    "id": CHECKPOINT,
    "status": "available",
    "policy_id": POLICY,
    "policy_name": "servers",
    "created_at": "2026-11-21T12:00:05Z",
}
GOOD = {"id": SERVER, "name": "web-1", "status": "available", "item_id": ITEM, "progress": 100, "error": None}
UNKNOWN = {**GOOD, "status": None, "item_id": None, "progress": None}
OTHER_GOOD = {**GOOD, "id": OTHER_SERVER, "name": "web-2", "item_id": OTHER_ITEM}

ALL: Json = {"policy": "servers"}
ONE: Json = {"policy": "servers", "servers": ["web-1"]}
"""Options: all servers of the policy, and one."""

PENDING = {"kind": "checkpoint", "ids": [CHECKPOINT], "started_at": "2026-11-21T12:00:05Z"}


def policy(*server_ids: str, policy_id: str = POLICY, name: str = "servers", **more: t.Any) -> Json:
    """A policy (F §14.6) that holds these servers, the two of this file where none is named."""
    return {
        "id": policy_id,
        "name": name,
        "status": "suspended",
        "created_at": "2026-11-20T03:00:00.000001",
        "resources": [
            {"id": server_id, "type": KIND, "name": NAMES[server_id], "extra_info": {}}
            for server_id in server_ids or NAMES
        ],
        "scheduled_operations": [],
        **more,
    }


def item(server_id: str = SERVER, status: str = "available", info: t.Any = None, **more: t.Any) -> Json:
    """An item (F §14.6); ``info`` changes its extend_info."""
    extend_info = {
        "auto_trigger": False,
        "progress": 100 if status == "available" else 40,
        "fail_code": {},
        "fail_op": "",
        "fail_reason": "",
        "resource_name": NAMES[server_id],
    }
    return {
        "id": ITEM_OF[server_id],
        "checkpoint_id": CHECKPOINT,
        "name": "manualbk_1",
        "description": "",
        "status": status,
        "resource_id": server_id,
        "resource_type": KIND,
        "created_at": "2026-11-21T12:00:06.000001",
        "updated_at": "2026-11-21T12:00:07.000001",
        "tags": [],
        "backup_data": {},
        "extend_info": {**extend_info, **(info or {})},
        **more,
    }


def failed_item(server_id: str = SERVER, code: str = "CSBS.6007", reason: str = "server has no disk") -> Json:
    """An item whose backup failed (F §7.5)."""
    info = {"fail_op": "backup", "fail_reason": reason, "fail_code": {"Code": code, "Description": "long text"}}
    return item(server_id, "error", info)


def checkpoint(*server_ids: str, **more: t.Any) -> Json:
    """The answer to a run (F §14.6)."""
    resources = [
        {"id": server_id, "type": KIND, "name": NAMES[server_id], "extra_info": "{}"} for server_id in server_ids
    ]
    return {
        "checkpoint": {
            "id": CHECKPOINT,
            "status": "protecting",
            "created_at": MADE_AT,
            "project_id": "0123456789abcdef0123456789abcdef",
            "resource_graph": None,
            "protection_plan": {"id": POLICY, "name": "servers", "resources": resources},
            "extra_info": '{"created_by": "manual"}',
            **more,
        }
    }


def found(*rows: Json, name: str = "servers") -> Call:
    """The look-up of a policy by name."""
    return csbs("GET", f"/v1/policies?name={name}&limit=1000", answer={"policies": list(rows or [policy()])})


def of_policy(*rows: Json, policy_id: str = POLICY) -> Call:
    """The items of all of a policy's checkpoints."""
    url = f"/v1/checkpoint_items?policy_id={policy_id}&limit=1000"
    return csbs("GET", url, answer={"checkpoint_items": list(rows)})


def of_checkpoint(*rows: Json, checkpoint_id: str = CHECKPOINT) -> Call:
    """The items of one checkpoint."""
    url = f"/v1/checkpoint_items?checkpoint_id={checkpoint_id}&limit=1000"
    return csbs("GET", url, answer={"checkpoint_items": list(rows)})


def one_item(row: Json | None, item_id: str = ITEM) -> Call:
    """The look at one item, which may be gone."""
    call = csbs("GET", f"/v1/checkpoint_items/{item_id}")
    if row is None:
        return call.but(status=404, answer=refusal("CSBS.3001"))
    return call.but(answer={"checkpoint_item": row})


def run(*server_ids: str, **more: t.Any) -> Call:
    """The call that runs the policy, for these servers or for all."""
    parameters: Json = {"auto_trigger": False}
    if server_ids:
        parameters["resources"] = list(server_ids)
    body = {"checkpoint": {"plan_id": POLICY, "parameters": parameters}}
    return csbs("POST", f"{PROVIDER}/checkpoints", body=body, **{"answer": checkpoint(*server_ids or NAMES), **more})


def delete(item_id: str | None = None, **more: t.Any) -> Call:
    """The deletion of the checkpoint or of one item of it."""
    part = "" if item_id is None else f"?checkpoint_items={item_id}"
    answer = {} if more.get("status", 200) == 200 else NOTHING
    return csbs("DELETE", f"{PROVIDER}/checkpoints/{CHECKPOINT}{part}", **{"answer": answer, **more})


def check(*server_ids: str, kind: str = KIND, **more: t.Any) -> Call:
    """The question whether servers can be backed up."""
    entries = [{"resource_id": server_id, "resource_type": kind} for server_id in server_ids]
    return csbs("POST", f"{PROVIDER}/resources/action", body={"check_protectable": entries}, **more)


def refusal(code: str, message: str = "the service says no") -> Json:
    """An error of the service (F §3.3)."""
    return {"error_code": code, "error_msg": message}
