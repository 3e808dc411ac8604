# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists to their end, whatever way the service pages (F §3.6, openstack.md)."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import Answer, JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import AnswerError, ApiError, LostAnswerError

PAGE = 1000
_MOST_PAGES = 10000
# Rows that are always new ones would fill the memory long before that; 100,000 backups have about 150 MB.
_MOST_MB = 256
# Where no rows are kept, only their IDs stay: 500,000 backups have about 750 MB, and their IDs 20 MB.
_PASSING = 4
_SMALL_PAGE = 20

Pairs = list[tuple[str, t.Any]]


def rows_of(answer: Answer, key: str, what: str, *, optional: bool = False) -> list[JsonObject]:
    """The objects of one list in an answer; a missing one counts as empty only where it is optional.

    :raises AnswerError: the list is missing or holds something else than objects.
    """
    found = (answer.body or {}).get(key)
    if found is None and optional:
        return []
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise AnswerError(f"{what}: the answer has no list of objects in {key!r}", http_status=answer.status)
    return found


def object_of(answer: Answer, key: str, what: str) -> JsonObject:
    """The one object under a key of an answer.

    :raises AnswerError: it is missing or no object.
    """
    found = (answer.body or {}).get(key)
    if not isinstance(found, dict):
        raise AnswerError(f"{what}: the answer has no object {key!r}", http_status=answer.status)
    return found


def text_of(row: Mapping[str, t.Any], key: str, what: str) -> str:
    """A text that must be there, such as an ID.

    :raises AnswerError: it is missing, empty or no text.
    """
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise AnswerError(f"{what}: the answer has no {key!r}")
    return value


def created_id(row: Mapping[str, t.Any] | None, key: str, what: str) -> str:
    """The ID of what a creating call made.

    :raises LostAnswerError: the call went well but does not say what it made.
    """
    try:
        return text_of(row or {}, key, what)
    except AnswerError as error:
        raise LostAnswerError(error) from None


def pages(
    read: Callable[[Pairs], Answer],
    query: Pairs,
    *,
    key: str,
    what: str,
    id_key: str = "id",
    total_key: str | None = None,
    kept: bool = True,
) -> Iterator[tuple[list[JsonObject], Answer]]:
    """Each page's new rows with its answer, until the list ends.

    A next link is followed by its query alone, because its host and version may be internal ones. Without a link
    a full page means that there may be more. A server's own smaller cap still gives links, or a total.

    :param total_key: where the answer says how many rows there are, in all or on this page (F §6.8 does not say which).
    :param kept: false where the caller keeps no rows, so that the list may be longer.
    :raises AnswerError: the list repeats itself or has no end.
    """
    told = set[str]()
    for is_second in (False, True):
        try:
            for rows, answer in _pages(read, query, key=key, what=what, id_key=id_key, total_key=total_key, kept=kept):
                fresh = [row for row in rows if row[id_key] not in told]
                told.update(row[id_key] for row in fresh)
                yield fresh, answer
        except ApiError as error:
            # The row after which the next page was to begin is gone (openstack.md): once more from the beginning.
            if is_second or not told or not error.missing_object:
                raise
        else:
            return


def _pages(
    read: Callable[[Pairs], Answer],
    query: Pairs,
    *,
    key: str,
    what: str,
    id_key: str,
    total_key: str | None,
    kept: bool,
) -> Iterator[tuple[list[JsonObject], Answer]]:
    size, last, seen = 0, set[str](), set[str]()
    pairs = [*query, ("limit", PAGE)]
    for _number in range(_MOST_PAGES):
        answer = read(pairs)
        rows = rows_of(answer, key, what)
        ids = {text_of(row, id_key, what) for row in rows}
        size += answer.size if kept else max(answer.size // _PASSING, sum(map(len, ids)))
        _check_size(size, what, kept=kept)
        if rows and ids == last:
            raise AnswerError(f"{what}: the list repeats itself; nobody can say whether it is whole")
        fresh = [row for row in rows if row[id_key] not in seen]
        seen |= ids
        last = ids
        yield fresh, answer
        total = (answer.body or {}).get(total_key) if total_key else None
        following = _next_query(answer, key, pairs, len(seen), more=_is_more(len(rows), len(seen), total))
        # Rows that are all known are the end of a list that moved while it was read.
        if following is None or not fresh:
            return
        pairs = following
    raise AnswerError(f"{what}: the list has more than {_MOST_PAGES} pages")


def _check_size(size: int, what: str, *, kept: bool) -> None:
    if size > _MOST_MB << 20:
        raise AnswerError(f"{what}: the list is larger than {_MOST_MB if kept else _PASSING * _MOST_MB} MB")


def _query_of(link: str, key: str) -> Pairs:
    try:
        return list(parse_qsl(urlsplit(link).query, keep_blank_values=True))
    except ValueError:
        raise AnswerError(f"the next page of {key!r} has an address that cannot be read") from None


def _is_more(on_page: int, seen: int, total: t.Any) -> bool:
    if isinstance(total, int) and total > on_page:
        return seen < total
    # A total that is no larger than the page may be the page's own. The smallest page documented has 20 rows.
    return on_page >= (PAGE if total is None else _SMALL_PAGE)


def _next_query(answer: Answer, key: str, pairs: Pairs, count: int, *, more: bool) -> Pairs | None:
    links = (answer.body or {}).get(f"{key}_links")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, Mapping) and link.get("rel") == "next" and isinstance(link.get("href"), str):
            found = _query_of(link["href"], key)
            # Filters that the link leaves out still hold.
            named = {name for name, _value in found}
            return [(name, value) for name, value in pairs if name not in named | {"offset", "marker"}] + found
    if not more:
        return None
    return [(name, value) for name, value in pairs if name not in ("offset", "marker")] + [("offset", count)]
