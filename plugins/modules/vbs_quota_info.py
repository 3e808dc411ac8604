#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_quota_info
short_description: Read the quotas of the Volume Backup Service
version_added: 1.0.0
description:
  - Reads how many backups, and how many gigabytes of them, the project has and may have.
author:
  - huaweicloud.backup contributors (@huaweicloud)
extends_documentation_fragment:
  - huaweicloud.backup._auth
  - huaweicloud.backup._connection
  - huaweicloud.backup._attributes.info
  - huaweicloud.backup._attributes.action_group
seealso:
  - module: huaweicloud.backup.vbs_backup_info
"""

EXAMPLES = r"""
- name: Read the quotas
  huaweicloud.backup.vbs_quota_info:
  register: found

- name: Read them again, and fail when there is no room for ten more backups
  huaweicloud.backup.vbs_quota_info:
  register: room
  failed_when: room.quotas[0].quota >= 0 and room.quotas[0].quota - room.quotas[0].used < 10
"""

RETURN = r"""
quotas:
  description: The quotas.
  returned: success
  type: list
  elements: dict
  contains:
    type:
      description: What is counted, C(backups) or C(backup_gigabytes), or null.
      type: str
      returned: always
      sample: backup_gigabytes
    used: {description: "How much is used, or null.", type: int, returned: always, sample: 120}
    reserved: {description: "How much is set aside, or null.", type: int, returned: always, sample: 0}
    quota: {description: "How much is allowed, or null; C(-1) is no limit.", type: int, returned: always, sample: 1000}
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

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import list_quotas
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context
from ansible_collections.huaweicloud.backup.plugins.module_utils._runner import run_info

SPEC = ArgSpec()


def fetch(context: Context) -> dict[str, t.Any]:
    """One request."""
    return {"quotas": [_model.quota(row) for row in list_quotas(context.client)]}


def main() -> None:
    run_info(SPEC, fetch)


if __name__ == "__main__":
    main()
