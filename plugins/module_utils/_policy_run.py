# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running a policy now, and following the tasks of this run only (F §6.7, §6.8; contract §4)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.policies import list_tasks, run_policy
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    ApiError,
    BackupError,
    JobFailedError,
    WaitTimeoutError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import pending
from ansible_collections.huaweicloud.backup.plugins.module_utils._lost import Creation, create_once
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import (
    Progress,
    SliceOverError,
    Waiter,
    WaitOptions,
)

Result = dict[str, t.Any]
Tasks = list[Result]

IS_RUNNING = "AutoBackup.0225"
_PASSING = ("WAITING", "RUNNING")
TERMINAL = ("EXECUTE_SUCCESS", "EXECUTE_FAIL", "EXECUTE_TIMEOUT", "SKIP")
BAD = ("EXECUTE_FAIL", "EXECUTE_TIMEOUT")
# After the last task has ended, one more may still appear for so long.
_QUIET = 60.0
# What the service gives in one answer if it keeps to its default (F §6.8).
_PAGE = 20
_SHOWN = 5


@dataclass(frozen=True)
class PolicyRun:
    """One run. ``before`` are newest tasks that were there already; ``expected`` is the number of volumes bound."""

    policy_id: str
    name: str | None
    expected: int
    before: frozenset[str] = field(default_factory=frozenset)

    @property
    def what(self) -> str:
        """For messages."""
        return f"run policy {self.name!r} ({self.policy_id})"


@dataclass(frozen=True)
class RunEnd:
    """The run's tasks, and whether fewer than expected came."""

    tasks: Tasks
    is_short: bool = False


def known_tasks(client: Client, policy_id: str) -> frozenset[str]:
    """The IDs of the policy's newest tasks, which any new task will come before."""
    return frozenset(str(task["job_id"]) for task in islice(list_tasks(client, policy_id), _PAGE))


def new_tasks(client: Client, run: PolicyRun) -> Tasks:
    """The tasks that were made since, oldest first."""
    fresh: Tasks = []
    for wire in list_tasks(client, run.policy_id):
        if wire["job_id"] in run.before:
            break
        fresh.append(_model.task(wire))
    return fresh[::-1]


def start_run(client: Client, run: PolicyRun, options: WaitOptions, clock: Clock) -> Result:
    """Send it; after a lost answer look for its tasks first. Gives C(pending).

    :raises BackupError: the policy is running already.
    :raises UncertainError: nobody can say whether it was started.
    """

    def send() -> str:
        run_policy(client, run.policy_id)
        return run.policy_id

    def find() -> Result | None:
        tasks = new_tasks(client, run)
        return tasks[0] if tasks else None

    creation = Creation(
        send=send,
        find=find,
        is_same=lambda error: error.code == IS_RUNNING,
        how_to_look=f"Look at the tasks of policy {run.policy_id}",
    )
    try:
        create_once(creation, options=options, clock=clock)
    except ApiError as error:
        if error.code != IS_RUNNING:
            raise
        raise BackupError(
            f"{run.what}: it is running already, so nothing was started",
            code=error.code,
            http_status=error.http_status,
            request_id=error.request_id,
            advice="wait until its tasks have ended (vbs_policy_task_info shows them), then run the task again",
            retryable=True,
        ) from None
    started = _model.stamp(clock.now())
    return pending("policy_run", [run.policy_id], started)


def follow_run(
    client: Client, run: PolicyRun, waiter: Waiter, waiting: Result, saved: Mapping[str, t.Any] | None = None
) -> RunEnd:
    """Wait until as many tasks as volumes have ended, or all seen have and none is new for a minute.

    :param saved: what an earlier call of the module left.
    :raises WaitTimeoutError: the limit was reached.
    :raises SliceOverError: the call's time is over; C(run), C(waiting) and C(saved) are in its state.
    """
    seen: Tasks = [] if saved is None else saved["seen"]
    quiet_since = [0.0 if saved is None else saved["quiet_since"]]

    def probe() -> RunEnd | None:
        tasks = new_tasks(client, run)
        if len(tasks) != len(seen) or not all(task["status"] in TERMINAL for task in tasks):
            quiet_since[0] = waiter.age
        seen[:] = tasks
        _check_states(run, tasks)
        ended = sum(1 for task in tasks if task["status"] in TERMINAL)
        is_quiet = ended == len(tasks) and waiter.age - quiet_since[0] >= _QUIET
        return RunEnd(tasks, is_short=ended < run.expected) if ended >= run.expected or is_quiet else None

    try:
        return waiter.until(
            probe,
            what=lambda: _standing(run, seen),
            results=lambda: {"tasks": seen, "pending": waiting, "changed": True},
            progress=lambda: _progress(run, seen),
        )
    except SliceOverError as over:
        own = {**asdict(run), "before": sorted(run.before)}
        over.state.update(run=own, waiting=waiting, saved={"seen": seen, "quiet_since": quiet_since[0]})
        raise
    except WaitTimeoutError as error:
        # Other waits are taken up again by the same task; this one would start another run.
        error.advice = "follow its tasks with vbs_policy_task_info; running the same task again would start another run"
        error.retryable = False
        raise


def _standing(run: PolicyRun, tasks: Tasks) -> str:
    ended = sum(1 for task in tasks if task["status"] in TERMINAL)
    return f"{run.what}: {ended} of {run.expected} tasks had ended"


def _progress(run: PolicyRun, tasks: Tasks) -> Progress:
    ended = [task for task in tasks if task["status"] in TERMINAL]
    failed = sum(1 for task in ended if task["status"] in BAD)
    going = next((task for task in tasks if task["status"] not in TERMINAL), None)
    what = "waits for tasks" if going is None else f"{going['backup_name'] or going['job_id']} {going['status']}"
    return Progress(len(ended), max(run.expected, len(tasks)), failed, f"{run.name or run.policy_id}: {what}")


def _check_states(run: PolicyRun, tasks: Tasks) -> None:
    strange = [task for task in tasks if task["status"] not in (*_PASSING, *TERMINAL)]
    if strange:
        what = f"{run.what}: task {strange[0]['job_id']} is in the unknown state {strange[0]['status']!r}"
        raise BackupError(what, results={"tasks": tasks, "changed": True})


def fail_on_bad_tasks(run: PolicyRun, tasks: Tasks) -> None:
    """Fail where a task failed, naming volumes and reasons.

    :raises JobFailedError: at least one did.
    """
    bad = [task for task in tasks if task["status"] in BAD]
    if not bad:
        return
    what = f"{run.what}: {len(bad)} of {len(tasks)} tasks failed"
    reasons = "; ".join(f"volume {task['volume_id']}: {_reason(task)}" for task in bad[:_SHOWN])
    more = f" and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
    failure = JobFailedError(what, code=bad[0]["code"], reason=reasons, results={"tasks": tasks, "changed": True})
    # Each reason has its own code, so the first one's is not put at the end.
    failure.message = f"{what}: {reasons}{more}"
    raise failure


def _reason(task: Result) -> str:
    said = task["message"] or "the service gave no reason"
    return f"{task['status']}, {said}" + (f" ({task['code']})" if task["code"] else "")
