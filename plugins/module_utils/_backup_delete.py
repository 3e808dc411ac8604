# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deleting one backup, and seeing it off until it is gone (F §4.4)."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import (
    delete_backup,
    get_backup,
    list_backups,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.volumes import volume_filter
from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_plan import comparable
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, JobFailedError, OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import BACKUP_BAD, BACKUP_WORKING, pending
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import Waiter, WaitOptions

_NOTHING: dict[str, t.Any] = {"backup": None, "job": None, "adopted": False}


def plan_absent(context: Context) -> Plan:
    """Plan to delete the one backup that is meant, or to wait until it is gone.

    :raises OptionError: several have the name.
    :raises BackupError: it is being worked on, and the task does not wait.
    """
    options = context.options
    rows = _meant(context)
    staying = [row for row in rows if row.get("status") != "deleting"]
    going = [row for row in rows if row.get("status") == "deleting"]
    if len(staying) > 1:
        ids = ", ".join(sorted(str(row["id"]) for row in staying))
        raise OptionError("name", f"several backups are called {options['name']!r}: {ids}; give the id")
    if not staying:
        return Plan((), _NOTHING, apply=lambda: _see_off(context, None, going), settle=bool(going) and options["wait"])
    shown = _model.backup(staying[0])
    if shown["status"] in BACKUP_WORKING and not options["wait"]:
        raise BackupError(
            f"delete backup {shown['id']}: it is {shown['status']}, and the service deletes it only after that",
            advice="wait until it has ended, or run the task with wait",
            retryable=True,
        )
    if shown["status"] == "error_restoring":
        # Only from available or error (F §4.4).
        raise BackupError(
            f"delete backup {shown['id']}: it is in error_restoring, and the service deletes only what is available"
            " or in error",
            advice="restore it once more, or ask the provider's support",
        )
    return Plan(("deleted",), _NOTHING, before=comparable(shown), apply=lambda: _see_off(context, staying[0], going))


def _meant(context: Context) -> list[JsonObject]:
    options, client = context.options, context.client
    if options["id"] is not None:
        wire = get_backup(client, options["id"])
        return [] if wire is None else [wire]
    volume = options["volume"]
    volume_id = None if volume is None else volume_filter(client, "volume", volume)
    return [row for page, _answer in list_backups(client, name=options["name"], volume_id=volume_id) for row in page]


def _see_off(context: Context, row: JsonObject | None, going: list[JsonObject]) -> Outcome:
    waiter = Waiter(WaitOptions.of(context.options), context.clock)
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(context.clock.now()))
    leaving = [str(other["id"]) for other in going]
    if row is not None:
        _delete(context, row, waiter)
        leaving.insert(0, str(row["id"]))
    if context.options["wait"]:
        for backup_id in leaving:
            _wait_until_gone(context, backup_id, waiter, started)
        return Outcome(_NOTHING)
    return Outcome({**_NOTHING, "pending": pending("deletion", leaving, started)})


def _delete(context: Context, row: JsonObject, waiter: Waiter) -> None:
    backup_id = str(row["id"])

    def is_free() -> bool | None:
        now = get_backup(context.client, backup_id)
        return True if now is None or now.get("status") not in BACKUP_WORKING else None

    if row.get("status") in BACKUP_WORKING:
        waiter.until(is_free, what=lambda: f"delete backup {backup_id}: it was still worked on", results=dict)
    delete_backup(context.client, backup_id)


def _wait_until_gone(context: Context, backup_id: str, waiter: Waiter, started: str) -> None:
    last: dict[str, t.Any] = {"status": "deleting"}

    def probe() -> bool | None:
        wire = get_backup(context.client, backup_id)
        if wire is None:
            return True
        # One that was in error before stays so until its deletion begins.
        if last["status"] == "deleting" and last.get("seen") and wire.get("status") in BACKUP_BAD:
            reason = _model.text(wire.get("fail_reason"))
            raise JobFailedError(f"delete backup {backup_id}: it ended in {wire['status']}", code=None, reason=reason)
        last.update(status=wire.get("status"), seen=True)
        return None

    waiter.until(
        probe,
        what=lambda: f"delete backup {backup_id}: it was {last['status']}",
        results=lambda: {"pending": pending("deletion", [backup_id], started)},
    )
