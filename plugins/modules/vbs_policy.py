#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_policy
short_description: Manage backup policies of the Volume Backup Service
version_added: 1.0.0
description:
  - Create, change, rename and delete backup policies, which say when volumes are backed up and how long backups are
    kept.
  - A policy is identified by O(id), or by O(name), which must then be unique. O(id) with another O(name) renames it.
  - Which volumes a policy protects is managed with M(huaweicloud.backup.vbs_policy_resources).
author:
  - huaweicloud.backup contributors (@huaweicloud)
extends_documentation_fragment:
  - huaweicloud.backup._auth
  - huaweicloud.backup._connection
  - huaweicloud.backup._attributes
  - huaweicloud.backup._attributes.action_group
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  state:
    description:
      - Whether the policy should exist. Deleting a policy leaves its backups and frees its volumes.
    type: str
    choices:
      - present
      - absent
    default: present
  id:
    description:
      - The policy's ID.
    type: str
  name:
    description:
      - The policy's name, 1 to 64 letters, digits, C(-) and C(_); Chinese characters are allowed.
      - A policy cannot be renamed to a name that starts with C(default).
    type: str
  enabled:
    description:
      - Whether the policy makes backups by itself. A new policy does, if this is left out.
    type: bool
  start_times:
    description:
      - When backups start, as whole hours C(HH:00) in O(time_zone), each once. Needed for a new policy.
      - Put the times in quotes, because YAML reads an unquoted C(23:00) as the number 1380.
    type: list
    elements: str
  time_zone:
    description:
      - The time zone of O(start_times), such as V(UTC+02:00), with whole hours from -12 to +14.
      - If left out, the times are UTC for a new policy, and in the policy's own time zone for one that exists,
        or UTC where the service does not say it.
      - A new time zone without O(start_times) keeps the local times, where the service says the old time zone.
    type: str
  frequency:
    description:
      - Make backups every so many days, 1 to 30. A new policy needs this or O(weekdays).
    type: int
  weekdays:
    description:
      - Make backups on these days. They are days in O(time_zone) and never shifted.
    type: list
    elements: str
    choices:
      - MON
      - TUE
      - WED
      - THU
      - FRI
      - SAT
      - SUN
  retention_count:
    description:
      - Keep so many backups of each volume, 2 to 99. A new policy needs this or O(retention_days).
    type: int
  retention_days:
    description:
      - Keep backups for so many days, 2 to 99999.
    type: int
  keep_first_of_month:
    description:
      - Whether to keep the first backup of the month beyond the other rule. A new policy does not, if this is left out.
    type: bool
  tags:
    description:
      - The policy's tags, at most 10. Left out, tags are neither read nor changed; an empty dictionary removes all,
        if O(purge_tags=true).
    type: dict
  purge_tags:
    description:
      - Whether to remove tags that O(tags) does not name.
    type: bool
    default: true
seealso:
  - module: huaweicloud.backup.vbs_policy_info
  - module: huaweicloud.backup.vbs_policy_resources
"""

EXAMPLES = r"""
- name: Back up twice a day at 01:00 and 23:00 local time and keep 14 backups
  huaweicloud.backup.vbs_policy:
    name: nightly
    start_times: ["23:00", "01:00"]
    time_zone: UTC+02:00
    frequency: 1
    retention_count: 14
    tags:
      env: prod

- name: Switch to Mondays and Thursdays, and keep the first backup of each month
  huaweicloud.backup.vbs_policy:
    name: nightly
    weekdays: [MON, THU]
    keep_first_of_month: true

- name: Pause the policy
  huaweicloud.backup.vbs_policy:
    name: nightly
    enabled: false

- name: Delete the policy; its backups stay
  huaweicloud.backup.vbs_policy:
    name: nightly
    state: absent
