# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists to their end: links, offsets, markers, caps, and lists that lie (F §3.6, openstack.md)."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import Answer
from ansible_collections.huaweicloud.backup.plugins.module_utils._api import paging
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.paging import pages
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import AnswerError, ApiError

Pairs = list[tuple[str, t.Any]]
FULL = 1000


def rows(start: int, count: int) -> list[dict[str, str]]:
    return [{"id": f"id-{number}"} for number in range(start, start + count)]


def answer(body: t.Any) -> Answer:
    return Answer(200, body, {}, None, None)


def page(listed: t.Any, following: t.Any = None, **more: t.Any) -> dict[str, t.Any]:
    links = {} if following is None else {"things_links": [{"rel": "next", "href": following}]}
    return {"things": listed, **links, **more}


class Service:
    """Answers with one page after the other and notes what was asked."""

    def __init__(self, *bodies: t.Any) -> None:
        self.bodies = list(bodies)
        self.asked: list[Pairs] = []

    def read(self, pairs: Pairs) -> Answer:
        self.asked.append(list(pairs))
        body = self.bodies.pop(0)
        if isinstance(body, Exception):
            raise body
        return answer(body)

    def list(self, query: Pairs | None = None, **more: t.Any) -> list[str]:
        found = pages(self.read, query or [], key="things", what="list things", **more)
        listed = [str(row["id"]) for part, _answer in found for row in part]
        assert not self.bodies, "pages were left unread"
        return listed


def ids(count: int) -> list[str]:
    return [f"id-{number}" for number in range(count)]


def test_one_short_page_is_asked_for_once_with_the_largest_limit() -> None:
    service = Service(page(rows(0, 2)))
    assert service.list([("name", "x")]) == ids(2)
    assert service.asked == [[("name", "x"), ("limit", FULL)]]


def test_an_empty_list_is_empty() -> None:
    assert Service(page([])).list() == []


@pytest.mark.parametrize(
    "href",
    [
        "http://10.1.1.1:8776/v2/p/backups/detail?limit=2&marker=id-1",
        "https://internal.example.com/p/backups/detail?limit=2&marker=id-1",
        "/p/backups?limit=2&marker=id-1",
        "?limit=2&marker=id-1",
    ],
)
def test_a_next_link_is_followed_by_its_query_alone(href: str) -> None:
    service = Service(page(rows(0, 2), href), page(rows(2, 1)))
    assert service.list([("name", "x")]) == ids(3)
    assert service.asked[1] == [("name", "x"), ("limit", "2"), ("marker", "id-1")]


def test_three_pages_with_markers() -> None:
    bodies = [page(rows(0, 2), "?marker=id-1"), page(rows(2, 2), "?marker=id-3"), page(rows(4, 1))]
    service = Service(*bodies)
    assert service.list() == ids(5)
    assert service.asked == [
        [("limit", FULL)],
        [("limit", FULL), ("marker", "id-1")],
        [("limit", FULL), ("marker", "id-3")],
    ]


def test_three_full_pages_without_links_go_on_by_offset() -> None:
    service = Service(page(rows(0, FULL)), page(rows(FULL, FULL)), page(rows(2 * FULL, 3)))
    assert service.list([("name", "x")]) == ids(2 * FULL + 3)
    query: Pairs = [("name", "x"), ("limit", FULL)]
    assert service.asked == [query, [*query, ("offset", FULL)], [*query, ("offset", 2 * FULL)]]


def test_a_full_last_page_is_followed_by_an_empty_one() -> None:
    assert Service(page(rows(0, FULL)), page([])).list() == ids(FULL)
    assert Service(page(rows(0, 2), "?marker=id-1"), page([])).list() == ids(2)
    assert Service(page(rows(0, 2), "?marker=id-1"), page([], "?marker=id-1")).list() == ids(2)


def test_a_server_that_gives_less_than_asked_for_is_followed_by_its_links() -> None:
    service = Service(
        page(rows(0, 5), "?limit=1000&offset=5"), page(rows(5, 5), "?limit=1000&offset=10"), page(rows(10, 1))
    )
    assert service.list() == ids(11)
    assert service.asked[2] == [("limit", "1000"), ("offset", "10")]


