# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from .clock import micros
from .models import CsbsPolicy, Policy, Server, Snapshot, Volume
from .settings import Settings
from .state import Project, Store

REGION = "region-1"
DOMAIN_ID = "d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d1"
DOMAIN_NAME = "acct1"
PROJECT_ID = "0123456789abcdef0123456789abcdef"
OTHER_PROJECT_ID = "fedcba9876543210fedcba9876543210"
USER_NAME = "operator"
OUTSIDER_NAME = "outsider"
PASSWORD = "sim-Operator-1"
OUTSIDER_PASSWORD = "sim-Outsider-1"
ACCESS_KEY = "SIMPERMANENTACCESS01"
SECRET_KEY = "simPermanentSecretKey0123456789abcdefghij"
TEMPORARY_ACCESS_KEY = "SIMTEMPORARYACCESS01"
TEMPORARY_SECRET_KEY = "simTemporarySecretKey0123456789abcdefghij"
SECURITY_TOKEN = "simSecurityTokenOfTheTemporaryKey"

# The one provider of CSBS (F §1), and how many servers its seeded policy holds.
PROVIDER = "fc4d5750-22e7-4798-8a46-f48f62c4c1da"
SERVERS_IN_POLICY = 3
PATTERN = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=DAILY;BYHOUR=2;BYMINUTE=0\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


@dataclass(frozen=True)
class Key:
    """An access key; a temporary one comes with a security token (F §2.3)."""

    secret: str
    user_name: str
    security_token: str | None = None


@dataclass(frozen=True)
class User:
    """An IAM user and the projects in which it has a role."""

    id: str
    name: str
    password: str
    project_ids: Sequence[str]


USERS = {
    USER_NAME: User("a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a1", USER_NAME, PASSWORD, (PROJECT_ID, OTHER_PROJECT_ID)),
    OUTSIDER_NAME: User("a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a2", OUTSIDER_NAME, OUTSIDER_PASSWORD, ()),
}

KEYS = {
    ACCESS_KEY: Key(SECRET_KEY, USER_NAME),
    TEMPORARY_ACCESS_KEY: Key(TEMPORARY_SECRET_KEY, USER_NAME, SECURITY_TOKEN),
}


def fixed_id(kind: str, project_id: str, name: str) -> str:
    """The same UUID in every run, so that a playbook may name it."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}/{project_id}/{name}"))


def _volume(project_id: str, number: int, now: float) -> Volume:
    name = f"data-{number:02d}"
    return Volume(
        id=fixed_id("volume", project_id, name),
        name=name,
        size=10 * ((number - 1) % 100 + 1),
        created_at=now - 86400.0 + number / 1000,
        status="available" if number % 2 else "in-use",
        bootable="true" if number == 2 else "false",
    )


def _attach(project: Project, volume: Volume) -> None:
    """Give an in-use volume the server that uses it."""
    name = volume.name.replace("data", "web")
    server = Server(id=fixed_id("server", project.id, name), name=name, volume_ids=[volume.id])
    server.created_at = volume.created_at
    volume.attachments = [
        {"server_id": server.id, "volume_id": volume.id, "device": "/dev/vdb", "attachment_id": volume.id}
    ]
    project.servers.add(server)


def _project(project_id: str, name: str, volumes: int, now: float) -> Project:
    project = Project(id=project_id, name=name, domain_id=DOMAIN_ID)
    for number in range(1, volumes + 1):
        volume = project.volumes.add(_volume(project_id, number, now))
        if volume.status == "in-use":
            _attach(project, volume)
        if number == 1:
            snapshot_id = fixed_id("snapshot", project_id, "snap-01")
            project.snapshots.add(Snapshot(snapshot_id, "snap-01", volume.id, now - 3600.0, size=volume.size))
    servers = list(islice(project.servers, SERVERS_IN_POLICY))
    policy_id = fixed_id("csbs_policy", project_id, "servers")
    project.csbs_policies.add(csbs_policy(policy_id, "servers", servers, now - 86400.0))
    return project


def csbs_policy(policy_id: str, name: str, servers: Sequence[Server], now: float) -> CsbsPolicy:
    """A server backup policy in the shape in which the service answers it (F §7.8, §14.6)."""
    resources = [{"id": row.id, "type": row.resource_type, "name": row.name, "extra_info": {}} for row in servers]
    trigger_id = fixed_id("trigger", policy_id, name)
    properties = {"pattern": PATTERN, "start_time": micros(now).replace("T", " ")[:19], "format": "ical"}
    operation = {
        "id": fixed_id("operation", policy_id, name),
        "name": "daily",
        "enabled": True,
        "operation_type": "backup",
        # In answers these are texts, in Python's spelling (F §7.8).
        "operation_definition": {
            "max_backups": "7",
            "retention_duration_days": "-1",
            "permanent": "False",
            "plan_id": policy_id,
            "provider_id": PROVIDER,
        },
        "trigger_id": trigger_id,
        "trigger": {"id": trigger_id, "name": "default", "type": "time", "properties": properties},
    }
    return CsbsPolicy(policy_id, name, now, resources=resources, scheduled_operations=[operation])


def place_default_policy(store: Store, settings: Settings, now: float) -> None:
    """Have, or not have, the built-in policy that tenants may not manage (F §6.2), as the setting says."""
    for project in store.projects.values():
        policy_id = fixed_id("policy", project.id, "default")
        if not settings.default_policy:
            project.policies.remove(policy_id)
        elif policy_id not in project.policies:
            schedule = {"start_time": "12:00", "frequency": 1, "rentention_num": 10}
            schedule |= {"remain_first_backup_of_curMonth": "N", "status": "ON"}
            project.policies.add(Policy(policy_id, "defaultPolicy", schedule, now - 172800.0))


def seeded(settings: Settings, volumes: int, now: float) -> Store:
    """Both projects with their volumes, as README.md lists them."""
    store = Store()
    for project_id, name in ((PROJECT_ID, REGION), (OTHER_PROJECT_ID, f"{REGION}_other")):
        store.projects[project_id] = _project(project_id, name, volumes, now)
    place_default_policy(store, settings, now)
    return store
