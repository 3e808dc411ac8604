#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_backup
short_description: Manage a backup of a volume
version_added: 1.0.0
description:
  - Makes sure that a volume has a backup, or deletes one, with the Volume Backup Service or plain OpenStack block
    storage.
  - A backup is identified by O(id), or by O(name) within O(volume). The newest of that name that is C(available) or on
    its way there satisfies. One that failed or is being deleted does not; then another is made, with a warning.
  - With O(max_age) only the age decides, whatever the names are.
  - If the answer to the creating call is lost, the module looks for the backup before it asks again, so that there is
    never a second one.
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
    support: full
  idempotent:
    support: full
options:
  state:
    description: Whether the backup should exist. Deleting works for both forms of O(api).
    type: str
    choices:
      - present
      - absent
    default: present
  id:
    description: The backup's ID. With O(state=present) it must exist.
    type: str
  name:
    description:
      - The backup's name. With O(api=vbs) it has 1 to 64 letters, digits, C(-) and C(_) (Chinese characters are
        allowed),
        and must not start with C(auto). With O(api=native) it has at most 255 characters.
      - Needed to make one with O(api=vbs).
    type: str
  volume:
    description:
      - The volume, by name or ID. Needed to make a backup.
      - To delete one, an ID is not looked up, because backups outlive volumes.
    type: str
  snapshot:
    description:
      - Make the backup from this snapshot of the volume, by name or ID.
      - Huawei's clouds need it with O(api=native).
    type: str
  description:
    description: A description, at most 64 characters without C(<) and C(>) with O(api=vbs), 255 with O(api=native).
    type: str
  tags:
    description: Tags for a new backup, at most 10. The service cannot read or change them later. Only with O(api=vbs).
    type: dict
  api:
    description: The form of the creating call. V(native) is the OpenStack form, which plain OpenStack has too.
    type: str
    choices:
      - vbs
      - native
    default: vbs
  force:
    description: Back up a volume that is attached. Only with O(api=native); O(api=vbs) always does.
    type: bool
  full:
    description: Make a full backup instead of an incremental one. Only with O(api=vbs), and not on every cloud.
    type: bool
  max_age:
    description:
      - Make a backup only if the volume has none, of whatever name, that is C(available) or C(creating) and was started
        within this time. It is one whole number with C(s), C(m), C(h), C(d) or C(w).
    type: str
notes:
  - O(description), O(tags), O(snapshot), O(full) and O(force) act when a backup is made. The service cannot change a
    backup; a difference that can be read is a warning.
seealso:
  - module: huaweicloud.backup.vbs_backup_info
  - module: huaweicloud.backup.vbs_job_info
"""

EXAMPLES = r"""
- name: Make a backup before an upgrade and wait for it
  huaweicloud.backup.vbs_backup:
    volume: data-01
    name: before-upgrade
    description: before the upgrade to 2.0
    tags:
      reason: upgrade

- name: Make one only if there is no good one from the last day
  huaweicloud.backup.vbs_backup:
    volume: data-02
    name: "data-02-{{ now(utc=true, fmt='%Y%m%d') }}"
    max_age: 24h

- name: Delete it
  huaweicloud.backup.vbs_backup:
    volume: data-01
    name: before-upgrade
    state: absent
"""

RETURN = r"""
backup:
  description: The backup as it is now, in check mode as it would be; null where it is absent.
  returned: success, and after a failure of the wait
  type: dict
  contains:
    id:
      description: The backup's ID; null where only the job is known so far, and in check mode.
      type: str
      returned: always
    name: {description: "The name, or null.", type: str, returned: always, sample: data-01-20261121}
    status:
      description:
        - C(available) is good; C(creating), C(restoring) and C(deleting) pass; C(error) and C(error_restoring) are
          bad; null if unknown.
      type: str
      returned: always
      sample: available
    volume_id: {description: "The volume it was made of, or null.", type: str, returned: always}
    snapshot_id: {description: "The snapshot it was made from, or null.", type: str, returned: always}
    description: {description: "The description, or null.", type: str, returned: always}
    size: {description: "The volume's size in GB, or null.", type: int, returned: always, sample: 40}
    availability_zone: {description: "Where it is, or null.", type: str, returned: always, sample: eu-de-01}
    created_at:
      description: When it was started, in UTC, or null.
      type: str
      returned: always
      sample: "2026-11-21T03:04:10Z"
    updated_at:
      description: When it last changed, in UTC, or null.
      type: str
      returned: always
      sample: "2026-11-21T03:10:00Z"
    fail_reason: {description: "Why it failed, or null.", type: str, returned: always}
    incremental:
      description: Whether it holds only what changed since the one before; null if unknown.
      type: bool
      returned: always
    metadata:
      description: The service's own notes, with its own keys; null without any.
      type: dict
      returned: always
job:
  description: The job that made it; null where none was started, with O(api=native), and where RV(adopted) is true.
  returned: success, and after a failure of the wait
  type: dict
  contains:
    id: {description: The job's ID., type: str, returned: always}
    type:
      description: The kind of job, or null before it was read.
      type: str
      returned: always
      sample: bksCreateBackup
    status:
      description: C(INIT), C(RUNNING), C(SUCCESS) or C(FAIL); null before it was read.
      type: str
      returned: always
    begin_time:
      description: When it began, in UTC, or null.
      type: str
      returned: always
      sample: "2026-11-21T03:04:05Z"
    end_time: {description: "When it ended, in UTC; null before that.", type: str, returned: always}
    error_code: {description: "The service's code of a failed job, or null.", type: str, returned: always}
    fail_reason: {description: "Why it failed, or null.", type: str, returned: always}
    entities: {description: "What it worked on, such as C(backup_id) and C(volume_id).", type: dict, returned: always}
adopted:
  description: Whether the backup was found again after the answer to the creating call was lost.
  returned: success, and after a failure of the wait
  type: bool
  sample: false
pending:
  description: How to go on waiting later; null if nothing is left to wait for.
  returned: when it is not waited for, and after a failure
  type: dict
  contains:
    kind:
      description: What is waited for, a C(job), a C(backup) or a C(deletion).
      type: str
      returned: always
      sample: job
    ids: {description: The IDs., type: list, elements: str, returned: always}
    started_at:
      description: When it was started, in UTC, or null.
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

from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import STATE, WAIT, ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_delete import plan_absent, resume_absent
from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_plan import (
    check_backup_options,
    plan_present,
    resume_present,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._slices import State, run

SPEC = STATE.merge(
    WAIT,
    ArgSpec(
        options={
            "id": {"type": "str"},
            "name": {"type": "str"},
            "volume": {"type": "str"},
            "snapshot": {"type": "str"},
            "description": {"type": "str"},
            "tags": {"type": "dict"},
            "api": {"type": "str", "choices": ["vbs", "native"], "default": "vbs"},
            "force": {"type": "bool"},
            "full": {"type": "bool"},
            "max_age": {"type": "str"},
        }
    ),
)


def plan(context: Context) -> Plan:
    """Fetch the volume's backups, then plan to make or delete one."""
    return (plan_absent if context.options["state"] == "absent" else plan_present)(context)


def resume(context: Context, state: State) -> Outcome:
    """Go on with the wait of an earlier call."""
    return (resume_absent if context.options["state"] == "absent" else resume_present)(context, state)


def main() -> None:
    run(SPEC, plan, resume, check=check_backup_options)


if __name__ == "__main__":
    main()
