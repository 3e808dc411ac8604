# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.backups import SHOWN
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import PROJECT, Call, evs, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.shares import (
    OTHER,
    OTHER_SHARE,
    PATH,
    SHARE,
    THIRD,
    named,
    share,
    shares,
    shown,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    BACKUP,
    OTHER_BACKUP,
    VOLUME,
    backup,
    refusal,
    volume,
)

ShareInfo = t.Callable[..., Result]
Json = dict[str, t.Any]


@pytest.fixture
def share_info(run: ShareInfo) -> ShareInfo:
    return functools.partial(run, "vbs_share_info")


def count(number: t.Any, query: str = "") -> Call:
    return vbs("GET", f"{PATH}/count{'?' if query else ''}{query}", answer={"count": number})


def one(**more: t.Any) -> Call:
    return vbs("GET", f"{PATH}/{SHARE}", answer={"shared": share()}).but(**more)


def of(share_id: str, **more: t.Any) -> Json:
    """A share that differs from others in its backup."""
    return share(share_id=share_id, backup=backup(**more))


def ids(result: Result) -> list[str]:
    assert result["changed"] is False
    assert result["count"] == len(result["shares"])
    return [row["id"] for row in result["shares"]]


def test_all_that_this_project_shares_with_documented_keys(share_info: ShareInfo) -> None:
    result = share_info({}, [shares(OTHER, THIRD, query="")])
    assert result["shares"] == [{**shown(one), "backup": SHOWN} for one in (OTHER, THIRD)]
    assert result["count"] == 2


def test_none(share_info: ShareInfo) -> None:
    assert ids(share_info({}, [shares(query="")])) == []


def test_check_mode_reads_the_same(share_info: ShareInfo) -> None:
    assert ids(share_info({}, [shares(OTHER, query="")], check_mode=True, diff=True)) == [SHARE]


def test_an_id_reads_one_share(share_info: ShareInfo) -> None:
    assert ids(share_info({"id": SHARE}, [one()])) == [SHARE]
    assert ids(share_info({"id": SHARE}, [one(answer={"shared": [share()]})])) == [SHARE]
    gone = one(status=404, answer=refusal("VolumeBackup.0111"))
    assert ids(share_info({"id": SHARE}, [gone])) == []
    assert share_info({"id": SHARE, "count_only": True}, [one()])["count"] == 1


@pytest.mark.parametrize(
    ("options", "fits"),
    [
        ({"to_project_id": OTHER}, True),
        ({"to_project_id": THIRD}, False),
        ({"from_project_id": PROJECT, "status": "available", "name": "efor"}, True),
        ({"name": "EFOR"}, True),
        ({"name": "after"}, False),
        ({"status": "error"}, False),
        ({"volume": VOLUME, "availability_zone": "az-1"}, True),
        ({"volume": OTHER_BACKUP}, False),
        ({"backup": OTHER_BACKUP}, False),
    ],
)
def test_an_id_and_other_conditions_must_all_fit(share_info: ShareInfo, options: Json, fits: bool) -> None:
    assert ids(share_info({"id": SHARE, **options}, [one()])) == ([SHARE] if fits else [])


def test_a_share_without_its_backup(share_info: ShareInfo) -> None:
    """The sample of one share has little of the backup (F §14.3); what is not shown is taken as fitting."""
    bare = one(answer={"shared": share(backup={"id": BACKUP, "name": "before"})})
    row = share_info({"id": SHARE, "status": "available"}, [bare])["shares"][0]
    assert row["backup"] == {**dict.fromkeys(SHOWN), "id": BACKUP, "name": "before"}
    none = one(answer={"shared": share(backup=None)})
    assert share_info({"id": SHARE}, [none])["shares"][0]["backup"] is None


