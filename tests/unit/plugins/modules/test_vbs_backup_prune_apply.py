# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deleting, waiting for all together, and what fails on the way."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.pruning import (
    delete,
    deleted,
    listing,
    of_volume,
    reasons,
    row,
    shared,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, lost
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    OTHER_VOLUME,
    bad_request,
    missing,
    refusal,
)

Json = dict[str, t.Any]
Prune = t.Callable[..., Result]

NOW = "2026-11-21T12:00:00Z"
ALL: Json = {"keep_last": 0, "api_retries": 0}
IMAGED = {"status": 400, "answer": refusal("VolumeBackup.0113")}
DENIED = {"status": 403, "answer": refusal("VolumeBackup.0042")}
LOST = {"error": lost()}


@pytest.fixture
def prune(run: t.Callable[..., Result]) -> Prune:
    return functools.partial(run, "vbs_backup_prune")


def going(number: int, **more: t.Any) -> Json:
    """A backup that is being deleted."""
    return row(number, status="deleting", **more)


def test_a_refusal_does_not_stop_the_others(prune: Prune) -> None:
    calls = [
        listing(row(1), row(2), row(3)),
        shared(),
        delete("b1"),
        delete("b2", **IMAGED),
        delete("b3"),
        of_volume(going(1), row(2), going(3)),
        of_volume(row(2)),
    ]
    result = prune(ALL, calls)
    assert result.failed
    assert result["changed"] is True
    assert (deleted(result), reasons(result)) == (["b1", "b3"], {"b2": "not_deleted"})
    ((backup_id, code, message),) = [(one["id"], one["code"], one["message"]) for one in result["failures"]]
    assert (backup_id, code) == ("b2", "VolumeBackup.0113")
    assert message.startswith("delete backup b2 (DELETE https://")
    assert result["msg"].startswith(f"1 of 3 backups were not deleted: {message}")
    assert (result["error"]["code"], result["error"]["http_status"]) == ("VolumeBackup.0113", 400)
    assert "delete the image first" in result["error"]["advice"]
    assert result["pending"] is None


def test_what_is_the_same_for_all_stops_at_once(prune: Prune) -> None:
    calls = [listing(row(1), row(2), row(3)), shared(), delete("b1"), delete("b2", **DENIED)]
    result = prune(ALL, [*calls, of_volume(going(1), row(2), row(3))])
    assert result["msg"].startswith("2 of 3 backups were not deleted: delete backup b2")
    assert (deleted(result), reasons(result)) == (["b1"], dict.fromkeys(("b2", "b3"), "not_deleted"))
    assert [one["id"] for one in result["failures"]] == ["b2"]
    assert result["pending"] == {"kind": "deletion", "ids": ["b1"], "started_at": NOW}


def test_three_in_a_row_without_an_answer_are_enough(prune: Prune) -> None:
    rows = [row(number) for number in range(1, 9)]
    answers: list[Json] = [LOST, LOST, IMAGED, LOST, {"status": 500, "answer": {}}, LOST]
    sent = [delete(f"b{number}", **answer) for number, answer in enumerate(answers, 1)]
    result = prune(ALL, [listing(*rows), shared(), *sent, of_volume(**LOST)])
    assert [one["id"] for one in result["failures"]] == ["b1", "b2", "b3", "b4", "b5", "b6"]
    assert set(reasons(result).values()) == {"not_deleted"}
    assert result["msg"].endswith(" and 1 more. Check the network, the proxy and the address.")
    assert (result["changed"], result["error"]["retryable"]) == (False, True)


@pytest.mark.parametrize("answer", [LOST, {"status": 502, "raw": b"<"}, {"status": 400, "answer": bad_request()}])
@pytest.mark.parametrize("after", [[row(2)], [going(1), row(2)]])
def test_what_a_listing_disproves_is_no_failure(prune: Prune, answer: Json, after: list[Json]) -> None:
    # The answer was lost, or another task deleted it in the same moment.
    calls = [listing(row(1), row(2)), shared(), delete("b1", **answer), delete("b2"), of_volume(*after), of_volume()]
    result = prune(ALL, calls)
    assert not result.failed
    assert (deleted(result), result["failures"], result["changed"]) == (["b1", "b2"], [], True)


def test_one_that_another_task_deleted_is_no_failure(prune: Prune) -> None:
    already = delete("b1", status=404, answer=missing())
    result = prune(ALL, [listing(row(1)), shared(), already, of_volume()])
    assert (result.failed, deleted(result)) == (False, ["b1"])


