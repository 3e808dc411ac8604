#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_share
short_description: Share a backup of the Volume Backup Service with other projects
version_added: 1.0.0
description:
  - Shares a backup with other projects, or ends its shares.
  - A project that a backup is shared with can make new volumes from it. It cannot restore it.
  - What is compared is sets of projects. With several projects that are missing, one request shares with all of them.
  - If the answer to that request is lost, the module looks at the backup's shares before it asks again, and asks only
    for those that are still missing.
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
  backup:
    description:
      - The backup, by name or ID. It must be the project's own, and to be shared it must be available.
      - With O(state=absent) an ID is not looked up.
    type: str
    required: true
  volume:
    description:
      - The volume that the backup was made of, by name or ID, to tell backups of the same name apart.
      - An ID is not looked up. With O(state=absent) and the backup's ID this option is not used.
    type: str
  projects:
    description:
      - The IDs of the projects.
      - Needed with O(state=present). If left out with O(state=absent), all shares of the backup are ended.
      - An empty list is nothing to do; with O(purge=true) all shares are ended.
    type: list
    elements: str
  state:
    description: Whether the backup should be shared with the projects or not.
    type: str
    choices:
      - present
      - absent
    default: present
  purge:
    description: Whether to end the shares with all other projects. Only with O(state=present).
    type: bool
    default: false
seealso:
  - module: huaweicloud.backup.vbs_share_info
  - module: huaweicloud.backup.vbs_backup
"""

EXAMPLES = r"""
- name: Make a backup to share
  huaweicloud.backup.vbs_backup:
    volume: data-01
    name: golden-1

- name: Share it with two projects
  huaweicloud.backup.vbs_share:
    backup: golden-1
    volume: data-01
    projects:
      - fedcba9876543210fedcba9876543210
      - 00112233445566778899aabbccddeeff

- name: Share it with this project and no other
  huaweicloud.backup.vbs_share:
    backup: golden-1
    projects: [fedcba9876543210fedcba9876543210]
    purge: true

- name: End all of its shares
  huaweicloud.backup.vbs_share:
    backup: golden-1
    state: absent
"""

RETURN = r"""
shares:
  description: All shares of the backup as they are now, in check mode as they would be, in the order of projects.
  returned: success, and failure after something was sent
  type: list
  elements: dict
  contains:
    id:
      description: The share's ID; null for one that check mode would make.
      type: str
      returned: always
      sample: 55555555-2222-3333-4444-555555555555
    backup_id:
      description: The backup's ID.
      type: str
      returned: always
      sample: 22222222-2222-3333-4444-555555555555
    from_project_id:
      description: The project that shares; null where the service does not say it.
      type: str
      returned: always
      sample: 0123456789abcdef0123456789abcdef
    to_project_id:
      description: The project that the backup is shared with.
      type: str
      returned: always
      sample: fedcba9876543210fedcba9876543210
    created_at:
      description: When it was shared, in UTC; null where that is not known yet.
      type: str
      returned: always
      sample: "2026-11-21T04:00:00Z"
    updated_at: {description: "When the share last changed, in UTC, or null.", type: str, returned: always}
added:
  description: The IDs of the projects that the backup was shared with.
  returned: success, and failure after something was sent
  type: list
  elements: str
  sample: [fedcba9876543210fedcba9876543210]
removed:
  description: The IDs of the projects whose shares were ended.
  returned: success, and failure after something was sent
  type: list
  elements: str
  sample: []
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

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model, _share
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import resolve_backup
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.volumes import volume_filter
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import STATE, ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import BACKUP_WORKING
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._runner import run
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_id, check_reference, is_uuid

SPEC = STATE.merge(
    ArgSpec(
        options={
            "backup": {"type": "str", "required": True},
            "volume": {"type": "str"},
            "projects": {"type": "list", "elements": "str"},
            "purge": {"type": "bool", "default": False},
        },
        required_if=(("state", "present", ("projects",)),),
    )
)


def check(options: Mapping[str, t.Any]) -> None:
    """Refuse what can be no name or ID, and options that contradict each other."""
    check_reference("backup", options["backup"])
    if options["volume"] is not None:
        check_reference("volume", options["volume"])
    for project_id in options["projects"] or ():
        check_id("projects", project_id)
    if options["purge"] and options["state"] == "absent":
        raise OptionError("purge", "goes only with state present")


def plan(context: Context) -> Plan:
    """Find the backup, list its shares, then plan to share it or to end shares."""
    options, client = context.options, context.client
    wire = None
    if options["state"] == "present" or not is_uuid(options["backup"]):
        wire = _find_backup(context)
    backup_id = options["backup"] if wire is None else str(wire["id"])
    rows = _share.read_shares(client, backup_id)
    if options["state"] == "absent":
        todo = _share.plan_absent(backup_id, rows, options["projects"])
    else:
        todo = _share.plan_present(backup_id, rows, options["projects"], purge=options["purge"])
    if todo.missing and wire is not None:
        _check_may_share(wire, client.project_id)
    result = todo.predicted(client.project_id)

    def apply() -> Outcome:
        reached = _share.apply_shares(client, context.clock, context.warn, todo)
        return Outcome(reached, after=_share.comparable(reached))

    changes = (("shared",) if todo.missing else ()) + (("ended",) if todo.leaving else ())
    before, after = _share.comparable(_share.shown(rows)), _share.comparable(result)
    return Plan(changes, result, before=before, after=after, apply=apply)


def _find_backup(context: Context) -> _model.Wire:
    text, volume = context.options["backup"], context.options["volume"]
    volume_id = None if volume is None else volume_filter(context.client, "volume", volume)
    wire = resolve_backup(context.client, "backup", text, volume_id=volume_id)
    if volume_id is not None and wire.get("volume_id") != volume_id:
        raise OptionError("backup", f"{text!r} is a backup of volume {wire.get('volume_id')}, not of {volume_id}")
    return wire


def _check_may_share(wire: _model.Wire, project_id: str) -> None:
    """Refuse what cannot be shared before it is tried.

    :raises BackupError: another project's backup, or one that is not available.
    """
    what = f"share backup {wire['id']} ({wire.get('name')})"
    owner, status = _model.owner(wire), wire.get("status")
    if owner is not None and owner != project_id:
        raise BackupError(
            f"{what}: it belongs to project {owner}, and only that one can share it",
            advice="run the task in the project that owns the backup",
        )
    if status not in (None, "available"):
        raise BackupError(
            f"{what}: it is {status}, and only an available backup can be shared",
            advice="use another backup, or wait until this one is available",
            retryable=status in BACKUP_WORKING,
        )


def main() -> None:
    run(SPEC, plan, check=check)


if __name__ == "__main__":
    main()
