# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vbs_backup_batch, request by request; one at a time, so that their order is known."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.batches import (
    FOUR,
    create,
    job_id,
    kept,
    listing,
    made,
    name,
    of_volume,
    project,
    row,
    shown,
    vol,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import volume

Batch = t.Callable[..., Result]
Json = dict[str, t.Any]


@pytest.fixture
def batch(run: Batch) -> Batch:
    return functools.partial(run, "vbs_backup_batch")


def unknown(*wrong: str) -> Call:
    assert wrong
    return project(1, 2, 3, 4, more=[volume(vol(8), "twin"), volume(vol(9), "twin")])


def test_what_is_wrong_with_the_volumes_is_told_in_one_message_before_anything_is_made(batch: Batch) -> None:
    wrong = ["data-1", "nobody", "twin", vol(1), "data-2", "data-2"]
    result = batch({"volumes": wrong}, [unknown(*wrong)])
    assert result["msg"] == (
        "volumes: there is no volume 'nobody' in this project;"
        f" several volumes are called 'twin': {vol(8)}, {vol(9)}; give the ID;"
        f" 'data-1' and '{vol(1)}' are the same volume; name each once;"
        " 'data-2' and 'data-2' are the same volume; name each once"
    )
    assert result["error"]["advice"] == "correct the option volumes"


def test_of_many_that_are_wrong_the_first_are_told(batch: Batch) -> None:
    result = batch({"volumes": [f"nobody-{number}" for number in range(25)]}, [project(1)])
    assert "'nobody-9'" in result["msg"]
    assert "nobody-10" not in result["msg"]
    assert result["msg"].endswith("; and 15 more")


def test_no_volume_is_nothing_to_do(batch: Batch) -> None:
    result = batch({"volumes": []})
    assert (result["changed"], result["backups"]) == (False, [])


def test_four_are_made_and_followed_through_one_listing(batch: Batch) -> None:
    looks = [listing(*(row(number, status) for number in (4, 3, 2, 1))) for status in ("creating", "available")]
    calls = [project(1, 2, 3, 4), listing(), *(create(number) for number in (1, 2, 3, 4)), *looks]
    result = batch(FOUR, calls)
    assert result["backups"] == [shown(number) for number in (1, 2, 3, 4)]
    assert result["changed"] is True
    assert result.pauses == pytest.approx((1.0, 1.1))
    assert "pending" not in result.data


def test_up_to_three_volumes_have_a_listing_each(batch: Batch) -> None:
    calls = [
        project(1, 2),
        *(of_volume(1), of_volume(2), create(1), create(2)),
        *(of_volume(1, row(1)), of_volume(2, row(2))),
    ]
    result = batch({"volumes": ["data-1", vol(2)], "concurrency": 1}, calls)
    assert result["backups"] == [shown(1), shown(2)]


def test_what_is_there_is_kept_and_what_is_on_its_way_is_waited_for(batch: Batch) -> None:
    calls = [
        project(1, 2, 3, 4),
        listing(row(1), row(2, "creating"), row(3)),
        *(create(4), listing(row(4), row(2), row(1), row(3))),
    ]
    result = batch(FOUR, calls)
    assert result["backups"] == [kept(1), kept(2), kept(3), shown(4)]
    assert result["changed"] is True


def test_nothing_to_do_takes_two_requests(batch: Batch) -> None:
    result = batch(FOUR, [project(1, 2, 3, 4), listing(*map(row, (1, 2, 3, 4)))], diff=True)
    assert (result["changed"], result["backups"]) == (False, [kept(number) for number in (1, 2, 3, 4)])
    assert result["diff"]["before"] == result["diff"]["after"]


def test_check_mode_and_diff_tell_what_the_run_does(batch: Batch) -> None:
    before = [project(1, 2, 3, 4), listing(row(1))]
    predicted = batch(FOUR, before, check_mode=True, diff=True)
    real = batch(
        FOUR, [*before, *map(create, (2, 3, 4)), listing(*map(row, (4, 3, 2)), row(1))], check_mode=False, diff=True
    )
    assert predicted["changed"] is real["changed"] is True
    assert predicted["diff"] == real["diff"]
    assert real["diff"]["before"]["backups"] == [{"volume_id": vol(1), "volume_name": "data-1", "name": name(1)}]
    assert [one["name"] for one in real["diff"]["after"]["backups"]] == [name(number) for number in (1, 2, 3, 4)]
    unknown_yet = {"backup_id": None, "job_id": None}
    assert predicted["backups"] == [kept(1), *({**shown(number), **unknown_yet} for number in (2, 3, 4))]


def test_description_and_tags_are_sent_and_one_warning_names_what_differs_and_what_is_no_good(batch: Batch) -> None:
    options = {**FOUR, "description": "by hand", "tags": {"env": "prod", "level": 1}}
    sent = {"description": "by hand", "tags": [{"key": "env", "value": "prod"}, {"key": "level", "value": "1"}]}
    bad = [row(3, "error", id="bad-3"), row(4, "deleting", id="bad-4")]
    there = [row(1, description="by hand"), row(2, description=None), *bad]
    calls = [
        project(1, 2, 3, 4),
        listing(*there),
        *(create(3, **sent), create(4, **sent)),
        listing(row(4), row(3), *there),
    ]
    result = batch(options, calls)
    assert [one["backup_id"] for one in result["backups"]] == [made(number) for number in (1, 2, 3, 4)]
    assert len(result.warnings) == 2
    assert "bad-3 (error), bad-4 (deleting)" in result.warnings[0]
    assert made(2) in result.warnings[1]
    assert made(1) not in result.warnings[1]


def test_with_max_age_only_the_age_decides(batch: Batch) -> None:
    young = row(1, id="young", name="whatever", created_at="2026-11-21T11:30:00.000000")
    old = row(2, id="old", created_at="2026-11-21T10:30:00.000000")
    nameless = {**row(3, id="nameless", created_at="2026-11-21T11:59:00.000000"), "name": None}
    there = [nameless, young, old, row(4)]
    calls = [project(1, 2, 3, 4), listing(*there), create(2), listing(row(2), *there)]
    result = batch({**FOUR, "max_age": "1h"}, calls)
    assert [one["backup_id"] for one in result["backups"]] == ["young", made(2), "nameless", made(4)]
    assert [one["name"] for one in result["backups"]] == ["whatever", name(2), None, name(4)]
    assert [one["changed"] for one in result["backups"]] == [False, True, False, False]


def test_without_waiting_the_jobs_are_told_and_what_shows_already(batch: Batch) -> None:
    calls = [
        project(1, 2, 3, 4),
        listing(row(1), row(2, "creating")),
        *(create(3), create(4), listing(row(4, "creating"), row(1), row(2, "creating"))),
    ]
    result = batch({**FOUR, "wait": False}, calls)
    assert result["pending"] == {
        "kind": "job",
        "ids": [job_id(3), job_id(4)],
        "started_at": "2026-11-21T12:00:00Z",
    }
    assert [one["status"] for one in result["backups"]] == ["available", "creating", "creating", "creating"]
    assert [one["backup_id"] for one in result["backups"]] == [made(1), made(2), None, made(4)]
    assert result.pauses == ()


def test_without_waiting_what_others_had_begun_is_pending_too(batch: Batch) -> None:
    calls = [project(1, 2, 3, 4), listing(row(1, "creating"), *map(row, (2, 3, 4)))]
    result = batch({**FOUR, "wait": False}, calls)
    assert result["pending"] == {"kind": "backup", "ids": [made(1)], "started_at": None}
    assert result["changed"] is False
