# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Restoring a backup over a volume: checks first, sent once, followed to its end (F §4.3, §4.6)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import (
    get_backup,
    restore_backup,
    restore_native_backup,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.volumes import get_volume
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    ApiError,
    BackupError,
    JobFailedError,
    TransportError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import BACKUP_BAD, one, pending, wait_for_job
from ansible_collections.huaweicloud.backup.plugins.module_utils._lost import Creation, create_once
from ansible_collections.huaweicloud.backup.plugins.module_utils._restore_checks import Restore, named
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import (
    Progress,
    SliceOverError,
    Waiter,
    WaitOptions,
)

Result = dict[str, t.Any]

# A restore shows itself in the backup's and the volume's states within this many seconds, or it is over already.
_SHOWS_WITHIN = 5.0
_BAD_VOLUME = ("error", "error_restoring")
_ADVICE = (
    "look at the states of backup and volume first: running the task again goes on waiting as long as the restore runs,"
    " and restores once more when it has ended"
)


def run_restore(client: Client, restore: Restore, options: WaitOptions, clock: Clock) -> Result:
    """Send it once, unless it is running already, and follow it where asked: C(job), C(backup), C(volume).

    :raises UncertainError: the answer was lost, and there is no trace of it.
    :raises JobFailedError: it ended badly.
    """
    known = _result(restore.backup, restore.volume)
    try:
        started: str | None = _model.stamp(clock.now())
        if restore.is_running:
            # The backup changed last when it began.
            started = _model.moment(restore.backup.get("updated_at"))
        job_id, begun = (None, True) if restore.is_running else _send(client, restore, options, clock)
    except BackupError as error:
        error.results = {**known, **error.results}
        raise
    known["changed"] = not restore.is_running
    known["job"] = None if job_id is None else _model.new_job(job_id)
    known["pending"] = pending("job" if job_id else "restore", [job_id or restore.backup_id], started)
    if not options.wait:
        return known
    return _Following(client, restore, Waiter(options, clock), known, seen=begun or job_id is not None).run()


def resume_restore(client: Client, options: WaitOptions, clock: Clock, state: Mapping[str, t.Any]) -> Result:
    """Go on with what an earlier call of the module began."""
    saved = {**state["following"], "restore": Restore(**state["following"]["restore"])}
    return _Following(client, waiter=Waiter(options, clock, state["waiter"]), **saved).run()


def _send(client: Client, restore: Restore, options: WaitOptions, clock: Clock) -> tuple[str | None, bool]:
    """Send it: the job's ID, None in the OpenStack form and after a lost answer; and whether a trace was seen."""
    send = restore_native_backup if restore.native else restore_backup
    creation = Creation(
        send=lambda: send(client, restore.backup_id, restore.volume_id),
        find=lambda: _trace(client, restore),
        is_busy=lambda: (get_backup(client, restore.backup_id) or {}).get("status") == "restoring",
        how_to_look=f"Look at the state and the data of {named('volume', restore.volume)} before you do it again",
        may_repeat=False,
    )
    sent, found = create_once(creation, options=options, clock=clock)
    return None if restore.native else sent, found is not None


def _trace(client: Client, restore: Restore) -> JsonObject | None:
    """The backup's row if the restore was begun since we looked: the volume shows it, or both changed and are done."""
    backup, volume = get_backup(client, restore.backup_id), get_volume(client, restore.volume_id)
    if backup is None or volume is None:
        return None
    if volume.get("status") in ("restoring-backup", "error_restoring"):
        return backup
    # A backup that alone is busy may be on its way to another volume. A quick restore may be over: then only the times
    # of the last changes tell, and not every cloud gives the volume's.
    is_over = backup.get("status") != "restoring"
    changed = [_changed(backup, restore.backup), volume.get("updated_at") is None or _changed(volume, restore.volume)]
    return backup if is_over and all(changed) else None


def _changed(now: JsonObject, before: JsonObject) -> bool:
    return any(now.get(key) != before.get(key) for key in ("status", "updated_at"))


