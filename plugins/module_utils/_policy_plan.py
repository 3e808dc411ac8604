# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans what becomes of one policy (contract §3, vbs_policy)."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model, _policy, _policy_model
from ansible_collections.huaweicloud.backup.plugins.module_utils._api import policies as api
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.policy_tags import get_policy_tags
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._policy_create import make_policy
from ansible_collections.huaweicloud.backup.plugins.module_utils._tags import (
    TagPlan,
    add_tags,
    plan_removal,
    plan_tags,
    remove_tags,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_tags


def plan_policy(context: Context) -> Plan:
    """Fetch the policy, then plan to make, change or delete it."""
    options = context.options
    rows = api.list_policies(context.client)
    wire = api.pick_policy(rows, options["id"], options["name"])
    if options["state"] == "absent":
        return _plan_absent(context, wire)
    if wire is not None:
        return _plan_change(context, wire)
    if options["id"] is not None:
        raise OptionError("id", f"there is no policy {options['id']!r} in this project")
    return _plan_create(context, rows)


def _plan_absent(context: Context, wire: dict[str, t.Any] | None) -> Plan:
    if wire is None:
        return Plan((), {"policy": None})

    def apply() -> Outcome:
        api.delete_policy(context.client, wire["backup_policy_id"])
        return Outcome({"policy": None})

    return Plan(("deleted",), {"policy": None}, before=_policy.comparable(_policy_model.policy(wire)), apply=apply)


def _plan_create(context: Context, rows: list[dict[str, t.Any]]) -> Plan:
    options = context.options
    wanted = _policy.new_policy(options)
    shown = dict(wanted) if options["tags"] is not None else {**wanted, "tags": None}

    def apply() -> Outcome:
        body = _policy.create_body(wanted, options["weekdays"])
        try:
            made = make_policy(context.client, context.clock, context.warn, body, rows)
        except BackupError as error:
            if "policy" in error.results:
                error.results["policy"] = {**shown, **error.results["policy"]}
            raise
        if made.may_differ:
            # Another task may have made it at the same moment: bring that one to what was asked for.
            change = _plan_change(context, made.wire)
            return change.apply() if change.changes and change.apply else Outcome(change.result)
        return Outcome({"policy": _shown(context, made.wire, wanted["tags"])})

    return Plan(("created",), {"policy": shown}, after=_policy.comparable(shown), apply=apply)


def _plan_change(context: Context, wire: dict[str, t.Any]) -> Plan:
    options, client, policy_id = context.options, context.client, wire["backup_policy_id"]
    tags: TagPlan | None = None
    current_tags: dict[str, str] | None = None
    if options["tags"] is not None:
        current_tags = get_policy_tags(client, policy_id)
        tags = plan_tags(current_tags, check_tags("tags", options["tags"]), purge=options["purge_tags"])
    current = _shown(context, wire, current_tags)
    wanted = _policy.changed_policy(current, options, zone=_model.text(wire.get("time_zone")))
    changes = _policy.differences(current, wanted)
    body = _policy.change_body(wanted, changes, options["weekdays"])
    if tags is not None:
        wanted["tags"] = tags.after

    def apply() -> Outcome:
        reached = [current]
        try:
            reached.extend(_changing(client, policy_id, body, tags, current, wanted))
            now = api.pick_policy(api.list_policies(client), policy_id, None) if body else wire
        except BackupError as error:
            if reached[-1] != current:
                error.message = f"{error.message}; policy {policy_id} was changed before that"
                error.results.update(policy=reached[-1], changed=True)
            raise
        return Outcome({"policy": _shown(context, now or wire, wanted["tags"])})

    named = changes + (("tags",) if tags is not None and not tags.is_empty else ())
    return Plan(
        named, {"policy": wanted}, before=_policy.comparable(current), after=_policy.comparable(wanted), apply=apply
    )


def _changing(
    client: Client,
    policy_id: str,
    body: Mapping[str, t.Any],
    tags: TagPlan | None,
    current: dict[str, t.Any],
    wanted: dict[str, t.Any],
) -> Iterator[dict[str, t.Any]]:
    """Send what is to be sent, one request after the other: the policy as it is after each."""
    done = current
    if body:
        api.change_policy(client, policy_id, body)
        done = {**wanted, "tags": current["tags"]}
        yield done
    if tags is not None:
        remove_tags(client, policy_id, tags)
        yield {**done, "tags": plan_removal(tags.before, dict(tags.removed)).after}
        add_tags(client, policy_id, tags)
        yield {**done, "tags": tags.after}


def _shown(context: Context, wire: dict[str, t.Any], tags: dict[str, str] | None) -> dict[str, t.Any]:
    tags = tags if context.options["tags"] is not None else None
    return _policy_model.policy(wire, tags=tags, zone=context.options["time_zone"])
