#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_policy_resources
short_description: Manage which volumes a backup policy protects
version_added: 1.0.0
description:
  - Binds volumes to a backup policy of the Volume Backup Service, or unbinds them.
  - A volume belongs to at most one policy. Binding it to another one moves it, and the service does not say so.
  - The service cannot list what a policy holds, only count it. So this module reads the counts before and after, and
    what they prove decides RV(ignore:changed).
author:
  - huaweicloud.backup contributors (@huaweicloud)
extends_documentation_fragment:
  - huaweicloud.backup._auth
  - huaweicloud.backup._connection
  - huaweicloud.backup._attributes
  - huaweicloud.backup._attributes.action_group
attributes:
  check_mode:
    support: partial
    details:
      - It is exact where the policy's count proves what a run would do, which is the case if the policy holds nothing,
        every volume of the project, or fewer volumes than are named, and with O(purge=true) if it holds another number
        of volumes than are named.
      - Otherwise it says C(changed) with a warning. It never says unchanged where a run would change something.
  diff_mode:
    support: partial
    details:
      - It shows the number of bound volumes, because the service does not list them.
  idempotent:
    support: full
options:
  policy:
    description: The policy, by name or ID.
    type: str
    required: true
  volumes:
    description:
      - The volumes, by name or ID.
      - An empty list is nothing to do; with O(purge=true) all volumes are unbound.
    type: list
    elements: str
    required: true
  state:
    description:
      - Whether the volumes should be bound to the policy or not.
      - With V(absent) volumes are unbound one at a time as long as another policy holds volumes, and after each the
        module looks that no other policy lost one. Where one did, it stops and names that policy.
    type: str
    choices:
      - present
      - absent
    default: present
  purge:
    description:
      - Whether no other volume may stay bound to the policy. Only with O(state=present).
      - To find the other volumes, this tries to unbind those that the policy's tasks name, then the project's others,
        one at a time as with O(state=absent). Where the policy never ran, this may take two requests for each volume
        of the project.
    type: bool
    default: false
seealso:
  - module: huaweicloud.backup.vbs_policy
"""

EXAMPLES = r"""
- name: Protect two volumes
  huaweicloud.backup.vbs_policy_resources:
    policy: nightly
    volumes:
      - data-01
      - data-02

- name: Protect these volumes and no others
  huaweicloud.backup.vbs_policy_resources:
    policy: nightly
    volumes: [data-01, data-03]
    purge: true

- name: Do not protect a volume any longer
  huaweicloud.backup.vbs_policy_resources:
    policy: nightly
    volumes: [data-03]
    state: absent
