#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_share_info
short_description: Read which backups are shared between projects
version_added: 1.0.0
description:
  - Lists shares of backups, those by this project or those with it, all of them or those that match every condition
    given.
author:
  - huaweicloud.backup contributors (@huaweicloud)
extends_documentation_fragment:
  - huaweicloud.backup._auth
  - huaweicloud.backup._connection
  - huaweicloud.backup._attributes.info
  - huaweicloud.backup._attributes.action_group
options:
  id:
    description: Only the share of this ID, whether it is by this project or with it.
    type: str
  shared_with_me:
    description: List the shares with this project by others, in place of those by this project with others.
    type: bool
    default: false
  backup:
    description:
      - Only shares of this backup, by name or ID.
      - An ID is not looked up. A name is, or with O(shared_with_me=true) it is compared with the name of the shared
        backup.
    type: str
  volume:
    description:
      - Only shares of backups of this volume, by name or ID. With O(backup) it tells backups of the same name apart.
      - An ID is not looked up. With O(shared_with_me=true) it must be an ID, because the volume is another project's.
    type: str
  name:
    description: Only shares of backups whose name contains this text, in upper or lower case.
    type: str
  status:
    description: Only shares of backups in this state.
    type: str
    choices:
      - creating
      - available
      - error
      - restoring
      - deleting
      - error_restoring
  from_project_id:
    description: Only shares by this project.
    type: str
  to_project_id:
    description: Only shares with this project.
    type: str
  availability_zone:
    description: Only shares of backups in this availability zone.
    type: str
  limit:
    description: Return at most so many shares.
    type: int
  sort_key:
    description: Sort by this. The times and V(id) are those of the share, the others those of its backup.
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
  count_only:
    description: Return only RV(count), of all shares that match; RV(shares) is then empty.
    type: bool
    default: false
seealso:
  - module: huaweicloud.backup.vbs_share
"""

EXAMPLES = r"""
- name: Read what this project shares with another one
  huaweicloud.backup.vbs_share_info:
    to_project_id: fedcba9876543210fedcba9876543210
  register: given

- name: Read the newest backup that others share with this project
  huaweicloud.backup.vbs_share_info:
    shared_with_me: true
    status: available
    limit: 1

- name: Count the shares of golden backups
  huaweicloud.backup.vbs_share_info:
    name: golden
    count_only: true
"""

RETURN = r"""
shares:
  description: The shares; empty where none matches.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The share's ID.
      type: str
      returned: always
      sample: 55555555-2222-3333-4444-555555555555
    backup_id:
      description: The backup's ID, or null.
      type: str
      returned: always
      sample: 22222222-2222-3333-4444-555555555555
    from_project_id:
      description: The project that shares; null where the service does not say it.
      type: str
      returned: always
      sample: 0123456789abcdef0123456789abcdef
    to_project_id:
      description: The project that the backup is shared with, or null.
      type: str
      returned: always
      sample: fedcba9876543210fedcba9876543210
    created_at:
      description: When it was shared, in UTC; null where the service does not say it.
      type: str
      returned: always
      sample: "2026-11-21T04:00:00Z"
    updated_at: {description: "When the share last changed, in UTC, or null.", type: str, returned: always}
    backup:
      description: The shared backup; null where the service does not describe it.
      type: dict
      returned: always
      contains:
        id:
          description: The backup's ID, or null.
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
count:
  description: How many shares are in RV(shares); with O(count_only=true) how many match.
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
from collections.abc import Iterator, Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api import shares as api
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import resolve_backup
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.volumes import volume_filter
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context
from ansible_collections.huaweicloud.backup.plugins.module_utils._runner import run_info
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import (
    check_id,
    check_limit,
    check_reference,
    is_uuid,
)

