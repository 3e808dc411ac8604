#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_backup_info
short_description: Read backups of the Volume Backup Service
version_added: 1.0.0
description:
  - Lists backups of volumes, all of the project, or those that match every condition given.
  - It works with plain OpenStack block storage too.
author:
  - huaweicloud.backup contributors (@huaweicloud)
extends_documentation_fragment:
  - huaweicloud.backup._auth
  - huaweicloud.backup._connection
  - huaweicloud.backup._attributes.info
  - huaweicloud.backup._attributes.action_group
options:
  id:
    description: Only the backup of this ID.
    type: str
  name:
    description: Only backups of exactly this name.
    type: str
  name_prefix:
    description: Only backups whose name starts with this text.
    type: str
  volume:
    description:
      - Only backups of this volume, by name or ID.
      - An ID is not looked up, because backups outlive volumes.
    type: str
  status:
    description: Only backups in this state.
    type: str
    choices:
      - creating
      - available
      - error
      - restoring
      - deleting
      - error_restoring
  limit:
    description: Return at most so many backups.
    type: int
  sort_key:
    description: Sort by this.
    type: str
    choices:
      - created_at
      - updated_at
      - name
      - status
      - size
      - id
    default: created_at
  sort_dir:
    description: The direction of sorting; the newest, largest or last in the alphabet first with V(desc).
    type: str
    choices:
      - asc
      - desc
    default: desc
seealso:
  - module: huaweicloud.backup.vbs_backup
"""

EXAMPLES = r"""
- name: Read the three newest good backups of a volume
  huaweicloud.backup.vbs_backup_info:
    volume: data-01
    status: available
    limit: 3
  register: newest

- name: Read the backups that policies made
  huaweicloud.backup.vbs_backup_info:
    name_prefix: autobk_
    sort_key: size
"""

RETURN = r"""
backups:
  description: The backups; empty where none matches.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The backup's ID.
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
from collections.abc import Iterator, Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import get_backup, list_backups
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.volumes import volume_filter
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context
from ansible_collections.huaweicloud.backup.plugins.module_utils._runner import run_info
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_id, check_limit, check_reference

SPEC = ArgSpec(
    options={
        "id": {"type": "str"},
        "name": {"type": "str"},
        "name_prefix": {"type": "str"},
        "volume": {"type": "str"},
        "status": {
            "type": "str",
            "choices": ["creating", "available", "error", "restoring", "deleting", "error_restoring"],
        },
        "limit": {"type": "int"},
        "sort_key": {
            "type": "str",
            "choices": ["created_at", "updated_at", "name", "status", "size", "id"],
            "default": "created_at",
        },
        "sort_dir": {"type": "str", "choices": ["asc", "desc"], "default": "desc"},
    }
)


def check(options: Mapping[str, t.Any]) -> None:
    """Refuse what cannot be searched for."""
    if options["id"] is not None:
        check_id("id", options["id"])
    for name in ("name", "name_prefix", "volume"):
        if options[name] is not None:
            check_reference(name, options[name])
    check_limit("limit", options["limit"])


def fetch(context: Context) -> dict[str, t.Any]:
    """Read pages until there is enough, or to the end."""
    options = context.options
    limit = options["limit"]
    by_time = options["sort_key"] == "created_at"
    found: list[_model.Result] = []
    for wire in _rows(context):
        if not str(wire.get("name") or "").startswith(options["name_prefix"] or ""):
            continue
        found.append(_model.backup(wire))
        # Only in the order of the service itself are the first ones the right ones.
        if by_time and limit is not None and len(found) >= limit:
            break
    found.sort(key=lambda row: _sort_key(row[options["sort_key"]]), reverse=options["sort_dir"] == "desc")
    return {"backups": found[:limit]}


def _rows(context: Context) -> Iterator[Mapping[str, t.Any]]:
    options = context.options
    volume = options["volume"]
    wanted = {
        "name": options["name"],
        "volume_id": None if volume is None else volume_filter(context.client, "volume", volume),
        "status": options["status"],
    }
    if options["id"] is not None:
        wire = get_backup(context.client, options["id"])
        if wire is not None and all(wire.get(key) == value for key, value in wanted.items() if value is not None):
            yield wire
        return
    # Plain OpenStack refuses most sort keys; time is the one that both take, newest first by default.
    sort = ("created_at", "asc") if (options["sort_key"], options["sort_dir"]) == ("created_at", "asc") else None
    for page, _answer in list_backups(context.client, sort=sort, **wanted):
        yield from page


def _sort_key(value: t.Any) -> tuple[bool, t.Any]:
    """Nulls come first in ascending order."""
    return (value is not None, value if value is not None else 0)


def main() -> None:
    run_info(SPEC, fetch, check=check)


if __name__ == "__main__":
    main()