def test_all_are_waited_for_with_one_listing_for_each_look(prune: Prune) -> None:
    rows = [row(1), row(2, volume_id=OTHER_VOLUME), row(3, status="error")]
    looks = [
        # One in error stays so until its deletion begins.
        listing(going(1), row(2, volume_id=OTHER_VOLUME), row(3, status="error")),
        listing(going(2, volume_id=OTHER_VOLUME), going(3)),
        listing(going(3)),
        listing(),
    ]
    calls = [listing(*rows), shared(), delete("b1"), delete("b3"), delete("b2"), *looks]
    result = prune({**ALL, "wait_interval": 5}, calls, diff=True)
    assert (result.failed, deleted(result), result["kept"]) == (False, ["b1", "b3", "b2"], [])
    assert result.pauses == (5.0, 5.5, pytest.approx(6.05), pytest.approx(6.655))
    assert "pending" not in result.data


def test_the_looks_are_of_the_volume_that_is_concerned(prune: Prune) -> None:
    calls = [listing(row(1), row(2, volume_id=OTHER_VOLUME)), shared("b2"), delete("b1"), of_volume()]
    assert deleted(prune(ALL, calls)) == ["b1"]


@pytest.mark.parametrize(
    ("before", "seen", "then"),
    [
        (row(1), [going(1)], row(1, status="error", fail_reason="lost a disk")),
        (row(1), [going(1)], row(1, fail_reason="lost a disk")),
        (row(1), [row(1)], row(1, status="error", fail_reason="lost a disk")),
        (row(1), [], row(1, status="error_deleting", fail_reason="lost a disk")),
        (row(1, status="error"), [going(1)], row(1, status="error", fail_reason="lost a disk")),
        (
            row(1, status="error"),
            [],
            row(1, status="error", updated_at="2026-11-21T12:00:01", fail_reason="lost a disk"),
        ),
    ],
)
def test_a_deletion_that_ends_badly_is_told_and_the_others_are_waited_for(
    prune: Prune, before: Json, seen: list[Json], then: Json
) -> None:
    looks = [*(of_volume(one, going(2)) for one in seen), of_volume(then, going(2)), of_volume(then)]
    result = prune(ALL, [listing(before, row(2)), shared(), delete("b1"), delete("b2"), *looks])
    assert result.failed
    assert "lost a disk" in result["msg"]
    assert "b1" in result["msg"]
    assert (deleted(result), reasons(result), result["changed"]) == (["b2"], {"b1": "not_deleted"}, True)


def test_a_wait_that_reaches_its_limit_tells_all(prune: Prune) -> None:
    looks = [of_volume(going(1), going(2)), of_volume(going(2))]
    calls = [listing(row(1), row(2)), shared(), delete("b1"), delete("b2"), *looks]
    result = prune({**ALL, "wait_timeout": 2}, calls)
    for part in ("1 were still there (b2)", "wait_timeout (2 s)", "may still be running"):
        assert part in result["msg"]
    assert (deleted(result), result["changed"]) == (["b1", "b2"], True)
    assert result["pending"] == {"kind": "deletion", "ids": ["b2"], "started_at": NOW}


def test_the_same_task_again_goes_on_waiting(prune: Prune) -> None:
    # Only for what it would delete itself.
    rows = [going(1), going(2, name="autobk_2"), row(3)]
    result = prune({"older_than": "1h"}, [listing(*rows), of_volume(going(1), going(2)), of_volume(going(2))])
    assert (result.failed, result["changed"], deleted(result)) == (False, False, [])
    assert reasons(result) == {"b3": "newest"}
    assert not prune({"keep_last": 1}, [listing(rows[1], rows[2])])["changed"]


def test_without_waiting_it_says_how_to_go_on(prune: Prune) -> None:
    options = {**ALL, "wait": False}
    result = prune(options, [listing(row(1), going(2)), shared(), delete("b1")])
    assert (deleted(result), result["changed"]) == (["b1"], True)
    assert result["pending"] == {"kind": "deletion", "ids": ["b2", "b1"], "started_at": NOW}
    result = prune(options, [listing(going(2))])
    assert (result["changed"], result["pending"]["ids"]) == (False, ["b2"])


