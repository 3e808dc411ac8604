# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Binding proved by counts, because the service cannot say what a policy holds (contract §3)."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils import _binding
from ansible_collections.huaweicloud.backup.plugins.module_utils._binding import Tally, bind, counts_of, unbind
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import AnswerError, ApiError, BackupError
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.clients import during
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, vbs

LIST = vbs("GET", "/v2/backuppolicy")
REFUSED = {"status": 400, "answer": {"error": {"code": "AutoBackup.0210", "message": "HANA volume"}}}


def volumes(start: int, count: int) -> list[str]:
    return [f"v{number}" for number in range(start, start + count)]


def counts(**held: t.Any) -> Call:
    rows = [{"backup_policy_id": name, "policy_resource_count": count} for name, count in held.items()]
    return LIST.but(answer={"backup_policies": rows})


def lists(done: t.Sequence[str], failed: t.Sequence[dict[str, t.Any]]) -> dict[str, t.Any]:
    return {"success_resources": [{"resource_id": name} for name in done], "fail_resources": list(failed)}


def binding(asked: t.Sequence[str], failed: t.Sequence[dict[str, t.Any]] = ()) -> Call:
    resources = [{"resource_id": name, "resource_type": "volume"} for name in asked]
    gone = {row["resource_id"] for row in failed}
    answer = lists([name for name in asked if name not in gone], failed)
    return vbs(
        "POST", "/v2/backuppolicyresources", body={"backup_policy_id": "p", "resources": resources}, answer=answer
    )


def unbinding(
    asked: t.Sequence[str], done: t.Sequence[str], failed: t.Sequence[dict[str, t.Any]] | None = None
) -> Call:
    """By default what is not done comes back as a failed entry without a code, as the service does it."""
    if failed is None:
        failed = [{"resource_id": name} for name in asked if name not in done]
    body = {"resources": [{"resource_id": name} for name in asked]}
    return vbs("POST", "/v2/backuppolicyresources/p/deleted_resources", body=body, answer=lists(done, failed))


def bound(tally: Tally, asked: t.Sequence[str], *calls: Call) -> dict[str, int]:
    return during(calls, lambda client: bind(client, tally, asked))


def unbound(
    tally: Tally,
    candidates: t.Sequence[str],
    *calls: Call,
    before: dict[str, int] | None = None,
    wanted: int | None = None,
) -> None:
    """Unbind until the count is as wanted, or through all candidates."""
    during(
        calls,
        lambda client: unbind(
            client,
            tally,
            candidates,
            before or {"p": tally.count},
            is_enough=lambda: wanted is not None and tally.count <= wanted,
        ),
    )


def test_volumes_that_moved_the_count_by_their_number_were_added() -> None:
    tally = Tally("p", 1)
    assert bound(tally, ["v1", "v2"], binding(["v1", "v2"]), counts(p=3, other=7)) == {"p": 3, "other": 7}
    assert tally.result() == {
        "policy_id": "p",
        "added": ["v1", "v2"],
        "removed": [],
        "added_count": 2,
        "removed_count": 0,
        "failures": [],
        "resource_count": 3,
    }
    assert tally.changed


def test_volumes_that_were_bound_already_are_no_change() -> None:
    tally = Tally("p", 2)
    bound(tally, ["v1", "v2"], binding(["v1", "v2"]), counts(p=2))
    assert (tally.added, tally.added_count, tally.changed) == ([], 0, False)


def test_where_only_some_were_new_nobody_knows_which() -> None:
    tally = Tally("p", 1)
    bound(tally, ["v1", "v2", "v3"], binding(["v1", "v2", "v3"]), counts(p=3))
    assert (tally.added, tally.added_count, tally.changed) == (None, 2, True)


def test_volumes_that_failed_are_listed_and_the_others_stay_done() -> None:
    tally = Tally("p", 0)
    failed = [
        {"resource_id": "v2", "resource_type": "volume", "code": "AutoBackup.0208", "message": "volume not found"},
        {"resource_id": "v3", "code": "VBS.0002"},
        {"resource_id": 7, "code": None, "message": ["x"]},
    ]
    bound(tally, ["v1", "v2", "v3"], binding(["v1", "v2", "v3"], failed), counts(p=1))
    assert (tally.added, tally.added_count) == (["v1"], 1)
    assert tally.failures == [
        {"volume_id": "v2", "code": "AutoBackup.0208", "message": "volume not found"},
        {"volume_id": "v3", "code": "VBS.0002", "message": None},
        {"volume_id": None, "code": None, "message": None},
    ]


