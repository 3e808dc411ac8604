# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is restored to what, and all that is checked before anything is sent (F §4.3, §4.6)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import list_backups, resolve_backup
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.shares import list_shares
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.volumes import get_volume, resolve_volume
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import is_uuid

# States that a volume leaves by itself (F §8).
_PASSING = (
    *("creating", "attaching", "detaching", "restoring-backup", "backing-up"),
    *("uploading", "downloading", "extending", "rollbacking"),
)


@dataclass(frozen=True)
class Restore:
    """One restore. ``is_running`` is true where it was found running, so that there is nothing to send."""

    backup: JsonObject
    volume: JsonObject
    native: bool = False
    is_running: bool = False

    @property
    def backup_id(self) -> str:
        """The backup's ID."""
        return str(self.backup["id"])

    @property
    def volume_id(self) -> str:
        """The ID of the volume that is overwritten."""
        return str(self.volume["id"])

    @property
    def what(self) -> str:
        """For messages."""
        return f"restore {named('backup', self.backup)} to {named('volume', self.volume)}"


def find_backup(client: Client, text: str) -> JsonObject:
    """The backup of an ID or a name, if it is the project's own (F §4.3).

    :raises OptionError: it is unknown or ambiguous.
    :raises BackupError: it is another project's.
    """
    try:
        backup = resolve_backup(client, "backup", text)
    except OptionError:
        # What is shared with this project cannot be read as a backup everywhere.
        if is_uuid(text) and (giver := _shared_by(client, text)):
            raise _foreign(f"backup {text}", giver) from None
        raise
    owner = _model.owner(backup)
    if owner is not None and owner != client.project_id:
        raise _foreign(named("backup", backup), owner)
    return backup


def _shared_by(client: Client, backup_id: str) -> str | None:
    # Only to say more of a failure that is certain, so no other takes its place.
    with suppress(BackupError):
        for share in list_shares(client, {"share_to_me": True, "backup_id": backup_id}):
            return _model.text(share.get("from_project_id"))
    return None


def _foreign(what: str, owner: str) -> BackupError:
    return BackupError(
        f"restore {what}: it is shared by project {owner}, and a shared backup can only make a new volume",
        advice="make a new volume from it, or restore it in its own project",
    )


def find_target(client: Client, text: str | None, backup: JsonObject) -> JsonObject:
    """The volume to overwrite: the one named, else the one that the backup was made of.

    :raises OptionError: it is unknown, ambiguous or gone.
    """
    if text is not None:
        return resolve_volume(client, "volume", text)
    own = _model.text(backup.get("volume_id"))
    volume = None if own is None else get_volume(client, own)
    if volume is None:
        gone = "is not known" if own is None else f"({own}) is gone"
        raise OptionError("volume", f"is needed, because the volume that {named('backup', backup)} was made of {gone}")
    return volume


def find_running(client: Client, restore: Restore) -> bool:
    """Whether this backup is being restored to this volume already.

    The service says what is being restored and what is being overwritten, but not which goes to which. Where no other
    backup is being restored there is no doubt.

    :raises BackupError: there is one.
    """
    if (restore.backup.get("status"), restore.volume.get("status")) != ("restoring", "restoring-backup"):
        return False
    rows = [row for page, _answer in list_backups(client, status="restoring") for row in page]
    others = sorted(str(row["id"]) for row in rows if row["id"] != restore.backup_id)
    if others:
        raise BackupError(
            f"{restore.what}: both are busy with a restore, but other backups are being restored too"
            f" ({', '.join(others)}), and the service does not say to which volumes",
            advice="wait until these restores have ended, then run the task again",
            retryable=True,
        )
    return True


def check_restore(restore: Restore) -> None:
    """Refuse what the service would refuse, before anything is overwritten (F §4.3).

    :raises BackupError: the backup is not available; the volume is attached, busy or too small.
    """
    backup, volume = _model.backup(restore.backup), _model.volume(restore.volume)
    if backup["status"] != "available":
        raise BackupError(
            f"{restore.what}: the backup is {backup['status']}, not available",
            advice="use another backup, or wait until this one is available",
            retryable=backup["status"] in ("creating", "restoring"),
        )
    if volume["status"] == "in-use":
        raise BackupError(
            f"{restore.what}: the volume is attached to {_servers(restore.volume)}",
            advice="stop the server and detach the volume, then run the task again",
            retryable=True,
        )
    if volume["status"] != "available":
        passing = volume["status"] in _PASSING
        raise BackupError(
            f"{restore.what}: the volume is {volume['status']}, not available",
            advice="wait until the volume is available, then run the task again"
            if passing
            else "restore to another volume, or have this one mended",
            retryable=passing,
        )
    if backup["size"] is not None and volume["size"] is not None and volume["size"] < backup["size"]:
        raise BackupError(
            f"{restore.what}: the volume has {volume['size']} GB, and the backup needs {backup['size']} GB",
            advice="enlarge the volume or choose another",
        )


def named(kind: str, row: Mapping[str, object]) -> str:
    """A backup or volume for messages: its ID, and its name where it has one."""
    name = _model.text(row.get("name"))
    return f"{kind} {row['id']}" + (f" ({name})" if name else "")


def _servers(volume: JsonObject) -> str:
    attachments = volume.get("attachments")
    entries = [entry for entry in attachments if isinstance(entry, Mapping)] if isinstance(attachments, list) else []
    servers = sorted({entry["server_id"] for entry in entries if _model.text(entry.get("server_id"))})
    return f"server {', '.join(servers)}" if servers else "a server"
