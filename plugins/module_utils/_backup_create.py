# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Making one backup of one volume, never two: baseline, call, lost answers, conflicts, and following it to its end."""

from __future__ import annotations

import time
import typing as t
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import (
    create_backup,
    create_native_backup,
    get_backup,
    list_backups,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.jobs import get_job
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.volumes import get_volume
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._error_classes import CONFLICT
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import ApiError, BackupError
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import pending, wait_for_backup, wait_for_job
from ansible_collections.huaweicloud.backup.plugins.module_utils._lost import Creation, create_once
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import Waiter, WaitOptions

Rows = list[JsonObject]
Satisfies = Callable[[Rows, t.Optional[float]], t.Optional[JsonObject]]


@dataclass(frozen=True)
class BackupRequest:
    """What is asked for. ``snapshot_id`` is sent only where one was named; ``native`` is the OpenStack form."""

    volume_id: str
    name: str | None
    snapshot_id: str | None = None
    description: str | None = None
    tags: t.Mapping[str, t.Any] | None = None
    full: bool = False
    force: bool | None = None
    native: bool = False

    @property
    def what(self) -> str:
        """For messages."""
        return f"create backup {self.name!r} of volume {self.volume_id}"

    def body(self) -> JsonObject:
        """The wire's C(backup) with only what was set: a plain OpenStack refuses nulls and unknown fields."""
        body: JsonObject = {"volume_id": self.volume_id}
        for key in ("name", "snapshot_id", "description"):
            value = getattr(self, key)
            if value is not None:
                body[key] = value
        if self.native and self.force is not None:
            body["force"] = self.force
        if not self.native and self.tags:
            body["tags"] = _model.tag_pairs(self.tags)
        if not self.native and self.full:
            body["extend_param"] = {"FullBackup": "true"}
        return body

    def matches(self, row: JsonObject) -> bool:
        """Whether a row may be what this request made. The service may name a snapshot of its own."""
        same_snapshot = self.snapshot_id is None or row.get("snapshot_id") == self.snapshot_id
        return (row.get("name") or None) == self.name and row.get("volume_id") == self.volume_id and same_snapshot


@dataclass(frozen=True)
class Made:
    """How the making ended. ``satisfied`` is a row that another task made meanwhile; then nothing was created."""

    backup: _model.Result
    job: _model.Result | None = None
    adopted: bool = False
    pending: JsonObject | None = None
    satisfied: bool = False


def volume_backups(client: Client, volume_id: str) -> tuple[Rows, float | None]:
    """All backups of a volume, newest first, and the moment that the service gives with them."""
    rows: Rows = []
    date: float | None = None
    for page, answer in list_backups(client, volume_id=volume_id):
        rows.extend(page)
        date = answer.date if date is None else date
    return sorted(rows, key=lambda row: str(row.get("created_at") or ""), reverse=True), date


def make_backup(
    client: Client,
    request: BackupRequest,
    rows: Rows,
    *,
    satisfies: Satisfies,
    options: WaitOptions,
    clock: Clock,
    warn: Callable[[str], None],
) -> Made:
    """Make the backup and, where asked, wait for it.

    :param rows: the volume's backups as listed just before.
    :param satisfies: picks the row that makes this request needless, if another task was faster.
    :raises BackupError: any failure, with C(job), C(backup) and C(pending) as far as they are known.
    """
    waiter = Waiter(options, clock)
    while True:
        before = {row["id"] for row in rows}
        try:
            sent, found = create_once(_creation(client, request, before), options=options, clock=clock)
        except ApiError as error:
            if not _may_be_conflict(error, request):
                raise
            listing = volume_backups(client, request.volume_id)
            error.retryable = _is_conflict(error, request, listing[0])
            if not error.retryable or not options.wait or waiter.is_over:
                raise
            # The volume is busy: wait for it as for anything else, and see whether somebody made what is wanted.
            row, rows = _made_meanwhile(client, request, listing, satisfies, waiter)
            if row is not None:
                made = _wait_for_row(client, request, row, waiter.restarted(), adopted=False)
                return replace(made, satisfied=True)
            continue
        if found is not None:
            return _wait_for_row(client, request, found, waiter.restarted(), adopted=True)
        return _follow(client, request, str(sent), before, waiter.restarted(), clock=clock, warn=warn)


def _made_meanwhile(
    client: Client,
    request: BackupRequest,
    listing: tuple[Rows, float | None],
    satisfies: Satisfies,
    waiter: Waiter,
) -> tuple[JsonObject | None, Rows]:
    """The row that makes the request needless, now or after one pause, and the rows as they were listed last."""
    rows, date = listing
    row = satisfies(rows, date)
    if row is None:
        waiter.pause()
        rows, date = volume_backups(client, request.volume_id)
        row = satisfies(rows, date)
    return row, rows


def _creation(client: Client, request: BackupRequest, before: set[str]) -> Creation:
    create = create_native_backup if request.native else create_backup

    def find() -> JsonObject | None:
        now, _date = volume_backups(client, request.volume_id)
        return the_new_one(request, [row for row in now if row["id"] not in before and request.matches(row)])

    def is_busy() -> bool:
        volume = get_volume(client, request.volume_id)
        return volume is not None and volume.get("status") == "backing-up"

    return Creation(
        send=lambda: create(client, request.body()),
        find=find,
        is_same=lambda error: _is_conflict(error, request, [{"status": "creating"}]),
        is_busy=is_busy,
        how_to_look=f"Look at the backups of volume {request.volume_id} for the name {request.name!r}",
    )


def the_new_one(request: BackupRequest, rows: Rows) -> JsonObject | None:
    """Of the new rows that fit, the one that a creating call made whose answer was lost.

    :raises BackupError: there are several.
    """
    if len(rows) > 1:
        ids = ", ".join(sorted(str(row["id"]) for row in rows))
        raise BackupError(
            f"{request.what}: the answer was lost, and several new backups fit: {ids}",
            advice="decide which to keep and delete the others",
        )
    return rows[0] if rows else None


def _may_be_conflict(error: ApiError, request: BackupRequest) -> bool:
    return error.kind == CONFLICT or (request.native and error.http_status == 400 and error.code is None)


def _is_conflict(error: ApiError, request: BackupRequest, rows: Sequence[JsonObject]) -> bool:
    """The volume is busy. The OpenStack form says so with a bare 400, so there a row must show it."""
    working = any(row.get("status") in ("creating", "restoring") for row in rows)
    return _may_be_conflict(error, request) and (error.kind == CONFLICT or working)


def _follow(
    client: Client,
    request: BackupRequest,
    sent: str,
    before: set[str],
    waiter: Waiter,
    *,
    clock: Clock,
    warn: Callable[[str], None],
) -> Made:
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(clock.now()))
    kind = "backup" if request.native else "job"
    waiting = pending(kind, [sent], started)
    job = None if request.native else _model.new_job(sent)
    backup_id: str | None = sent if request.native else None
    results = {"job": job, "adopted": False, "pending": waiting}
    running = sent if job is not None and not waiter.options.wait else None
    if waiter.options.wait and job is not None:
        job = wait_for_job(client, sent, waiter, what=request.what, results=results)
        backup_id = _model.text(job["entities"].get("backup_id"))
        results = {"job": job, "adopted": False, "pending": None}
    try:
        row = _find_made(client, request, before, warn, backup_id=backup_id, job_id=running)
    except BackupError as error:
        error.results.update(results)
        raise
    if row is None:
        if waiter.options.wait:
            raise BackupError(f"{request.what}: the job succeeded, but its backup cannot be found", results=results)
        row = {"name": request.name, "volume_id": request.volume_id, "status": "creating"}
    if not waiter.options.wait:
        return Made(_model.backup(row), job=job, pending=waiting)
    return Made(wait_for_backup(client, row, waiter, what=request.what, results=results), job=job)