QUERIES = {
    "with me": ({"shared_with_me": True}, "share_to_me=true"),
    "to a project": ({"to_project_id": OTHER}, f"to_project_id={OTHER}"),
    "from a project": (
        {"shared_with_me": True, "from_project_id": PROJECT},
        f"from_project_id={PROJECT}&share_to_me=true",
    ),
    "backup's ID": ({"backup": BACKUP}, f"backup_id={BACKUP}"),
    "backup's ID with me": ({"backup": BACKUP, "shared_with_me": True}, f"share_to_me=true&backup_id={BACKUP}"),
    "volume's ID": ({"volume": VOLUME}, f"volume_id={VOLUME}"),
    "part of a name": ({"name": "before"}, "name=before"),
    "status and zone": (
        {"status": "available", "availability_zone": "az-1"},
        "status=available&availability_zone=az-1",
    ),
}
each_query = pytest.mark.parametrize(("options", "query"), QUERIES.values(), ids=QUERIES.keys())


@each_query
def test_conditions_go_out_and_are_applied_again(share_info: ShareInfo, options: Json, query: str) -> None:
    deviant = {
        "to_project_id": THIRD,
        "from_project_id": THIRD,
        "backup_id": OTHER_BACKUP,
        "backup": backup(volume_id="v", name="other", status="error", availability_zone="az-2"),
    }
    rows = [share(), share(share_id=OTHER_SHARE, **deviant)]
    expected = [SHARE, OTHER_SHARE] if query == "share_to_me=true" else [SHARE]
    assert ids(share_info(options, [shares(*rows, query=query)])) == expected


@each_query
def test_conditions_go_out_with_a_count_too(share_info: ShareInfo, options: Json, query: str) -> None:
    result = share_info({**options, "count_only": True, "limit": 1}, [count(7, query)])
    assert (result["shares"], result["count"]) == ([], 7)


def test_names_are_looked_up_where_they_are_the_projects_own(share_info: ShareInfo) -> None:
    look = named(backup())
    assert ids(share_info({"backup": "before"}, [look, shares(OTHER)])) == [SHARE]
    assert share_info({"backup": "before", "count_only": True}, [look, count(2, f"backup_id={BACKUP}")])["count"] == 2
    by_name = evs("GET", "/v2/volumes/detail?name=data-1&limit=1000", answer={"volumes": [volume()]})
    calls = [by_name, named(backup(), volume=VOLUME), shares(OTHER, query=f"volume_id={VOLUME}&backup_id={BACKUP}")]
    assert ids(share_info({"backup": "before", "volume": "data-1"}, calls)) == [SHARE]


@pytest.mark.parametrize("rows", [[], [backup(), backup(OTHER_BACKUP)]])
def test_a_name_that_is_unknown_or_not_unique_fails(share_info: ShareInfo, rows: list[Json]) -> None:
    result = share_info({"backup": "before"}, [named(*rows)])
    assert result.failed
    assert result["msg"].startswith("backup: ")


def test_another_projects_backup_is_compared_by_name(share_info: ShareInfo) -> None:
    rows = shares(of(SHARE, name="before"), of(OTHER_SHARE, name="before2"), query="name=before&share_to_me=true")
    options = {"backup": "before", "shared_with_me": True}
    assert ids(share_info(options, [rows])) == [SHARE]
    result = share_info({**options, "count_only": True}, [rows])
    assert (result["shares"], result["count"]) == ([], 1)
    same = shares(of(SHARE, name="before"), of(OTHER_SHARE, name="before"), query="name=before&share_to_me=true")
    assert share_info({**options, "count_only": True, "limit": 1}, [same])["count"] == 2
    rows = shares(of(SHARE, name="before"), of(OTHER_SHARE, name="before2"), query="name=for&share_to_me=true")
    assert ids(share_info({**options, "name": "for"}, [rows])) == [SHARE]


def page(*rows: Json, query: str, more: str | None = None) -> Call:
    call = vbs("GET", f"{PATH}/detail?{query}", answer={"shared": list(rows)})
    link = [{"rel": "next", "href": f"http://internal/{PROJECT}/os-vendor-backup-sharing/detail?{more}"}]
    return call if more is None else call.but(answer={**call.answer, "shared_links": link})


