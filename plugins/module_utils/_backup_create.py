# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Making one backup of one volume, never two: baseline, call, lost answers, conflicts, and following it to its end."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import (
    create_backup,
    create_native_backup,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.volumes import get_volume
from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_follow import Begun, Made, follow
from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_request import (
    BackupRequest,
    Rows,
    volume_backups,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._error_classes import CONFLICT
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import ApiError, BackupError
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import one
from ansible_collections.huaweicloud.backup.plugins.module_utils._lost import Creation, create_once
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import SliceOverError, Waiter

Satisfies = Callable[[Rows, t.Optional[float]], t.Optional[JsonObject]]


def make_backup(
    client: Client,
    request: BackupRequest,
    rows: Rows,
    *,
    satisfies: Satisfies,
    waiter: Waiter,
    clock: Clock,
    warn: Callable[[str], None],
) -> Made:
    """Make the backup and, where asked, wait for it.

    :param rows: the volume's backups as listed just before.
    :param satisfies: picks the row that makes this request needless, if another task was faster.
    :raises BackupError: any failure, with C(job), C(backup) and C(pending) as far as they are known.
    """
    options = waiter.options
    while True:
        before = {row["id"] for row in rows}
        try:
            sent, found = create_once(_creation(client, request, before), options=options, clock=clock)
        except ApiError as error:
            if not _may_be_conflict(error, request):
                raise
            listing = volume_backups(client, request.volume_id)
            error.retryable = _is_conflict(error, request, listing[0])
            if not error.retryable or not options.wait:
                raise
            if waiter.is_over:
                error.message += f". It was still so when wait_timeout ({waiter.limit} s) was reached"
                raise
            # The volume is busy: wait for it as for anything else, and see whether somebody made what is wanted.
            row = satisfies(_new(listing[0], before), listing[1])
            if row is None:
                row, rows = _look_after_pause(client, request, before, satisfies, waiter)
            if row is not None:
                return _follow_other(client, request, row, waiter, warn)
            continue
        return follow(client, _begun(request, sent, found, before, clock), waiter.restarted(), warn)


def _begun(request: BackupRequest, sent: str | None, found: JsonObject | None, before: set[str], clock: Clock) -> Begun:
    """What the creating call began, or what was found after its answer was lost."""
    if found is not None:
        return Begun(request, shown=_model.backup(found), adopted=True)
    started = _model.stamp(clock.now())
    job = None if request.native else _model.new_job(str(sent))
    return Begun(request, sent=str(sent), before=sorted(before), started=started, job=job)


def make_backup_after_pause(
    client: Client,
    request: BackupRequest,
    before: Iterable[str],
    *,
    satisfies: Satisfies,
    waiter: Waiter,
    clock: Clock,
    warn: Callable[[str], None],
) -> Made:
    """The same, where an earlier call of the module found the volume busy and paused.

    :param before: the IDs of the backups that were there.
    """
    row, rows = _look_after_pause(client, request, set(before), satisfies, waiter)
    if row is not None:
        return _follow_other(client, request, row, waiter, warn)
    return make_backup(client, request, rows, satisfies=satisfies, waiter=waiter, clock=clock, warn=warn)


def _look_after_pause(
    client: Client, request: BackupRequest, before: set[str], satisfies: Satisfies, waiter: Waiter
) -> tuple[JsonObject | None, Rows]:
    """The row that makes the request needless after one pause, and all rows."""
    try:
        waiter.pause(progress=lambda: one(request.name, "waits for its volume, which is busy"))
    except SliceOverError as over:
        over.state["busy"], over.state["before"] = asdict(request), sorted(before)
        raise
    rows, date = volume_backups(client, request.volume_id)
    return satisfies(_new(rows, before), date), rows


def _new(rows: Rows, before: set[str]) -> Rows:
    """What another task made meanwhile; one that was there and did not satisfy does not begin to after a restore."""
    return [row for row in rows if row["id"] not in before]


def _follow_other(
    client: Client, request: BackupRequest, row: JsonObject, waiter: Waiter, warn: Callable[[str], None]
) -> Made:
    """Wait for what another task makes."""
    return follow(client, Begun(request, shown=_model.backup(row), satisfied=True), waiter.restarted(), warn)


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
