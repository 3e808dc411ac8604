#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_restore
short_description: Overwrite a volume with a backup
version_added: 1.0.0
description:
  - Restores a backup to a volume, which B(overwrites all data) on that volume.
  - Before anything is sent, also in check mode, it checks that the backup is available and the project's own, and that
    the volume is available, which means detached, and large enough.
  - It is sent once and never repeated. If the answer is lost, the module looks for a trace in the states of backup and
    volume; without one it stops and says what is uncertain.
  - A restore of this backup to this volume that is running already is waited for, and none is sent. The service does
    not say which backup goes to which volume, so while other backups are being restored too, the task fails instead.
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
    support: none
    details:
      - Each run restores again, because the service cannot say whether a volume still holds what was restored.
options:
  backup:
    description: The backup, by name or ID.
    type: str
    required: true
  volume:
    description:
      - The volume to overwrite, by name or ID.
      - If left out, the volume that the backup was made of, which must still be there.
    type: str
  api:
    description: The form of the call. V(native) is the OpenStack form, which plain OpenStack has too.
    type: str
    choices:
      - vbs
      - native
    default: vbs
notes:
  - After a time-out the same task goes on waiting as long as the restore runs. Once it has ended, the task would
    restore again, over what was written since, so C(retryable) is false then; M(huaweicloud.backup.vbs_job_info) shows
    how the job stands.
seealso:
  - module: huaweicloud.backup.vbs_backup
  - module: huaweicloud.backup.vbs_backup_info
"""

EXAMPLES = r"""
- name: Make a backup to come back to
  huaweicloud.backup.vbs_backup:
    volume: data-01
    name: before-upgrade

- name: Put the volume back to the state before the upgrade
  huaweicloud.backup.vbs_restore:
    backup: before-upgrade
    volume: data-01
"""

RETURN = r"""
job:
  description: The job of the restore; null with O(api=native), where none was sent, and where its answer was lost.
  returned: success, and after a failure of the wait
  type: dict
  contains:
    id: {description: The job's ID., type: str, returned: always}
    type:
      description: The kind of job, or null before it was read.
      type: str
      returned: always
      sample: bksRestoreBackup
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
backup:
  description: The backup; as it was before the restore if that is not waited for.
  returned: success, and after a failure of the wait
  type: dict
  contains:
    id: {description: The backup's ID., type: str, returned: always}
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
volume:
  description: The volume that was overwritten; as it was before the restore if that is not waited for.
  returned: success, and after a failure of the wait
  type: dict
  contains:
    id: {description: The volume's ID., type: str, returned: always}
    name: {description: "The volume's name, or null.", type: str, returned: always, sample: data-01}
    status:
      description: The volume's state, C(available) when it is free, or null.
      type: str
      returned: always
      sample: available
    size: {description: "The volume's size in GB, or null.", type: int, returned: always, sample: 40}
pending:
  description: How to go on waiting later; null if nothing is left to wait for.
  returned: when it is not waited for, and after a failure
  type: dict
  contains:
    kind:
      description: What the IDs are of, C(job) or C(restore), which has the backup's ID.
      type: str
      returned: always
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

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import WAIT, ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._restore import resume_restore, run_restore
from ansible_collections.huaweicloud.backup.plugins.module_utils._restore_checks import (
    Restore,
    check_restore,
    find_backup,
    find_running,
    find_target,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._slices import State, run
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_reference, check_wait
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import WaitOptions

SPEC = WAIT.merge(
    ArgSpec(
        options={
            "backup": {"type": "str", "required": True},
            "volume": {"type": "str"},
            "api": {"type": "str", "choices": ["vbs", "native"], "default": "vbs"},
        }
    )
)


def check(options: Mapping[str, t.Any]) -> None:
    """Refuse what can be no name or ID."""
    for name in ("backup", "volume"):
        if options[name] is not None:
            check_reference(name, options[name])
    check_wait(options)


def plan(context: Context) -> Plan:
    """Look at backup and volume, check all that the service would refuse, then plan to overwrite."""
    options, client = context.options, context.client
    if options["api"] == "vbs":
        client.require_vbs()
    backup = find_backup(client, options["backup"])
    restore = Restore(backup, find_target(client, options["volume"], backup), native=options["api"] == "native")
    running = find_running(client, restore)
    if not running:
        check_restore(restore)
    wait = WaitOptions.of(options)
    shown = {"job": None, "backup": _model.backup(backup), "volume": _model.volume(restore.volume)}

    def apply() -> Outcome:
        return Outcome(run_restore(client, replace(restore, is_running=running), wait, context.clock))

    if running:
        return Plan((), shown, apply=apply, settle=True)
    before = {"backup": None, "volume": restore.volume_id}
    after = {"backup": restore.backup_id, "volume": restore.volume_id}
    return Plan(("restored",), shown, before=before, after=after, apply=apply)


def resume(context: Context, state: State) -> Outcome:
    """Go on with the wait of an earlier call."""
    return Outcome(resume_restore(context.client, WaitOptions.of(context.options), context.clock, state))


def main() -> None:
    run(SPEC, plan, resume, check=check)


if __name__ == "__main__":
    main()
