# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field

from .models import (
    Backup,
    Checkpoint,
    CsbsPolicy,
    Item,
    Job,
    Policy,
    Server,
    Share,
    Snapshot,
    Task,
    Volume,
)
from .table import Table


def new_id() -> str:
    """A fresh UUID."""
    return str(uuid.uuid4())


@dataclass
class Project:
    """Everything one project owns; projects never see each other's rows, save for shares."""

    id: str
    name: str
    domain_id: str
    volumes: Table[Volume] = field(default_factory=lambda: Table(name=lambda row: row.name))
    snapshots: Table[Snapshot] = field(
        default_factory=lambda: Table(name=lambda row: row.name, volume_id=lambda row: row.volume_id)
    )
    backups: Table[Backup] = field(
        default_factory=lambda: Table(name=lambda row: row.name, volume_id=lambda row: row.volume_id)
    )
    jobs: Table[Job] = field(default_factory=Table)
    policies: Table[Policy] = field(default_factory=Table)
    tasks: Table[Task] = field(default_factory=lambda: Table(policy_id=lambda row: row.policy_id))
    servers: Table[Server] = field(default_factory=Table)
    csbs_policies: Table[CsbsPolicy] = field(default_factory=lambda: Table(name=lambda row: row.name))
    checkpoints: Table[Checkpoint] = field(default_factory=Table)
    items: Table[Item] = field(default_factory=lambda: Table(checkpoint_id=lambda row: row.checkpoint_id))
    # Volumes with a backup or a restore under way: volume id -> "backup" or "restore".
    busy: dict[str, str] = field(default_factory=dict)
    # Which policy holds a volume: a volume belongs to at most one (F §6.5).
    held: dict[str, str] = field(default_factory=dict)

    def bind(self, volume_id: str, policy: Policy) -> None:
        """Put a volume under a policy, out of any other; where it is there already it keeps its place."""
        if self.held.get(volume_id) != policy.id:
            self.unbind(volume_id)
        self.held[volume_id] = policy.id
        policy.members[volume_id] = None

    def unbind(self, volume_id: str) -> None:
        """Take a volume out of whatever policy holds it."""
        holder = self.policies.get(self.held.pop(volume_id, ""))
        if holder is not None:
            holder.members.pop(volume_id, None)


@dataclass
class Store:
    """All projects and what lies between them."""

    projects: dict[str, Project] = field(default_factory=dict)
    shares: Table[Share] = field(default_factory=lambda: Table(backup_id=lambda row: row.backup_id))

    def find_backup(self, backup_id: str) -> tuple[Project, Backup] | None:
        """A backup whoever owns it: shares reach across projects."""
        for project in self.projects.values():
            backup = project.backups.get(backup_id)
            if backup is not None:
                return project, backup
        return None

    def drop_shares(self, backup_id: str) -> None:
        """Shares vanish with their backup (F §12)."""
        for share in self.shares.where("backup_id", backup_id):
            self.shares.remove(share.id)


def four_characters() -> str:
    """What follows autobk_ in the name of an automatic backup (F §6.7)."""
    return f"{random.randrange(0x10000):04x}"
