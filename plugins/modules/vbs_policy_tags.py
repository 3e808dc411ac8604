#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_policy_tags
short_description: Manage the tags of a backup policy
version_added: 1.0.0
description:
  - Adds, changes and removes tags of a backup policy of the Volume Backup Service.
  - The policy must exist. M(huaweicloud.backup.vbs_policy) can set tags too, beside everything else that a policy has.
  - A run sends at most one request that adds or changes tags, and one that removes tags, which comes first.
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
  policy:
    description: The policy, by name or ID. With its ID a run that changes nothing sends one request.
    type: str
    required: true
  tags:
    description:
      - The tags, each key with its value. A value may be empty. A policy can have at most 10 tags.
      - Put values in quotes that YAML would not read as texts, such as C("true") or C("1.0").
      - With O(state=absent) these keys are removed. A value of null then fits any value, a text only the same value.
      - An empty dictionary is nothing to do; with O(purge_tags=true) all tags are removed.
    type: dict
    required: true
  state:
    description: Whether the policy should have these tags or not.
    type: str
    choices:
      - present
      - absent
    default: present
  purge_tags:
    description: Whether to remove tags that O(tags) does not name. Only with O(state=present).
    type: bool
    default: false
seealso:
  - module: huaweicloud.backup.vbs_policy_tags_info
  - module: huaweicloud.backup.vbs_policy
"""

EXAMPLES = r"""
- name: Add or change two tags, and leave the others alone
  huaweicloud.backup.vbs_policy_tags:
    policy: nightly
    tags:
      env: prod
      team: dba

- name: Have these tags and no others
  huaweicloud.backup.vbs_policy_tags:
    policy: nightly
    tags:
      env: prod
      owner: ""
    purge_tags: true

- name: Remove one tag whatever its value, and another only if it has this value
  huaweicloud.backup.vbs_policy_tags:
    policy: nightly
    tags:
      owner:
      env: test
    state: absent
"""

RETURN = r"""
tags:
  description: All tags of the policy as they are now, in check mode as they would be.
  returned: success, and failure after something was removed
  type: dict
  sample: {"env": "prod", "team": "dba"}
added:
  description: The tags with a new key.
  returned: success, and failure after something was removed
  type: dict
  sample: {"team": "dba"}
removed:
  description: The tags that were removed, with the values that they had.
  returned: success, and failure after something was removed
  type: dict
  sample: {}
updated:
  description: The tags with a new value.
  returned: success, and failure after something was removed
  type: dict
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
from collections.abc import Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import STATE, ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._runner import run
from ansible_collections.huaweicloud.backup.plugins.module_utils._tags import (
    TagPlan,
    add_tags,
    find_policy_tags,
    plan_removal,
    plan_tags,
    remove_tags,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import (
    check_reference,
    check_tags,
    check_unwanted_tags,
)

SPEC = STATE.merge(
    ArgSpec(
        options={
            "policy": {"type": "str", "required": True},
            "tags": {"type": "dict", "required": True},
            "purge_tags": {"type": "bool", "default": False},
        }
    )
)


def check(options: Mapping[str, t.Any]) -> None:
    """Refuse what the service would refuse (F §6.9), and options that contradict each other."""
    check_reference("policy", options["policy"])
    if options["state"] == "present":
        check_tags("tags", options["tags"])
        return
    check_unwanted_tags("tags", options["tags"])
    if options["purge_tags"]:
        raise OptionError("purge_tags", "goes only with state present")


def plan(context: Context) -> Plan:
    """Read the policy's tags, then plan what to remove and what to set."""
    options, client = context.options, context.client
    policy_id, current = find_policy_tags(client, "policy", options["policy"])
    if options["state"] == "absent":
        todo = plan_removal(current, check_unwanted_tags("tags", options["tags"]))
    else:
        todo = plan_tags(current, check_tags("tags", options["tags"]), purge=options["purge_tags"])

    def apply() -> Outcome:
        remove_tags(client, policy_id, todo)
        try:
            add_tags(client, policy_id, todo)
        except BackupError as error:
            if todo.removed:
                left = plan_removal(current, dict(todo.removed))
                error.results.update(_result(left), changed=True)
            raise
        return Outcome(_result(todo))

    changes = tuple(name for name in ("added", "removed", "updated") if getattr(todo, name))
    return Plan(changes, _result(todo), before={"tags": current}, after={"tags": todo.after}, apply=apply)


def _result(todo: TagPlan) -> dict[str, t.Any]:
    return {"tags": todo.after, "added": todo.added, "removed": todo.removed, "updated": todo.updated}


def main() -> None:
    run(SPEC, plan, check=check)


if __name__ == "__main__":
    main()
