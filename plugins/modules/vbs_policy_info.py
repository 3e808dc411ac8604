#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_policy_info
short_description: Read backup policies of the Volume Backup Service
version_added: 1.0.0
description:
  - Lists backup policies, all of them, or those that match every condition given.
  - Conditions on tags, and O(name_contains), are searched by the service; then the result has the policies' tags.
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
  name_contains:
    description: Only policies whose name contains this text.
    type: str
  tags:
    description:
      - Only policies that have all of these tags. Each key has a value, or a list of values of which one must fit.
      - In each of the four conditions on tags there may be at most 10 keys, each with at most 10 values.
    type: dict
  tags_any:
    description: Only policies that have at least one of these tags.
    type: dict
  not_tags:
    description: Only policies that do not have all of these tags.
    type: dict
  not_tags_any:
    description: Only policies that have none of these tags.
    type: dict
  count_only:
    description: Return only RV(count); RV(policies) is then empty.
    type: bool
    default: false
seealso:
  - module: huaweicloud.backup.vbs_policy
"""

EXAMPLES = r"""
- name: Read all policies
  huaweicloud.backup.vbs_policy_info:

- name: Read one policy
  huaweicloud.backup.vbs_policy_info:
    name: nightly
  register: found

- name: Count the policies of production or staging
  huaweicloud.backup.vbs_policy_info:
    tags:
      env: [prod, staging]
    count_only: true
"""

RETURN = r"""
policies:
  description: The policies, in the service's order; empty where none matches.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The policy's ID.
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
      description: When backups start, in the time zone of RV(policies[].time_zone), or in UTC where that is null.
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
count:
  description: How many policies match.
  returned: success
  type: int
  sample: 2
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

from ansible_collections.huaweicloud.backup.plugins.module_utils import _policy_model
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.policies import list_policies
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.policy_tags import (
    count_policies,
    search_policies,
    tags_of,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context
from ansible_collections.huaweicloud.backup.plugins.module_utils._runner import run_info
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import (
    check_id,
    check_reference,
    check_tag_condition,
)

TAG_CONDITIONS = ("tags", "tags_any", "not_tags", "not_tags_any")

SPEC = ArgSpec(
    options={
        "id": {"type": "str"},
        "name": {"type": "str"},
        "name_contains": {"type": "str"},
        "tags": {"type": "dict"},
        "tags_any": {"type": "dict"},
        "not_tags": {"type": "dict"},
        "not_tags_any": {"type": "dict"},
        "count_only": {"type": "bool", "default": False},
    }
)


def check(options: Mapping[str, t.Any]) -> None:
    """Refuse what cannot be searched for (F §6.9)."""
    if options["id"] is not None:
        check_id("id", options["id"])
    for name in ("name", "name_contains"):
        if options[name] is not None:
            check_reference(name, options[name])
    conditions(options)


def conditions(options: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The search's conditions on the wire; empty where nothing needs a search."""
    found: dict[str, t.Any] = {}
    for name in TAG_CONDITIONS:
        if options[name]:
            found[name] = [
                {"key": key, "values": check_tag_condition(name, key, value if isinstance(value, list) else [value])}
                for key, value in options[name].items()
            ]
            if len(found[name]) > 10:
                raise OptionError(name, f"has {len(found[name])} keys; at most 10 can be searched for")
    if options["name_contains"] is not None:
        found["matches"] = [{"key": "resource_name", "value": options["name_contains"]}]
    return found


def fetch(context: Context) -> dict[str, t.Any]:
    """List, and search where there are conditions that only the service can judge."""
    options = context.options
    search = conditions(options)
    exact = options["id"] is not None or options["name"] is not None
    if search and options["count_only"] and not exact:
        return {"policies": [], "count": count_policies(context.client, search)}
    tags: dict[str, dict[str, str]] | None = None
    if search:
        rows = search_policies(context.client, search)
        tags = {row["resource_id"]: tags_of({"tags": row.get("tags") or []}, "search policies") for row in rows}
    found = []
    for wire in list_policies(context.client) if tags is None or tags else []:
        if _is_wanted(wire, options, tags):
            policy_id = wire["backup_policy_id"]
            found.append(_policy_model.policy(wire, tags=None if tags is None else tags[policy_id]))
    return {"policies": [] if options["count_only"] else found, "count": len(found)}


def _is_wanted(wire: Mapping[str, t.Any], options: Mapping[str, t.Any], tags: Mapping[str, t.Any] | None) -> bool:
    if options["id"] is not None and wire["backup_policy_id"] != options["id"]:
        return False
    if options["name"] is not None and wire.get("backup_policy_name") != options["name"]:
        return False
    return tags is None or wire["backup_policy_id"] in tags


def main() -> None:
    run_info(SPEC, fetch, check=check)


if __name__ == "__main__":
    main()
