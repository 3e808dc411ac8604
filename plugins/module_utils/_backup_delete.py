# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deleting one backup, and seeing it off until it is gone (F §4.4)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import (
    delete_backup,
    get_backup,
    list_backups,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.volumes import volume_filter
from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_plan import comparable
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    ApiError,
    BackupError,
    JobFailedError,
    OptionError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import (
    BACKUP_BAD,
    BACKUP_WORKING,
    one,
    pending,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import (
    SliceOverError,
    Waiter,
    WaitOptions,
)

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
        return Plan((), _NOTHING, apply=lambda: _see_off(context, None, going), settle=bool(going))
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
            advice="ask the provider's support",
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
    started = _model.stamp(context.clock.now())
    leaving = [str(other["id"]) for other in going]
    is_busy = row is not None and row.get("status") in BACKUP_WORKING
    to_delete = None if row is None else str(row["id"])
    return _Leaving(context, waiter, to_delete=to_delete, is_busy=is_busy, ids=leaving, started=started).run()


def resume_absent(context: Context, state: Mapping[str, t.Any]) -> Outcome:
    """Go on with what an earlier call of the module began."""
    waiter = Waiter(WaitOptions.of(context.options), context.clock, state["waiter"])
    return _Leaving(context, waiter, **state["leaving"]).run()


@dataclass
class _Leaving:
    """Backups on their way out, one of them perhaps still to be deleted.

    :param to_delete: what is not sent yet.
    :param is_busy: whether that is being worked on.
    :param ids: what is not gone yet.
    :param last: what was seen of the first of them.
    """

    context: Context
    waiter: Waiter
    to_delete: str | None
    is_busy: bool
    ids: list[str]
    started: str
    last: dict[str, t.Any] = field(default_factory=lambda: {"status": "deleting"})

    def run(self) -> Outcome:
        """Delete, then wait where asked."""
        try:
            if self.to_delete is not None:
                self._delete(self.to_delete)
            if not self.context.options["wait"]:
                return Outcome({**_NOTHING, "pending": pending("deletion", self.ids, self.started)})
            while self.ids:
                self._wait_until_gone(self.ids[0])
        except SliceOverError as over:
            kept = ("to_delete", "is_busy", "ids", "started", "last")
            over.state["leaving"] = {key: getattr(self, key) for key in kept}
            raise
        return Outcome(_NOTHING)

    def _delete(self, backup_id: str) -> None:
        def is_free() -> bool | None:
            now = get_backup(self.context.client, backup_id)
            return True if now is None or now.get("status") not in BACKUP_WORKING else None

        if self.is_busy:
            self.waiter.until(
                is_free,
                what=lambda: f"delete backup {backup_id}: it was still worked on",
                results=dict,
                progress=lambda: one(f"backup {backup_id}", "is still worked on"),
            )
        try:
            delete_backup(self.context.client, backup_id)
        except ApiError as error:
            # The same call before it, whose answer was lost, or another task may have begun the deletion.
            if error.http_status not in (400, 409) or not self._is_going(backup_id):
                raise
        self.to_delete = None
        self.ids.insert(0, backup_id)

    def _is_going(self, backup_id: str) -> bool:
        # Where that cannot be read, the refusal itself is what there is to say.
        with suppress(BackupError):
            now = get_backup(self.context.client, backup_id)
            return now is None or now.get("status") == "deleting"
        return False

    def _wait_until_gone(self, backup_id: str) -> None:
        last = self.last

        def probe() -> bool | None:
            wire = get_backup(self.context.client, backup_id)
            if wire is None:
                return True
            # One that was in error before stays so until its deletion begins.
            if last["status"] == "deleting" and last.get("seen") and wire.get("status") in BACKUP_BAD:
                reason = _model.text(wire.get("fail_reason"))
                ended = f"delete backup {backup_id}: it ended in {wire['status']}"
                raise JobFailedError(ended, code=None, reason=reason)
            last.update(status=wire.get("status"), seen=True)
            return None

        self.waiter.until(
            probe,
            what=lambda: f"delete backup {backup_id}: it was {last['status']}",
            results=lambda: {"pending": pending("deletion", [backup_id], self.started)},
            progress=lambda: one(f"backup {backup_id}", last["status"]),
        )
        self.ids.remove(backup_id)
        self.last = {"status": "deleting"}
