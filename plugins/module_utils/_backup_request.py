# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is asked of the service for one backup, and the rows that it has of a volume."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import list_backups
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client

Rows = list[JsonObject]


@dataclass(frozen=True)
class BackupRequest:
    """What is asked for. ``snapshot_id`` is sent only where one was named; ``native`` is the OpenStack form."""

    volume_id: str
    name: str | None
    snapshot_id: str | None = None
    description: str | None = None
    tags: t.Mapping[str, t.Any] | None = None
    full: bool = False
    force: bool | None = None
    native: bool = False

    @property
    def what(self) -> str:
        """For messages."""
        return f"create backup {self.name!r} of volume {self.volume_id}"

    def body(self) -> JsonObject:
        """The wire's C(backup) with only what was set: a plain OpenStack refuses nulls and unknown fields."""
        body: JsonObject = {"volume_id": self.volume_id}
        for key in ("name", "snapshot_id", "description"):
            value = getattr(self, key)
            if value is not None:
                body[key] = value
        if self.native and self.force is not None:
            body["force"] = self.force
        if not self.native and self.tags:
            body["tags"] = _model.tag_pairs(self.tags)
        if not self.native and self.full:
            body["extend_param"] = {"FullBackup": "true"}
        return body

    def matches(self, row: JsonObject) -> bool:
        """Whether a row may be what this request made. The service may name a snapshot of its own."""
        same_snapshot = self.snapshot_id is None or row.get("snapshot_id") == self.snapshot_id
        return (row.get("name") or None) == self.name and row.get("volume_id") == self.volume_id and same_snapshot


def volume_backups(client: Client, volume_id: str) -> tuple[Rows, float | None]:
    """All backups of a volume, newest first, and the moment that the service gives with them."""
    rows: Rows = []
    date: float | None = None
    for page, answer in list_backups(client, volume_id=volume_id):
        rows.extend(page)
        date = answer.date if date is None else date
    return sorted(rows, key=lambda row: str(row.get("created_at") or ""), reverse=True), date
