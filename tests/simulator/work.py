# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from .jobs import APPEARS, Failure, Step
from .models import Backup, Job, Volume
from .state import Project, new_id
from .wire import Call

VT = {"SSD": "SSD", "SAS": "SAS", "SATA": "SATA"}


def metadata_of(volume: Volume, *, incremental: bool, progress: str) -> dict[str, Any]:
    """The keys of `service_metadata` (F §4.5); progress is a text in the sample."""
    return {
        "bootable": volume.bootable == "true",
        "Type": 1 if incremental else 0,
        "ST": 0,
        "progress": progress,
        "VT": VT.get(volume.volume_type, "SAS"),
        "SS": 0,
        "CS": volume.size * 1024,
        "AT": 35.5,
        "DL": 0,
    }


def new_backup(call: Call, volume: Volume, name: str | None, *, full: bool = False) -> Backup:
    """A row that is not in the table yet; the first backup of a volume is full, later ones incremental (F §4.5)."""
    incremental = not full and bool(call.project.backups.where("volume_id", volume.id))
    return Backup(
        id=new_id(),
        name=name,
        volume_id=volume.id,
        size=volume.size,
        created_at=call.now,
        status="creating",
        availability_zone=volume.availability_zone,
        is_incremental=incremental,
        service_metadata=metadata_of(volume, incremental=incremental, progress="0"),
    )


def appear(project: Project, backup: Backup, at: float) -> None:
    """The row becomes visible as `creating`."""
    backup.created_at = backup.data_timestamp = backup.updated_at = at
    project.backups.add(backup)


def settle(backup: Backup, at: float, failure: Failure | None) -> None:
    """The row's end: `available`, or `error` with a reason."""
    backup.updated_at = at
    backup.status = "error" if failure else "available"
    backup.fail_reason = failure.reason if failure else None
    if not failure:
        backup.service_metadata["progress"] = "100"


class Occupied:
    """A volume's time under a backup or restore: what it shows meanwhile and what it shows after."""

    def __init__(self, call: Call, volume: Volume, what: str) -> None:
        self._project = call.project
        self._clock = call.sim.clock
        self._volume = volume
        self._before = volume.status
        self._shown = ""
        self._project.busy[volume.id] = what

    def show(self, status: str) -> None:
        """Change the status that the volume shows."""
        self._volume.status, self._volume.updated_at = status, self._clock.now()
        self._shown = status

    def release(self, status: str | None = None) -> None:
        """Free the volume; a status that somebody else gave it meanwhile stays."""
        self._project.busy.pop(self._volume.id, None)
        if self._shown and self._volume.status == self._shown:
            self.show(status or self._before)


def create(
    call: Call, volume: Volume, backup: Backup, job: Job | None, failure: Failure | None, *, shows: bool = True
) -> Step:
    """Begin a backup; the step returned ends it (F §9). Without a job (native form) the row is there at once.

    `shows` is whether the volume shows `backing-up` meanwhile, which a setting may keep it from.
    """
    project, timeline = call.project, call.sim.timeline
    occupied = Occupied(call, volume, "backup")
    backing_up = shows and call.settings.volume_backing_up

    def begin(at: float) -> None:
        if backing_up:
            occupied.show("backing-up")
        if failure is None or failure.row != "none":
            appear(project, backup, at)
            backup.service_metadata["progress"] = "35"
        if job is not None and failure is None:
            job.entities["backup_id"] = backup.id

    def finish(at: float) -> None:
        occupied.release()
        settle(backup, at, failure)
        if job is not None:
            job.entities.update(_final_entities(backup, failure))

    if job is None:
        begin(call.now)
    else:
        timeline.after(call.settings.job_seconds * APPEARS, begin)
    return finish


def _final_entities(backup: Backup, failure: Failure | None) -> dict[str, str]:
    """What a finished job knows; a failed one has an empty backup id (F §4.2)."""
    if failure:
        return {"backup_id": ""}
    return {
        "backup_id": backup.id,
        "snapshot_id": backup.snapshot_id or new_id(),
        "bks_create_volume_name": "autobk_volume",
    }


def restore(call: Call, volume: Volume, backup: Backup, failure: Failure | None) -> Step:
    """Begin a restore; the step returned ends it. Afterwards the disk shows the backup's size (F §4.3)."""
    occupied = Occupied(call, volume, "restore")
    occupied.show("restoring-backup")
    backup.status = "restoring"
    backup.updated_at = call.now

    def finish(at: float) -> None:
        occupied.release("error_restoring" if failure else None)
        backup.updated_at = at
        backup.status = "error_restoring" if failure else "available"
        backup.fail_reason = failure.reason if failure else None
        if not failure:
            volume.size = backup.size

    return finish


def delete(call: Call, backup: Backup) -> Step:
    """Begin a deletion; the step returned takes the row out, and its shares with it (F §12)."""
    project, store = call.project, call.sim.store
    backup.status = "deleting"
    backup.updated_at = call.now

    def finish(_at: float) -> None:
        if project.backups.get(backup.id) is backup:
            project.backups.remove(backup.id)
        store.drop_shares(backup.id)

    return finish
