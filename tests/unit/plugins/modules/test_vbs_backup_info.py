# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.backups import SHOWN
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.recorded import AUTH, recorded
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.recorded import VOLUME as CINDER_VOLUME
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import HOSTS, Call, evs, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    BACKUP,
    OTHER_BACKUP,
    OTHER_VOLUME,
    VOLUME,
    backup,
    missing,
    volume,
)

BackupInfo = t.Callable[..., Result]
Json = dict[str, t.Any]


@pytest.fixture
def backup_info(run: BackupInfo) -> BackupInfo:
    return functools.partial(run, "vbs_backup_info")


def page(*rows: Json, query: str = "", link: str | None = None) -> Call:
    answer: Json = {"backups": list(rows)}
    if link is not None:
        answer["backups_links"] = [{"rel": "next", "href": link}]
    return vbs("GET", f"/v2/backups/detail?{query}limit=1000", answer=answer)


def following(call: Call, query: str, *rows: Json, link: str | None = None) -> Call:
    """The page after a call's."""
    answer = page(*rows, link=link).answer
    return call.but(url=call.url.partition("?")[0] + "?" + query, answer=answer)


def ids(result: Result) -> list[str]:
    assert result["changed"] is False
    return [row["id"] for row in result["backups"]]


def test_backups_come_newest_first_with_documented_keys(backup_info: BackupInfo) -> None:
    newer = backup(OTHER_BACKUP, "after", created_at="2026-11-21T11:30:00.000000")
    result = backup_info({}, [page(newer, backup())])
    assert ids(result) == [OTHER_BACKUP, BACKUP]
    assert result["backups"][1] == SHOWN


def test_without_backups_the_list_is_empty(backup_info: BackupInfo) -> None:
    assert ids(backup_info({}, [page()])) == []


def test_an_id_finds_one_or_none(backup_info: BackupInfo) -> None:
    get = vbs("GET", f"/v2/backups/{BACKUP}", answer={"backup": backup()})
    assert ids(backup_info({"id": BACKUP}, [get])) == [BACKUP]
    assert ids(backup_info({"id": BACKUP}, [get.but(status=404, answer=missing())])) == []


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ({"name": "before"}, True),
        ({"name": "after"}, False),
        ({"name_prefix": "be"}, True),
        ({"name_prefix": "af"}, False),
        ({"status": "available"}, True),
        ({"status": "error"}, False),
        ({"volume": VOLUME}, True),
        ({"volume": OTHER_VOLUME}, False),
    ],
)
def test_an_id_and_other_conditions_must_all_fit(backup_info: BackupInfo, condition: Json, fits: bool) -> None:
    get = vbs("GET", f"/v2/backups/{BACKUP}", answer={"backup": backup()})
    assert ids(backup_info({"id": BACKUP, **condition}, [get])) == ([BACKUP] if fits else [])


def test_filters_go_to_the_service_and_are_applied_again(backup_info: BackupInfo) -> None:
    query = f"name=before&volume_id={VOLUME}&status=available&"
    rows = [
        backup(),
        backup("b2", "before2"),
        backup("b3", status="error"),
        backup("b4", volume_id=OTHER_VOLUME),
    ]
    options = {"name": "before", "volume": VOLUME, "status": "available"}
    assert ids(backup_info(options, [page(*rows, query=query)])) == [BACKUP]


def test_a_volume_by_id_is_not_looked_up_and_one_by_name_is(backup_info: BackupInfo) -> None:
    filtered = page(backup(), query=f"volume_id={VOLUME}&")
    assert ids(backup_info({"volume": VOLUME}, [filtered])) == [BACKUP]
    look = evs("GET", "/v2/volumes/detail?name=data-1&limit=1000", answer={"volumes": [volume()]})
    assert ids(backup_info({"volume": "data-1"}, [look, filtered])) == [BACKUP]


def test_an_unknown_volume_name_fails(backup_info: BackupInfo) -> None:
    look = evs("GET", "/v2/volumes/detail?name=data-1&limit=1000", answer={"volumes": [volume(name="data-10")]})
    result = backup_info({"volume": "data-1"}, [look])
    assert result.failed
    assert result["msg"].startswith("volume:")


def test_a_prefix_is_compared_here_and_null_names_do_not_match(backup_info: BackupInfo) -> None:
    rows = [backup("b1", "autobk_1a2b"), backup("b2", None), backup("b3", "nightly"), backup("b4", "autobk_1a2c")]
    assert ids(backup_info({"name_prefix": "autobk_"}, [page(*rows)])) == ["b1", "b4"]


