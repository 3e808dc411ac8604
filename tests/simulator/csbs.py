# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from . import csbs_work, errors, jobs, seed
from .clock import micros
from .models import Checkpoint, CsbsPolicy, Server
from .state import Project, new_id
from .wire import Call, Reply, Route

SERVER = "OS::Nova::Server"


def _check_provider(call: Call) -> None:
    if call.params["provider"] != seed.PROVIDER:
        raise errors.csbs("CSBS.9001", "provider_id")


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, str) and entry for entry in value)


def _asked(call: Call) -> tuple[CsbsPolicy, list[str]]:
    """The policy of a run and the servers asked for, all of it by default (F §7.1)."""
    body = call.json_object()
    given = body.get("checkpoint") if body else None
    if not isinstance(given, dict) or not isinstance(given.get("plan_id"), str):
        raise errors.csbs("CSBS.9001", "checkpoint.plan_id")
    parameters = given.get("parameters")
    if not isinstance(parameters, dict):
        raise errors.csbs("CSBS.9001", "checkpoint.parameters")
    policy = call.project.csbs_policies.get(given["plan_id"])
    if policy is None:
        raise errors.csbs("CSBS.3000")
    held = [entry["id"] for entry in policy.resources]
    asked = parameters.get("resources")
    if asked is None:
        return policy, held
    if not _is_texts(asked) or set(asked) - set(held):
        raise errors.csbs("CSBS.9001", "checkpoint.parameters.resources")
    return policy, list(dict.fromkeys(asked))


def refusal(call: Call, server: Server | None, kind: str = SERVER) -> str:
    """Why a server cannot be backed up, as a code, or an empty text (F §7.2, §13.2)."""
    if kind != SERVER:
        return "CSBS.6003"
    if server is None:
        return "CSBS.6000"
    if server.protectable_code:
        return server.protectable_code
    return "" if csbs_work.disks(call.project, server) else "CSBS.6007"


def run(call: Call) -> Reply:
    """POST …/checkpoints: run a policy now (F §7.1)."""
    _check_provider(call)
    policy, server_ids = _asked(call)
    project = call.project
    if any(row.policy_id == policy.id and row.status == "protecting" for row in project.checkpoints):
        raise errors.csbs(call.settings.csbs_busy_code)
    found = [project.servers.get(server_id) for server_id in server_ids]
    servers = [server for server in found if server is not None and not refusal(call, server)]
    if not servers:
        raise errors.csbs("CSBS.6032")
    checkpoint = project.checkpoints.add(Checkpoint(new_id(), policy.id, call.now))
    for server in servers:
        item = csbs_work.new_item(call, checkpoint, server)
        csbs_work.protect(call, checkpoint, item, server, jobs.injected(call, server.id))
    return Reply(200, {"checkpoint": _checkpoint(call, checkpoint, policy, servers)})


def _checkpoint(call: Call, checkpoint: Checkpoint, policy: CsbsPolicy, servers: list[Server]) -> dict[str, Any]:
    """The record as F §14.6 shows it; `extra_info` is a text that holds JSON, an object, or null (F §11, row 22)."""
    forms: dict[str, Callable[[dict[str, Any]], Any]] = {"text": json.dumps, "object": dict, "null": lambda _info: None}
    form = forms[call.settings.csbs_extra_info]
    resources = [{"id": server.id, "type": SERVER, "name": server.name, "extra_info": form({})} for server in servers]
    return {
        "id": checkpoint.id,
        "status": checkpoint.status,
        "created_at": micros(checkpoint.created_at),
        "project_id": call.project.id,
        "resource_graph": None,
        "protection_plan": {"id": policy.id, "name": policy.name, "resources": resources},
        "extra_info": form({"created_by": "manual"}),
    }


def _held(project: Project, server_id: str) -> bool:
    return any(entry["id"] == server_id for policy in project.csbs_policies for entry in policy.resources)


def _judged(call: Call, resource_id: str, kind: str) -> dict[str, Any]:
    """One answer of a check; code and message come only when there is something to say (F §7.2)."""
    code = refusal(call, call.project.servers.get(resource_id), kind)
    answer: dict[str, Any] = {"resource_id": resource_id, "resource_type": kind, "result": not code}
    if not code and call.settings.csbs_bound_message and _held(call.project, resource_id):
        code = "CSBS.6004"
    if code:
        answer |= {"error_code": code, "error_msg": errors.MESSAGE.get(code, "not possible")}
    return answer


def check(call: Call) -> Reply:
    """POST …/resources/action: can these be backed up? HTTP 200 for a no as well (F §7.2)."""
    _check_provider(call)
    body = call.json_object()
    entries = body.get("check_protectable") if body else None
    if not isinstance(entries, list) or not entries:
        raise errors.csbs("CSBS.9001", "check_protectable")
    for entry in entries:
        if not isinstance(entry, dict) or not _is_texts([entry.get("resource_id"), entry.get("resource_type")]):
            raise errors.csbs("CSBS.9001", "check_protectable")
    answers = [_judged(call, entry["resource_id"], entry["resource_type"]) for entry in entries]
    return Reply(200, {"protectable": answers})


def delete(call: Call) -> Reply:
    """DELETE …/checkpoints/{id}: the whole record, or one item of it; repeated too early it is refused (F §7.6)."""
    _check_provider(call)
    checkpoint = call.project.checkpoints.get(call.params["id"])
    items = call.project.items.where("checkpoint_id", call.params["id"])
    only = call.query("checkpoint_items")
    chosen = [item for item in items if only in (None, "", item.id)]
    if checkpoint is None or (only and not chosen):
        raise errors.csbs("CSBS.3001")
    if any(item.status in csbs_work.DELETING for item in chosen):
        raise errors.csbs("CSBS.2003", status=int(call.settings.csbs_delete_again))
    if checkpoint.status == "protecting" or any(item.status in csbs_work.BUSY for item in chosen):
        raise errors.csbs("CSBS.2003")
    if any(item.image for item in chosen):
        raise errors.csbs("CSBS.8007")
    csbs_work.delete(call, checkpoint, chosen)
    return Reply(200, {})


ROUTES = [
    Route("POST", "/v1/{pid}/providers/{provider}/checkpoints", run, "csbs"),
    Route("DELETE", "/v1/{pid}/providers/{provider}/checkpoints/{id}", delete, "csbs"),
    Route("POST", "/v1/{pid}/providers/{provider}/resources/action", check, "csbs"),
]