def test_many_volumes_go_out_forty_at_a_time_and_are_counted_once() -> None:
    tally = Tally("p", 0)
    calls = [binding(volumes(0, 40)), binding(volumes(40, 40)), binding(volumes(80, 1)), counts(p=81)]
    bound(tally, volumes(0, 81), *calls)
    assert tally.added == volumes(0, 81)


def test_a_part_that_is_refused_as_a_whole_leaves_the_earlier_ones_in_the_results() -> None:
    tally = Tally("p", 0)
    calls = [binding(volumes(0, 40)), binding(volumes(40, 40)).but(**REFUSED), counts(p=40)]
    with pytest.raises(ApiError, match="HANA") as caught:
        bound(tally, volumes(0, 90), *calls)
    assert caught.value.results["added"] == volumes(0, 40)
    assert caught.value.results["resource_count"] == 40
    assert caught.value.results["changed"] is True


def test_a_part_that_is_refused_before_anything_moved_is_no_change() -> None:
    with pytest.raises(ApiError) as caught:
        bound(Tally("p", 5), ["v1"], binding(["v1"]).but(**REFUSED), counts(p=5))
    assert caught.value.results["changed"] is False
    assert caught.value.results["added"] == []


def test_nothing_to_bind_is_only_counted() -> None:
    tally = Tally("p", 5)
    bound(tally, [], counts(p=5))
    assert not tally.changed


def test_where_the_counts_cannot_be_read_afterwards_nothing_is_claimed() -> None:
    with pytest.raises(ApiError) as caught:
        bound(Tally("p", 0), ["v1", "v2"], binding(["v1", "v2"], [{"resource_id": "v2"}]), LIST.but(status=403))
    results = caught.value.results
    assert [results[name] for name in ("added", "added_count", "resource_count")] == [None, None, None]
    assert results["changed"] is True
    assert set(results) == {*Tally("p", 0).result(), "changed"}
    assert results["failures"] == [{"volume_id": "v2", "code": None, "message": None}]


def test_a_policy_that_was_deleted_meanwhile_is_told() -> None:
    for work in (bound, unbound):
        change = binding(["v1"]) if work is bound else unbinding(["v1"], ["v1"])
        with pytest.raises(BackupError, match="policy p was deleted meanwhile"):
            work(Tally("p", 1), ["v1"], change, counts(other=1))


def test_unbinding_is_proved_by_the_count_too() -> None:
    tally = Tally("p", 3)
    unbound(tally, ["v1"], unbinding(["v1"], ["v1"]), counts(p=2))
    assert (tally.removed, tally.removed_count, tally.count, tally.changed) == (["v1"], 1, 2, True)


def test_a_volume_that_was_not_bound_is_absent_already_and_no_failure() -> None:
    tally = Tally("p", 3)
    unbound(tally, ["v1"], unbinding(["v1"], []), counts(p=3))
    assert (tally.removed, tally.removed_count, tally.failures, tally.changed) == ([], 0, [], False)


def test_a_failed_entry_with_a_code_is_a_failure() -> None:
    tally = Tally("p", 3)
    failed = [
        {"resource_id": "v1", "code": "AutoBackup.0208", "message": "not found"},
        {"resource_id": "v2", "code": ""},
    ]
    unbound(tally, ["v1"], unbinding(["v1"], [], failed), counts(p=3))
    assert [row["volume_id"] for row in tally.failures] == ["v1"]


def test_the_first_candidate_goes_alone_the_others_forty_at_a_time() -> None:
    tally = Tally("p", 42)
    calls = [
        unbinding(["v0"], ["v0"]),
        counts(p=41),
        unbinding(volumes(1, 40), volumes(1, 40)),
        counts(p=1),
        unbinding(["v41"], ["v41"]),
        counts(p=0),
    ]
    unbound(tally, volumes(0, 42), *calls)
    assert tally.removed == volumes(0, 42)