def test_a_link_with_a_marker_takes_the_place_of_an_offset() -> None:
    service = Service(page(rows(0, FULL)), page(rows(FULL, 5), "?marker=m"), page([]))
    service.list()
    assert service.asked[1:] == [[("limit", FULL), ("offset", FULL)], [("limit", FULL), ("marker", "m")]]


def test_an_offset_takes_the_place_of_a_marker_too() -> None:
    service = Service(page(rows(0, 5), "?marker=m"), page(rows(5, FULL)), page([]))
    service.list()
    assert service.asked[2] == [("limit", FULL), ("offset", FULL + 5)]


def test_filters_of_the_link_win_and_empty_values_stay() -> None:
    service = Service(page(rows(0, 1), "?name=&marker=m"), page([]))
    service.list([("name", "x"), ("status", "s")])
    assert service.asked[1] == [("status", "s"), ("limit", FULL), ("name", ""), ("marker", "m")]


def test_a_count_in_the_answer_decides_where_there_is_one() -> None:
    service = Service(page(rows(0, 20), count=45), page(rows(20, 20), count=45), page(rows(40, 5), count=45))
    assert service.list(total_key="count") == ids(45)
    assert [dict(pairs).get("offset") for pairs in service.asked] == [None, 20, 40]


def test_a_count_may_be_that_of_the_page_so_a_page_of_twenty_is_no_end() -> None:
    """Nobody says what the count of tasks counts (F §6.8), and their smallest documented page has 20."""
    service = Service(page(rows(0, 20), count=20), page(rows(20, 20), count=20), page(rows(40, 5), count=5))
    assert service.list(total_key="count") == ids(45)
    assert Service(page(rows(0, FULL), count=FULL), page([], count=FULL)).list(total_key="count") == ids(FULL)
    assert Service(page(rows(0, 19), count=19)).list(total_key="count") == ids(19)


def test_a_count_that_is_too_large_ends_with_an_empty_page() -> None:
    assert Service(page(rows(0, 2), count=9), page([], count=9)).list(total_key="count") == ids(2)


@pytest.mark.parametrize("count", [None, "45", [], 1.5])
def test_a_count_of_another_type_is_no_count(count: t.Any) -> None:
    assert Service(page(rows(0, 2), count=count)).list(total_key="count") == ids(2)


def test_rows_that_moved_to_the_next_page_are_listed_once() -> None:
    service = Service(page(rows(0, 3), "?marker=id-2"), page([*rows(2, 1), *rows(3, 1)]))
    assert service.list() == ids(4)


def test_a_list_that_moved_ends_with_rows_that_are_known() -> None:
    moved = [page(rows(0, 20), count=22), page(rows(19, 3), count=23), page(rows(21, 1), count=23)]
    assert Service(*moved).list(total_key="count") == ids(22)


NO_MARKER = ApiError("list things", status=404, text="Marker id-1 could not be found", wrapper="itemNotFound")


def test_where_the_row_before_the_next_page_is_gone_the_list_is_read_once_more() -> None:
    first = page(rows(0, 2), "https://h/v2/p/things?marker=id-1")
    again = page([*rows(0, 1), *rows(2, 1)], "https://h/v2/p/things?marker=id-2")
    service = Service(first, NO_MARKER, again, page(rows(3, 1)))
    assert service.list() == ids(4)
    assert service.asked[0] == service.asked[2] == [("limit", FULL)]


def test_a_list_that_is_never_whole_or_is_not_there_at_all_is_an_error() -> None:
    first = page(rows(0, 2), "https://h/v2/p/things?marker=id-1")
    for bodies in ([first, NO_MARKER, first, NO_MARKER], [NO_MARKER]):
        with pytest.raises(ApiError, match="could not be found"):
            Service(*bodies).list()