SPEC = ArgSpec(
    options={
        "id": {"type": "str"},
        "shared_with_me": {"type": "bool", "default": False},
        "backup": {"type": "str"},
        "volume": {"type": "str"},
        "name": {"type": "str"},
        "status": {
            "type": "str",
            "choices": ["creating", "available", "error", "restoring", "deleting", "error_restoring"],
        },
        "from_project_id": {"type": "str"},
        "to_project_id": {"type": "str"},
        "availability_zone": {"type": "str"},
        "limit": {"type": "int"},
        "sort_key": {
            "type": "str",
            "choices": ["created_at", "updated_at", "name", "status", "size", "id"],
            "default": "created_at",
        },
        "sort_dir": {"type": "str", "choices": ["asc", "desc"], "default": "desc"},
        "count_only": {"type": "bool", "default": False},
    }
)
_OF_BACKUP = ("name", "status", "size")


def check(options: Mapping[str, t.Any]) -> None:
    """Refuse what cannot be searched for."""
    for name in ("id", "from_project_id", "to_project_id"):
        if options[name] is not None:
            check_id(name, options[name])
    for name in ("backup", "volume", "name", "availability_zone"):
        if options[name] is not None:
            check_reference(name, options[name])
    check_limit("limit", options["limit"])
    if options["shared_with_me"] and options["volume"] is not None and not is_uuid(options["volume"]):
        raise OptionError("volume", "must be an ID with shared_with_me, because the volume is another project's")


def fetch(context: Context) -> dict[str, t.Any]:
    """Count, or read pages until there is enough or to the end."""
    options = context.options
    filters = _filters(context)
    named = _exact_name(options)
    if options["count_only"] and named is None and options["id"] is None:
        return {"shares": [], "count": api.count_shares(context.client, filters)}
    limit = None if options["count_only"] else options["limit"]
    by_time = options["sort_key"] == "created_at"
    found: list[_model.Result] = []
    for wire in _rows(context, filters):
        row = _model.share_with_backup(wire)
        if named is not None and (row["backup"] or {}).get("name") != named:
            continue
        found.append(row)
        # Only in the order of the service itself are the first ones the right ones.
        if by_time and limit is not None and len(found) >= limit:
            break
    found.sort(key=lambda row: _sort_key(row, options["sort_key"]), reverse=options["sort_dir"] == "desc")
    found = found[:limit]
    return {"shares": [] if options["count_only"] else found, "count": len(found)}


def _filters(context: Context) -> dict[str, t.Any]:
    """The conditions as F §5.3 has them; names become IDs, where this project can look them up."""
    options, client = context.options, context.client
    backup, volume = options["backup"], options["volume"]
    names = ("name", "status", "from_project_id", "to_project_id", "availability_zone")
    filters = {name: options[name] for name in names}
    # Shares by this project are the default, and the only other choice.
    filters["share_to_me"] = True if options["shared_with_me"] else None
    filters["volume_id"] = None if volume is None else volume_filter(client, "volume", volume)
    if backup is not None and is_uuid(backup):
        filters["backup_id"] = backup
    elif backup is not None and _exact_name(options) is None:
        filters["backup_id"] = resolve_backup(client, "backup", backup, volume_id=filters["volume_id"])["id"]
    elif backup is not None and filters["name"] is None:
        filters["name"] = backup
    return filters


def _exact_name(options: Mapping[str, t.Any]) -> str | None:
    """The name of another project's backup, which only the share itself shows."""
    backup = options["backup"]
    return str(backup) if options["shared_with_me"] and backup is not None and not is_uuid(backup) else None


def _rows(context: Context, filters: Mapping[str, t.Any]) -> Iterator[JsonObject]:
    options = context.options
    if options["id"] is None:
        # The newest first is the service's own order.
        oldest_first = (options["sort_key"], options["sort_dir"]) == ("created_at", "asc")
        yield from api.list_shares(context.client, filters, sort_dir="asc" if oldest_first else None)
        return
    wire = api.get_share(context.client, options["id"])
    if wire is not None and api.fits(wire, filters):
        yield wire


def _sort_key(row: _model.Result, key: str) -> tuple[bool, t.Any]:
    """Nulls come first in ascending order."""
    value = (row["backup"] or {}).get(key) if key in _OF_BACKUP else row[key]
    return (value is not None, value if value is not None else 0)


def main() -> None:
    run_info(SPEC, fetch, check=check)


if __name__ == "__main__":
    main()
