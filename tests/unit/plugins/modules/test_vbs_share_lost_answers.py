# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sharing when answers are lost or refused halfway (architecture.md, Retries and lost answers)."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    Call,
    lost,
    refused,
    timed_out,
    vbs,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.shares import (
    OTHER,
    OTHER_SHARE,
    SHARE,
    THIRD,
    end,
    found,
    post,
    shares,
    shown,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import BACKUP, gateway, refusal

Share = t.Callable[..., Result]

WANT_ONE = {"backup": BACKUP, "projects": [OTHER]}
WANT_TWO = {"backup": BACKUP, "projects": [OTHER, THIRD]}
# How often one looks within the minute, with pauses of 1 s plus a tenth of the wait's age.
LOOKS = 22

LOST: dict[str, t.Callable[[Call], Call]] = {
    "connection lost": lambda call: call.but(error=lost()),
    "no answer in time": lambda call: call.but(error=timed_out()),
    "internal error": lambda call: call.but(status=500, answer={}),
    "bad gateway": lambda call: call.but(status=502, answer={}),
    "gateway time-out": lambda call: call.but(status=504, answer={}),
    "a web page": lambda call: call.but(raw=b"<html>"),
    "half a body": lambda call: call.but(raw=b'{"shared"', cut=True),
    "no shares": lambda call: call.but(answer={}),
    "shares without an ID": lambda call: call.but(answer={"shared": [{"to_project_id": OTHER}]}),
    "texts in place of shares": lambda call: call.but(answer={"shared": ["a"]}),
}
each_loss = pytest.mark.parametrize("lose", LOST.values(), ids=LOST.keys())


@pytest.fixture
def vbs_share(run: Share) -> Share:
    return functools.partial(run, "vbs_share")


@each_loss
def test_what_was_done_is_found_and_not_sent_again(vbs_share: Share, lose: t.Callable[[Call], Call]) -> None:
    result = vbs_share(WANT_ONE, [found(), shares(), lose(post(OTHER)), shares(), shares(OTHER), shares(OTHER)])
    assert (result["changed"], result["added"], result["shares"]) == (True, [OTHER], [shown()])
    assert len(result.writes) == 1


def test_only_those_still_missing_are_sent_once_more(vbs_share: Share) -> None:
    first = post(OTHER, THIRD, error=lost())
    looks = [shares(OTHER)] * LOOKS
    result = vbs_share(WANT_TWO, [found(), shares(), first, *looks, post(THIRD), shares(OTHER, THIRD)])
    assert result["added"] == [OTHER, THIRD]
    assert result["shares"] == [shown(THIRD), shown(OTHER)]
    assert sum(result.pauses) == pytest.approx(60)


def test_lost_twice_without_a_trace_is_uncertain_and_says_how_to_look(vbs_share: Share) -> None:
    once = [post(OTHER, error=lost()), *[shares()] * LOOKS]
    result = vbs_share(WANT_ONE, [found(), shares(), *once, *once])
    assert result.failed
    assert "uncertain" in result["msg"]
    assert BACKUP in result["msg"]
    assert "vbs_share_info" in result["msg"]
    assert (result["added"], result["shares"]) == ([], [])


def test_lost_twice_tells_what_was_reached(vbs_share: Share) -> None:
    calls = [post(OTHER, THIRD, error=lost()), *[shares(OTHER)] * LOOKS]
    calls += [post(THIRD, error=lost()), *[shares(OTHER)] * LOOKS]
    result = vbs_share(WANT_TWO, [found(), shares(), *calls])
    assert result.failed
    assert (result["changed"], result["added"], result["shares"]) == (True, [OTHER], [shown()])


def test_a_refused_second_try_may_mean_that_the_first_was_done(vbs_share: Share) -> None:
    again = post(OTHER, status=400, answer=refusal("VolumeBackup.0002", "already shared"))
    calls = [found(), shares(), post(OTHER, error=lost()), *[shares()] * LOOKS, again]
    result = vbs_share(WANT_ONE, [*calls, *[shares(OTHER)] * 3])
    assert (result["changed"], result["shares"]) == (True, [shown()])
    result = vbs_share(WANT_ONE, [*calls, shares()])
    assert result.failed
    assert result["error"]["code"] == "VolumeBackup.0002"
    # Whether the list can be read at that moment or not, the refusal is what is told.
    result = vbs_share(WANT_ONE, [*calls, shares().but(status=403, answer=gateway("APIGW.0302"))])
    assert result["error"]["code"] == "VolumeBackup.0002"


@pytest.mark.parametrize(
    "fault",
    [{"error": refused()}, {"status": 429, "answer": gateway("APIGW.0308")}, {"status": 503, "answer": {}}],
)
def test_what_was_certainly_not_done_is_sent_again_at_once(vbs_share: Share, fault: dict[str, t.Any]) -> None:
    result = vbs_share(WANT_ONE, [found(), shares(), post(OTHER, **fault), post(OTHER), shares(OTHER)])
    assert result["added"] == [OTHER]


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (400, "VolumeBackup.0002", False),
        (403, "VolumeBackup.0042", False),
        (404, "VolumeBackup.0111", False),
        (400, "VolumeBackup.0089", True),
    ],
)
def test_a_refusal_is_told_and_nothing_is_looked_for(vbs_share: Share, status: int, code: str, retryable: bool) -> None:
    result = vbs_share(WANT_ONE, [found(), shares(), post(OTHER, status=status, answer=refusal(code))])
    assert result.failed
    assert (result["error"]["code"], result["error"]["retryable"]) == (code, retryable)
    assert f"share backup {BACKUP} with {OTHER}" in result["msg"]
    assert (result["changed"], result["added"], result["shares"]) == (False, [], [])


def test_a_list_that_fails_after_sharing_does_not_hide_what_was_done(vbs_share: Share) -> None:
    forbidden = shares().but(status=403, answer=gateway("APIGW.0302"))
    result = vbs_share(WANT_ONE, [found(), shares(), post(OTHER), forbidden])
    assert result.failed
    assert (result["changed"], result["added"]) == (True, [OTHER])
    assert result["shares"] == [shown(created_at=None)]


def test_an_end_that_fails_does_not_hide_those_before_it(vbs_share: Share) -> None:
    options = {"backup": BACKUP, "projects": [], "purge": True}
    calls = [found(), shares(OTHER, THIRD)]
    all_at_once = vbs("DELETE", f"/v2/os-vendor-backup-sharing/{BACKUP}?is_backup_id=true", status=404)
    calls.append(all_at_once.but(answer=refusal("VolumeBackup.0111")))
    calls += [end(), end(OTHER_SHARE, status=403, answer=gateway("APIGW.0302"))]
    result = vbs_share(options, calls)
    assert result.failed
    assert f"delete share {OTHER_SHARE}" in result["msg"]
    assert (result["changed"], result["removed"], result["shares"]) == (True, [OTHER], [shown(THIRD)])


def test_an_end_whose_answer_is_lost_is_sent_again(vbs_share: Share) -> None:
    options = {"backup": BACKUP, "projects": [OTHER], "state": "absent"}
    gone = end(SHARE, status=404, answer=refusal("VolumeBackup.0111"))
    result = vbs_share(options, [shares(OTHER, THIRD), end(error=lost()), gone])
    assert (result["changed"], result["removed"]) == (True, [OTHER])
