# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Backups, one function for each call (F §4)."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator, Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import Answer, JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.paging import (
    Pairs,
    created_id,
    object_of,
    pages,
    rows_of,
    text_of,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import ApiError, OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_reference, is_uuid


def list_backups(
    client: Client,
    *,
    name: str | None = None,
    volume_id: str | None = None,
    status: str | None = None,
    sort: tuple[str, str] | None = None,
    kept: bool = True,
) -> Iterator[tuple[list[JsonObject], Answer]]:
    """Pages of detailed backups with their answers (F §4.5); filters are applied here again.

    A plain OpenStack ignores filters that it does not know instead of refusing them.

    :param kept: false where the caller keeps no rows.
    """
    what = "list backups" if volume_id is None else f"list backups of volume {volume_id}"
    wanted = {"name": name, "volume_id": volume_id, "status": status}
    query: Pairs = [(key, value) for key, value in wanted.items() if value is not None]
    if sort is not None:
        query += [("sort_key", sort[0]), ("sort_dir", sort[1])]
    found = pages(
        lambda pairs: client.native(what, "GET", ("backups", "detail"), query=pairs),
        query,
        key="backups",
        what=what,
        kept=kept,
    )
    for rows, answer in found:
        yield [row for row in rows if all(row.get(k) == v for k, v in wanted.items() if v is not None)], answer


def get_backup(client: Client, backup_id: str) -> JsonObject | None:
    """One backup (F §4.5); None where there is none."""
    answer = read_backup(client, backup_id)
    if answer is None:
        return None
    row = object_of(answer, "backup", f"backup {backup_id}")
    text_of(row, "id", f"backup {backup_id}")
    return row


def read_backup(client: Client, backup_id: str) -> Answer | None:
    """One backup's answer, for whoever needs its date too; None where there is none."""
    try:
        return client.native(f"read backup {backup_id}", "GET", ("backups", backup_id))
    except ApiError as error:
        if error.missing_object:
            return None
        raise


def resolve_backup(client: Client, option: str, text: str, *, volume_id: str | None = None) -> JsonObject:
    """The backup of an ID or a name; an ID is tried first where the text has the form of one.

    :param volume_id: only backups of this volume, to tell equal names apart.
    :raises OptionError: unknown, or several backups of this name.
    """
    check_reference(option, text)
    found = get_backup(client, text) if is_uuid(text) else None
    if found is not None:
        return found
    rows = [row for page, _answer in list_backups(client, name=text, volume_id=volume_id) for row in page]
    if len(rows) == 1:
        return rows[0]
    if rows:
        ids = ", ".join(sorted(str(row["id"]) for row in rows))
        raise OptionError(option, f"several backups are called {text!r}: {ids}; give the ID")
    raise OptionError(option, f"there is no backup {text!r} in this project")


def restore_backup(client: Client, backup_id: str, volume_id: str) -> str:
    """Start to overwrite a volume with a backup, in VBS's own form (F §4.3): the job's ID.

    :raises LostAnswerError: it may or may not have been started.
    """
    what = _restoration(backup_id, volume_id)
    body = {"restore": {"volume_id": volume_id}}
    answer = client.vbs(what, "POST", ("cloudbackups", backup_id, "restore"), body=body, creating=True)
    return created_id(answer.body, "job_id", what)


def restore_native_backup(client: Client, backup_id: str, volume_id: str) -> str:
    """Start the same in the OpenStack form (F §4.6), which has no job: the volume's ID.

    :raises LostAnswerError: it may or may not have been started.
    """
    what = _restoration(backup_id, volume_id)
    body = {"restore": {"volume_id": volume_id}}
    client.native(what, "POST", ("backups", backup_id, "restore"), body=body, creating=True)
    return volume_id


def create_backup(client: Client, body: Mapping[str, t.Any]) -> str:
    """Start a backup in VBS's own form (F §4.1): the job's ID.

    :raises LostAnswerError: it may or may not have been started.
    """
    what = _creation(body)
    answer = client.vbs(what, "POST", ("cloudbackups",), body={"backup": dict(body)}, creating=True)
    return created_id(answer.body, "job_id", what)


def create_backup_later(client: Client, body: Mapping[str, t.Any]) -> Callable[[], tuple[str, float | None]]:
    """The same as one request that goes out when it is called, in any thread: the job's ID, and when it was answered.

    It is not repeated, and no token is renewed for it; it raises what create_backup raises.
    """
    what = _creation(body)
    send = client.vbs_later(what, "POST", ("cloudbackups",), body={"backup": dict(body)}, creating=True)

    def create() -> tuple[str, float | None]:
        answer = send()
        return created_id(answer.body, "job_id", what), answer.date

    return create


def create_native_backup(client: Client, body: Mapping[str, t.Any]) -> str:
    """Start a backup in the OpenStack form (F §4.6): the backup's ID.

    :raises LostAnswerError: it may or may not have been started.
    """
    what = _creation(body)
    answer = client.native(what, "POST", ("backups",), body={"backup": dict(body)}, creating=True)
    made = (answer.body or {}).get("backup")
    return created_id(made if isinstance(made, dict) else None, "id", what)


def delete_backup(client: Client, backup_id: str) -> bool:
    """Start a backup's deletion (F §4.4, native form); False where it was gone already."""
    try:
        client.native(f"delete backup {backup_id}", "DELETE", ("backups", backup_id))
    except ApiError as error:
        if error.missing_object:
            return False
        raise
    return True


def list_quotas(client: Client) -> list[JsonObject]:
    """The project's quotas of backups (F §4.7)."""
    what = "read quotas"
    answer = client.vbs(what, "GET", ("cloudbackups", "quota"))
    return rows_of(answer._replace(body=object_of(answer, "quotas", what)), "resources", what)


def _restoration(backup_id: str, volume_id: str) -> str:
    return f"restore backup {backup_id} to volume {volume_id}"


def _creation(body: Mapping[str, t.Any]) -> str:
    return f"create backup {body.get('name')!r} of volume {body['volume_id']}"
