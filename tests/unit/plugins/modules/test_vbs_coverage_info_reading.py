# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vbs_coverage_info: which volumes are looked at, and how little is read."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.backups import look_up, look_up_name, rows
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.coverage import (
    GOOD,
    NO_POLICIES,
    ONE,
    everything,
    five,
    only,
    started,
    sums,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    OTHER_VOLUME,
    VOLUME,
    backup,
    missing,
    volume,
)

Coverage = t.Callable[..., Result]


@pytest.fixture
def coverage(run: Coverage) -> Coverage:
    return functools.partial(run, "vbs_coverage_info")


def test_reading_ends_when_no_older_backup_matters(coverage: Coverage) -> None:
    """Every volume has a good one on the first page, which says that there is more."""
    project, ids = five()
    found = [backup(f"b{n}", volume_id=one, created_at=f"2026-11-21T0{9 - n}:00:00") for n, one in enumerate(ids)]
    page = everything(*found)
    page = page.but(answer={**page.answer, "backups_links": [{"rel": "next", "href": "/v2/x?marker=b4"}]})
    assert sums(coverage({}, [project, page, NO_POLICIES])) == {
        "protected": 5,
        "stale": 0,
        "failing": 0,
        "unprotected": 0,
    }


def test_the_last_volumes_are_asked_for_one_by_one(coverage: Coverage) -> None:
    project, ids = five()
    found = [backup(f"b{n}", volume_id=one, created_at=f"2026-11-21T0{9 - n}:00:00") for n, one in enumerate(ids[:4])]
    page = everything(*found)
    page = page.but(answer={**page.answer, "backups_links": [{"rel": "next", "href": "/v2/x?marker=b3"}]})
    last = rows(backup("b9", volume_id=ids[4], **started("01T12:00:00")), volume_id=ids[4])
    assert sums(coverage({}, [project, page, last, NO_POLICIES]))["stale"] == 1
    # But not where the first page was the last.
    assert sums(coverage({}, [project, everything(*found), NO_POLICIES]))["unprotected"] == 1


def test_a_list_that_is_not_newest_first_is_read_to_its_end(coverage: Coverage) -> None:
    project, ids = five()
    found = [backup(f"b{n}", volume_id=one, created_at=f"2026-10-0{n + 1}T00:00:00") for n, one in enumerate(ids)]
    page = everything(*found)
    page = page.but(answer={**page.answer, "backups_links": [{"rel": "next", "href": "/v2/x?marker=b4"}]})
    more = [backup(f"c{n}", volume_id=one, **started("21T10:00:00")) for n, one in enumerate(ids)]
    url = page.url.replace("?limit=1000", "?limit=1000&marker=b4")
    result = coverage({}, [project, page, everything(*more).but(url=url), NO_POLICIES])
    assert sums(result)["protected"] == 5


def test_few_volumes_are_looked_up_one_by_one(coverage: Coverage) -> None:
    other = look_up_name(volume(OTHER_VOLUME, "data-2"), name="data-2")
    calls = [look_up(), other, rows(GOOD), rows(volume_id=OTHER_VOLUME), NO_POLICIES]
    result = coverage({"volumes": [VOLUME, "data-2", VOLUME][:2]}, calls)
    assert [(row["name"], row["verdict"]) for row in result["volumes"]] == [
        ("data-1", "protected"),
        ("data-2", "unprotected"),
    ]


def test_many_volumes_are_found_with_one_listing_in_the_order_asked_for(coverage: Coverage) -> None:
    project, ids = five()
    asked = [ids[4], "data-2", ids[0], "data-4", "data-2"]
    result = coverage({"volumes": asked}, [project, everything(), NO_POLICIES])
    assert [row["name"] for row in result["volumes"]] == ["data-5", "data-2", "data-1", "data-4"]


def test_an_unknown_name_fails_and_an_unknown_id_is_left_out_with_a_warning(coverage: Coverage) -> None:
    result = coverage({"volumes": ["x"]}, [look_up_name(name="x")])
    assert result["msg"].startswith("volumes: there is no volume 'x'")
    project, ids = five()
    assert coverage({"volumes": [*ids, "x"]}, [project])["msg"].startswith("volumes: there is no volume 'x'")
    gone = [look_up().but(status=404, answer=missing()), look_up_name(name=VOLUME)]
    result = coverage({"volumes": [VOLUME]}, gone)
    assert (result["volumes"], result["summary"]["volumes"]) == ([], 0)
    assert [VOLUME in warning for warning in result.warnings] == [True]
    result = coverage({"volumes": [*ids, VOLUME]}, [project, everything(), NO_POLICIES])
    assert (len(result["volumes"]), VOLUME in result.warnings[0]) == (5, True)


def test_an_ambiguous_name_fails_and_lists_the_ids(coverage: Coverage) -> None:
    twins = [volume(), volume(OTHER_VOLUME)]
    result = coverage({"volumes": ["data-1"]}, [look_up_name(*twins)])
    assert VOLUME in result["msg"]
    assert OTHER_VOLUME in result["msg"]
    project = ONE.but(answer={"volumes": twins})
    assert "several volumes" in coverage({"volumes": ["data-1", "a", "b", "c"]}, [project])["msg"]


def test_a_volume_whose_name_looks_like_an_id_is_found(coverage: Coverage) -> None:
    named = volume(OTHER_VOLUME, VOLUME)
    calls = [look_up().but(status=404, answer=missing()), look_up_name(named, name=VOLUME)]
    result = coverage({"volumes": [VOLUME]}, [*calls, rows(volume_id=OTHER_VOLUME), NO_POLICIES])
    assert only(result)["id"] == OTHER_VOLUME
