# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.binding import (
    alone,
    by_name,
    counts,
    not_bound,
    unbind,
    vol,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import OTHER_POLICY

Resources = t.Callable[..., Result]
Json = dict[str, t.Any]


@pytest.fixture
def unbinding(run: Resources) -> Resources:
    def unbinding(volumes: list[str], calls: t.Any, options: Json | None = None, **how: t.Any) -> Result:
        given = {"policy": "nightly", "volumes": volumes, "state": "absent", **(options or {})}
        return run("vbs_policy_resources", given, calls, **how)

    return unbinding


def test_unbinding_by_id_needs_no_look_up(unbinding: Resources) -> None:
    volumes = [vol(1)]
    result = unbinding(volumes, [counts(3), unbind(1), counts(2)], diff=True)
    assert result["changed"] is True
    assert (result["added"], result["added_count"]) == ([], 0)
    assert (result["removed"], result["removed_count"], result["resource_count"]) == ([vol(1)], 1, 2)
    assert result["diff"]["after"]["resource_count"] == 2


def test_unbinding_what_is_not_bound_is_no_failure_and_no_change(unbinding: Resources) -> None:
    calls = [counts(3), by_name(1), unbind(1, failed=not_bound(1)), counts(3)]
    result = unbinding(["data-1"], calls)
    assert not result.failed
    assert (result["changed"], result["removed"], result["failures"]) == (False, [], [])


def test_an_unbinding_whose_answer_is_lost_is_counted_all_the_same(unbinding: Resources) -> None:
    lost = unbind(1).but(status=502, answer={})
    result = unbinding([vol(1)], [counts(3), lost, counts(2)], options={"api_retries": 0})
    assert result.failed
    assert (result["changed"], result["removed_count"], result["resource_count"]) == (True, 1, 2)
    assert result["removed"] is None


def test_an_unbinding_that_is_lost_and_cannot_be_counted_claims_nothing(unbinding: Resources) -> None:
    lost = unbind(1).but(status=502, answer={})
    away = counts(3).but(status=503, answer={})
    result = unbinding([vol(1)], [counts(3), lost, away], options={"api_retries": 0})
    assert result.failed
    assert (result["changed"], result["removed_count"]) == (True, None)
    assert result["error"]["http_status"] == 502


def test_unbinding_from_an_empty_policy_sends_nothing(unbinding: Resources) -> None:
    assert unbinding(["data-1"], [counts(0), by_name(1)])["changed"] is False


def test_unbinding_sends_the_first_alone_then_forties_and_looks_after_each(unbinding: Resources) -> None:
    calls = [
        alone(60),
        unbind(1),
        alone(59),
        unbind(*range(2, 42), failed=not_bound(*range(12, 42))),
        alone(49),
        unbind(42, 43),
        alone(47),
    ]
    volumes = [vol(number) for number in range(1, 44)]
    result = unbinding(volumes, calls)
    assert result["removed_count"] == 13
    assert result["removed"] == [vol(number) for number in (*range(1, 12), 42, 43)]


def test_while_another_policy_holds_volumes_each_goes_alone(unbinding: Resources) -> None:
    calls = [
        counts(3, 2),
        unbind(1),
        counts(2, 2),
        unbind(2, failed=not_bound(2)),
        counts(2, 2),
        unbind(3),
        counts(1, 2),
    ]
    result = unbinding([vol(1), vol(2), vol(3)], calls)
    assert result["removed"] == [vol(1), vol(3)]


def test_unbinding_stops_when_the_policy_is_empty(unbinding: Resources) -> None:
    volumes = [vol(1), vol(2)]
    assert unbinding(volumes, [counts(1), unbind(1), counts(0)])["removed"] == [vol(1)]


def test_a_real_failure_of_an_unbinding_is_told_at_the_end(unbinding: Resources) -> None:
    failed = {2: {"code": "AutoBackup.0208", "message": "volume not found"}, 3: {}}
    volumes = [vol(1), vol(2), vol(3)]
    result = unbinding(volumes, [alone(3), unbind(1), alone(2), unbind(2, 3, failed=failed), alone(2)])
    assert result.failed
    assert result["failures"] == [{"volume_id": vol(2), "code": "AutoBackup.0208", "message": "volume not found"}]
    assert (result["removed"], result["changed"]) == ([vol(1)], True)
    assert result["msg"].startswith("unbind volumes")


def test_once_a_count_moved_by_another_number_only_the_number_is_known(unbinding: Resources) -> None:
    calls = [alone(5), unbind(1), alone(4), unbind(*range(2, 42)), alone(3), unbind(42), alone(2)]
    result = unbinding([vol(number) for number in range(1, 43)], calls)
    assert (result["removed"], result["removed_count"]) == (None, 3)


def test_unbinding_stops_at_once_if_another_policy_loses_a_volume(unbinding: Resources) -> None:
    volumes = [vol(1), vol(2)]
    result = unbinding(volumes, [counts(3, 5), unbind(1), counts(3, 4)])
    assert result.failed
    assert OTHER_POLICY in result["msg"]
    assert f"stopped after {vol(1)}," in result["msg"]
    assert result["changed"] is True


def test_a_lost_answer_does_not_hide_that_another_policy_lost_a_volume(unbinding: Resources) -> None:
    lost = unbind(1).but(status=502, answer={})
    result = unbinding([vol(1), vol(2)], [counts(3, 5), lost, counts(3, 4)], options={"api_retries": 0})
    assert result.failed
    assert OTHER_POLICY in result["msg"]
    assert (result["changed"], result["removed_count"]) == (True, 0)
