#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: csbs_policy_info
short_description: Read policies of the Cloud Server Backup Service
version_added: 1.0.0
description:
  - Lists server backup policies, all of the project, or those that match every condition given.
  - Other than with volumes, the service tells which servers a policy protects.
author:
  - huaweicloud.backup contributors (@huaweicloud)
extends_documentation_fragment:
  - huaweicloud.backup._auth
  - huaweicloud.backup._connection
  - huaweicloud.backup._attributes.info
  - huaweicloud.backup._attributes.action_group
options:
  id:
    description: Only the policy of this ID.
    type: str
  name:
    description: Only policies of exactly this name.
    type: str
seealso:
  - module: huaweicloud.backup.csbs_checkpoint
  - module: huaweicloud.backup.csbs_checkpoint_info
"""

EXAMPLES = r"""
- name: Read all server backup policies
  huaweicloud.backup.csbs_policy_info:

- name: Read one, to see which servers it protects
  huaweicloud.backup.csbs_policy_info:
    name: servers
  register: found
"""

RETURN = r"""
policies:
  description: The policies; empty where none matches.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: The policy's ID., type: str, returned: always, sample: 88888888-2222-3333-4444-555555555555}
    name: {description: "The policy's name, or null.", type: str, returned: always, sample: servers}
    description: {description: "The description, or null.", type: str, returned: always}
    status:
      description:
        - The service's own word, such as C(suspended), C(enabled) or C(disabled). It does not tell whether the policy
          makes backups by itself; C(enabled) does; null if unknown.
      type: str
      returned: always
      sample: suspended
    enabled:
      description: Whether a schedule of the policy makes backups by itself; null if unknown.
      type: bool
      returned: always
    servers:
      description: The servers that the policy protects.
      type: list
      elements: dict
      returned: always
      contains:
        id: {description: "The server's ID; null if the service does not say.", type: str, returned: always}
        name: {description: "The server's name, or null.", type: str, returned: always, sample: web-02}
        type: {description: "The type of resource, or null.", type: str, returned: always, sample: "OS::Nova::Server"}
    schedules:
      description: When it makes backups, and how long they are kept; usually one entry.
      type: list
      elements: dict
      returned: always
      contains:
        id: {description: "The schedule's ID, or null.", type: str, returned: always}
        name: {description: "The schedule's name, or null.", type: str, returned: always, sample: daily}
        enabled: {description: "Whether it makes backups; null if unknown.", type: bool, returned: always}
        pattern:
          description: The times in UTC, as an iCalendar text (RFC 2445); null if unknown.
          type: str
          returned: always
        retention_count:
          description: How many backups are kept; null without a limit.
          type: int
          returned: always
          sample: 7
        retention_days:
          description: How many days backups are kept; null without a limit.
          type: int
          returned: always
        permanent:
          description: Whether backups are kept for ever, whatever the limits are; null if the service does not say.
          type: bool
          returned: always
    tags:
      description: The policy's tags; null where the service does not show them.
      type: dict
      returned: always
    created_at:
      description: When it was made, in UTC; null if unknown.
      type: str
      returned: always
      sample: "2026-11-21T03:00:00Z"
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
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.csbs import get_policy, list_policies
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context
from ansible_collections.huaweicloud.backup.plugins.module_utils._runner import run_info
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_id, check_reference

SPEC = ArgSpec(options={"id": {"type": "str"}, "name": {"type": "str"}})


def check(options: Mapping[str, t.Any]) -> None:
    """Refuse what cannot be searched for."""
    if options["id"] is not None:
        check_id("id", options["id"])
    if options["name"] is not None:
        check_reference("name", options["name"])


def fetch(context: Context) -> dict[str, t.Any]:
    """Read one policy, or all of a name, or all."""
    options = context.options
    if options["id"] is None:
        found = list_policies(context.client, name=options["name"])
    else:
        wire = get_policy(context.client, options["id"])
        found = [wire] if wire is not None and options["name"] in (None, wire.get("name")) else []
    return {"policies": [_csbs_model.policy(wire) for wire in found]}


def main() -> None:
    run_info(SPEC, fetch, check=check)


if __name__ == "__main__":
    main()