def test_a_name_is_quoted_in_the_address(backup_info: BackupInfo) -> None:
    rows = page(backup(name="a b&c=ü"), query="name=a%20b%26c%3D%C3%BC&")
    assert ids(backup_info({"name": "a b&c=ü"}, [rows])) == [BACKUP]


def many(count: int, start: int = 0) -> list[Json]:
    """Backups, newest first."""
    return [
        backup(f"b{number}", f"n{number}", created_at=f"2026-11-{28 - number // 100:02d}T11:00:10.000000")
        for number in range(start, start + count)
    ]


def test_a_next_link_is_followed_by_its_query_alone(backup_info: BackupInfo) -> None:
    first = page(*many(2), query="status=available&", link="https://internal.example.net/x/backups?limit=2&marker=b1")
    second = following(first, "status=available&limit=2&marker=b1", *many(1, 2))
    assert ids(backup_info({"status": "available"}, [first, second])) == ["b0", "b1", "b2"]


def test_a_full_page_without_a_link_is_followed_by_offset(backup_info: BackupInfo) -> None:
    first = page(*many(1000))
    second = following(first, "limit=1000&offset=1000", *many(1, 1000))
    assert len(backup_info({}, [first, second])["backups"]) == 1001


def test_a_page_that_is_just_full_may_be_followed_by_an_empty_one(backup_info: BackupInfo) -> None:
    first = page(*many(2), link="http://x/backups?limit=1000&marker=b1")
    assert len(backup_info({}, [first, following(first, "limit=1000&marker=b1")])["backups"]) == 2


def test_rows_that_moved_to_the_next_page_meanwhile_come_once(backup_info: BackupInfo) -> None:
    first = page(*many(2), link="http://x/backups?limit=2&marker=b1")
    second = following(first, "limit=2&marker=b1", *many(2, 1))
    assert ids(backup_info({}, [first, second])) == ["b0", "b1", "b2"]


def test_a_list_that_repeats_itself_ends_in_a_clear_failure(backup_info: BackupInfo) -> None:
    link = "http://x/backups?limit=2&marker=b1"
    first = page(*many(2), link=link)
    result = backup_info({}, [first, following(first, "limit=2&marker=b1", *many(2), link=link)])
    assert result.failed
    assert "repeats itself" in result["msg"]


def test_a_failure_on_a_later_page_loses_no_truth(backup_info: BackupInfo) -> None:
    first = page(*many(2), link="http://x/backups?limit=2&marker=b1")
    assert backup_info({}, [first, following(first, "limit=2&marker=b1").but(status=403, answer={})]).failed


def test_the_limit_counts_what_is_returned_and_ends_the_reading(backup_info: BackupInfo) -> None:
    first = page(*many(4), link="http://x/backups?limit=4&marker=b3")
    assert ids(backup_info({"limit": 2}, [first])) == ["b0", "b1"]
    rows = [backup("x1", "other"), backup("x2", "wanted-1"), backup("x3", "other"), backup("x4", "wanted-2")]
    assert ids(backup_info({"limit": 2, "name_prefix": "wanted"}, [page(*rows)])) == ["x2", "x4"]


def test_sorting_by_time_ascending_is_the_services(backup_info: BackupInfo) -> None:
    rows = many(3)[::-1]
    call = page(*rows, query="sort_key=created_at&sort_dir=asc&", link="http://x/backups?marker=b0&limit=1000")
    assert ids(backup_info({"sort_dir": "asc", "limit": 2}, [call])) == ["b2", "b1"]


SORTED = [
    backup("b1", "beta", "error", size=10, updated_at="2026-11-21T11:30:00.000000"),
    backup("b2", "alpha", "available", size=30, updated_at="2026-11-21T11:10:00.000000"),
    backup("b3", None, "creating", size=20, updated_at=None),
]


@pytest.mark.parametrize(
    ("key", "ascending"),
    [
        ("name", ["b3", "b2", "b1"]),
        ("status", ["b2", "b3", "b1"]),
        ("size", ["b1", "b3", "b2"]),
        ("id", ["b1", "b2", "b3"]),
        ("updated_at", ["b3", "b2", "b1"]),
    ],
)
def test_other_orders_are_made_here_over_the_whole_list(
    backup_info: BackupInfo, key: str, ascending: list[str]
) -> None:
    assert ids(backup_info({"sort_key": key, "sort_dir": "asc"}, [page(*SORTED)])) == ascending
    assert ids(backup_info({"sort_key": key, "limit": 2}, [page(*SORTED)])) == ascending[::-1][:2]