def test_a_deletion_of_another_that_ends_badly_fails_this_task_too(prune: Prune) -> None:
    result = prune(ALL, [listing(going(1)), of_volume(row(1, status="error", fail_reason="lost a disk"))])
    assert result["msg"].startswith("1 of 1 backups were not deleted: delete backup b1: it ended in error: lost a disk")
    assert (reasons(result), result["changed"]) == ({"b1": "not_deleted"}, False)


def increments(*, first_has: bool = True) -> list[Json]:
    """A full backup and an increment that depends on it, newest first."""
    plain = {"service_metadata": None}
    full = row(2, has_dependent_backups=first_has, **plain)
    return [row(1, is_incremental=True, **plain), full]


def test_what_others_depend_on_goes_after_them(prune: Prune) -> None:
    rows = increments()
    calls = [
        listing(*rows),
        shared(),
        delete("b1"),
        of_volume({**rows[0], "status": "deleting"}, rows[1]),
        of_volume(*increments(first_has=False)[1:]),
        delete("b2"),
        of_volume(),
    ]
    result = prune(ALL, calls)
    assert (result.failed, deleted(result)) == (False, ["b1", "b2"])


@pytest.mark.parametrize("began", [[], [going(1, is_incremental=True, service_metadata=None)]])
def test_what_still_has_dependents_stays(prune: Prune, began: list[Json]) -> None:
    # The one that the plan took for its dependent is gone, but something else depends on it.
    rows = increments()
    calls = [listing(*rows), shared(), delete("b1"), *(of_volume(one, rows[1]) for one in began), of_volume(rows[1])]
    result = prune(ALL, calls)
    assert (result.failed, deleted(result), reasons(result)) == (False, ["b1"], {"b2": "dependents"})


def test_what_depends_on_it_could_not_be_deleted_so_it_stays(prune: Prune) -> None:
    rows = increments()
    for answer, after in ((IMAGED, of_volume(*rows)), (LOST, of_volume(**LOST))):
        result = prune(ALL, [listing(*rows), shared(), delete("b1", **answer), after])
        assert reasons(result) == {"b1": "not_deleted", "b2": "dependents"}
        assert [one["id"] for one in result["failures"]] == ["b1"]


def pages(first: list[Json], second: list[Json] | Call) -> list[Call]:
    """A look at a list of two pages."""
    link = [{"rel": "next", "href": "https://elsewhere/v2/backups/detail?limit=1000&marker=m"}]
    one = of_volume(answer={"backups": first, "backups_links": link})
    two = Call("GET", f"{one.url}&marker=m")
    return [one, two.but(answer={"backups": second}) if isinstance(second, list) else second.but(url=two.url)]


def test_a_row_that_a_long_list_passes_over_once_is_not_taken_for_gone(prune: Prune) -> None:
    stays = [row(8, name="autobk_8"), row(9, name="autobk_9")]
    calls = [
        listing(row(1), *stays),
        shared(),
        delete("b1"),
        *pages(stays[:1], stays[1:]),
        *pages(stays[:1], [going(1), stays[1]]),
        *pages(stays[:1], stays[1:]),
        *pages(stays[:1], stays[1:]),
    ]
    result = prune(ALL, calls)
    assert (result.failed, deleted(result), len(result.pauses)) == (False, ["b1"], 4)


def test_a_next_page_whose_first_row_is_gone_is_looked_for_again(prune: Prune) -> None:
    gone = Call("GET", "", status=404, answer=missing())
    # The list is read once more at once, and where that ends so too, at the next look.
    calls = [listing(row(1)), shared(), delete("b1"), *pages([going(1)], gone), *pages([going(1)], gone), of_volume()]
    assert deleted(prune(ALL, calls)) == ["b1"]


def test_an_end_of_the_rights_during_the_wait_is_told_with_all_that_was_reached(prune: Prune) -> None:
    denied = of_volume(**DENIED)
    result = prune(ALL, [listing(row(1)), shared(), delete("b1"), of_volume(going(1)), denied])
    assert result["error"]["http_status"] == 403
    assert (deleted(result), result["changed"], result["pending"]["ids"]) == (["b1"], True, ["b1"])


def test_without_progress_a_call_that_is_to_end_early_waits_to_the_end(prune: Prune) -> None:
    early = {"seconds": 1.0, "waited": 0.0, "state": None}
    calls = [listing(row(1)), shared(), delete("b1"), of_volume(going(1)), of_volume(going(1)), of_volume()]
    result = prune({**ALL, "wait_interval": 2, "progress": False, "_slice": early}, calls)
    assert (deleted(result), len(result.pauses)) == (["b1"], 3)
