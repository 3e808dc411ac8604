#!/usr/bin/python

# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vbs_job_info
short_description: Read jobs of the Volume Backup Service, or wait for them
version_added: 1.0.0
description:
  - Reads the jobs that other modules started, for example M(huaweicloud.backup.vbs_backup) with O(ignore:wait=false).
  - With O(wait=true) it waits until all of them have ended.
author:
  - huaweicloud.backup contributors (@huaweicloud)
extends_documentation_fragment:
  - huaweicloud.backup._auth
  - huaweicloud.backup._connection
  - huaweicloud.backup._wait
  - huaweicloud.backup._attributes.info
  - huaweicloud.backup._attributes.action_group
  - huaweicloud.backup._attributes.waiting
options:
  job_ids:
    description: The jobs' IDs.
    type: list
    elements: str
    required: true
  wait:
    description:
      - Whether to wait until all jobs have ended.
      - One that was just made may not be readable yet, so that an unknown one is looked for during 30 seconds.
    type: bool
    default: false
  fail_on_error:
    description:
      - Whether a failed or unknown job fails the task.
      - If left out, it does if O(wait=true).
    type: bool
seealso:
  - module: huaweicloud.backup.vbs_backup
"""

EXAMPLES = r"""
- name: Start a backup and go on with other work
  huaweicloud.backup.vbs_backup:
    volume: data-01
    name: before-upgrade
    wait: false
  register: started

- name: Wait for it later
  huaweicloud.backup.vbs_job_info:
    job_ids: "{{ started.pending.ids }}"
    wait: true
  when: started.pending.kind | default('') == 'job'
"""

RETURN = r"""
jobs:
  description: The jobs, in the order of O(job_ids); one that the service does not know is left out.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: The job's ID., type: str, returned: always}
    type:
      description: The kind of job, or null.
      type: str
      returned: always
      sample: bksCreateBackup
    status:
      description: C(INIT), C(RUNNING), C(SUCCESS) or C(FAIL).
      type: str
      returned: always
    begin_time:
      description: When it began, in UTC, or null.
      type: str
      returned: always
      sample: "2026-11-21T03:04:05Z"
    end_time: {description: "When it ended, in UTC; null before that.", type: str, returned: always}
    error_code: {description: "The service's code of a failed job, or null.", type: str, returned: always}
    fail_reason: {description: "Why it failed, or null.", type: str, returned: always}
    entities: {description: "What it worked on, such as C(backup_id) and C(volume_id).", type: dict, returned: always}
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

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.jobs import get_job
from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import WAIT, ArgSpec
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import (
    APPEARS_WITHIN,
    JOB_RUNNING,
    job_is_done,
    vanished,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context
from ansible_collections.huaweicloud.backup.plugins.module_utils._slices import State, run_info
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_id, check_wait
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import (
    Progress,
    SliceOverError,
    Waiter,
    WaitOptions,
)

SPEC = WAIT.merge(
    ArgSpec(
        options={
            "job_ids": {"type": "list", "elements": "str", "required": True},
            "wait": {"type": "bool", "default": False},
            "fail_on_error": {"type": "bool"},
        }
    )
)

Jobs = dict[str, t.Optional[_model.Result]]


def check(options: Mapping[str, t.Any]) -> None:
    """Refuse what can be no job ID."""
    for job_id in options["job_ids"]:
        check_id("job_ids", job_id)
    check_wait(options)


def fetch(context: Context) -> dict[str, t.Any]:
    """Read all jobs once, then those that still run until they have ended."""
    jobs: Jobs = {job_id: {} for job_id in context.options["job_ids"]}
    waiter = Waiter(WaitOptions.of(context.options), context.clock)
    _read(context, jobs, list(jobs), waiter)
    return _follow(context, jobs, waiter)


def resume(context: Context, state: State) -> dict[str, t.Any]:
    """Go on with the wait of an earlier call."""
    return _follow(context, state["jobs"], Waiter(WaitOptions.of(context.options), context.clock, state["waiter"]))


def _follow(context: Context, jobs: Jobs, waiter: Waiter) -> dict[str, t.Any]:
    options = context.options

    def probe() -> bool | None:
        _read(context, jobs, _running(jobs), waiter)
        return None if _running(jobs) else True

    if options["wait"] and _running(jobs):
        try:
            waiter.until(
                probe, what=lambda: _still(jobs), results=lambda: _result(jobs), progress=lambda: _progress(jobs)
            )
        except SliceOverError as over:
            over.state["jobs"] = jobs
            raise
    fail = options["fail_on_error"]
    if options["wait"] if fail is None else fail:
        _fail_on_error(jobs)
    return _result(jobs)


def _read(context: Context, jobs: Jobs, job_ids: list[str], waiter: Waiter) -> None:
    for job_id in job_ids:
        wire = get_job(context.client, job_id)
        if wire is None and jobs[job_id] == {} and waiter.options.wait and waiter.age < APPEARS_WITHIN:
            continue
        jobs[job_id] = None if wire is None else {**_model.job(wire), "id": job_id}


def _running(jobs: Jobs) -> list[str]:
    return [job_id for job_id, job in jobs.items() if job is not None and _goes_on(job)]


def _goes_on(job: _model.Result) -> bool:
    """Whether it has not ended, or was made so lately that it is not readable yet, which is an empty one here."""
    return not job or job["status"] in JOB_RUNNING


def _status(job: _model.Result | None) -> str:
    return str(job["status"]) if job else "not readable yet"


def _still(jobs: Jobs) -> str:
    running = [f"{job_id} ({_status(jobs[job_id])})" for job_id in _running(jobs)]
    return f"{len(running)} of {len(jobs)} jobs had not ended, {', '.join(running)}"


def _progress(jobs: Jobs) -> Progress:
    running = _running(jobs)
    failed = sum(1 for job in jobs.values() if job is None or _status(job) == "FAIL")
    return Progress(len(jobs) - len(running), len(jobs), failed, f"job {running[0]} {_status(jobs[running[0]])}")


def _fail_on_error(jobs: Jobs) -> None:
    for job_id, job in jobs.items():
        if not job:
            raise vanished(job_id, "read jobs", _result(jobs))
        job_is_done(job, "read jobs", _result(jobs))


def _result(jobs: Jobs) -> dict[str, t.Any]:
    return {"jobs": [job for job in jobs.values() if job]}


def main() -> None:
    run_info(SPEC, fetch, resume, check=check)


if __name__ == "__main__":
    main()
