#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: csbs_checkpoint_info
short_description: Read checkpoints of the Cloud Server Backup Service
version_added: 1.0.0
description:
  - Lists checkpoints, newest first, all of the project, or those that match every condition given. A checkpoint is what
    one run of a server backup policy made, and has a backup of each of the servers.
  - The service shows only the servers' backups. The state of a checkpoint follows from theirs.
author:
  - huaweicloud.backup contributors (@huaweicloud)
extends_documentation_fragment:
  - huaweicloud.backup._auth
  - huaweicloud.backup._connection
  - huaweicloud.backup._attributes.info
  - huaweicloud.backup._attributes.action_group
options:
  id:
    description: Only the checkpoint of this ID.
    type: str
  server:
    description:
      - Only checkpoints that have a backup of this server, by ID or by the name that the backups show. They are
        returned with all their servers.
      - Servers themselves are not looked up, because backups outlive servers; so an unknown name gives an empty list.
    type: str
  status:
    description: Only checkpoints in this state.
    type: str
    choices:
      - protecting
      - available
      - error
      - deleting
      - restoring
  limit:
    description: Return at most so many checkpoints, the newest.
    type: int
seealso:
  - module: huaweicloud.backup.csbs_checkpoint
  - module: huaweicloud.backup.csbs_policy_info
"""

EXAMPLES = r"""
- name: Read the three newest good checkpoints that have a server
  huaweicloud.backup.csbs_checkpoint_info:
    server: web-02
    status: available
    limit: 3
  register: newest

- name: Read the checkpoints in which a backup failed
  huaweicloud.backup.csbs_checkpoint_info:
    status: error
"""

RETURN = r"""
checkpoints:
  description: The checkpoints, newest first; empty where none matches.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: The checkpoint's ID., type: str, returned: always, sample: bbbbbbbb-2222-3333-4444-555555555555}
    status:
      description:
        - C(protecting) while any server is being backed up, else C(error) if that of any failed, else C(deleting) or
          C(restoring) if any is, else C(available). A state that is not documented is shown as it is, or is null.
      type: str
      returned: always
      sample: available
    created_at:
      description: When the first of its backups was started, in UTC; null if unknown.
      type: str
      returned: always
      sample: "2026-11-21T03:04:05Z"
    servers:
      description: The backups of its servers.
      type: list
      elements: dict
      returned: always
      contains:
        id: {description: "The server's ID; null if the service does not say.", type: str, returned: always}
        name: {description: "The server's name, or null.", type: str, returned: always, sample: web-02}
        status:
          description:
            - C(available) is good. C(waiting_protect), C(protecting), C(waiting_restore), C(restoring),
              C(waiting_delete) and C(deleting) pass. C(error) is bad; null if the service does not say.
          type: str
          returned: always
          sample: available
        item_id:
          description: The ID of this server's part of the checkpoint.
          type: str
          returned: always
        progress: {description: "Percent that are done, or null.", type: int, returned: always, sample: 100}
        error:
          description: Why the server has no good backup, with the service's code if there is one; else null.
          type: str
          returned: always
error:
  description: Why the task failed, for playbooks, beside C(msg) for people.
  returned: failure
  type: dict
  contains:
    code: {description: "The service's own code, or null.", type: str, returned: always, sample: CSBS.2004}
    message: {description: What was tried and why it failed., type: str, returned: always}
    http_status: {description: "The answer's HTTP status, or null.", type: int, returned: always, sample: 400}
    request_id: {description: "What the provider's support asks for, or null.", type: str, returned: always}
    advice: {description: What to do next., type: str, returned: always, sample: wait until it has ended}
    retryable: {description: Whether the same task may go well later., type: bool, returned: always, sample: true}
"""

import typing as t
from collections.abc import Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils import _csbs_model
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.csbs import list_items
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context
from ansible_collections.huaweicloud.backup.plugins.module_utils._runner import run_info
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_id, check_limit, check_reference

SPEC = ArgSpec(
    options={
        "id": {"type": "str"},
        "server": {"type": "str"},
        "status": {"type": "str", "choices": ["protecting", "available", "error", "deleting", "restoring"]},
        "limit": {"type": "int"},
    }
)


def check(options: Mapping[str, t.Any]) -> None:
    """Refuse what cannot be searched for."""
    if options["id"] is not None:
        check_id("id", options["id"])
    if options["server"] is not None:
        check_reference("server", options["server"])
    check_limit("limit", options["limit"])


def fetch(context: Context) -> dict[str, t.Any]:
    """Read the items and put them together; only a whole checkpoint tells its state, so none is filtered away."""
    options = context.options
    groups = _csbs_model.by_checkpoint(list_items(context.client, checkpoint_id=options["id"]))
    found = [_csbs_model.listed_checkpoint(items) for items in groups.values()]
    if options["server"] is not None:
        server_id = _csbs_model.find_server([row for shown in found for row in shown["servers"]], options["server"])
        found = [shown for shown in found if any(row["id"] == server_id for row in shown["servers"])]
    found = [shown for shown in found if options["status"] in (None, shown["status"])]
    found.sort(key=lambda shown: shown["created_at"] or "", reverse=True)
    return {"checkpoints": found[: options["limit"]]}


def main() -> None:
    run_info(SPEC, fetch, check=check)


if __name__ == "__main__":
    main()
