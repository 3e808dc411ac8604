#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_backup_batch
short_description: Make backups of many volumes
version_added: 1.0.0
description:
  - Makes sure that each of many volumes has a backup of a name that a template gives, or one that is young enough, with
    the Volume Backup Service. Backups are started side by side and followed together.
  - Use this in place of a loop over M(huaweicloud.backup.vbs_backup) from a handful of volumes on. A loop waits for one
    backup after the other and reads the volumes and backups for each; this reads them once for all.
  - A backup is identified by its name within its volume. The newest of that name that is C(available) or on its way
    there satisfies. One that failed or is being deleted does not; then another is made, with a warning.
  - With O(max_age) only the age decides, whatever the names are.
  - A failure of one volume does not stop the others. The module fails at the end, and RV(backups) has a row for each
    volume all the same.
  - If the answer to a creating call is lost, the module looks for the backup before it asks again, so that there is
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
    details:
      - By the names. With C({date}) in O(name) they are others on the next day, in UTC.
options:
  volumes:
    description:
      - The volumes, by name or ID. Each is named once; unknown and ambiguous names are refused before anything is made.
    type: list
    elements: str
    required: true
  name:
    description:
      - The template of the names, with C({volume_name}), C({volume_id}) and C({date}), the day on which the task
        started as C(YYYYMMDD) in UTC. A volume without a name is called by its ID.
      - Characters other than letters, digits, C(-), C(_) and Chinese characters become C(-). A name that would start
        with C(auto) gets C(b-) before it. One of more than 64 characters is cut and ends with C(-) and the first 8
        characters of the volume's ID.
    type: str
    default: "{volume_name}-{date}"
  description:
    description: A description of each new backup, at most 64 characters without C(<) and C(>).
    type: str
  tags:
    description: Tags of each new backup, at most 10. The service cannot read or change them later.
    type: dict
  concurrency:
    description:
      - How many creating calls are on their way at the same time, from 1 to 32. How many backups the service makes at
        once is its own affair.
      - If the service says that there are too many requests, all of them wait, and go on at a lower rate that rises
        again slowly.
    type: int
    default: 8
  max_age:
    description:
      - Make a backup only of volumes that have none, of whatever name, that is C(available) or C(creating) and was
        started within this time. It is one whole number with C(s), C(m), C(h), C(d) or C(w).
    type: str
notes:
  - The volumes are read with one listing of the project, also where all are given by ID, because their names are
    needed. The backups are read with one listing too, of the project or, up to three volumes, of each of them. A long
    listing has a request for each 1,000 rows.
  - A volume that is busy is tried again until O(wait_timeout) without holding up the others; without O(wait) it fails
    with C(retryable) true.
  - After three calls in a row that fail because of the sign-in, the network or the service as a whole, no more are
    sent.
  - O(description) and O(tags) act when a backup is made. A description that differs is a warning.
seealso:
  - module: huaweicloud.backup.vbs_backup
  - module: huaweicloud.backup.vbs_job_info
  - module: huaweicloud.backup.vbs_policy_run
"""

EXAMPLES = r"""
- name: Back up three volumes before an upgrade, all at once
  huaweicloud.backup.vbs_backup_batch:
    volumes: [data-01, data-02, data-03]
    name: "{volume_name}-before-upgrade"
    tags:
      reason: upgrade

- name: Make sure that each volume has a good backup from the last day
  huaweicloud.backup.vbs_backup_batch:
    volumes: [data-01, data-02, data-03, data-04]
    max_age: 24h
  register: nightly

- name: Show what there is now
  ansible.builtin.debug:
    msg: "{{ nightly.backups | items2dict(key_name='volume_name', value_name='backup_id') }}"
"""

RETURN = r"""
backups:
  description:
    - One row for each volume, in the order of O(volumes); also after a failure, and in check mode as it would be.
  returned: success, and after a failure once the volumes are known
  type: list
  elements: dict
  contains:
    volume_id: {description: The volume's ID., type: str, returned: always}
    volume_name: {description: "The volume's name, or null.", type: str, returned: always, sample: data-01}
    name:
      description: The backup's name; with O(max_age) that of the one that is young enough, which may be null.
      type: str
      returned: always
      sample: data-01-20261121
    backup_id:
      description: The backup's ID; null where only the job is known so far, where there is none, and in check mode.
      type: str
      returned: always
    job_id:
      description: The job that makes it; null where none was started, or where its answer was lost.
      type: str
      returned: always
    status:
      description:
        - The backup's status. C(available) is good; C(creating) and C(restoring) pass; C(error), C(error_restoring)
          and C(deleting) are bad; null where there is none, or where it is unknown.
      type: str
      returned: always
      sample: available
    changed: {description: Whether this task had it made., type: bool, returned: always}
    error:
      description: Why there is no good backup; null where there is one, or where it is on its way.
      type: dict
      returned: always
      contains:
        code: {description: "The service's own code, or null.", type: str, returned: always}
        message: {description: What was tried and why it failed., type: str, returned: always}
        http_status: {description: "The answer's HTTP status, or null.", type: int, returned: always}
        request_id: {description: "What the provider's support asks for, or null.", type: str, returned: always}
        advice: {description: What to do next., type: str, returned: always}
        retryable: {description: Whether the same task may go well later., type: bool, returned: always}
pending:
  description: How to go on waiting later.
  returned: when it is not waited for, and after a failure of the wait
  type: dict
  contains:
    kind:
      description: What is waited for, C(job)s, or C(backup)s where others had begun all of them.
      type: str
      returned: always
      sample: job
    ids: {description: The IDs., type: list, elements: str, returned: always}
    started_at:
      description: When this task began to start them, in UTC, or null.
      type: str
      returned: always
      sample: "2026-11-21T03:04:05Z"
error:
  description: Why the task failed, for playbooks, beside C(msg) for people. RV(backups) has it for each volume.
  returned: failure
  type: dict
  contains:
    code: {description: "The service's own code, or null.", type: str, returned: always, sample: VolumeBackup.0013}
    message: {description: "How many failed, and why the first ones did.", type: str, returned: always}
    http_status: {description: "The answer's HTTP status, or null.", type: int, returned: always, sample: 400}
    request_id: {description: "What the provider's support asks for, or null.", type: str, returned: always}
    advice: {description: What to do next., type: str, returned: always, sample: wait until it has ended}
    retryable:
      description: Whether the same task may go well later; true only if that is so for each volume that failed.
      type: bool
      returned: always
      sample: true
"""

from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import WAIT, ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_plan import (
    check_batch_options,
    plan_batch,
    resume_batch,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._slices import run

SPEC = WAIT.merge(
    ArgSpec(
        options={
            "volumes": {"type": "list", "elements": "str", "required": True},
            "name": {"type": "str", "default": "{volume_name}-{date}"},
            "description": {"type": "str"},
            "tags": {"type": "dict"},
            "concurrency": {"type": "int", "default": 8},
            "max_age": {"type": "str"},
        }
    )
)


def main() -> None:
    run(SPEC, plan_batch, resume_batch, check=check_batch_options)


if __name__ == "__main__":
    main()
