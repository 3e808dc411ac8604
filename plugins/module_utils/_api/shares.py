# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Backups shared with other projects (F §5), one function for each call."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping, Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import Answer, JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.paging import Pairs, pages, rows_of, text_of
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import AnswerError, ApiError, LostAnswerError

# Query parameters by name, as F §5.3 has them; None is not sent.
Filters = Mapping[str, t.Any]

_PATH = ("os-vendor-backup-sharing",)
_OF_SHARE = ("backup_id", "from_project_id", "to_project_id")
_OF_BACKUP = ("volume_id", "status", "availability_zone")


def list_shares(client: Client, filters: Filters, *, sort_dir: str | None = None) -> Iterator[JsonObject]:
    """Shares with their backups (F §5.3), newest first unless asked otherwise; filters are applied here again."""
    what = "list shares" if filters.get("backup_id") is None else f"list shares of backup {filters['backup_id']}"
    query = _query(filters)
    if sort_dir is not None:
        query += [("sort_key", "created_at"), ("sort_dir", sort_dir)]
    found = pages(
        lambda pairs: _as_list(client.vbs(what, "GET", (*_PATH, "detail"), query=pairs)),
        query,
        key="shared",
        what=what,
    )
    for rows, _answer in found:
        yield from (row for row in rows if fits(row, filters))


def count_shares(client: Client, filters: Filters) -> int:
    """How many shares there are (F §5.3).

    :raises AnswerError: the answer has no count.
    """
    answer = client.vbs("count shares", "GET", (*_PATH, "count"), query=_query(filters))
    count = (answer.body or {}).get("count")
    if isinstance(count, bool) or not isinstance(count, int):
        raise AnswerError("count shares: the answer has no count", http_status=answer.status)
    return count


def get_share(client: Client, share_id: str) -> JsonObject | None:
    """One share (F §5.3), given by this project or to it; None where there is none."""
    what = f"read share {share_id}"
    try:
        answer = client.vbs(what, "GET", (*_PATH, share_id))
    except ApiError as error:
        if error.missing_object:
            return None
        raise
    rows = rows_of(_as_list(answer), "shared", what)
    if len(rows) != 1:
        raise AnswerError(f"{what}: the answer has {len(rows)} shares", http_status=answer.status)
    text_of(rows[0], "id", what)
    return rows[0]


def share_backup(client: Client, backup_id: str, project_ids: Sequence[str]) -> list[JsonObject]:
    """Share a backup with projects (F §5.1): the new shares.

    :raises LostAnswerError: it may or may not have been shared.
    """
    what = f"share backup {backup_id} with {', '.join(project_ids)}"
    body = {"shared": {"backup_id": backup_id, "to_project_ids": list(project_ids)}}
    answer = client.vbs(what, "POST", _PATH, body=body, creating=True)
    try:
        rows = rows_of(_as_list(answer), "shared", what)
        for row in rows:
            text_of(row, "id", what)
            text_of(row, "to_project_id", what)
    except AnswerError as error:
        raise LostAnswerError(error) from None
    return rows


def delete_share(client: Client, share_id: str) -> bool:
    """End one share (F §5.2); False where it was gone already."""
    return _delete(client, f"delete share {share_id}", share_id, by_backup=False)


def delete_shares_of(client: Client, backup_id: str) -> bool:
    """End all shares of a backup with one request (F §5.2); False where the service found nothing to end."""
    return _delete(client, f"delete all shares of backup {backup_id}", backup_id, by_backup=True)


def fits(row: JsonObject, filters: Filters) -> bool:
    """Whether a row is one that was asked for; what it does not show is taken as the service's word."""
    inner = row.get("backup")
    backup = inner if isinstance(inner, dict) else {}
    shown = {name: row.get(name) for name in _OF_SHARE} | {name: backup.get(name) for name in _OF_BACKUP}
    if any(shown.get(name) not in (None, wanted) for name, wanted in filters.items() if wanted is not None):
        return False
    part, name = filters.get("name"), backup.get("name")
    return part is None or not isinstance(name, str) or part.casefold() in name.casefold()


def _delete(client: Client, what: str, any_id: str, *, by_backup: bool) -> bool:
    try:
        client.vbs(what, "DELETE", (*_PATH, any_id), query=[("is_backup_id", True)] if by_backup else ())
    except ApiError as error:
        if error.missing_object:
            return False
        raise
    return True


def _query(filters: Filters) -> Pairs:
    return [(name, value) for name, value in filters.items() if value is not None]


def _as_list(answer: Answer) -> Answer:
    """The answer with a list of shares: one place documents an object, another a list (F §11, row 13)."""
    body = answer.body or {}
    found = body.get("shared")
    return answer._replace(body={**body, "shared": [found]}) if isinstance(found, dict) else answer
