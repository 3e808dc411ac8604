# Copyright (c) 2026, huaweicloud.backup contributors
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
    task,
    tasks,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    OTHER_VOLUME,
    VOLUME,
    Json,
    backup,
    listed,
    missing,
    policy,
    volume,
)

Coverage = t.Callable[..., Result]


@pytest.fixture
def coverage(run: Coverage) -> Coverage:
    return functools.partial(run, "vbs_coverage_info")


def more(page: Call, marker: str) -> Call:
    """The same page with a link to another one."""
    return page.but(answer={**page.answer, "backups_links": [{"rel": "next", "href": f"/v2/x?marker={marker}"}]})


def after(page: Call, marker: str) -> Call:
    """The page that such a link leads to."""
    return page.but(url=page.url + f"&marker={marker}")


def of(volume_id: str, time: str | None, name: str = "b", **fields: t.Any) -> Json:
    """A backup of a volume, with an ID of its own."""
    created = {"created_at": None} if time is None else started(time)
    return backup(f"{name}-{volume_id}-{time}", name, volume_id=volume_id, **created, **fields)


def all_of(ids: list[str], hour: int = 9) -> list[Json]:
    """A backup of each volume, an hour apart, newest first."""
    return [of(one, f"21T{hour - number:02d}:00:00") for number, one in enumerate(ids)]


def test_reading_ends_when_no_older_backup_matters(coverage: Coverage) -> None:
    """Every volume has a good one on the first page, which says that there is more."""
    project, ids = five()
    result = coverage({}, [project, more(everything(*all_of(ids)), "m"), NO_POLICIES])
    assert sums(result)["protected"] == 5


def test_the_last_volumes_are_asked_for_one_by_one(coverage: Coverage) -> None:
    project, ids = five()
    page = everything(*all_of(ids[:4]))
    last = rows(of(ids[4], "01T12:00:00"), volume_id=ids[4])
    assert sums(coverage({}, [project, more(page, "m"), last, NO_POLICIES]))["stale"] == 1
    # But not where the first page was the last.
    assert sums(coverage({}, [project, page, NO_POLICIES]))["unprotected"] == 1


def test_a_good_backup_of_unknown_time_does_not_end_the_reading(coverage: Coverage) -> None:
    project, ids = five()
    page = more(everything(*all_of(ids[:4]), of(ids[4], None)), "m")
    last = rows(of(ids[4], "21T08:00:00"), of(ids[4], None), volume_id=ids[4])
    assert sums(coverage({}, [project, page, last, NO_POLICIES]))["protected"] == 5


@pytest.mark.parametrize("where", ["within the first page", "between pages", "within a page that is not the last"])
def test_a_list_that_is_not_newest_first_is_read_to_its_end(coverage: Coverage, where: str) -> None:
    project, ids = five()
    old = [of(one, f"0{number}T00:00:00") for number, one in enumerate(ids, 1)]
    first, second = {
        "within the first page": ([old[3], old[4], old[2]], [old[1], old[0]]),
        "between pages": (old[:1], old[:0:-1]),
        "within a page that is not the last": (old[:2], old[:1:-1]),
    }[where]
    pages = [more(everything(*first), "m"), more(after(everything(*second), "m"), "n")]
    result = coverage({}, [project, *pages, after(everything(*all_of(ids)), "n"), NO_POLICIES])
    assert sums(result)["protected"] == 5


def test_a_volumes_list_that_is_not_newest_first_is_read_to_its_end(coverage: Coverage) -> None:
    pages = [more(rows(of(VOLUME, "01T00:00:00"), of(VOLUME, "02T00:00:00")), "m"), after(rows(GOOD), "m")]
    assert sums(coverage({"volumes": [VOLUME]}, [look_up(), *pages, NO_POLICIES]))["protected"] == 1


def test_of_a_volume_no_more_is_read_than_its_newest_good_backup(coverage: Coverage) -> None:
    other = look_up_name(volume(OTHER_VOLUME, "data-2"), name="data-2")
    newer = more(rows(of(OTHER_VOLUME, "21T11:30:00"), volume_id=OTHER_VOLUME), "m")
    calls = [look_up(), other, more(rows(GOOD), "m"), newer, NO_POLICIES]
    assert sums(coverage({"volumes": [VOLUME, "data-2"]}, calls))["protected"] == 2


def test_tasks_are_read_no_further_than_they_matter(coverage: Coverage) -> None:
    """The page is full, but the volume has a newer task and a newer good backup than its last row."""
    found = [task("21T11:59:00", "RUNNING"), *[task("21T10:59:00", job_id=f"t{number}") for number in range(19)]]
    page = tasks(*found)
    page = page.but(answer={**page.answer, "count": 90})
    row = only(coverage({"volumes": [VOLUME]}, [look_up(), rows(GOOD), listed(policy()), page]))
    assert (row["last_task"]["status"], row["last_attempt_failed"]) == ("RUNNING", False)


def test_a_task_that_failed_before_the_newest_one_still_matters(coverage: Coverage) -> None:
    found = [task("21T11:59:00", "RUNNING"), task("21T11:30:00", "EXECUTE_FAIL", job_id="t2")]
    row = only(coverage({"volumes": [VOLUME]}, [look_up(), rows(GOOD), listed(policy()), tasks(*found)]))
    assert (row["last_task"]["status"], row["last_attempt_failed"]) == ("RUNNING", True)


def test_few_volumes_are_looked_up_one_by_one(coverage: Coverage) -> None:
    other = look_up_name(volume(OTHER_VOLUME, "data-2"), name="data-2")
    calls = [look_up(), other, rows(GOOD), rows(volume_id=OTHER_VOLUME), NO_POLICIES]
    result = coverage({"volumes": [VOLUME, "data-2", VOLUME]}, calls)
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
