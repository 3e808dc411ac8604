# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import errors
from .clock import millis_z
from .models import Job
from .state import Project
from .wire import Call, Reply, Route

# When a job begins to run and when its row appears, as parts of its length (F §9).
STARTS = 0.1
APPEARS = 0.2

Step = Callable[[float], None]


@dataclass(frozen=True)
class Failure:
    """How an injected `fail_job` ends the work (README.md)."""

    code: str
    reason: str
    row: str = "error"


def injected(call: Call, resource_id: str = "") -> Failure | None:
    """The failure that an injected fault has in store for this call's job, or for one resource of its run."""
    given = call.fault("fail_job")
    if given is None or (resource_id and resource_id not in given.get("resource_ids", [resource_id])):
        return None
    code = str(given.get("error_code", "VolumeBackup.0064"))
    reason = str(given.get("fail_reason", errors.MESSAGE["VolumeBackup.0064"]))
    return Failure(code, reason, str(given.get("row", "error")))


def start(call: Call, job_type: str, entities: dict[str, str]) -> Job:
    """File a new job (F §4.2); its id is 32 hexadecimal characters, as in the sample."""
    job = Job(uuid.uuid4().hex, job_type, call.now, entities=entities)
    return call.project.jobs.add(job)


def run(call: Call, job: Job, finish: Step, failure: Failure | None) -> None:
    """Let the job run: INIT, RUNNING, then `finish` unless it is to fail, then SUCCESS or FAIL."""
    seconds = call.settings.job_seconds

    def running(_at: float) -> None:
        job.status = "RUNNING"

    def done(at: float) -> None:
        finish(at)
        end(job, at, failure)

    call.sim.timeline.after(seconds * STARTS, running)
    call.sim.timeline.after(seconds, done)


def end(job: Job, at: float, failure: Failure | None) -> None:
    """Finish a job; a failed one says why (F §4.2)."""
    job.end_time = at
    job.status = "FAIL" if failure else "SUCCESS"
    if failure:
        job.error_code, job.fail_reason = failure.code, failure.reason


def _body(job: Job) -> dict[str, Any]:
    return {
        "status": job.status,
        "entities": job.entities,
        "job_id": job.id,
        "job_type": job.job_type,
        "begin_time": millis_z(job.created_at),
        "end_time": millis_z(job.end_time),
        "error_code": job.error_code,
        "fail_reason": job.fail_reason,
        "sub_jobs": [],
    }


def find(project: Project, job_id: str) -> Job:
    """The job, or 404 common.0011 (F §4.2)."""
    job = project.jobs.get(job_id)
    if job is None:
        raise errors.vbs("common.0011")
    return job


def show(call: Call) -> Reply:
    """GET one job: HTTP 200 for a failed one too (F §4.2)."""
    return Reply(200, _body(find(call.project, call.params["id"])))


# Documented on /v1; some clients ask the /v2 proxy (F §11 no. 33).
ROUTES = [Route("GET", f"/{version}/{{pid}}/jobs/{{id}}", show, "vbs") for version in ("v1", "v2")]
