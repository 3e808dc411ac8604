# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, vbs

QuotaInfo = t.Callable[..., Result]


@pytest.fixture
def quota_info(run: QuotaInfo) -> QuotaInfo:
    return functools.partial(run, "vbs_quota_info")


def quotas(*rows: t.Any) -> Call:
    """The quotas (F §14.2)."""
    return vbs("GET", "/v2/cloudbackups/quota", answer={"quotas": {"resources": list(rows)}})


def test_no_limit_stays_minus_one_and_a_blank_goes(quota_info: QuotaInfo) -> None:
    backups = {"type": "backups", "used": 3, "reserved": 1, "quota": 100}
    gigabytes = {"type": "backup_ gigabytes", "used": 120, "reserved": 0, "quota": -1}
    result = quota_info({}, [quotas(backups, gigabytes)], check_mode=True, diff=True)
    assert result["quotas"] == [backups, {**gigabytes, "type": "backup_gigabytes"}]
    assert result["changed"] is False


def test_none(quota_info: QuotaInfo) -> None:
    assert quota_info({}, [quotas()])["quotas"] == []


def test_numbers_as_texts_are_numbers_and_strange_ones_null(quota_info: QuotaInfo) -> None:
    rows = quota_info({}, [quotas({"type": "backups", "used": "3", "reserved": None, "quota": "-1"}, {"type": 5})])
    nulls = {"type": None, "used": None, "reserved": None, "quota": None}
    assert rows["quotas"] == [{"type": "backups", "used": 3, "reserved": None, "quota": -1}, nulls]


@pytest.mark.parametrize(
    "answer",
    [{}, {"quotas": []}, {"quotas": {}}, {"quotas": {"resources": {}}}, {"quotas": {"resources": ["backups"]}}],
)
def test_an_unusable_answer_is_a_clear_failure(quota_info: QuotaInfo, answer: t.Any) -> None:
    result = quota_info({}, [quotas().but(answer=answer)])
    assert result.failed
    assert "read quotas" in result["msg"]
