# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from . import backups, errors, jobs, work
from .clock import millis
from .models import VOLUME_STATES, Policy, Task, Volume
from .policies import find
from .state import four_characters, new_id
from .wire import Call, Reply, Route, digits

STATES = ("RUNNING", "EXECUTE_TIMEOUT", "WAITING", "EXECUTE_FAIL", "EXECUTE_SUCCESS", "SKIP")
DEFAULT_LIMIT = 20


def run_now(call: Call) -> Reply:
    """POST …/action: 204, then one task per bound volume (F §6.7); none without volumes (F §12)."""
    policy = find(call)
    if policy.running:
        raise errors.vbs("AutoBackup.0225")
    if policy.scheduled_policy.get("status") == "OFF" and call.settings.run_when_off == "refuse":
        raise errors.vbs("AutoBackup.1700", "the policy is off")
    for volume_id in policy.members:
        task = Task(new_id(), policy.id, volume_id, f"autobk_{four_characters()}", 0.0)
        policy.running.add(task.id)
        _schedule(call, policy, task, jobs.injected(call, volume_id))
    return Reply(204)


def _schedule(call: Call, policy: Policy, task: Task, failure: jobs.Failure | None) -> None:
    """WAITING, then RUNNING or an early end, as time passes."""
    delay = call.settings.task_delay_seconds

    def appear(at: float) -> None:
        task.created_at = at
        call.project.tasks.add(task)

    def begin(at: float) -> None:
        _begin(call, policy, task, failure, at)

    call.sim.timeline.after(delay, appear)
    call.sim.timeline.after(delay + call.settings.job_seconds * jobs.STARTS, begin)


def _end(policy: Policy, task: Task, at: float, status: str) -> None:
    policy.running.discard(task.id)
    task.status, task.finished_at = status, at


def _fail(policy: Policy, task: Task, at: float, code: str, reason: str = "") -> None:
    _end(policy, task, at, "EXECUTE_FAIL")
    task.code, task.message = code, reason or errors.MESSAGE.get(code, "the task failed")


def _begin(call: Call, policy: Policy, task: Task, failure: jobs.Failure | None, at: float) -> None:
    """Start the backup of a task's volume; a volume that is busy is skipped (F §6.8)."""
    volume = call.project.volumes.get(task.resource_id)
    if volume is None:
        _fail(policy, task, at, "VolumeBackup.0021")
    elif volume.id in call.project.busy:
        _end(policy, task, at, "SKIP")
    elif volume.status not in VOLUME_STATES:
        _fail(policy, task, at, "VolumeBackup.0012")
    elif code := backups.refusal(call, volume):
        _fail(policy, task, at, code)
    else:
        task.status = "RUNNING"
        _back_up(call, policy, task, volume, failure)


def _back_up(call: Call, policy: Policy, task: Task, volume: Volume, failure: jobs.Failure | None) -> None:
    backup = work.new_backup(call, volume, task.backup_name)
    backup.policy_id = policy.id
    job = jobs.start(call, "bksCreateBackup", {"volume_id": volume.id})
    task.vbs_job_id = job.id
    step = work.create(call, volume, backup, job, failure)

    def finish(at: float) -> None:
        step(at)
        if failure:
            _fail(policy, task, at, failure.code, failure.reason)
        else:
            _end(policy, task, at, "EXECUTE_SUCCESS")
            _retain(call, policy, volume)

    jobs.run(call, job, finish, failure)


def _retain(call: Call, policy: Policy, volume: Volume) -> None:
    """Keep as many automatic backups of the volume as the policy says (F §6.1); the oldest go first."""
    keep = policy.scheduled_policy.get("rentention_num")
    if keep is None or not call.settings.apply_retention:
        return
    rows = call.project.backups.where("volume_id", volume.id)
    own = [row for row in rows if row.policy_id == policy.id and row.status == "available"]
    for row in own[: max(0, len(own) - keep)]:
        call.project.backups.remove(row.id)
        call.sim.store.drop_shares(row.id)


def _body(call: Call, task: Task) -> dict[str, Any]:
    """A task; `finished_at` is absent while it runs, code and message come with a failure (F §6.8)."""
    body: dict[str, Any] = {
        "job_id": task.id,
        "status": task.status,
        "created_at": millis(task.created_at),
        "backup_name": task.backup_name,
        "resource_id": task.resource_id,
        "resource_type": "volume",
    }
    if task.finished_at is not None:
        body["finished_at"] = millis(task.finished_at)
    if call.settings.return_vbs_job_id and task.vbs_job_id:
        body["vbs_job_id"] = task.vbs_job_id
    if task.code is not None:
        body |= {"code": task.code, "message": task.message}
    return body


def _number(call: Call, name: str, default: int) -> int:
    given = call.query(name)
    if given is None or given == "":
        return default
    value = digits(given)
    if value is None:
        raise errors.vbs("AutoBackup.0008", name)
    return value


def _choice(call: Call, name: str, choices: tuple[str, ...], default: str) -> str:
    given = call.query(name) or default
    if given and given not in choices:
        raise errors.vbs("AutoBackup.0008", name)
    return given


def _after_marker(call: Call, tasks: list[Task]) -> Iterator[Task]:
    """The tasks that follow the one named by `marker`; an unknown one is refused."""
    marker = call.query("marker")
    rows = iter(tasks)
    if marker and not any(task.id == marker for task in rows):
        raise errors.vbs("AutoBackup.0008", "marker")
    return rows


def list_tasks(call: Call) -> Reply:
    """GET …/backuptasks (F §6.8): newest first, 20 a page unless asked otherwise."""
    policy = find(call)
    _choice(call, "sort_key", ("created_at",), "created_at")
    direction = _choice(call, "sort_dir", ("asc", "desc"), "desc")
    status, job_id = _choice(call, "status", STATES, ""), call.query("job_id")
    tasks = call.project.tasks.where("policy_id", policy.id)
    if direction == "desc":
        tasks.reverse()

    def wanted(task: Task) -> bool:
        return status in ("", task.status) and job_id in (None, "", task.id)

    limit, offset = _number(call, "limit", DEFAULT_LIMIT), _number(call, "offset", 0)
    limit = min(limit, call.settings.max_page)
    after = _after_marker(call, tasks)
    is_filtered = bool(status or job_id)
    rows = list(islice(filter(wanted, after) if is_filtered else after, offset, offset + limit))
    # Looking at every task for every page would make a long list quadratic.
    total = sum(map(wanted, tasks)) if is_filtered else len(tasks)
    if call.settings.task_count == "page":
        total = len(rows)
    return Reply(200, {"count": total, "tasks": [_body(call, task) for task in rows]})


ROUTES = [
    Route("POST", "/v2/{pid}/backuppolicy/{id}/action", run_now, "vbs"),
    Route("GET", "/v2/{pid}/backuppolicy/{id}/backuptasks", list_tasks, "vbs"),
]
