#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_backup_prune
short_description: Delete old backups that were made by hand
version_added: 1.0.0
description:
  - Deletes backups of the Volume Backup Service, or of plain OpenStack block storage, that are too many or too old, and
    says of each other one why it stays. Policies remove their own backups by themselves.
  - Never deleted are the newest available backup of a volume (unless O(keep_last=0)), whatever its name; backups of the
    server backup service, which alone may delete them; shared ones; ones that others depend on; any that is neither
    C(available) nor C(error); and any whose row leaves in doubt which of these it is.
  - Everything is read before the first deletion. If a list cannot be read to its end, nothing is deleted.
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
      - With O(older_than) backups go on growing older, so that a later run may find more.
      - Without O(wait), increments and what they depend on take several runs.
options:
  volumes:
    description:
      - The volumes whose backups are looked at, by name or ID; all of the project's backups where it is left out. An
        empty list is nothing to do.
      - An ID is not looked up, because backups outlive volumes.
    type: list
    elements: str
  name_prefix:
    description: Only backups whose name starts with this text; the others stay and are not counted.
    type: str
  keep_last:
    description:
      - Of each volume, keep so many C(available) backups, the newest ones. Only what O(name_prefix) and
        O(include_automatic) let through is counted; shared ones are.
      - A backup in C(error) is not counted. It goes where this many good ones are newer than it, so that a failure
        stays to be seen as long as it is recent.
      - V(0) keeps none, and lets the newest of a volume go too.
    type: int
  older_than:
    description:
      - Delete only what is older than this. It is one whole number with C(s), C(m), C(h), C(d) or C(w). The age is
        the service's time minus the time at which the backup was started.
      - Together with O(keep_last), a backup goes only if both say so.
    type: str
  include_automatic:
    description: Look at backups whose name starts with C(auto) too, which policies make.
    type: bool
    default: false
notes:
  - Where others depend on a backup, it goes after them in the same run, if all of them go. Plain OpenStack does not
    list which increments belong to a backup, so those that follow it, up to the next full one, are taken for them. What
    still has dependents after that stays.
  - A backup that is shared, or a restore that begins, after the lists were read and before its deletion is not seen.
    The service itself refuses to delete what is being restored.
  - A backup that is being deleted already is in neither list. It is waited for if this task would delete it.
seealso:
  - module: huaweicloud.backup.vbs_backup
  - module: huaweicloud.backup.vbs_backup_info
  - module: huaweicloud.backup.vbs_policy
"""

EXAMPLES = r"""
- name: See what would go if three backups of each volume were kept
  huaweicloud.backup.vbs_backup_prune:
    keep_last: 3
  check_mode: true
  register: foreseen

- name: Keep seven backups of two volumes, and all of the last two weeks
  huaweicloud.backup.vbs_backup_prune:
    volumes:
      - data-01
      - data-02
    name_prefix: nightly-
    keep_last: 7
    older_than: 2w

- name: Delete what is older than a year, but the newest of each volume
  huaweicloud.backup.vbs_backup_prune:
    older_than: 365d
"""

RETURN = r"""
deleted:
  description:
    - What was deleted, by volume, newest first; in check mode what would be. RV(pending) has those that may not be gone
      yet.
  returned: success, and after a failure of a deletion
  type: list
  elements: dict
  contains:
    id: {description: The backup's ID., type: str, returned: always}
    name: {description: "The name, or null.", type: str, returned: always, sample: nightly-20261121}
    volume_id: {description: "The volume it was made of, or null.", type: str, returned: always}
    status: {description: "What it was before, or null.", type: str, returned: always, sample: available}
    size: {description: "The volume's size in GB, or null.", type: int, returned: always, sample: 40}
    created_at:
      description: When it was started, in UTC, or null.
      type: str
      returned: always
      sample: "2026-11-21T03:04:10Z"
kept:
  description: Every other backup of these volumes, by volume, newest first.
  returned: success, and after a failure of a deletion
  type: list
  elements: dict
  contains:
    id: {description: The backup's ID., type: str, returned: always}
    name: {description: "The name, or null.", type: str, returned: always, sample: nightly-20261121}
    volume_id: {description: "The volume it was made of, or null.", type: str, returned: always}
    status: {description: "What it is, or null.", type: str, returned: always, sample: available}
    size: {description: "The volume's size in GB, or null.", type: int, returned: always, sample: 40}
    created_at:
      description: When it was started, in UTC, or null.
      type: str
      returned: always
      sample: "2026-11-21T03:04:10Z"
    reason:
      description:
        - Why it stays, the first that holds.
        - C(shared) with other projects, or another project's own; C(status) other than C(available) and C(error);
          C(unclear), because its name, volume, time or origin cannot be read; C(server_backup), of the server backup
          service; C(automatic); C(other_name) than O(name_prefix);
          C(last), one of the O(keep_last) newest; C(young), not O(older_than) that;
          C(newest) available one of its volume; C(dependents), because others depend on it;
          C(not_deleted), because its deletion failed, or was not tried after others failed.
      type: str
      returned: always
      sample: last
failures:
  description: Deletions that failed. Then the task fails at the end, and the others are done.
  returned: success, and after a failure of a deletion
  type: list
  elements: dict
  contains:
    id: {description: The backup's ID., type: str, returned: always}
    code: {description: "The service's code, or null.", type: str, returned: always, sample: VolumeBackup.0113}
    message: {description: What was tried and why it failed., type: str, returned: always}
pending:
  description: How to go on waiting later; null if nothing is left to wait for.
  returned: when it is not waited for, and after a failure
  type: dict
  contains:
    kind:
      description: What is waited for, a C(deletion).
      type: str
      returned: always
      sample: deletion
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

from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import WAIT, ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._prune_plan import (
    check_prune_options,
    plan_prune,
    resume_prune,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._slices import run

SPEC = WAIT.merge(
    ArgSpec(
        options={
            "volumes": {"type": "list", "elements": "str"},
            "name_prefix": {"type": "str"},
            "keep_last": {"type": "int"},
            "older_than": {"type": "str"},
            "include_automatic": {"type": "bool", "default": False},
        },
        required_one_of=(("keep_last", "older_than"),),
    )
)


def main() -> None:
    run(SPEC, plan_prune, resume_prune, check=check_prune_options)


if __name__ == "__main__":
    main()