@dataclass
class _Following:
    """A restore that was begun, to the end of the job, where there is one, and until backup and volume are free again.

    :param known: the result so far.
    :param seen: whether anything showed that it was begun.
    :param states: of backup and volume, as last seen; empty texts before that.
    """

    client: Client
    restore: Restore
    waiter: Waiter
    known: Result
    seen: bool
    job_is_done: bool = False
    states: list[str] = field(default_factory=lambda: ["", ""])

    def run(self) -> Result:
        """Follow it.

        :raises SliceOverError: the call's time is over; C(following) is in its state.
        """
        try:
            return self._run()
        except SliceOverError as over:
            over.state["following"] = {
                "restore": asdict(self.restore),
                **{key: getattr(self, key) for key in ("known", "seen", "job_is_done", "states")},
            }
            raise
        except BackupError as error:
            error.results = {**self.known, **error.results}
            raise

    def _run(self) -> Result:
        try:
            if self.known["job"] is not None and not self.job_is_done:
                self._wait_for_job(self.known["job"])
                self.job_is_done = True
                # After a job there is hardly ever anything left to wait for.
                found = self._look()
                if found is not None:
                    return found
            return self.waiter.until(
                self._look, what=self._standing, results=lambda: self.known, progress=self._progress
            )
        except JobFailedError as error:
            error.results.update(_now(self.client, self.restore), pending=None)
            raise
        except (ApiError, TransportError):
            raise
        except BackupError as error:
            # A time-out, or a job that vanished.
            error.advice = _ADVICE
            error.retryable = False
            error.results.update(_now(self.client, self.restore))
            raise

    def _wait_for_job(self, job: Result) -> None:
        wait_for_job(
            self.client,
            str(job["id"]),
            self.waiter,
            what=self.restore.what,
            results=self.known,
            known=job,
            name=self._name,
        )

    def _look(self) -> Result | None:
        restore = self.restore
        backup, volume = get_backup(self.client, restore.backup_id), get_volume(self.client, restore.volume_id)
        if backup is None or volume is None:
            gone = "backup" if backup is None else "volume"
            raise BackupError(f"{restore.what}: the {gone} is gone, so its outcome is uncertain")
        self.states[:] = [str(backup.get("status")), str(volume.get("status"))]
        is_over = _judge(restore, self.states, reason=_model.text(backup.get("fail_reason")))
        self.seen = self.seen or not is_over
        # At first the states may not show it yet.
        if is_over and (self.seen or self.waiter.age >= _SHOWS_WITHIN):
            return _result(backup, volume, self.known["job"])
        return None

    @property
    def _name(self) -> str:
        return str(self.restore.backup.get("name") or self.restore.backup_id)

    def _standing(self) -> str:
        return f"{self.restore.what}: the backup was {self.states[0]} and the volume {self.states[1]}"

    def _progress(self) -> Progress:
        return one(self._name, self.states[0])


def _now(client: Client, restore: Restore) -> Result:
    """Both as they are now; of what cannot be read nothing is said."""
    shown: Result = {}
    with suppress(BackupError):
        shown["backup"] = _model.backup(get_backup(client, restore.backup_id) or restore.backup)
        shown["volume"] = _model.volume(get_volume(client, restore.volume_id) or restore.volume)
    return shown


def _judge(restore: Restore, states: list[str], *, reason: str | None) -> bool:
    """Whether it is over, and well.

    :raises JobFailedError: it ended badly.
    :raises BackupError: the backup's state is none that a restore leads to.
    """
    backup, volume = states
    if backup in BACKUP_BAD or volume in _BAD_VOLUME:
        raise JobFailedError(
            f"{restore.what}: ended with the backup {backup} and the volume {volume}", code=None, reason=reason
        )
    if backup == "restoring" or volume == "restoring-backup":
        return False
    if backup != "available":
        raise BackupError(f"{restore.what}: the backup is {backup}, so the outcome is uncertain")
    return True


def _result(backup: JsonObject, volume: JsonObject, job: Result | None = None) -> Result:
    return {"job": job, "backup": _model.backup(backup), "volume": _model.volume(volume)}
