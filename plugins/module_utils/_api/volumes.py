# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Volumes and snapshots, read only (F §8), in the OpenStack form that Huawei's clouds and plain OpenStack share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.paging import Pairs, object_of, pages, text_of
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import ApiError, OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_reference, is_uuid

# From here on one listing of the whole project costs fewer requests than a look-up for each.
_FEW = 3


def get_volume(client: Client, volume_id: str) -> JsonObject | None:
    """One volume; None where there is none."""
    try:
        answer = client.evs(f"read volume {volume_id}", "GET", ("volumes", volume_id))
    except ApiError as error:
        if error.missing_object:
            return None
        raise
    row = object_of(answer, "volume", f"volume {volume_id}")
    text_of(row, "id", f"volume {volume_id}")
    return row


def list_volumes(client: Client, *, name: str | None = None) -> Iterator[JsonObject]:
    """All volumes of the project, or those with exactly this name (compared here again: F §8)."""
    what = "list volumes"
    query: Pairs = [("name", name)] if name is not None else []
    found = pages(
        lambda pairs: client.evs(what, "GET", ("volumes", "detail"), query=pairs), query, key="volumes", what=what
    )
    for rows, _answer in found:
        for row in rows:
            if name is None or row.get("name") == name:
                yield row


def resolve_volume(client: Client, option: str, text: str) -> JsonObject:
    """The volume of an ID or a name; an ID is tried first where the text has the form of one.

    :raises OptionError: unknown, or several volumes of this name.
    """
    check_reference(option, text)
    if is_uuid(text):
        volume = get_volume(client, text)
        if volume is not None:
            return volume
    return the_only(option, text, list(list_volumes(client, name=text)))


def resolve_volumes(client: Client, option: str, texts: Sequence[str]) -> list[JsonObject]:
    """The volumes of IDs and names, in order, each once; many are found with one listing.

    :raises OptionError: one is unknown or ambiguous.
    """
    if len(texts) <= _FEW:
        found = [resolve_volume(client, option, text) for text in texts]
    else:
        found = _resolve_from_listing(client, option, texts)
    return list({volume["id"]: volume for volume in found}.values())


def _resolve_from_listing(client: Client, option: str, texts: Sequence[str]) -> list[JsonObject]:
    for text in texts:
        check_reference(option, text)
    by_id: dict[str, JsonObject] = {}
    by_name: dict[str, list[JsonObject]] = {}
    for row in list_volumes(client):
        by_id[row["id"]] = row
        if row.get("name"):
            by_name.setdefault(str(row["name"]), []).append(row)
    return [by_id[text] if text in by_id else the_only(option, text, by_name.get(text, [])) for text in texts]


def volume_filter(client: Client, option: str, text: str) -> str:
    """The volume's ID for a filter: an ID is taken as it is, because backups outlive volumes (contract §2)."""
    check_reference(option, text)
    return text if is_uuid(text) else str(resolve_volume(client, option, text)["id"])


def resolve_snapshot(client: Client, option: str, text: str, volume_id: str) -> str:
    """The ID of a snapshot of this volume, by ID or name.

    :raises OptionError: unknown, ambiguous, or of another volume.
    """
    check_reference(option, text)
    what = f"list snapshots of volume {volume_id}"
    query: Pairs = [("volume_id", volume_id)] + ([] if is_uuid(text) else [("name", text)])
    found = pages(
        lambda pairs: client.evs(what, "GET", ("snapshots", "detail"), query=pairs),
        query,
        key="snapshots",
        what=what,
    )
    rows = [row for page, _answer in found for row in page if row.get("volume_id") == volume_id]
    matches = [row for row in rows if row["id"] == text] or [row for row in rows if row.get("name") == text]
    return str(the_only(option, text, matches, kind=f"snapshot of volume {volume_id}")["id"])


def the_only(option: str, text: str, rows: Sequence[JsonObject], *, kind: str = "volume") -> JsonObject:
    """The one volume, or thing of another kind, of this name among those found.

    :raises OptionError: there is none, or there are several.
    """
    if len(rows) == 1:
        return rows[0]
    if rows:
        ids = ", ".join(sorted(str(row["id"]) for row in rows))
        raise OptionError(option, f"several {kind}s are called {text!r}: {ids}; give the ID")
    raise OptionError(option, f"there is no {kind} {text!r} in this project")
