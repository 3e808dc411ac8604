# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs one row and says what is not as it should be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from simulator import seed, server
from simulator.settings import Settings

from . import canaries, surveys
from .inject import inject
from .job import Ended, Job, run_job
from .rows import CREDENTIALS, FAILED, Row
from .rules import Document

JOB_SECONDS = 1
READS = ("GET", "HEAD")
TOKENS = "/auth/tokens"
TRACEBACK = "Traceback (most recent call last)"


def row_problems(credential_type: Document, templates: Mapping[str, Document], row: Row) -> list[str]:
    """Run a row against a cloud of its own, and return what is not as it should be."""
    template = templates[row.playbook]
    cloud = server.start(Settings(job_seconds=JOB_SECONDS))
    try:
        cloud.control("PATCH", "/settings", dict(row.settings))
        volumes = {one["name"]: one["id"] for one in cloud.control("GET", "/volumes")}
        for kind, objects in row.objects.items():
            cloud.control("POST", f"/{kind}", [_filled(one, volumes) for one in objects])
        for fault in row.faults:
            cloud.control("POST", "/faults", fault)
        job = Job(
            row.name,
            template,
            {**surveys.unanswered(template), **row.answers},
            check=row.check,
            settings={"idle_timeout": row.idle_timeout} if row.idle_timeout else {},
            env=row.env,
        )
        inputs = {name: value.replace("{url}", cloud.url) for name, value in CREDENTIALS[row.credential].items()}
        ended = run_job(job, inject(credential_type, inputs, f"{job.work}/env"))
        return [*_end_problems(row, ended), *_cloud_problems(row, cloud), *_left_problems(row, job, ended)]
    finally:
        cloud.stop()


def _filled(one: Mapping[str, Any], volumes: Mapping[str, str]) -> dict[str, Any]:
    named = {f"{{{name}}}": volume_id for name, volume_id in volumes.items()}
    return {key: named.get(value, value) if isinstance(value, str) else value for key, value in one.items()}


def _end_problems(row: Row, ended: Ended) -> Iterator[str]:
    if ended.status != row.status:
        yield f"it ended as {ended.status} and not as {row.status}: {ended.stdout[-1500:]}"
    for text in row.says:
        if text not in ended.stdout:
            yield f"its output does not hold {text!r}"
    if row.status == FAILED and not any(
        row.fails_with in str(one.get("msg")) for one in ended.results("runner_on_failed")
    ):
        yield f"no event of a failure has a message with {row.fails_with!r}: {ended.stdout[-1500:]}"
    if TRACEBACK in ended.stdout:
        yield "it shows a traceback"
    if row.progress and not re.search(rf"\[\d+/\d+ done.*\] {row.progress}: \S", ended.stdout):
        yield f"no line tells of the progress of {row.progress}"


def _cloud_problems(row: Row, cloud: server.Handle) -> Iterator[str]:
    calls = cloud.sim.log.since(0)
    if not calls:
        yield "it never asked the cloud for anything"
    writes = [call for call in calls if call["method"] not in READS and not call["path"].endswith(TOKENS)]
    if row.check and writes:
        yield f"check mode sent {writes[0]['method']} {writes[0]['path']}"
    there = cloud.control("GET", "/state")["projects"][seed.PROJECT_ID]
    for kind, count in row.left.items():
        if len(there[kind]) != count:
            yield f"there are {len(there[kind])} {kind} afterwards and not {count}"


def _left_problems(row: Row, job: Job, ended: Ended) -> Iterator[str]:
    secrets = {**canaries.KNOWN, **canaries.fetched_tokens()}
    artifacts = job.private / "artifacts"
    shown = [ended.stdout.encode(), (job.folder / "worker.log").read_bytes()]
    for name in sorted(canaries.found_in([*shown, *canaries.shown_artifacts(artifacts)], secrets)):
        yield f"the {name} is in its events, artifacts or output"
    own = {name: secret for name, secret in canaries.KNOWN.items() if secret in CREDENTIALS[row.credential].values()}
    if not own or canaries.found_in(canaries.contents(artifacts), own) != set(own):
        yield "the search for secrets does not find those that are in the unmasked environment of the job"
    page = job.work / "project" / "coverage.html"
    if row.page and (not page.exists() or row.page not in page.read_text(encoding="utf-8")):
        yield f"there is no page that names {row.page}"
    if row.check and page.exists():
        yield "check mode wrote a page"
