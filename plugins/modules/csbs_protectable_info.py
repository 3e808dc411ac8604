#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: csbs_protectable_info
short_description: Ask whether servers can be backed up
version_added: 1.0.0
description:
  - Asks the Cloud Server Backup Service for each server whether it can be backed up, and if not, why.
  - A negative answer is a result, not a failure.
author:
  - huaweicloud.backup contributors (@huaweicloud)
extends_documentation_fragment:
  - huaweicloud.backup._auth
  - huaweicloud.backup._connection
  - huaweicloud.backup._attributes.info
  - huaweicloud.backup._attributes.action_group
options:
  servers:
    description: The servers' IDs. An empty list asks nothing.
    type: list
    elements: str
    required: true
  resource_type:
    description: What the IDs are of. The service backs up nothing but servers.
    type: str
    default: OS::Nova::Server
seealso:
  - module: huaweicloud.backup.csbs_checkpoint
  - module: huaweicloud.backup.csbs_policy_info
"""

EXAMPLES = r"""
- name: Find the servers of a policy
  huaweicloud.backup.csbs_policy_info:
    name: servers
  register: found

- name: Fail if any of them cannot be backed up
  huaweicloud.backup.csbs_protectable_info:
    servers: "{{ found.policies[0].servers | map(attribute='id') | list }}"
  register: asked
  failed_when: asked is failed or asked.servers | rejectattr('protectable') | list != []
"""

RETURN = r"""
servers:
  description: The answers, one for each server, in the order asked.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: The server's ID., type: str, returned: always}
    type: {description: "The type of resource, or null.", type: str, returned: always, sample: "OS::Nova::Server"}
    protectable:
      description: Whether it can be backed up; null where the service does not say.
      type: bool
      returned: always
    code:
      description:
        - The service's code for what it has to say, or null. There may be one with a positive answer too, for example
          when the server is in a policy already.
      type: str
      returned: always
      sample: CSBS.6007
    message: {description: "What the service has to say, or null.", type: str, returned: always}
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
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.csbs import check_protectable
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context
from ansible_collections.huaweicloud.backup.plugins.module_utils._runner import run_info
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_id, check_reference

SPEC = ArgSpec(
    options={
        "servers": {"type": "list", "elements": "str", "required": True},
        "resource_type": {"type": "str", "default": "OS::Nova::Server"},
    }
)


def check(options: Mapping[str, t.Any]) -> None:
    """Refuse what can be no server's ID."""
    for server_id in options["servers"]:
        check_id("servers", server_id)
    check_reference("resource_type", options["resource_type"])


def fetch(context: Context) -> dict[str, t.Any]:
    """Ask about all in one call, each once."""
    server_ids = list(dict.fromkeys(context.options["servers"]))
    if not server_ids:
        return {"servers": []}
    answers = check_protectable(context.client, server_ids, context.options["resource_type"])
    return {"servers": [_csbs_model.protectable(wire) for wire in answers]}


def main() -> None:
    run_info(SPEC, fetch, check=check)


if __name__ == "__main__":
    main()
