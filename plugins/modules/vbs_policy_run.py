#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_policy_run
short_description: Run a backup policy now
version_added: 1.0.0
description:
  - Starts a backup of each volume that a policy protects, as its schedule would, and follows the tasks of this run.
  - The run has ended when as many tasks as the policy has volumes have ended, or when all tasks seen have ended and no
    new one came for 60 seconds, which gives a warning.
  - A task that the service skips is reported and is no failure. A task that fails or times out fails the module.
  - A policy that protects nothing is not run, with a warning.
author:
  - huaweicloud.backup contributors (@huaweicloud)
extends_documentation_fragment:
  - huaweicloud.backup._auth
  - huaweicloud.backup._connection
  - huaweicloud.backup._wait
  - huaweicloud.backup._attributes
  - huaweicloud.backup._attributes.action_group
  - huaweicloud.backup._attributes.waiting
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details:
      - It starts backups and leaves the policy as it is.
  idempotent:
    support: none
    details:
      - Each run makes a backup of each volume.
options:
  policy:
    description: The policy, by name or ID. A disabled one can be run too.
    type: str
    required: true
notes:
  - A policy that is running already fails the task at once, with C(retryable) true in RV(error). Only the service knows
    it, so check mode does not say it.
  - After a time-out the same task would not go on waiting, but start another run, so C(retryable) is false then;
    M(huaweicloud.backup.vbs_policy_task_info) shows how the tasks go on.
seealso:
  - module: huaweicloud.backup.vbs_policy
  - module: huaweicloud.backup.vbs_policy_task_info
"""

EXAMPLES = r"""
- name: Protect two volumes
  huaweicloud.backup.vbs_policy_resources:
    policy: nightly
    volumes: [data-01, data-02]

- name: Back up everything that the policy protects, before the maintenance
  huaweicloud.backup.vbs_policy_run:
    policy: nightly
    wait_timeout: 7200
  register: ran
"""

RETURN = r"""
tasks:
  description: The tasks of this run, oldest first; empty in check mode and if it is not waited for.
  returned: success, and after a failure of the wait
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
pending:
  description: How to go on waiting later.
  returned: when it is not waited for, and after a failure of the wait
  type: dict
  contains:
    kind: {description: What the IDs are of., type: str, returned: always, sample: policy_run}
    ids: {description: The policy's ID., type: list, elements: str, returned: always}
    started_at:
      description: When it was started, in UTC.
      type: str
      returned: always
      sample: "2026-11-21T03:04:05Z"
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

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils import _policy_run as runs
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.policies import find_policy, list_policies
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import WAIT, ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._binding import counts_of
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._slices import State, run
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_reference, check_wait
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import Waiter, WaitOptions

SPEC = WAIT.merge(ArgSpec(options={"policy": {"type": "str", "required": True}}))


def check(options: Mapping[str, t.Any]) -> None:
    """Refuse what can be no name or ID."""
    check_reference("policy", options["policy"])
    check_wait(options)


def plan(context: Context) -> Plan:
    """Find the policy and count what it protects, then plan to run it."""
    wire = find_policy(list_policies(context.client), "policy", context.options["policy"])
    policy_id = str(wire["backup_policy_id"])
    expected = counts_of([wire])[policy_id]
    if expected == 0:
        context.warn(f"policy {wire.get('backup_policy_name')!r} protects no volume, so there is nothing to run")
        return Plan((), {"tasks": []})
    name = _model.text(wire.get("backup_policy_name"))
    return Plan(("run",), {"tasks": []}, apply=lambda: _apply(context, policy_id, name, expected))


def _apply(context: Context, policy_id: str, name: str | None, expected: int) -> Outcome:
    client, options = context.client, WaitOptions.of(context.options)
    this = runs.PolicyRun(policy_id, name, expected, runs.known_tasks(client, policy_id))
    waiting = runs.start_run(client, this, options, context.clock)
    if not options.wait:
        return Outcome({"tasks": [], "pending": waiting})
    return _judge(context, this, runs.follow_run(client, this, Waiter(options, context.clock), waiting))


def resume(context: Context, state: State) -> Outcome:
    """Go on with the wait of an earlier call."""
    this = runs.PolicyRun(**{**state["run"], "before": frozenset(state["run"]["before"])})
    waiter = Waiter(WaitOptions.of(context.options), context.clock, state["waiter"])
    return _judge(context, this, runs.follow_run(context.client, this, waiter, state["waiting"], state["saved"]))


def _judge(context: Context, this: runs.PolicyRun, end: runs.RunEnd) -> Outcome:
    if end.is_short:
        context.warn(
            f"{this.what}: the policy protects {this.expected} volumes, but only {len(end.tasks)} tasks came;"
            " a volume may be gone or busy"
        )
    runs.fail_on_bad_tasks(this, end.tasks)
    return Outcome({"tasks": end.tasks})


def main() -> None:
    run(SPEC, plan, resume, check=check)


if __name__ == "__main__":
    main()
