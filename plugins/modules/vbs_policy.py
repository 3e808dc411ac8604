#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_policy
short_description: Manage backup policies of the Volume Backup Service
version_added: 1.0.0
description:
  - Create, change, rename and delete backup policies, which say when volumes are backed up and how long backups are
    kept.
  - A policy is identified by O(id), or by O(name), which must then be unique. O(id) with another O(name) renames it.
  - Which volumes a policy protects is managed with M(huaweicloud.backup.vbs_policy_resources).
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
  state:
    description:
      - Whether the policy should exist. Deleting a policy leaves its backups and frees its volumes.
    type: str
    choices:
      - present
      - absent
    default: present
  id:
    description:
      - The policy's ID.
    type: str
  name:
    description:
      - The policy's name, 1 to 64 letters, digits, C(-) and C(_); Chinese characters are allowed.
      - A policy cannot be renamed to a name that starts with C(default).
    type: str
  enabled:
    description:
      - Whether the policy makes backups by itself. A new policy does, if this is left out.
    type: bool
  start_times:
    description:
      - When backups start, as whole hours C(HH:00) in O(time_zone), each once. Needed for a new policy.
      - Put the times in quotes, because YAML reads an unquoted C(23:00) as the number 1380.
    type: list
    elements: str
  time_zone:
    description:
      - The time zone of O(start_times), such as V(UTC+02:00), with whole hours from -12 to +14.
      - If left out, the times are UTC for a new policy, and in the policy's own time zone for one that exists,
        or UTC where the service does not say it.
      - A new time zone without O(start_times) keeps the local times, where the service says the old time zone.
    type: str
  frequency:
    description:
      - Make backups every so many days, 1 to 30. A new policy needs this or O(weekdays).
    type: int
  weekdays:
    description:
      - Make backups on these days. They are days in O(time_zone) and never shifted.
    type: list
    elements: str
    choices:
      - MON
      - TUE
      - WED
      - THU
      - FRI
      - SAT
      - SUN
  retention_count:
    description:
      - Keep so many backups of each volume, 2 to 99. A new policy needs this or O(retention_days).
    type: int
  retention_days:
    description:
      - Keep backups for so many days, 2 to 99999.
    type: int
  keep_first_of_month:
    description:
      - Whether to keep the first backup of the month beyond the other rule. A new policy does not, if this is left out.
    type: bool
  tags:
    description:
      - The policy's tags, at most 10. Left out, tags are neither read nor changed; an empty dictionary removes all,
        if O(purge_tags=true).
    type: dict
  purge_tags:
    description:
      - Whether to remove tags that O(tags) does not name.
    type: bool
    default: true
seealso:
  - module: huaweicloud.backup.vbs_policy_info
  - module: huaweicloud.backup.vbs_policy_resources
"""

EXAMPLES = r"""
- name: Back up twice a day at 01:00 and 23:00 local time and keep 14 backups
  huaweicloud.backup.vbs_policy:
    name: nightly
    start_times: ["23:00", "01:00"]
    time_zone: UTC+02:00
    frequency: 1
    retention_count: 14
    tags:
      env: prod

- name: Switch to Mondays and Thursdays, and keep the first backup of each month
  huaweicloud.backup.vbs_policy:
    name: nightly
    weekdays: [MON, THU]
    keep_first_of_month: true

- name: Pause the policy
  huaweicloud.backup.vbs_policy:
    name: nightly
    enabled: false

- name: Delete the policy; its backups stay
  huaweicloud.backup.vbs_policy:
    name: nightly
    state: absent
"""

RETURN = r"""
policy:
  description:
    - The policy as it is now, in check mode as it would be; null where it is absent.
    - Also after a failure once something was changed, as far as it was reached.
  returned: success, or failure halfway
  type: dict
  contains:
    id:
      description: The policy's ID; null for one that check mode would create.
      type: str
      returned: always
      sample: 66666666-2222-3333-4444-555555555555
    name:
      description: The policy's name, or null.
      type: str
      returned: always
      sample: nightly
    enabled:
      description: Whether the policy makes backups by itself, or null.
      type: bool
      returned: always
      sample: true
    start_times:
      description: When backups start, in the time zone of RV(policy.time_zone), or in UTC where that is null.
      type: list
      elements: str
      returned: always
      sample: ["01:00", "23:00"]
    start_times_utc:
      description: The same times in UTC, in the order of the local day.
      type: list
      elements: str
      returned: always
      sample: ["23:00", "21:00"]
    time_zone:
      description: The policy's time zone; null where the service does not say it.
      type: str
      returned: always
      sample: UTC+02:00
    frequency:
      description: Every how many days backups are made; null where week days are set.
      type: int
      returned: always
      sample: 1
    weekdays:
      description: On which days backups are made; null where a frequency is set.
      type: list
      elements: str
      returned: always
      sample: ["MON", "THU"]
    retention_count:
      description: How many backups are kept; null where days are set.
      type: int
      returned: always
      sample: 14
    retention_days:
      description: For how many days backups are kept; null where a count is set.
      type: int
      returned: always
      sample: 30
    keep_first_of_month:
      description: Whether the first backup of the month is kept beyond that, or null.
      type: bool
      returned: always
      sample: false
    resource_count:
      description: How many volumes are bound to the policy, or null.
      type: int
      returned: always
      sample: 2
    tags:
      description: The policy's tags; null where they were not read.
      type: dict
      returned: always
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

from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import STATE, ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._policy import check_policy_options
from ansible_collections.huaweicloud.backup.plugins.module_utils._policy_plan import plan_policy
from ansible_collections.huaweicloud.backup.plugins.module_utils._runner import run
from ansible_collections.huaweicloud.backup.plugins.module_utils._schedule import WEEKDAYS

SPEC = STATE.merge(
    ArgSpec(
        options={
            "id": {"type": "str"},
            "name": {"type": "str"},
            "enabled": {"type": "bool"},
            "start_times": {"type": "list", "elements": "str"},
            "time_zone": {"type": "str"},
            "frequency": {"type": "int"},
            "weekdays": {"type": "list", "elements": "str", "choices": list(WEEKDAYS)},
            "retention_count": {"type": "int"},
            "retention_days": {"type": "int"},
            "keep_first_of_month": {"type": "bool"},
            "tags": {"type": "dict"},
            "purge_tags": {"type": "bool", "default": True},
        },
        mutually_exclusive=(("frequency", "weekdays"), ("retention_count", "retention_days")),
        required_one_of=(("id", "name"),),
    )
)


def main() -> None:
    run(SPEC, plan_policy, check=check_policy_options)


if __name__ == "__main__":
    main()
