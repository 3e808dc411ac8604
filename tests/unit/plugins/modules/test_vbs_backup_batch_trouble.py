# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vbs_backup_batch where something goes wrong: failures, busy volumes, limits, lost answers, refusals."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.backups import refused
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.batches import (
    FOUR,
    create,
    job_id,
    kept,
    listing,
    made,
    of_volume,
    project,
    read_job,
    row,
    shown,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.credentials import USER, sign_in, with_token
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, lost
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import gateway, refusal

Batch = t.Callable[..., Result]
Json = dict[str, t.Any]


@pytest.fixture
def batch(run: Batch) -> Batch:
    return functools.partial(run, "vbs_backup_batch")


def test_one_volumes_failure_does_not_stop_the_others(batch: Batch) -> None:
    calls = [
        project(1, 2, 3, 4),
        listing(),
        *(refused(create(1), "VolumeBackup.0040"), create(2), create(3), create(4)),
        listing(row(4), row(3), row(2)),
    ]
    result = batch(FOUR, calls)
    assert result.failed
    assert result["msg"].startswith("1 of 4 volumes have no good backup: create backup 'data-1-20261121' of volume")
    assert (result["error"]["code"], result["error"]["retryable"]) == ("VolumeBackup.0040", False)
    assert result["error"]["advice"] == result["backups"][0]["error"]["advice"]
    assert result["backups"][0]["status"] is None
    assert result["backups"][1:] == [shown(number) for number in (2, 3, 4)]
    assert result["changed"] is True


def test_where_backups_cannot_be_listed_each_volume_has_a_row_that_says_so(batch: Batch) -> None:
    forbidden = listing().but(status=403, answer=gateway("APIGW.0302"))
    result = batch(FOUR, [project(1, 2, 3, 4), forbidden])
    assert (result.failed, result["changed"]) == (True, False)
    assert [one["volume_name"] for one in result["backups"]] == FOUR["volumes"]
    for one in result["backups"]:
        assert (one["backup_id"], one["status"], one["changed"]) == (None, None, False)
        assert one["error"]["code"] == "APIGW.0302"


def test_failed_jobs_are_told_with_their_reasons_without_and_with_a_row(batch: Batch) -> None:
    fail = {"error_code": "VolumeBackup.0064", "fail_reason": "the disk array is on fire"}
    failed = [read_job(number, "FAIL", **fail) for number in (1, 2)]
    there = [row(4), row(3), row(2, "error")]
    calls = [
        project(1, 2, 3, 4),
        listing(),
        *map(create, (1, 2, 3, 4)),
        *(listing(*there), failed[1], listing(*there), failed[0]),
    ]
    result = batch(FOUR, calls)
    assert result.failed
    assert result["msg"].count("the disk array is on fire (VolumeBackup.0064)") == 2
    assert [one["status"] for one in result["backups"]] == [None, "error", "available", "available"]
    assert [one["changed"] for one in result["backups"]] == [True] * 4
    assert result["backups"][1]["error"]["code"] == "VolumeBackup.0064"


def test_a_job_that_succeeded_without_a_row_in_the_listing_is_read_by_its_id(batch: Batch) -> None:
    one = Call("GET", listing().url.partition("/detail")[0] + "/" + made(1), answer={"backup": row(1)})
    there = [row(4), row(3), row(2)]
    calls = [
        project(1, 2, 3, 4),
        listing(),
        *map(create, (1, 2, 3, 4)),
        *(listing(*there), listing(*there), read_job(1), one, one),
    ]
    assert batch(FOUR, calls)["backups"] == [shown(number) for number in (1, 2, 3, 4)]


def test_a_busy_volume_is_tried_again_and_holds_nobody_up(batch: Batch) -> None:
    other = row(1, "creating", id="weekly", name="weekly")
    there = [row(4, "creating"), row(3, "creating"), row(2, "creating")]
    done = [row(4), row(3), row(2)]
    calls = [
        project(1, 2, 3, 4),
        listing(other),
        *(refused(create(1), "VolumeBackup.0013"), create(2), create(3), create(4)),
        # Still at it, so it is not asked for.
        listing(*there, other),
        *(listing(*done, {**other, "status": "available"}), create(1)),
        listing(row(1), *done, {**other, "status": "available"}),
    ]
    assert batch(FOUR, calls)["backups"] == [shown(number) for number in (1, 2, 3, 4)]


def test_a_busy_volume_is_satisfied_by_another_tasks_backup(batch: Batch) -> None:
    calls = [
        project(1, 2, 3, 4),
        listing(*map(row, (2, 3, 4))),
        refused(create(1), "VolumeBackup.0013"),
        *(listing(row(1, "creating"), *map(row, (2, 3, 4))), listing(row(1), *map(row, (2, 3, 4)))),
    ]
    result = batch(FOUR, calls, diff=True)
    assert (result["changed"], result["backups"][0]) == (False, kept(1))
    assert result["diff"]["before"] == result["diff"]["after"]


def test_without_waiting_a_busy_volume_fails_at_once_and_may_be_tried_again(batch: Batch) -> None:
    calls = [project(1, 2, 3, 4), listing(*map(row, (2, 3, 4))), refused(create(1), "VolumeBackup.0012")]
    result = batch({**FOUR, "wait": False}, calls)
    assert (result["error"]["code"], result["error"]["retryable"]) == ("VolumeBackup.0012", True)
    assert result["changed"] is False


def test_a_wait_that_reached_its_limit_names_the_jobs_and_how_to_go_on(batch: Batch) -> None:
    there = [row(number, "creating") for number in (4, 3, 2, 1)]
    calls = [project(1, 2, 3, 4), listing(), *map(create, (1, 2, 3, 4)), listing(*there), listing(*there)]
    result = batch({**FOUR, "wait_timeout": 2}, calls)
    assert result["msg"].startswith("4 of 4 volumes have no good backup: ")
    assert f"the backup of job {job_id(1)} was creating when wait_timeout (2 s) was reached" in result["msg"]
    assert "and 1 more, see backups" in result["msg"]
    assert "run the same task again" in result["error"]["advice"]
    assert result["error"]["retryable"] is True
    assert result["pending"]["ids"] == [job_id(number) for number in (1, 2, 3, 4)]


def test_an_older_backup_of_the_name_is_not_taken_for_ours_and_both_are_named(batch: Batch) -> None:
    # Made by another task between the listing and the call, and at its end when ours does not show yet.
    theirs = row(1, id="theirs", created_at="2026-11-21T11:59:50.000000")
    rest = [row(4), row(3), row(2)]
    calls = [
        project(1, 2, 3, 4),
        listing(),
        *map(create, (1, 2, 3, 4)),
        *(listing(*rest, theirs), read_job(1, "RUNNING")),
        listing(row(1), *rest, theirs),
        read_job(1),
    ]
    result = batch(FOUR, calls)
    assert result["backups"][0] == shown(1)
    (warning,) = result.warnings
    assert "at the same time" in warning
    assert "theirs" in warning
    assert made(1) in warning


def test_a_lost_answer_is_looked_for_and_adopted(batch: Batch) -> None:
    calls = [
        project(1, 2, 3, 4),
        listing(*map(row, (2, 3, 4))),
        create(1).but(error=lost()),
        *(listing(*map(row, (2, 3, 4))), listing(row(1, "creating"), *map(row, (2, 3, 4)))),
        listing(row(1), *map(row, (2, 3, 4))),
    ]
    result = batch(FOUR, calls)
    assert result["backups"][0] == shown(1, job_id=None)
    assert result["changed"] is True


def test_several_that_fit_after_a_lost_answer_are_named(batch: Batch) -> None:
    rest = [row(number) for number in (2, 3, 4)]
    calls = [
        project(1, 2, 3, 4),
        listing(*rest),
        create(1).but(error=lost()),
        listing(row(1), row(1, id="other"), *rest),
    ]
    result = batch(FOUR, calls)
    assert "several new backups fit" in result["msg"]
    assert made(1) in result["msg"]
    assert "other" in result["msg"]


def test_a_request_that_is_one_too_many_makes_all_wait(batch: Batch) -> None:
    late = [row(number, created_at="2026-11-21T12:00:30.000000") for number in (4, 3, 2, 1)]
    slow = create(1).but(status=429, answer=gateway("APIGW.0308"), headers={"Retry-After": "7"})
    calls = [
        project(1, 2, 3, 4),
        listing(),
        *(slow, create(1), create(2), create(3), create(4)),
        listing(*late),
    ]
    result = batch(FOUR, calls)
    assert not result.failed
    assert result.pauses[0] == pytest.approx(7.05)


AWAY: Json = {"status": 503, "answer": gateway("APIGW.0201")}
BUSY: Json = {"status": 400, "answer": refusal("VolumeBackup.0023")}


@pytest.mark.parametrize(
    ("answer", "looks_after"),
    [
        ({**AWAY, "headers": {"Retry-After": "30"}}, (1, 2, 3, 4, 5)),
        (AWAY, (5,)),
        (BUSY, (5,)),
    ],
    ids=["asked to wait", "away", "this volume"],
)
def test_a_call_that_always_fails_is_given_up_after_api_retries(
    batch: Batch, answer: Json, looks_after: t.Collection[int]
) -> None:
    """A round ends after ten seconds, and the listing is read anew; the next one goes on counting."""
    calls = [project(1), of_volume(1)]
    for sent in range(1, 7):
        calls += [create(1).but(**answer), *([of_volume(1)] if sent in looks_after else [])]
    result = batch({"volumes": ["data-1"]}, calls)
    assert result.failed
    assert result["backups"][0]["error"]["http_status"] == answer["status"]


def test_nothing_is_sent_again_when_the_limit_is_reached(batch: Batch) -> None:
    away = create(1).but(**AWAY, headers={"Retry-After": "30"})
    result = batch({"volumes": ["data-1"], "wait_timeout": 20}, [project(1), of_volume(1), away])
    assert result.failed
    assert "wait_timeout (20 s) was reached" in result["msg"]


def test_three_that_are_refused_for_what_is_not_theirs_are_the_last(batch: Batch) -> None:
    closed = [create(number).but(status=403, answer=gateway("APIGW.0302")) for number in (1, 2, 3)]
    result = batch(FOUR, [project(1, 2, 3, 4), listing(), *closed])
    assert result["error"]["code"] == "APIGW.0302"
    assert "it was not sent" in result["backups"][3]["error"]["message"]
    assert result["changed"] is False


def test_a_token_that_ends_is_renewed_once_for_all(batch: Batch) -> None:
    old, new = "canary-token-c20ad4d76fe97759", "canary-token-renewed-c51ce410c124"
    ended = create(1).but(status=401, answer=gateway("APIGW.0307"))
    first = [with_token(call, old) for call in (project(1, 2, 3, 4), listing(), ended)]
    rest = [with_token(call, new) for call in (*map(create, (1, 2, 3, 4)), listing(*map(row, (4, 3, 2, 1))))]
    options = {**FOUR, "token_cache": False}
    result = batch(options, [sign_in(old), *first, sign_in(new), *rest], auth=USER)
    assert result["backups"] == [shown(number) for number in (1, 2, 3, 4)]


def test_a_name_in_an_unknown_state_fails_its_volume_alone_in_check_mode_too(batch: Batch) -> None:
    strange = row(1, "half_done")
    before = [project(1, 2, 3, 4), listing(strange, row(2), row(3))]
    predicted = batch(FOUR, before, check_mode=True)
    result = batch(FOUR, [*before, create(4), listing(row(4), strange, row(2), row(3))])
    for one in (predicted, result):
        assert "is in the unknown state 'half_done'" in one["msg"]
        assert one["msg"].startswith("1 of 4")
    assert result["backups"][3] == shown(4)


def test_without_waiting_a_listing_that_fails_loses_neither_rows_nor_jobs(batch: Batch) -> None:
    gone = listing().but(status=403, answer=gateway("APIGW.0302"))
    calls = [project(1, 2, 3, 4), listing(*map(row, (1, 2, 3))), create(4), gone]
    result = batch({**FOUR, "wait": False}, calls)
    assert (result["error"]["code"], result["changed"]) == ("APIGW.0302", True)
    assert result["pending"]["ids"] == [job_id(4)]
    assert result["backups"][:3] == [kept(1), kept(2), kept(3)]
    assert result["backups"][3]["status"] == "creating"


def test_a_row_of_an_unknown_state_that_comes_later_fails_its_volume_alone(batch: Batch) -> None:
    rest = [row(3), row(4)]
    busy = [refused(create(number), "VolumeBackup.0013") for number in (1, 2)]
    calls = [
        project(1, 2, 3, 4),
        *(listing(*rest), *busy, listing(row(1, "half_done"), *rest), create(2)),
        listing(row(2, created_at="2026-11-21T12:00:05.000000"), row(1, "half_done"), *rest),
    ]
    result = batch(FOUR, calls)
    assert "1 of 4" in result["msg"]
    assert "unknown state 'half_done'" in result["msg"]
    assert result["backups"][1:] == [shown(2), kept(3), kept(4)]
