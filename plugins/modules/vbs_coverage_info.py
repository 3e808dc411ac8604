#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_coverage_info
short_description: Read how well volumes are protected by backups
version_added: 1.0.0
description:
  - Judges each volume by its newest good backup and by what failed since, and sums up.
  - A backup is good if it is C(available), or C(restoring), however it was made. An attempt failed if it left a backup
    in C(error), or if a policy's task ended with C(EXECUTE_FAIL) or C(EXECUTE_TIMEOUT), even without a backup. All else
    is neither, for example a backup that is C(creating), C(deleting) or in C(error_restoring), and a task that is
    C(RUNNING) or C(SKIP). What began later is newer.
  - Tasks of policies are read back to O(max_age) only, so an older failure that left no backup is not known.
  - Ages are counted from the service's own time.
  - Backups of volumes that no longer exist are not looked at; M(huaweicloud.backup.vbs_backup_info) lists them.
  - It works with plain OpenStack block storage too, where there are no policies. Where a service says that policies
    cannot be read, the volumes are judged by their backups alone, with a warning.
author:
  - huaweicloud.backup contributors (@huaweicloud)
extends_documentation_fragment:
  - huaweicloud.backup._auth
  - huaweicloud.backup._connection
  - huaweicloud.backup._attributes.info
  - huaweicloud.backup._attributes.action_group
options:
  volumes:
    description:
      - Only these volumes, by name or ID. All of the project if left out, none if the list is empty.
      - An unknown name fails. An ID of which there is no volume is left out with a warning.
    type: list
    elements: str
  max_age:
    description:
      - How old the newest good backup of a protected volume may be, at most, as one whole number with V(s), V(m),
        V(h), V(d) or V(w).
      - The default leaves a policy that runs every day two hours.
    type: str
    default: 26h
  verdict:
    description:
      - Only volumes of this verdict. RV(summary) counts all of them nevertheless.
      - The verdicts are those of RV(volumes[].verdict).
    type: str
    choices:
      - protected
      - stale
      - failing
      - unprotected
seealso:
  - module: huaweicloud.backup.vbs_backup_info
  - module: huaweicloud.backup.vbs_policy_task_info
"""

EXAMPLES = r"""
- name: Read how well all volumes are protected
  huaweicloud.backup.vbs_coverage_info:
  register: coverage

- name: Say how many gigabytes have no backup at all
  ansible.builtin.debug:
    msg: "{{ coverage.summary.unprotected.gigabytes }} of {{ coverage.summary.gigabytes }} GB"

- name: Read which volumes had no good backup for a week and whose last backup failed
  huaweicloud.backup.vbs_coverage_info:
    max_age: 8d
    verdict: failing

- name: Make sure that a volume has a backup of today before it is changed
  huaweicloud.backup.vbs_coverage_info:
    volumes: [data-01]
    max_age: 12h
  register: today
  failed_when: today.summary.protected.volumes != 1
