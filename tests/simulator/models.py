# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# In these a volume may be backed up (F §4.1).
VOLUME_STATES = ("available", "in-use")


@dataclass
class Volume:
    """A disk (F §8); size in GB."""

    id: str
    name: str
    size: int
    created_at: float
    updated_at: float | None = None
    status: str = "available"
    availability_zone: str = "az-1"
    volume_type: str = "SSD"
    bootable: str = "false"
    multiattach: bool = False
    host: str = "pod01.az-1#SSD"
    attachments: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    disaster_recovery: bool = False


@dataclass
class Snapshot:
    """A snapshot of a disk (F §8); size in GB."""

    id: str
    name: str
    volume_id: str
    created_at: float
    status: str = "available"
    size: int = 10


@dataclass
class Backup:
    """A backup of one disk (F §4.5); size in GB."""

    id: str
    name: str | None
    volume_id: str
    size: int
    created_at: float
    updated_at: float | None = None
    data_timestamp: float | None = None
    status: str = "available"
    description: str | None = None
    snapshot_id: str | None = None
    availability_zone: str | None = "az-1"
    container: str | None = None
    object_count: int | None = None
    fail_reason: str | None = None
    is_incremental: bool = False
    has_dependent_backups: bool = False
    service_metadata: dict[str, Any] = field(default_factory=dict)
    image: bool = False
    tags: list[dict[str, str]] = field(default_factory=list)
    policy_id: str | None = None
    parent_id: str | None = None


@dataclass
class Job:
    """What an asynchronous VBS call started (F §4.2)."""

    id: str
    job_type: str
    created_at: float
    status: str = "INIT"
    entities: dict[str, str] = field(default_factory=dict)
    end_time: float | None = None
    error_code: str | None = None
    fail_reason: str | None = None


@dataclass
class Share:
    """A backup shown to another project (F §5)."""

    id: str
    backup_id: str
    from_project_id: str
    to_project_id: str
    created_at: float
    updated_at: float | None = None


@dataclass
class Policy:
    """A schedule and the volumes that follow it, in the order they were bound (F §6)."""

    id: str
    name: str
    scheduled_policy: dict[str, Any]
    created_at: float
    time_zone: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    members: dict[str, None] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)


@dataclass
class Task:
    """One volume's part of one run of a policy (F §6.8)."""

    id: str
    policy_id: str
    resource_id: str
    backup_name: str
    created_at: float
    status: str = "WAITING"
    finished_at: float | None = None
    vbs_job_id: str | None = None
    code: str | None = None
    message: str | None = None


@dataclass
class Server:
    """A cloud server with its disks (F §7)."""

    id: str
    name: str
    status: str = "ACTIVE"
    volume_ids: list[str] = field(default_factory=list)
    created_at: float = 0.0
    resource_type: str = "OS::Nova::Server"
    protectable_code: str = ""


@dataclass
class CsbsPolicy:
    """A server backup policy (F §7.8), operations and resources as on the wire."""

    id: str
    name: str
    created_at: float
    description: str = ""
    status: str = "suspended"
    parameters: dict[str, Any] = field(default_factory=lambda: {"common": {}})
    resources: list[dict[str, Any]] = field(default_factory=list)
    scheduled_operations: list[dict[str, Any]] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Checkpoint:
    """One run of a server backup policy (F §7.1)."""

    id: str
    policy_id: str
    created_at: float
    status: str = "protecting"


@dataclass
class Item:
    """The backup of one server within a checkpoint (F §7.5)."""

    id: str
    checkpoint_id: str
    policy_id: str
    name: str
    resource_id: str
    created_at: float
    status: str = "protecting"
    updated_at: float | None = None
    description: str = ""
    resource_type: str = "OS::Nova::Server"
    tags: list[dict[str, str]] = field(default_factory=list)
    backup_data: dict[str, Any] = field(default_factory=dict)
    # A dictionary by its own; the control API may put anything in its place.
    extend_info: Any = field(default_factory=dict)
    image: bool = False