def test_each_candidate_goes_alone_as_long_as_another_policy_holds_volumes() -> None:
    tally = Tally("p", 4)
    calls = [
        unbinding(["v0"], ["v0"]),
        counts(p=3, a=2),
        unbinding(["v1"], []),
        counts(p=3, a=2),
        unbinding(["v2"], ["v2"]),
        # The other policy was deleted, so there is nobody to hurt.
        counts(p=2, new=0),
        unbinding(["v3", "v4"], ["v3", "v4"]),
        counts(p=0),
    ]
    unbound(tally, volumes(0, 5), *calls, before={"p": 4, "a": 2})
    assert tally.removed == ["v0", "v2", "v3", "v4"]


def test_it_stops_at_the_wanted_count_and_before_the_first_if_that_is_reached() -> None:
    tally = Tally("p", 3)
    unbound(tally, volumes(0, 3), unbinding(["v0"], ["v0"]), counts(p=2), wanted=2)
    assert tally.removed == ["v0"]
    unbound(tally, volumes(0, 3), wanted=2)


def test_where_a_request_removed_another_number_nobody_knows_which() -> None:
    tally = Tally("p", 5)
    calls = [
        unbinding(["v0"], ["v0"]),
        counts(p=4),
        unbinding(["v1", "v2"], ["v1", "v2"]),
        counts(p=3),
    ]
    unbound(tally, volumes(0, 3), *calls)
    assert (tally.removed, tally.removed_count, tally.changed) == (None, 2, True)


def test_it_stops_at_once_where_another_policy_lost_volumes() -> None:
    tally = Tally("p", 3)
    with pytest.raises(BackupError, match="another policy lost volumes: a, b") as caught:
        unbound(
            tally,
            volumes(0, 3),
            unbinding(["v0"], ["v0"]),
            counts(p=3, a=1, b=0, c=9, new=0),
            before={"p": 3, "a": 2, "b": 1, "c": 5, "gone": 4},
        )
    assert caught.value.results["changed"] is True
    assert caught.value.results["policy_id"] == "p"
    assert "bind again" in str(caught.value.advice)


def test_losses_are_measured_from_request_to_request() -> None:
    tally = Tally("p", 3)
    calls = [unbinding(["v0"], ["v0"]), counts(p=2, a=5), unbinding(["v1"], ["v1"]), counts(p=1, a=4)]
    with pytest.raises(BackupError, match="another policy lost volumes: a"):
        unbound(tally, ["v0", "v1"], *calls, before={"p": 3, "a": 1})


def test_a_refused_request_keeps_what_was_done_before() -> None:
    tally = Tally("p", 3)
    calls = [unbinding(["v0"], ["v0"]), counts(p=2), unbinding(["v1"], []).but(**REFUSED)]
    with pytest.raises(ApiError) as caught:
        unbound(tally, ["v0", "v1"], *calls)
    assert caught.value.results["removed"] == ["v0"]
    assert caught.value.results["changed"] is True


@pytest.mark.parametrize("count", [None, "many", True, 1.5, []])
def test_a_policy_without_a_count_proves_nothing(count: t.Any) -> None:
    with pytest.raises(AnswerError, match="policy_resource_count"):
        counts_of([{"backup_policy_id": "p", "policy_resource_count": count}])
    assert counts_of([{"backup_policy_id": "p", "policy_resource_count": "3"}]) == {"p": 3}


def test_failed_volumes_are_told_in_one_sentence_five_at_most() -> None:
    failures = [{"volume_id": f"v{number}", "code": "A.1", "message": "no"} for number in range(7)]
    tally = Tally("p", 0, failures=[{"volume_id": "x", "code": None, "message": None}, *failures])
    message = _binding.failure(tally, "bind volumes").message
    assert message == (
        "bind volumes: 8 failed, the others are done: x (no code: no reason given), v0 (A.1: no), v1 (A.1: no),"
        " v2 (A.1: no), v3 (A.1: no) and 3 more"
    )
    tally.failures = failures[:5]
    assert _binding.failure(tally, "bind volumes").message.endswith("v4 (A.1: no)")
    tally.failures = failures[:1]
    assert _binding.failure(tally, "bind volumes").message.endswith("the others are done: v0 (A.1: no)")
