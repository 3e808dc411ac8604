# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for jobs and backups, and what their states mean (F §4.2, §9)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import get_backup
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.jobs import get_job
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, JobFailedError
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import Progress, Waiter

Results = Mapping[str, t.Any]

JOB_RUNNING = ("INIT", "RUNNING")
BACKUP_WORKING = ("creating", "restoring")
BACKUP_BAD = ("error", "error_restoring")
# A job that was just made may not be readable everywhere at once.
APPEARS_WITHIN = 30.0


def pending(kind: str, ids: list[str], started_at: str | None) -> dict[str, t.Any]:
    """What is needed to go on waiting later (contract §2); the kinds are in guide_waiting.rst."""
    return {"kind": kind, "ids": ids, "started_at": started_at}


def one(name: str | None, status: t.Any) -> Progress:
    """How the wait for one thing stands."""
    return Progress(0, 1, 0, f"{name or 'it'} {status or 'not readable yet'}")


def standing(shown: Mapping[str, t.Any]) -> str:
    """A documented backup's state, and how much is done where the service says it."""
    done = (shown["metadata"] or {}).get("progress")
    is_share = isinstance(done, (str, int)) and str(done).isdecimal() and shown["status"] in BACKUP_WORKING
    return f"{shown['status']} {done}%" if is_share else str(shown["status"])


def wait_for_job(
    client: Client,
    job_id: str,
    waiter: Waiter,
    *,
    what: str,
    results: Results,
    known: _model.Result | None = None,
    name: str | None = None,
) -> _model.Result:
    """The job's documented form once it has succeeded.

    :param known: what is known of it; kept up to date.
    :param name: of what it works on, for people.
    :raises JobFailedError: it failed, with its own code and reason.
    :raises BackupError: it vanished, or is in a state that nobody documented.
    :raises WaitTimeoutError: the limit was reached.
    """
    last = _model.new_job(job_id) if known is None else known

    def probe() -> _model.Result | None:
        wire = get_job(client, job_id)
        if wire is None:
            if last["status"] is None and waiter.age < APPEARS_WITHIN:
                return None
            raise vanished(job_id, what, {**results, "job": last})
        # The answer may leave the ID out; it is known.
        last.update({**_model.job(wire), "id": job_id})
        return last if job_is_done(last, what, {**results, "job": last, "pending": None}) else None

    def status() -> str:
        return f"{what}: job {job_id} was {last['status'] or 'not readable yet'}"

    return waiter.until(
        probe,
        what=status,
        results=lambda: {**results, "job": last},
        progress=lambda: one(name or f"job {job_id}", last["status"]),
    )


def vanished(job_id: str, what: str, results: Results) -> BackupError:
    """The error of a job that the service does not know any more."""
    return BackupError(
        f"{what}: the service does not know job {job_id} (any more), so its outcome is uncertain",
        code="common.0011",
        http_status=404,
        advice="look at the volume's backups, then run the task again",
        results=results,
    )


def job_is_done(job: _model.Result, what: str, results: Results) -> bool:
    """Whether a documented job has succeeded; False while it runs.

    :raises JobFailedError: it failed.
    :raises BackupError: its state is unknown.
    """
    if job["status"] in JOB_RUNNING:
        return False
    if job["status"] == "SUCCESS":
        return True
    if job["status"] == "FAIL":
        raise JobFailedError(
            f"{what}: job {job['id']} failed", code=job["error_code"], reason=job["fail_reason"], results=results
        )
    raise BackupError(f"{what}: job {job['id']} is in the unknown state {job['status']!r}", results=results)


def wait_for_backup(
    client: Client, shown: _model.Result, waiter: Waiter, *, what: str, results: Results
) -> _model.Result:
    """The backup's documented form once it is available.

    :param shown: the same as last seen; kept up to date.
    :raises JobFailedError: it ended in error.
    :raises BackupError: it is gone, being deleted, or in an unknown state.
    :raises WaitTimeoutError: the limit was reached.
    """
    last = shown

    def probe() -> _model.Result | None:
        found = get_backup(client, str(last["id"]))
        if found is None:
            raise BackupError(f"{what}: backup {last['id']} is gone", results={**results, "backup": last})
        last.update(_model.backup(found))
        return last if backup_is_done(last, what, results) else None

    if backup_is_done(last, what, results):
        return last
    return waiter.until(
        probe,
        what=lambda: f"{what}: backup {last['id']} was {last['status']}",
        results=lambda: {
            **results,
            "backup": last,
            "pending": pending("backup", [str(last["id"])], last["created_at"]),
        },
        progress=lambda: one(last["name"] or f"backup {last['id']}", standing(last)),
    )


def backup_is_done(backup: _model.Result, what: str, results: Results) -> bool:
    """Whether a documented backup is available; False while it is being worked on.

    :raises JobFailedError: it ended in error.
    :raises BackupError: its state is another or unknown.
    """
    status = backup["status"]
    if status in BACKUP_WORKING:
        return False
    if status == "available":
        return True
    results = {**results, "backup": backup}
    if status in BACKUP_BAD:
        reason = backup["fail_reason"]
        raise JobFailedError(f"{what}: backup {backup['id']} is in {status}", code=None, reason=reason, results=results)
    raise BackupError(f"{what}: backup {backup['id']} is {status}, so it will not become available", results=results)
