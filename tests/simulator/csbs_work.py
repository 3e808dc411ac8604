# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from . import work
from .jobs import STARTS, Failure
from .models import Backup, Checkpoint, Item, Server, Volume
from .state import Project, four_characters, new_id
from .wire import Call

DELETING = ("waiting_delete", "deleting")
BUSY = ("waiting_protect", "protecting", "waiting_restore", "restoring", *DELETING)
MANUAL_SERVER_BACKUP = 1


def disks(project: Project, server: Server) -> list[Volume]:
    """The server's disks, as far as they exist."""
    return [volume for volume in map(project.volumes.get, server.volume_ids) if volume is not None]


def new_item(call: Call, checkpoint: Checkpoint, server: Server) -> Item:
    """The item of one server, still waiting (F §7.5)."""
    project = call.project
    size = sum(volume.size for volume in disks(project, server))
    return Item(
        id=new_id(),
        checkpoint_id=checkpoint.id,
        policy_id=checkpoint.policy_id,
        name=f"manualbk_{four_characters()}",
        resource_id=server.id,
        created_at=call.now,
        status="waiting_protect",
        backup_data=backup_data(),
        extend_info=extend_info(server.name, size * 1024),
    )


def info(item: Item) -> dict[str, Any]:
    """What is known of an item; nothing where the control API put something else than an object there."""
    return item.extend_info if isinstance(item.extend_info, dict) else {}


def backup_data() -> dict[str, Any]:
    """What a server was like; unknown texts come as empty ones (F §7.5)."""
    return {
        "__openstack_region_name": "az-1",
        "cloudservicetype": "server",
        "disk": 0,
        "imagetype": "gold",
        "ram": 4096,
        "vcpus": 2,
        "eip": "",
        "private_ip": "",
    }


def extend_info(server_name: str, size: int) -> dict[str, Any]:
    """How the backup of a server goes; size in MB (F §7.5)."""
    return {
        "auto_trigger": False,
        "average_speed": 0,
        "copy_from": "",
        "copy_status": "na",
        "fail_code": {},
        "fail_op": "",
        "fail_reason": "",
        "image_type": "backup",
        "incremental": False,
        "progress": 0,
        "resource_az": "az-1",
        "resource_name": server_name,
        "resource_type": "OS::Nova::Server",
        "size": size,
        "space_saving_ratio": 0,
        "volume_backups": [],
        "finished_at": "",
        "supported_restore_mode": "backup",
        "os_images_data": [],
        "support_lld": False,
        "taskid": "",
        "hypervisor_type": "QEMU",
    }


def _disk_entry(backup: Backup, volume: Volume) -> dict[str, Any]:
    """An entry of `volume_backups`: size in MB, the disk's own in GB (F §7.5, §10)."""
    return {
        "id": backup.id,
        "name": backup.name,
        "status": backup.status,
        "bootable": volume.bootable == "true",
        "average_speed": 0,
        "image_type": "backup",
        "incremental": backup.is_incremental,
        "size": volume.size * 1024,
        "source_volume_id": volume.id,
        "source_volume_name": volume.name,
        "source_volume_size": volume.size,
        "space_saving_ratio": 0,
        "snapshot_id": new_id(),
    }


def protect(call: Call, checkpoint: Checkpoint, item: Item, server: Server, failure: Failure | None) -> None:
    """Back one server up: its disks' backups show in the VBS list too (F §4.4)."""
    project, timeline, settings = call.project, call.sim.timeline, call.settings
    rows: list[tuple[Backup, Volume]] = []

    def appear(at: float) -> None:
        item.created_at = item.updated_at = at
        project.items.add(item)

    def begin(at: float) -> None:
        item.status, item.updated_at = "protecting", at
        item.extend_info["progress"] = 40
        for volume in disks(project, server):
            backup = work.new_backup(call, volume, f"{item.name}_{volume.name}"[:64])
            backup.service_metadata |= {"ST": MANUAL_SERVER_BACKUP, "VMID": server.id}
            work.appear(project, backup, at)
            rows.append((backup, volume))

    def finish(at: float) -> None:
        for backup, _volume in rows:
            work.settle(backup, at, failure)
        _end(item, at, failure)
        item.extend_info["volume_backups"] = [_disk_entry(backup, volume) for backup, volume in rows]
        _settle(project, checkpoint)

    delay = settings.task_delay_seconds
    timeline.after(delay, appear)
    timeline.after(delay + settings.job_seconds * STARTS, begin)
    timeline.after(delay + settings.job_seconds, finish)


def _end(item: Item, at: float, failure: Failure | None) -> None:
    item.updated_at = at
    item.status = "error" if failure else "available"
    if failure:
        item.extend_info["fail_code"] = {"Code": failure.code, "Description": failure.reason}
        item.extend_info |= {"fail_op": "backup", "fail_reason": failure.reason}
    else:
        item.extend_info["progress"] = 100


def _settle(project: Project, checkpoint: Checkpoint) -> None:
    """The record's status follows from its items."""
    statuses = {item.status for item in project.items.where("checkpoint_id", checkpoint.id)}
    if not statuses & set(BUSY):
        checkpoint.status = "error" if "error" in statuses else "available"


def delete(call: Call, checkpoint: Checkpoint, items: list[Item]) -> None:
    """Delete items with their disks' backups, and the record with its last item (F §7.6)."""
    project = call.project
    for item in items:
        item.status = "deleting"
    checkpoint.status = "deleting"

    def finish(_at: float) -> None:
        for item in items:
            for entry in info(item).get("volume_backups", []):
                project.backups.remove(entry["id"])
                call.sim.store.drop_shares(entry["id"])
            project.items.remove(item.id)
        if project.items.where("checkpoint_id", checkpoint.id):
            _settle(project, checkpoint)
        else:
            project.checkpoints.remove(checkpoint.id)

    call.sim.timeline.after(call.settings.delete_seconds, finish)
