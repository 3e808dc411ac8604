# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Making one policy, never two, also when two tasks make it at the same moment."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import ApiError, BackupError, UncertainError
from ansible_collections.huaweicloud.backup.plugins.module_utils._policy_create import MadePolicy, make_policy
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.clients import during
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, lost, vbs

BODY = {"backup_policy_name": "daily", "scheduled_policy": {}}
POST = vbs("POST", "/v2/backuppolicy", body=BODY)
LIST = vbs("GET", "/v2/backuppolicy")


def row(policy_id: str, *, name: str = "daily", count: t.Any = 0) -> dict[str, t.Any]:
    return {"backup_policy_id": policy_id, "backup_policy_name": name, "policy_resource_count": count}


def listed(*rows: dict[str, t.Any]) -> Call:
    return LIST.but(answer={"backup_policies": list(rows)})


class Making:
    """One task that makes the policy, with the warnings it gave."""

    def __init__(self, *before: dict[str, t.Any]) -> None:
        self.before = before
        self.warnings: list[str] = []
        self.clock = FakeClock()

    def of(self, *calls: Call) -> MadePolicy:
        clock = self.clock.as_clock()
        return during(
            calls,
            lambda client: make_policy(client, clock, self.warnings.append, BODY, self.before),
            clock=self.clock,
        )


MADE = POST.but(answer={"backup_policy_id": "p2"})


def test_a_policy_is_made_and_read_back() -> None:
    making = Making(row("p1", name="other"))
    assert making.of(MADE, listed(row("p1", name="other"), row("p2"))) == MadePolicy(row("p2"), may_differ=False)
    assert making.warnings == []


def test_an_older_policy_of_the_name_is_not_taken_for_a_new_one() -> None:
    making = Making(row("p1"))
    assert making.of(MADE, listed(row("p1"), row("p2"))) == MadePolicy(row("p2"), may_differ=False)
    assert making.warnings == []


def test_a_policy_that_vanished_at_once_is_told() -> None:
    with pytest.raises(BackupError, match="the list of policies does not have it"):
        Making().of(MADE, listed(row("p3")))


def test_of_two_made_at_the_same_time_the_first_stays() -> None:
    making = Making()
    assert making.of(MADE, listed(row("p2"), row("p3"))) == MadePolicy(row("p2"), may_differ=False)
    (warning,) = making.warnings
    assert "p2, p3" in warning


def test_the_later_one_is_taken_back_by_the_task_that_made_it() -> None:
    making = Making()
    delete = vbs("DELETE", "/v2/backuppolicy/p2", status=204)
    assert making.of(MADE, listed(row("p1"), row("p2")), delete) == MadePolicy(row("p1"), may_differ=True)
    assert len(making.warnings) == 1


@pytest.mark.parametrize("count", [1, None, "0"])
def test_but_not_where_it_may_hold_volumes_already(count: t.Any) -> None:
    making = Making()
    made = making.of(MADE, listed(row("p1"), row("p2", count=count)))
    assert made == MadePolicy(row("p2", count=count), may_differ=False)
    assert len(making.warnings) == 1


def test_a_policy_whose_answer_got_lost_is_found_again() -> None:
    making = Making(row("p1"))
    calls = [POST.but(error=lost()), listed(row("p1")), listed(row("p1"), row("p2")), listed(row("p1"), row("p2"))]
    assert making.of(*calls) == MadePolicy(row("p2"), may_differ=True)
    assert making.clock.pauses == [1.0]


def test_several_new_ones_after_a_lost_answer_are_told_with_their_ids() -> None:
    with pytest.raises(BackupError, match="several new ones: p2, p3"):
        Making(row("p1")).of(POST.but(error=lost()), listed(row("p1"), row("p2"), row("p3")))


def test_a_policy_that_is_lost_twice_is_uncertain_and_says_where_to_look() -> None:
    making = Making()
    # At the pace of a wait with one second, this often within a minute.
    looks = [listed()] * 22
    with pytest.raises(UncertainError, match="Look at the list of policies for the name 'daily'"):
        making.of(POST.but(error=lost()), *looks, POST.but(error=lost()), *looks)


def test_a_refusal_is_told_at_once() -> None:
    answer = {"error": {"code": "AutoBackup.0203", "message": "too many policies"}}
    with pytest.raises(ApiError, match="create policy 'daily'"):
        Making().of(POST.but(status=400, answer=answer))