def test_a_list_that_repeats_itself_is_an_error_not_a_loop() -> None:
    service = Service(page(rows(0, 2), "?marker=id-1"), page(rows(0, 2), "?marker=id-1"))
    with pytest.raises(AnswerError, match="repeats itself"):
        service.list()
    service = Service(page(rows(0, FULL)), page(rows(0, FULL)))
    with pytest.raises(AnswerError, match="repeats itself"):
        service.list()


def test_a_list_without_end_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "_MOST_PAGES", 3)
    service = Service(*[page(rows(number, 1), f"?marker={number}") for number in range(3)])
    with pytest.raises(AnswerError, match="more than 3 pages"):
        service.list()


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"things": None},
        {"things": {}},
        {"things": "x"},
        {"things": 7},
        {"things": [None]},
        {"things": ["x"]},
        {"things": [[]]},
        {"things": [{"id": "a"}, 1]},
    ],
)
def test_an_answer_without_a_list_of_objects_is_an_error(body: t.Any) -> None:
    with pytest.raises(AnswerError, match="list things: the answer has no list of objects in 'things'"):
        Service(body).list()


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": ""}, {"id": 7}, {"id": ["x"]}, {"ID": "x"}])
def test_a_row_without_an_id_is_an_error(row: dict[str, t.Any]) -> None:
    with pytest.raises(AnswerError, match="no 'id'"):
        Service(page([row])).list()


@pytest.mark.parametrize(
    "links",
    [
        None,
        {},
        "x",
        7,
        [None],
        ["x"],
        [{}],
        [{"rel": "next"}],
        [{"rel": "next", "href": 7}],
        [{"rel": "prev", "href": "?a=1"}],
    ],
)
def test_links_of_another_type_are_no_links(links: t.Any) -> None:
    assert Service({"things": rows(0, 2), "things_links": links}).list() == ids(2)


def test_the_id_may_have_another_name_and_each_page_comes_with_its_answer() -> None:
    service = Service({"things": [{"job_id": "j"}]})
    ((listed, got),) = pages(service.read, [], key="things", what="list", id_key="job_id")
    assert listed == [{"job_id": "j"}]
    assert got.status == 200


def test_pages_are_read_only_as_far_as_they_are_wanted() -> None:
    service = Service(page(rows(0, 2), "?marker=id-1"), page(rows(2, 2)))
    next(pages(service.read, [], key="things", what="list"))
    assert len(service.asked) == 1


@pytest.mark.parametrize("href", ["http://[bad?marker=1", "http://[::1"])
def test_a_next_link_that_cannot_be_read_is_an_error(href: str) -> None:
    with pytest.raises(AnswerError, match="'things' has an address that cannot be read"):
        Service(page(rows(0, 2), href)).list()


@pytest.mark.parametrize(("kept", "most"), [(True, 256), (False, 1024)])
@pytest.mark.parametrize(("parts", "is_read"), [((2, 2), True), ((2, 2, 1), False), ((5,), False)])
def test_a_list_of_rows_that_are_always_new_ends_somewhere(
    parts: tuple[int, ...], is_read: bool, kept: bool, most: int
) -> None:
    """At 256 MB, or four times as much for a caller that keeps no rows."""
    sizes = [part * most // 4 for part in parts]
    bodies = [page(rows(number, 1), "?marker=m") for number in range(len(sizes))]
    bodies[-1] = page(rows(len(sizes), 1))
    answers = [answer(body)._replace(size=size << 20) for body, size in zip(bodies, sizes)]
    found = pages(lambda _pairs: answers.pop(0), [], key="things", what="list things", kept=kept)
    if is_read:
        assert len(list(found)) == len(sizes)
    else:
        with pytest.raises(AnswerError, match=f"larger than {most} MB"):
            list(found)


def test_ids_alone_do_not_fill_the_memory_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "_MOST_MB", 1)
    service = Service(*[page([{"id": str(number) * 2**19}], "?marker=m") for number in range(3)])
    with pytest.raises(AnswerError, match="larger than"):
        service.list(kept=False)
    assert len(service.asked) == 3
