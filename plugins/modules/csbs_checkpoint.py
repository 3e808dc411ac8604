#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: csbs_checkpoint
short_description: Run a server backup policy now, or delete what a run made
version_added: 1.0.0
description:
  - With O(state=present), backs up servers of a policy of the Cloud Server Backup Service now, whether or not the
    policy's schedule is enabled. Each such task makes a new checkpoint, which has a backup of each of the servers.
  - If a run by hand of the same policy and servers is going on, as after a time-out, the task waits for that one and
    changes nothing. Any other run of the policy that is going on is a failure that is worth trying again later.
  - If the answer to the starting call is lost, the module looks for the new checkpoint before it asks again, so that
    there is never a second one.
  - With O(state=absent), deletes a checkpoint, or one server's part of it.
author:
  - huaweicloud.backup contributors (@huaweicloud)
extends_documentation_fragment:
  - huaweicloud.backup._auth
  - huaweicloud.backup._connection
  - huaweicloud.backup._wait
  - huaweicloud.backup._attributes
  - huaweicloud.backup._attributes.action_group
  - huaweicloud.backup._attributes.waiting
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - With O(state=present), each run that is not going on already is a new one.
options:
  state:
    description: Whether to make a checkpoint, or to delete one.
    type: str
    choices:
      - present
      - absent
    default: present
  policy:
    description: The server backup policy to run, by name or ID. Needed with O(state=present), and only there.
    type: str
  servers:
    description:
      - Back up only these servers of the policy, by name or ID; without this option all of them. Only with
        O(state=present).
    type: list
    elements: str
  id:
    description: The ID of the checkpoint to delete. Needed with O(state=absent), and only there.
    type: str
  server:
    description:
      - Delete only this server's part of the checkpoint, by ID or by the name that the checkpoint shows. If it has no
        such part, there is nothing to do. Only with O(state=absent).
    type: str
notes:
  - After a time-out the same task goes on waiting as long as the checkpoint is being made. Once it has ended, the task
    would make another one, so C(retryable) is false then; M(huaweicloud.backup.csbs_checkpoint_info) shows how it
    stands.
  - A checkpoint that is being made or restored cannot be deleted, nor can a backup that was made into an image before
    the image is deleted.
  - Deleting can take half an hour, because the service deletes five backups of a user at a time.
seealso:
  - module: huaweicloud.backup.csbs_checkpoint_info
  - module: huaweicloud.backup.csbs_policy_info
  - module: huaweicloud.backup.csbs_protectable_info
"""

EXAMPLES = r"""
- name: Back up two servers of a policy before an upgrade, and wait for both
  huaweicloud.backup.csbs_checkpoint:
    policy: servers
    servers: [web-02, web-04]
  register: before

- name: Delete the backup of one of them
  huaweicloud.backup.csbs_checkpoint:
    id: "{{ before.checkpoint.id }}"
    server: web-02
    state: absent

- name: Delete the whole checkpoint
  huaweicloud.backup.csbs_checkpoint:
    id: "{{ before.checkpoint.id }}"
    state: absent
"""

RETURN = r"""
checkpoint:
  description: The checkpoint as it is now, in check mode as it would be; null where it is absent.
  returned: success, and after a failure of the wait
  type: dict
  contains:
    id:
      description: The checkpoint's ID; null in check mode where it would be made.
      type: str
      returned: always
      sample: bbbbbbbb-2222-3333-4444-555555555555
    status:
      description:
        - C(protecting) while any server is being backed up, else C(error) if that of any failed, else C(deleting) or
          C(restoring) if any is, else C(available). A state that is not documented is shown as it is, or is null.
      type: str
      returned: always
      sample: available
    policy_id:
      description: The policy that was run; null with O(state=absent), because the service does not show it.
      type: str
      returned: always
    policy_name:
      description: Its name; null with O(state=absent).
      type: str
      returned: always
      sample: servers
    created_at:
      description: When it was started, in UTC; null in check mode where it would be made.
      type: str
      returned: always
      sample: "2026-11-21T03:04:05Z"
servers:
  description: The backups of the servers asked for, with O(state=absent) those that remain; after a failure too.
  returned: success, and after a failure of the wait
  type: list
  elements: dict
  contains:
    id: {description: "The server's ID; null if the service does not say.", type: str, returned: always}
    name: {description: "The server's name, or null.", type: str, returned: always, sample: web-02}
    status:
      description:
        - C(available) is good. C(waiting_protect), C(protecting), C(waiting_restore), C(restoring),
          C(waiting_delete) and C(deleting) pass. C(error) is bad.
        - It is null before the service shows it, and if the service does not say.
      type: str
      returned: always
      sample: available
    item_id:
      description: The ID of this server's part of the checkpoint; null before the service shows it.
      type: str
      returned: always
    progress: {description: "Percent that are done, or null.", type: int, returned: always, sample: 100}
    error:
      description: Why the server has no good backup, with the service's code if there is one; else null.
      type: str
      returned: always
adopted:
  description: Whether the checkpoint was found again after the answer to the starting call was lost.
  returned: success, and after a failure of the wait
  type: bool
  sample: false
pending:
  description: How to go on waiting later.
  returned: when it is not waited for, and after a time-out
  type: dict
  contains:
    kind:
      description: What is waited for, a C(checkpoint) or a C(deletion).
      type: str
      returned: always
      sample: checkpoint
    ids: {description: The checkpoint's ID., type: list, elements: str, returned: always}
    started_at:
      description: When it was started, in UTC.
      type: str
      returned: always
      sample: "2026-11-21T03:04:05Z"
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

from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import STATE, WAIT, ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._csbs_delete import plan_absent, resume_absent
from ansible_collections.huaweicloud.backup.plugins.module_utils._csbs_run import plan_present, resume_present
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._slices import State, run
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import (
    check_id,
    check_reference,
    check_wait,
)

SPEC = STATE.merge(
    WAIT,
    ArgSpec(
        options={
            "policy": {"type": "str"},
            "servers": {"type": "list", "elements": "str"},
            "id": {"type": "str"},
            "server": {"type": "str"},
        }
    ),
)

# Which options each state needs and takes.
_TAKES = {"present": ("policy", "servers"), "absent": ("id", "server")}


def check(options: Mapping[str, t.Any]) -> None:
    """Refuse what contradicts itself or cannot be looked for."""
    _check_state(options)
    if options["id"] is not None:
        check_id("id", options["id"])
    for name in ("policy", "server"):
        if options[name] is not None:
            check_reference(name, options[name])
    if options["servers"] is not None and not options["servers"]:
        raise OptionError("servers", "is empty; name at least one server, or leave it out to back up all")
    for text in options["servers"] or ():
        check_reference("servers", text)
    check_wait(options)


def _check_state(options: Mapping[str, t.Any]) -> None:
    state = options["state"]
    needed = _TAKES[state][0]
    if options[needed] is None:
        raise OptionError(needed, f"is missing; state {state} needs it")
    for other, names in _TAKES.items():
        for name in names:
            if other != state and options[name] is not None:
                raise OptionError(name, f"goes only with state {other}")


def plan(context: Context) -> Plan:
    """Fetch what there is, then plan to run a policy or to delete a checkpoint."""
    return (plan_absent if context.options["state"] == "absent" else plan_present)(context)


def resume(context: Context, state: State) -> Outcome:
    """Go on with the wait of an earlier call."""
    return (resume_absent if context.options["state"] == "absent" else resume_present)(context, state)


def main() -> None:
    run(SPEC, plan, resume, check=check)


if __name__ == "__main__":
    main()
