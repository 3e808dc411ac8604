#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_policy_task_info
short_description: Read the backup tasks of a policy
version_added: 1.0.0
description:
  - Lists what a backup policy of the Volume Backup Service did, one task for each volume and run, all of them or those
    that match every condition given.
author:
  - huaweicloud.backup contributors (@huaweicloud)
extends_documentation_fragment:
  - huaweicloud.backup._auth
  - huaweicloud.backup._connection
  - huaweicloud.backup._attributes.info
  - huaweicloud.backup._attributes.action_group
options:
  policy:
    description: The policy, by name or ID.
    type: str
    required: true
  job_id:
    description: Only the task of this ID.
    type: str
  status:
    description: Only tasks in this state.
    type: str
    choices:
      - WAITING
      - RUNNING
      - EXECUTE_SUCCESS
      - EXECUTE_FAIL
      - EXECUTE_TIMEOUT
      - SKIP
  sort_dir:
    description: Whether the newest come first, V(desc), or the oldest, V(asc).
    type: str
    choices:
      - asc
      - desc
    default: desc
  limit:
    description: Return at most so many tasks.
    type: int
seealso:
  - module: huaweicloud.backup.vbs_policy_run
  - module: huaweicloud.backup.vbs_policy_info
"""

EXAMPLES = r"""
- name: Read what failed lately
  huaweicloud.backup.vbs_policy_task_info:
    policy: nightly
    status: EXECUTE_FAIL
    limit: 10
  register: failed

- name: Read all tasks, the oldest first
  huaweicloud.backup.vbs_policy_task_info:
    policy: nightly
    sort_dir: asc
"""

RETURN = r"""
tasks:
  description: The tasks; empty where none matches.
  returned: success
  type: list
  elements: dict
  contains:
    job_id: {description: The task's ID., type: str, returned: always}
    status:
      description:
        - C(WAITING) and C(RUNNING) pass; C(EXECUTE_SUCCESS) is good; C(SKIP) means that the service left the volume
          out; C(EXECUTE_FAIL) and C(EXECUTE_TIMEOUT) are bad; null if unknown.
      type: str
      returned: always
      sample: EXECUTE_SUCCESS
    created_at:
      description: When it was made, in UTC, or null.
      type: str
      returned: always
      sample: "2026-11-21T22:00:00Z"
    finished_at: {description: "When it ended, in UTC; null before that.", type: str, returned: always}
    backup_name:
      description: The name of the backup that it makes, or null.
      type: str
      returned: always
      sample: autobk_1a2b
    volume_id: {description: "The volume's ID, or null.", type: str, returned: always}
    vbs_job_id: {description: "The job behind the task, or null.", type: str, returned: always}
    code: {description: "The service's code of a failed task, or null.", type: str, returned: always}
    message: {description: "Why it failed, or null.", type: str, returned: always}
count:
  description: How many tasks are in RV(tasks).
  returned: success
  type: int
  sample: 1
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
from itertools import islice

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.policies import (
    find_policy,
    list_policies,
    list_tasks,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context
from ansible_collections.huaweicloud.backup.plugins.module_utils._runner import run_info
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_id, check_limit, check_reference

SPEC = ArgSpec(
    options={
        "policy": {"type": "str", "required": True},
        "job_id": {"type": "str"},
        "status": {
            "type": "str",
            "choices": ["WAITING", "RUNNING", "EXECUTE_SUCCESS", "EXECUTE_FAIL", "EXECUTE_TIMEOUT", "SKIP"],
        },
        "sort_dir": {"type": "str", "choices": ["asc", "desc"], "default": "desc"},
        "limit": {"type": "int"},
    }
)


def check(options: Mapping[str, t.Any]) -> None:
    """Refuse what cannot be searched for."""
    check_reference("policy", options["policy"])
    if options["job_id"] is not None:
        check_id("job_id", options["job_id"])
    check_limit("limit", options["limit"])


def fetch(context: Context) -> dict[str, t.Any]:
    """Find the policy, then read pages of its tasks until there is enough, or to the end."""
    options = context.options
    policy = find_policy(list_policies(context.client), "policy", options["policy"])
    wanted = {name: options[name] for name in ("job_id", "status", "sort_dir")}
    rows = list_tasks(context.client, str(policy["backup_policy_id"]), **wanted)
    tasks = [_model.task(row) for row in islice(rows, options["limit"])]
    return {"tasks": tasks, "count": len(tasks)}


def main() -> None:
    run_info(SPEC, fetch, check=check)


if __name__ == "__main__":
    main()
