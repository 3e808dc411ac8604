# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Restoring a backup over a volume: checks first, sent once, followed to its end (F §4.3, §4.6)."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass

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
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, JobFailedError
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import BACKUP_BAD, pending, wait_for_job
from ansible_collections.huaweicloud.backup.plugins.module_utils._lost import Creation, create_once
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import Waiter, WaitOptions

Result = dict[str, t.Any]

# A restore shows itself in the backup's and the volume's states within this many seconds, or it is over already.
_SHOWS_WITHIN = 5.0
_BAD_VOLUME = ("error", "error_restoring")


@dataclass(frozen=True)
class Restore:
    """One restore. ``is_running`` is true where it was found running, so that there is nothing to send."""

    backup: JsonObject
    volume: JsonObject
    native: bool = False
    is_running: bool = False

    @property
    def what(self) -> str:
        """For messages."""
        return f"restore backup {self.backup['id']} to volume {self.volume['id']} ({self.volume.get('name')})"


def check_restore(restore: Restore, project_id: str) -> None:
    """Refuse what the service would refuse, before anything is overwritten (F §4.3).

    :raises BackupError: the backup is not available or another project's; the volume is attached, busy or too small.
    """
    backup, volume = _model.backup(restore.backup), _model.volume(restore.volume)
    owner = _model.owner(restore.backup)
    if owner is not None and owner != project_id:
        raise BackupError(
            f"{restore.what}: the backup is shared by project {owner}, and a shared backup can only make a new volume",
            advice="make a new volume from it, or restore it in its own project",
        )
    if restore.is_running:
        return
    if backup["status"] != "available":
        raise BackupError(
            f"{restore.what}: the backup is {backup['status']}, not available",
            advice="use another backup, or wait until this one is available",
            retryable=backup["status"] in ("creating", "restoring"),
        )
    if volume["status"] == "in-use":
        raise BackupError(
            f"{restore.what}: the volume is attached to a server",
            advice="stop the server and detach the volume, then run the task again",
            retryable=True,
        )
    if volume["status"] != "available":
        raise BackupError(
            f"{restore.what}: the volume is {volume['status']}, not available",
            advice="wait until the volume is available, then run the task again",
            retryable=True,
        )
    if backup["size"] is not None and volume["size"] is not None and volume["size"] < backup["size"]:
        raise BackupError(
            f"{restore.what}: the volume has {volume['size']} GB, and the backup needs {backup['size']} GB",
            advice="enlarge the volume or choose another",
        )


def run_restore(client: Client, restore: Restore, options: WaitOptions, clock: Clock) -> Result:
    """Send it once, unless it is running already, and follow it where asked: C(job), C(backup), C(volume).

    :raises UncertainError: the answer was lost, and there is no trace of it.
    :raises JobFailedError: it ended badly.
    """
    sent: str | None = None
    if not restore.is_running:
        send = restore_native_backup if restore.native else restore_backup
        backup_id, volume_id = str(restore.backup["id"]), str(restore.volume["id"])
        creation = Creation(
            send=lambda: send(client, backup_id, volume_id),
            find=lambda: _trace(client, restore),
            how_to_look=f"Look at the state of volume {volume_id} before you do it again",
            may_repeat=False,
        )
        sent, _found = create_once(creation, options=options, clock=clock)
    job_id = None if restore.native else sent
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(clock.now()))
    waiting = pending("job", [job_id], started) if job_id else pending("restore", [str(restore.backup["id"])], started)
    result = _result(restore.backup, restore.volume, None if job_id is None else _model.new_job(job_id))
    if not options.wait:
        return {**result, "pending": waiting}
    return _follow(client, restore, job_id, Waiter(options, clock), {**result, "pending": waiting})


def _trace(client: Client, restore: Restore) -> JsonObject | None:
    """The backup's row if it or the volume shows that the restore was begun since we looked."""
    backup = get_backup(client, str(restore.backup["id"]))
    volume = get_volume(client, str(restore.volume["id"]))
    if backup is None or volume is None:
        return None
    begun = backup.get("status") in ("restoring", "error_restoring") or volume.get("status") in (
        "restoring-backup",
        "error_restoring",
    )
    # A quick one may be over: then only the time of the backup's last change tells.
    changed = backup.get("updated_at") != restore.backup.get("updated_at")
    return backup if begun or changed else None


def _follow(client: Client, restore: Restore, job_id: str | None, waiter: Waiter, results: Result) -> Result:
    job: Result | None = None
    if job_id is not None:
        job = wait_for_job(client, job_id, waiter, what=restore.what, results=results)
        backup = get_backup(client, str(restore.backup["id"])) or restore.backup
        volume = get_volume(client, str(restore.volume["id"])) or restore.volume
        return _result(backup, volume, job)
    last: dict[str, JsonObject] = {"backup": restore.backup, "volume": restore.volume}
    seen = [restore.is_running]

    def probe() -> Result | None:
        backup = get_backup(client, str(restore.backup["id"]))
        volume = get_volume(client, str(restore.volume["id"]))
        if backup is None or volume is None:
            gone = "backup" if backup is None else "volume"
            raise BackupError(f"{restore.what}: the {gone} is gone", results=results)
        last.update(backup=backup, volume=volume)
        return _judge(restore, backup, volume, seen, waiter)

    return waiter.until(
        probe,
        what=lambda: (
            f"{restore.what}: backup was {last['backup'].get('status')}, volume was {last['volume'].get('status')}"
        ),
        results=lambda: {**_result(last["backup"], last["volume"], job), "pending": results["pending"]},
    )


def _judge(restore: Restore, backup: JsonObject, volume: JsonObject, seen: list[bool], waiter: Waiter) -> Result | None:
    states = (backup.get("status"), volume.get("status"))
    result = _result(backup, volume, None)
    if states[0] in BACKUP_BAD or states[1] in _BAD_VOLUME:
        reason = _model.text(backup.get("fail_reason"))
        what = f"{restore.what}: ended with the backup {states[0]} and the volume {states[1]}"
        raise JobFailedError(what, code=None, reason=reason, results=result)
    if states[0] == "restoring" or states[1] == "restoring-backup":
        seen[0] = True
        return None
    over = states == ("available", "available") and (seen[0] or waiter.age >= _SHOWS_WITHIN)
    return result if over else None


def _result(backup: JsonObject, volume: JsonObject, job: Result | None) -> Result:
    return {"job": job, "backup": _model.backup(backup), "volume": _model.volume(volume)}
