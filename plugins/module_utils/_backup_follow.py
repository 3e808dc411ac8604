# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Following a backup that was begun to its end, also over several calls of the module."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import get_backup
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.jobs import get_job
from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_request import BackupRequest, volume_backups
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import pending, wait_for_backup, wait_for_job
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import SliceOverError, Waiter


@dataclass(frozen=True)
class Made:
    """How the making ended. ``satisfied`` is a row that another task made meanwhile; then nothing was created."""

    backup: _model.Result
    job: _model.Result | None = None
    adopted: bool = False
    pending: JsonObject | None = None
    satisfied: bool = False


@dataclass
class Begun:
    """A backup that is on its way.

    :param sent: the ID that the creating call gave, of a job or, in the OpenStack form, of the backup; None where the
        backup was found instead.
    :param before: the IDs of the volume's backups as listed before the call.
    :param started: when the call was sent.
    :param shown: the backup in documented form, once it is known.
    :param adopted: whether it was found again after the answer was lost.
    :param satisfied: whether another task made it meanwhile.
    """

    request: BackupRequest
    sent: str | None = None
    before: list[str] = field(default_factory=list)
    started: str | None = None
    job: _model.Result | None = None
    shown: _model.Result | None = None
    adopted: bool = False
    satisfied: bool = False

    @classmethod
    def of(cls, saved: Mapping[str, t.Any]) -> Begun:
        """What an earlier call of the module left."""
        return cls(**{**saved, "request": BackupRequest(**saved["request"])})

    @property
    def pending(self) -> JsonObject:
        """How to go on waiting later."""
        if self.sent is not None:
            return pending("backup" if self.request.native else "job", [self.sent], self.started)
        shown = t.cast("_model.Result", self.shown)
        return pending("backup", [str(shown["id"])], shown["created_at"])

    def results(self) -> dict[str, t.Any]:
        """What is known, to be handed on with a failure."""
        if self.sent is None:
            return {"job": None, "adopted": self.adopted, "pending": self.pending, "changed": self.adopted}
        is_done = self.job is not None and self.job["status"] == "SUCCESS"
        return {"job": self.job, "adopted": False, "pending": None if is_done else self.pending}


def follow(client: Client, begun: Begun, waiter: Waiter, warn: Callable[[str], None]) -> Made:
    """Wait for it where asked.

    :raises BackupError: any failure, with C(job), C(backup) and C(pending) as far as they are known.
    :raises SliceOverError: the call's time is over; C(begun) is in its state.
    """
    try:
        return _follow(client, begun, waiter, warn)
    except SliceOverError as over:
        over.state["begun"] = asdict(begun)
        raise


def _follow(client: Client, begun: Begun, waiter: Waiter, warn: Callable[[str], None]) -> Made:
    request, wait = begun.request, waiter.options.wait
    if begun.shown is None:
        begun.shown = _find(client, begun, waiter, warn)
    if wait:
        shown = wait_for_backup(client, begun.shown, waiter, what=request.what, results=begun.results())
        return Made(shown, job=begun.job, adopted=begun.adopted, satisfied=begun.satisfied)
    return Made(begun.shown, job=begun.job, adopted=begun.adopted, pending=begun.pending, satisfied=begun.satisfied)


def _find(client: Client, begun: Begun, waiter: Waiter, warn: Callable[[str], None]) -> _model.Result:
    """The backup that the call made, where it is waited for after the end of its job."""
    request, wait = begun.request, waiter.options.wait
    sent = t.cast("str", begun.sent)
    backup_id: str | None = sent if request.native else None
    if wait and begun.job is not None:
        wait_for_job(
            client,
            sent,
            waiter,
            what=request.what,
            results=begun.results(),
            known=begun.job,
            name=request.name,
        )
        backup_id = _model.text(begun.job["entities"].get("backup_id"))
    running = sent if begun.job is not None and not wait else None
    try:
        row = _find_made(client, request, set(begun.before), warn, backup_id=backup_id, job_id=running)
    except BackupError as error:
        error.results.update(begun.results())
        raise
    if row is None:
        if wait:
            message = f"{request.what}: the service says that it is done, but the backup cannot be found"
            raise BackupError(message, results=begun.results())
        row = {"name": request.name, "volume_id": request.volume_id, "status": "creating"}
    return _model.backup(row)


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