"""

RETURN = r"""
volumes:
  description:
    - The volumes that match, in the order of O(volumes), else in the service's; empty where none does.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: The volume's ID., type: str, returned: always}
    name: {description: "The volume's name, or null.", type: str, returned: always, sample: data-01}
    size: {description: "The volume's size in GB, or null.", type: int, returned: always, sample: 40}
    verdict:
      description:
        - The first that holds. C(unprotected), there is no good backup, and none failed; C(protected), the newest good
          backup is younger than O(max_age); C(failing), the newest attempt failed; C(stale), the newest good backup is
          too old.
      type: str
      returned: always
      sample: protected
    last_backup:
      description: The newest good backup, or null without any.
      type: dict
      returned: always
      contains:
        id: {description: The backup's ID., type: str, returned: always}
        name: {description: "The backup's name, or null.", type: str, returned: always, sample: autobk_1a2b}
        created_at:
          description: When it was started, in UTC, or null.
          type: str
          returned: always
          sample: "2026-11-21T03:04:10Z"
    age:
      description: The age of RV(volumes[].last_backup) in seconds, or null.
      type: int
      returned: always
      sample: 3600
    last_attempt_failed:
      description: Whether an attempt failed that began after RV(volumes[].last_backup).
      type: bool
      returned: always
      sample: false
    last_task:
      description:
        - The newest task that a policy began for the volume within O(max_age), as
          M(huaweicloud.backup.vbs_policy_task_info) shows it, or null.
      type: dict
      returned: always
      contains:
        job_id: {description: The task's ID., type: str, returned: always}
        status: {description: "The task's state, or null.", type: str, returned: always, sample: EXECUTE_SUCCESS}
        created_at:
          description: When it was made, in UTC.
          type: str
          returned: always
          sample: "2026-11-21T03:04:05Z"
        finished_at: {description: "When it ended, in UTC; null before that.", type: str, returned: always}
        backup_name: {description: "The name of the backup that it makes, or null.", type: str, returned: always}
        volume_id: {description: The volume's ID., type: str, returned: always}
        vbs_job_id: {description: "The job behind the task, or null.", type: str, returned: always}
        code: {description: "The service's code of a failed task, or null.", type: str, returned: always}
        message: {description: "Why it failed, or null.", type: str, returned: always}
    policy:
      description:
        - The policy of RV(volumes[].last_task), or null. The service does not say which volumes are bound to a policy
          that has not run.
      type: dict
      returned: always
      contains:
        id: {description: The policy's ID., type: str, returned: always}
        name: {description: "The policy's name, or null.", type: str, returned: always, sample: nightly}
summary:
  description: Sums over all volumes looked at, whatever O(verdict) is.
  returned: success
  type: dict
  contains:
    volumes: {description: How many volumes there are., type: int, returned: always, sample: 12}
    gigabytes: {description: How many GB they have., type: int, returned: always, sample: 480}
    newest_age:
      description: The age of the newest good backup of any volume in seconds, or null.
      type: int
      returned: always
      sample: 600
    oldest_age:
      description: The greatest RV(volumes[].age), or null.
      type: int
      returned: always
      sample: 86400
    protected: &verdict
      description: The volumes of this verdict.
      type: dict
      returned: always
      contains:
        volumes: {description: How many volumes there are., type: int, returned: always, sample: 11}
        gigabytes: {description: How many GB they have., type: int, returned: always, sample: 440}
    stale: *verdict
    failing: *verdict
    unprotected: *verdict
    policies:
      description:
        - The same sums for each policy of RV(volumes[].policy), by name; last those of the volumes without one.
      type: list
      elements: dict
      returned: always
      contains:
        id: {description: "The policy's ID; null for volumes without one.", type: str, returned: always}
        name: {description: "The policy's name, or null.", type: str, returned: always, sample: nightly}
        volumes: {description: How many volumes there are., type: int, returned: always, sample: 11}
        gigabytes: {description: How many GB they have., type: int, returned: always, sample: 440}
        newest_age: {description: "The least age in seconds, or null.", type: int, returned: always, sample: 600}
        oldest_age: {description: "The greatest age in seconds, or null.", type: int, returned: always, sample: 86400}
        protected: *verdict
        stale: *verdict
        failing: *verdict
        unprotected: *verdict
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

from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import service_time
from ansible_collections.huaweicloud.backup.plugins.module_utils._coverage import (
    find_volumes,
    read_backups,
    read_tasks,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._coverage_summary import VERDICTS, summary
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context
from ansible_collections.huaweicloud.backup.plugins.module_utils._runner import run_info
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_duration, check_reference

SPEC = ArgSpec(
    options={
        "volumes": {"type": "list", "elements": "str"},
        "max_age": {"type": "str", "default": "26h"},
        "verdict": {"type": "str", "choices": list(VERDICTS)},
    }
)


def check(options: Mapping[str, t.Any]) -> None:
    """Refuse what cannot be looked for."""
    for volume in options["volumes"] or ():
        check_reference("volumes", volume)
    check_duration("max_age", options["max_age"])


def fetch(context: Context) -> dict[str, t.Any]:
    """Join volumes, backups and tasks; where there is no volume, nothing else is read."""
    options = context.options
    max_age = t.cast("int", check_duration("max_age", options["max_age"]))
    found = find_volumes(context.client, options["volumes"], context.warn)
    now = context.clock.now()
    if found:
        now = service_time(context.clock, read_backups(context.client, found), context.warn)
        read_tasks(context.client, found, now - max_age, context.warn)
    rows = [coverage.shown(now, max_age) for coverage in found.values()]
    wanted = [row for row in rows if options["verdict"] in (None, row["verdict"])]
    return {"volumes": wanted, "summary": summary(rows)}


def main() -> None:
    run_info(SPEC, fetch, check=check)


if __name__ == "__main__":
    main()