def _find_made(
    client: Client,
    request: BackupRequest,
    before: set[str],
    warn: Callable[[str], None],
    *,
    backup_id: str | None,
    job_id: str | None,
) -> JsonObject | None:
    """The made backup's row, from one more listing that also shows a second one made at the same time.

    :param job_id: the job that still runs. It alone can say which of the new rows is its own, if any is yet.
    """
    rows, _date = volume_backups(client, request.volume_id)
    fresh = [str(row["id"]) for row in rows if row["id"] not in before and request.matches(row)]
    ours = backup_id
    if ours is None and job_id is None:
        ours = fresh[0] if len(fresh) == 1 else None
    elif ours is None and fresh:
        ours = _model.text(_model.job(get_job(client, str(job_id)) or {})["entities"].get("backup_id"))
    if set(fresh) - {ours}:
        ids = ", ".join(fresh if ours in fresh or job_id is None else [*fresh, ours or f"that of job {job_id}"])
        warn(f"{request.what}: another task made one of the same name at the same time; nothing was deleted: {ids}")
    if ours is None:
        return None
    return next((row for row in rows if row["id"] == ours), None) or get_backup(client, ours)


def _wait_for_row(client: Client, request: BackupRequest, row: JsonObject, waiter: Waiter, *, adopted: bool) -> Made:
    shown = _model.backup(row)
    waiting = pending("backup", [str(shown["id"])], shown["created_at"])
    if not waiter.options.wait:
        return Made(shown, adopted=adopted, pending=waiting)
    results = {"job": None, "adopted": adopted, "pending": waiting, "changed": adopted}
    return Made(wait_for_backup(client, row, waiter, what=request.what, results=results), adopted=adopted)