def test_all_pages_are_read_until_there_is_enough(share_info: ShareInfo) -> None:
    first = page(share(), query="limit=1000", more=f"limit=1&marker={SHARE}")
    second = page(share(THIRD), query=f"limit=1&marker={SHARE}")
    assert ids(share_info({}, [first, second])) == [SHARE, OTHER_SHARE]
    assert ids(share_info({"limit": 1}, [first])) == [SHARE]
    assert ids(share_info({"limit": 2}, [first, second])) == [SHARE, OTHER_SHARE]
    assert ids(share_info({"limit": 5}, [first, second])) == [SHARE, OTHER_SHARE]


def test_the_oldest_first_is_asked_for(share_info: ShareInfo) -> None:
    old = share(created_at="2026-11-20T11:20:00.000001")
    rows = shares(old, share(THIRD), query="sort_key=created_at&sort_dir=asc")
    assert ids(share_info({"sort_dir": "asc", "limit": 1}, [rows])) == [SHARE]


@pytest.mark.parametrize(
    ("key", "small", "large"),
    [
        ("name", {"backup": backup(name="a")}, {"backup": backup(name="b")}),
        ("size", {"backup": backup(size=9)}, {"backup": backup(size=10)}),
        ("status", {"backup": None}, {"backup": backup()}),
        ("updated_at", {"updated_at": None}, {"updated_at": "2026-11-21T11:20:00.5"}),
        ("id", {}, {}),
    ],
)
def test_other_orders_are_made_from_the_whole_list(share_info: ShareInfo, key: str, small: Json, large: Json) -> None:
    rows = shares(share(share_id=SHARE, **small), share(share_id=OTHER_SHARE, **large), query="")
    assert ids(share_info({"sort_key": key, "limit": 1}, [rows])) == [OTHER_SHARE]
    assert ids(share_info({"sort_key": key, "sort_dir": "asc"}, [rows])) == [SHARE, OTHER_SHARE]


@pytest.mark.parametrize(
    ("options", "named_option"),
    [
        ({"id": "a b"}, "id"),
        ({"id": "."}, "id"),
        ({"from_project_id": "a/b"}, "from_project_id"),
        ({"to_project_id": ""}, "to_project_id"),
        ({"backup": ""}, "backup"),
        ({"name": "a\nb"}, "name"),
        ({"availability_zone": ""}, "availability_zone"),
        ({"volume": ""}, "volume"),
        ({"volume": "data-1", "shared_with_me": True}, "volume"),
        ({"limit": 0}, "limit"),
    ],
)
def test_bad_input_is_refused_by_the_options_name_before_any_request(
    share_info: ShareInfo, options: Json, named_option: str
) -> None:
    result = share_info(options)
    assert result.failed
    assert result["msg"].startswith(named_option + ":")


@pytest.mark.parametrize("answer", [{}, {"count": "1"}, {"count": True}, {"count": None}])
def test_a_count_that_is_none_is_a_clear_failure(share_info: ShareInfo, answer: Json) -> None:
    result = share_info({"count_only": True}, [count(0).but(answer=answer)])
    assert "count shares: the answer has no count" in result["msg"]


@pytest.mark.parametrize(
    "answer", [{}, {"shared": None}, {"shared": []}, {"shared": [share(), share()]}, {"shared": {}}]
)
def test_one_share_that_is_none_is_a_clear_failure(share_info: ShareInfo, answer: Json) -> None:
    result = share_info({"id": SHARE}, [one(answer=answer)])
    assert result.failed
    assert f"read share {SHARE}" in result["msg"]


def test_strange_shares_become_nulls_and_no_crash(share_info: ShareInfo) -> None:
    strange = {"id": SHARE, "backup_id": 5, "to_project_id": [], "created_at": "soon", "backup": "none"}
    row = share_info({"name": "x", "status": "error"}, [shares(strange, query="name=x&status=error")])["shares"][0]
    assert row == {**dict.fromkeys(shown()), "id": SHARE, "backup": None}