"""

RETURN = r"""
policy:
  description: The policy as it is now, in check mode as it would be; null where it is absent.
  returned: success
  type: dict
  contains:
    id:
      description: The policy's ID; null for one that check mode would create.
      type: str
      returned: always
      sample: 66666666-2222-3333-4444-555555555555
    name:
      description: The policy's name, or null.
      type: str
      returned: always
      sample: nightly
    enabled:
      description: Whether the policy makes backups by itself, or null.
      type: bool
      returned: always
      sample: true
    start_times:
      description: When backups start, in the time zone of RV(policy.time_zone), or in UTC where that is null.
      type: list
      elements: str
      returned: always
      sample: ["01:00", "23:00"]
    start_times_utc:
      description: The same times in UTC, in the order of the local day.
      type: list
      elements: str
      returned: always
      sample: ["23:00", "21:00"]
    time_zone:
      description: The policy's time zone; null where the service does not say it.
      type: str
      returned: always
      sample: UTC+02:00
    frequency:
      description: Every how many days backups are made; null where week days are set.
      type: int
      returned: always
      sample: 1
    weekdays:
      description: On which days backups are made; null where a frequency is set.
      type: list
      elements: str
      returned: always
      sample: ["MON", "THU"]
    retention_count:
      description: How many backups are kept; null where days are set.
      type: int
      returned: always
      sample: 14
    retention_days:
      description: For how many days backups are kept; null where a count is set.
      type: int
      returned: always
      sample: 30
    keep_first_of_month:
      description: Whether the first backup of the month is kept beyond that, or null.
      type: bool
      returned: always
      sample: false
    resource_count:
      description: How many volumes are bound to the policy, or null.
      type: int
      returned: always
      sample: 2
    tags:
      description: The policy's tags; null where they were not read.
      type: dict
      returned: always
      sample: {"env": "prod"}
error:
  description: Why the task failed, for playbooks, beside C(msg) for people.
  returned: failure
  type: dict
  contains:
    code: {description: "The service's own code, or null.", type: str, returned: always, sample: VolumeBackup.0013}
    message: {description: What was tried and why it failed., type: str, returned: always}
    http_status: {description: "The answer's HTTP status, or null.", type: int, returned: always, sample: 400}
    request_id: {description: "What the provider's support asks for, or null.", type: str, returned: always}
    advice: {description: What to do next., type: str, returned: always, sample: wait until it has ended}
    retryable: {description: Whether the same task may go well later., type: bool, returned: always, sample: true}
"""

import typing as t

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model, _policy, _policy_model
from ansible_collections.huaweicloud.backup.plugins.module_utils._api import policies as api
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.policy_tags import get_policy_tags
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import STATE, ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._policy_create import make_policy
from ansible_collections.huaweicloud.backup.plugins.module_utils._runner import run
from ansible_collections.huaweicloud.backup.plugins.module_utils._schedule import WEEKDAYS
from ansible_collections.huaweicloud.backup.plugins.module_utils._tags import TagPlan, apply_tags, plan_tags
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_tags

SPEC = STATE.merge(
    ArgSpec(
        options={
            "id": {"type": "str"},
            "name": {"type": "str"},
            "enabled": {"type": "bool"},
            "start_times": {"type": "list", "elements": "str"},
            "time_zone": {"type": "str"},
            "frequency": {"type": "int"},
            "weekdays": {"type": "list", "elements": "str", "choices": list(WEEKDAYS)},
            "retention_count": {"type": "int"},
            "retention_days": {"type": "int"},
            "keep_first_of_month": {"type": "bool"},
            "tags": {"type": "dict"},
            "purge_tags": {"type": "bool", "default": True},
        },
        mutually_exclusive=(("frequency", "weekdays"), ("retention_count", "retention_days")),
        required_one_of=(("id", "name"),),
    )
)


def plan(context: Context) -> Plan:
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

    def apply() -> Outcome:
        made = make_policy(
            context.client, context.clock, context.warn, _policy.create_body(wanted, options["weekdays"]), rows
        )
        if made.may_differ:
            # Another task may have made it at the same moment: bring that one to what was asked for.
            change = _plan_change(context, made.wire)
            return change.apply() if change.changes and change.apply else Outcome(change.result)
        return Outcome({"policy": _shown(context, made.wire, wanted["tags"])})

    shown = dict(wanted) if options["tags"] is not None else {**wanted, "tags": None}
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
        if body:
            api.change_policy(client, policy_id, body)
        try:
            if tags is not None:
                apply_tags(client, policy_id, tags)
            now = api.pick_policy(api.list_policies(client), policy_id, None) if body else wire
        except BackupError as error:
            if body:
                error.message = f"{error.message}; policy {policy_id} was changed before that"
            raise
        return Outcome({"policy": _shown(context, now or wire, wanted["tags"])})

    named = changes + (("tags",) if tags is not None and not tags.is_empty else ())
    return Plan(
        named, {"policy": wanted}, before=_policy.comparable(current), after=_policy.comparable(wanted), apply=apply
    )


def _shown(context: Context, wire: dict[str, t.Any], tags: dict[str, str] | None) -> dict[str, t.Any]:
    tags = tags if context.options["tags"] is not None else None
    return _policy_model.policy(wire, tags=tags, zone=context.options["time_zone"])


def main() -> None:
    run(SPEC, plan, check=_policy.check_policy_options)


if __name__ == "__main__":
    main()
