#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_policy_tags_info
short_description: Read the tags of backup policies
version_added: 1.0.0
description:
  - Reads the tags of one backup policy of the Volume Backup Service, or those of all policies of the project.
author:
  - huaweicloud.backup contributors (@huaweicloud)
extends_documentation_fragment:
  - huaweicloud.backup._auth
  - huaweicloud.backup._connection
  - huaweicloud.backup._attributes.info
  - huaweicloud.backup._attributes.action_group
options:
  policy:
    description:
      - The policy, by name or ID.
      - If left out, the tags of all policies are read.
    type: str
seealso:
  - module: huaweicloud.backup.vbs_policy_tags
  - module: huaweicloud.backup.vbs_policy_info
"""

EXAMPLES = r"""
- name: Read one policy's tags
  huaweicloud.backup.vbs_policy_tags_info:
    policy: nightly
  register: nightly

- name: Read which tags there are, and with which values
  huaweicloud.backup.vbs_policy_tags_info:
  register: every
"""

RETURN = r"""
tags:
  description:
    - The tags. With O(policy) each key has its value.
    - Without O(policy) each key has the list of the values that policies give to it, in alphabetical order.
  returned: success
  type: dict
  sample: {"env": "prod"}
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

from ansible_collections.huaweicloud.backup.plugins.module_utils._api.policy_tags import get_project_tags
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context
from ansible_collections.huaweicloud.backup.plugins.module_utils._runner import run_info
from ansible_collections.huaweicloud.backup.plugins.module_utils._tags import find_policy_tags
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_reference

SPEC = ArgSpec(options={"policy": {"type": "str"}})


def check(options: Mapping[str, t.Any]) -> None:
    """Refuse what can be no name or ID."""
    if options["policy"] is not None:
        check_reference("policy", options["policy"])


def fetch(context: Context) -> dict[str, t.Any]:
    """The tags of one policy, or of all."""
    policy = context.options["policy"]
    if policy is None:
        return {"tags": get_project_tags(context.client)}
    _policy_id, tags = find_policy_tags(context.client, "policy", policy)
    return {"tags": tags}


def main() -> None:
    run_info(SPEC, fetch, check=check)


if __name__ == "__main__":
    main()