"""

RETURN = r"""
policy_id: {description: The policy's ID., returned: success, type: str, sample: 66666666-2222-3333-4444-555555555555}
added:
  description: The IDs of the volumes that were bound; null where the counts do not prove which.
  returned: success
  type: list
  elements: str
  sample: [11111111-2222-3333-4444-555555555555]
removed:
  description: The IDs of the volumes that were unbound; null where the counts do not prove which.
  returned: success
  type: list
  elements: str
  sample: []
added_count:
  description: How many volumes were bound; null where check mode cannot know.
  returned: success
  type: int
  sample: 1
removed_count:
  description: How many volumes were unbound; null where check mode cannot know.
  returned: success
  type: int
  sample: 0
failures:
  description: The volumes that the service refused. Then the task fails at the end, and the others are done.
  returned: success and failure
  type: list
  elements: dict
  contains:
    volume_id: {description: The volume's ID., type: str, returned: always}
    code: {description: "The service's code, or null.", type: str, returned: always, sample: AutoBackup.0206}
    message: {description: "The service's reason, or null.", type: str, returned: always}
resource_count:
  description: How many volumes the policy holds; null where check mode cannot know.
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
from collections.abc import Iterator, Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils import _binding
from ansible_collections.huaweicloud.backup.plugins.module_utils._api import volumes as evs
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.policies import (
    find_policy,
    list_policies,
    list_tasks,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import STATE, ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._binding import Counts, Tally
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._runner import run
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_reference

SPEC = STATE.merge(
    ArgSpec(
        options={
            "policy": {"type": "str", "required": True},
            "volumes": {"type": "list", "elements": "str", "required": True},
            "purge": {"type": "bool", "default": False},
        }
    )
)


def check(options: Mapping[str, t.Any]) -> None:
    """Refuse what can be no name or ID, and options that contradict each other."""
    check_reference("policy", options["policy"])
    for volume in options["volumes"]:
        check_reference("volumes", volume)
    if options["purge"] and options["state"] == "absent":
        raise OptionError("purge", "goes only with state present")


def plan(context: Context) -> Plan:
    """Count, then plan to bind or unbind."""
    options = context.options
    policies = list_policies(context.client)
    policy_id = find_policy(policies, "policy", options["policy"])["backup_policy_id"]
    counts = _binding.counts_of(policies)
    before = {"policy_id": policy_id, "resource_count": counts[policy_id]}
    tally = Tally(policy_id, counts[policy_id])
    if options["state"] == "absent":
        wanted = _unique(evs.volume_filter(context.client, "volumes", text) for text in options["volumes"])
        foreseen = _foresee_absent(context, tally.count, wanted)
    else:
        wanted = [str(row["id"]) for row in evs.resolve_volumes(context.client, "volumes", options["volumes"])]
        foreseen = _foresee_present(context, tally.count, wanted)

    def apply() -> Outcome:
        _run(context, tally, wanted, counts)
        after = {"policy_id": policy_id, "resource_count": tally.count}
        if tally.failures:
            what = f"{'bind' if options['state'] == 'present' else 'unbind'} volumes, policy {policy_id}"
            raise _binding.failure(tally, what)
        return Outcome(tally.result(), changed=tally.changed, after=after)

    result = {**Tally(policy_id, counts[policy_id]).result(), **foreseen}
    after = {"policy_id": policy_id, "resource_count": result["resource_count"]}
    changes = () if foreseen.get("unchanged") else (options["state"],)
    result.pop("unchanged", None)
    return Plan(changes, result, before=before, after=after, apply=apply)


def _run(context: Context, tally: Tally, wanted: list[str], counts: Counts) -> None:
    if context.options["state"] == "absent":
        _binding.unbind(context.client, tally, wanted, counts, is_enough=lambda: tally.count == 0)
        return
    if wanted:
        counts = _binding.bind(context.client, tally, wanted)
    if not context.options["purge"] or tally.failures or tally.count == len(wanted):
        return
    others = _candidates(context, tally.policy_id, set(wanted))
    _binding.unbind(context.client, tally, others, counts, is_enough=lambda: tally.count <= len(wanted), guessed=True)
    if tally.count == len(wanted):
        # Nobody named those that were refused, and none of them is bound.
        tally.failures.clear()
        return
    purge = f"purge policy {tally.policy_id}: it holds {tally.count} volumes and should hold {len(wanted)}"
    if tally.failures:
        raise _binding.failure(tally, purge)
    more = tally.count > len(wanted)
    raise BackupError(
        f"{purge}, "
        + ("but no other volume of the project could be unbound" if more else "although no binding was refused"),
        advice="a bound volume may have been deleted; look at the policy in the console",
        results={**tally.result(), "changed": tally.changed},
    )


def _candidates(context: Context, policy_id: str, wanted: set[str]) -> Iterator[str]:
    """The volumes that may be bound besides the wanted: the policy's own history first, then all others."""
    seen = set(wanted)
    for task in list_tasks(context.client, policy_id):
        volume_id = task.get("resource_id")
        if isinstance(volume_id, str) and volume_id not in seen:
            seen.add(volume_id)
            yield volume_id
    for volume in evs.list_volumes(context.client):
        if volume["id"] not in seen:
            seen.add(volume["id"])
            yield volume["id"]


def _foresee_present(context: Context, count: int, wanted: list[str]) -> dict[str, t.Any]:
    """What counts prove beforehand; in doubt it is a change (contract §3)."""
    purge = context.options["purge"]
    if not wanted and (not purge or count == 0):
        return {"unchanged": True}
    if count == 0:
        return {"added": wanted, "added_count": len(wanted), "resource_count": len(wanted)}
    unknown: dict[str, t.Any] = {"added": None, "added_count": None, "resource_count": None}
    if purge:
        unknown = {**unknown, "removed": None, "removed_count": None, "resource_count": len(wanted)}
        if not wanted:
            return {"removed": None, "removed_count": count, "resource_count": 0}
    if count < len(wanted) or (purge and count != len(wanted)) or not context.check_mode:
        return unknown
    if _holds_everything(context, count):
        return {"unchanged": True}
    _warn(context)
    return unknown


def _foresee_absent(context: Context, count: int, wanted: list[str]) -> dict[str, t.Any]:
    if not wanted or count == 0:
        return {"unchanged": True}
    unknown = {"removed": None, "removed_count": None, "resource_count": None}
    if not context.check_mode:
        return unknown
    everything = {volume["id"] for volume in evs.list_volumes(context.client)}
    if count == len(everything):
        bound = [volume_id for volume_id in wanted if volume_id in everything]
        if not bound:
            return {"unchanged": True}
        return {"removed": bound, "removed_count": len(bound), "resource_count": count - len(bound)}
    _warn(context)
    return unknown


def _holds_everything(context: Context, count: int) -> bool:
    return count == sum(1 for _volume in evs.list_volumes(context.client))


def _warn(context: Context) -> None:
    context.warn(
        "check mode cannot know whether this changes something, because the service does not list a policy's volumes;"
        " it says changed to be on the safe side"
    )


def _unique(volume_ids: t.Iterable[str]) -> list[str]:
    return list(dict.fromkeys(volume_ids))


def main() -> None:
    run(SPEC, plan, check=check)


if __name__ == "__main__":
    main()