@pytest.mark.parametrize(
    ("wire", "shown"),
    [
        ({"service_metadata": '{"Type": 1}'}, {"incremental": True, "metadata": {"Type": 1}}),
        ({"service_metadata": None, "is_incremental": True}, {"incremental": True, "metadata": None}),
        ({"service_metadata": "no JSON", "is_incremental": None}, {"incremental": None, "metadata": None}),
        ({"service_metadata": {"Type": "1"}}, {"incremental": True, "metadata": {"Type": "1"}}),
        ({"service_metadata": "[1]", "is_incremental": "x"}, {"incremental": None, "metadata": None}),
        (
            {"description": '{"DESC": "before upgrade", "INC": 1}', "service_metadata": None},
            {"description": "before upgrade", "incremental": True},
        ),
        ({"description": '{"DESC": ""}', "service_metadata": None, "is_incremental": True}, {"incremental": True}),
        ({"description": "{plain} text"}, {"description": "{plain} text"}),
        ({"description": ""}, {"description": None}),
        ({"created_at": "2026-11-21T11:00:10Z"}, {"created_at": "2026-11-21T11:00:10Z"}),
        ({"created_at": "2026-11-21 11:00:10.123456"}, {"created_at": "2026-11-21T11:00:10Z"}),
        ({"created_at": "yesterday", "updated_at": 7}, {"created_at": None, "updated_at": None}),
        ({"size": "40"}, {"size": 40}),
        ({"size": "big", "name": 5, "status": [], "volume_id": {}}, {"size": None, "name": None, "status": None}),
    ],
)
def test_wire_forms_become_the_documented_ones(backup_info: BackupInfo, wire: Json, shown: Json) -> None:
    row = backup_info({}, [page(backup(**wire))])["backups"][0]
    assert {key: row[key] for key in shown} == shown


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": -1}, "limit"),
        ({"id": "a/b"}, "id"),
        ({"name": ""}, "name"),
        ({"name_prefix": "a\tb"}, "name_prefix"),
        ({"volume": ""}, "volume"),
        ({"status": "fine"}, "status"),
        ({"sort_key": "colour"}, "sort_key"),
        ({"sort_dir": "up"}, "sort_dir"),
    ],
)
def test_bad_input_is_refused_before_any_request(backup_info: BackupInfo, options: Json, named: str) -> None:
    result = backup_info(options)
    assert result.failed
    assert named in result["msg"]


def test_a_real_openstacks_pages_are_read(backup_info: BackupInfo) -> None:
    path = f"/backups/detail?volume_id={CINDER_VOLUME}&limit="
    first = recorded("vbs-detail-page-1", path=path + "1000")
    marker = first.answer["backups"][0]["id"]
    rest = recorded("vbs-detail", path=f"{path}1&marker={marker}")
    rest = rest.but(answer={"backups": rest.answer["backups"][1:]})
    result = backup_info({"volume": CINDER_VOLUME}, [first, rest], auth=AUTH, check_mode=True)
    assert [row["name"] for row in result["backups"]] == ["sample-2", "sample-3", "sample-1"]
    assert [row["incremental"] for row in result["backups"]] == [False, True, False]
    assert {row["availability_zone"] for row in result["backups"]} == {None}


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("vbs-expired-token", 401, "requires authentication"),
        ("vbs-wrong-project-in-url", 400, "Malformed request url"),
        ("vbs-keystone-down", 503, "Keystone service is temporarily unavailable"),
        ("vbs-keystone-down-accept-any", 503, "Keystone service is temporarily unavailable"),
    ],
)
def test_a_real_openstacks_refusals_are_told(backup_info: BackupInfo, name: str, code: int, words: str) -> None:
    call = recorded(name, path="/backups/detail?limit=1000")
    result = backup_info({"api_retries": 0}, [call], auth=AUTH)
    assert result["error"]["http_status"] == code
    assert result["error"]["request_id"].startswith("req-")
    assert words in result["msg"]
    assert HOSTS["vbs"] not in result["msg"]


def test_a_real_openstacks_missing_backup_is_an_empty_list(backup_info: BackupInfo) -> None:
    for name in ("vbs-show-404", "vbs-show-bad-uuid"):
        call = recorded(name)
        assert ids(backup_info({"id": call.url.rpartition("/")[2]}, [call], auth=AUTH)) == []
