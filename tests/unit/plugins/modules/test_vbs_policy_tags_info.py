# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    OTHER_POLICY,
    POLICY,
    listed,
    policy,
    refusal,
    tags,
)

TagsInfo = t.Callable[..., Result]


@pytest.fixture
def tags_info(run: TagsInfo) -> TagsInfo:
    return functools.partial(run, "vbs_policy_tags_info")


def every(*rows: t.Any) -> Call:
    """The tags of all policies (F §6.9)."""
    return vbs("GET", "/v2/backuppolicy/tags", answer={"tags": list(rows)})


def test_an_id_costs_one_request(tags_info: TagsInfo) -> None:
    result = tags_info({"policy": POLICY}, [tags(env="prod", note="")])
    assert (result["changed"], result["tags"]) == (False, {"env": "prod", "note": ""})


def test_a_name_is_looked_up(tags_info: TagsInfo) -> None:
    assert tags_info({"policy": "nightly"}, [listed(policy()), tags(env="prod")])["tags"] == {"env": "prod"}


def test_an_id_that_is_none_is_tried_as_a_name_and_fails(tags_info: TagsInfo) -> None:
    gone = tags().but(status=404, answer=refusal("AutoBackup.0205"))
    result = tags_info({"policy": POLICY}, [gone, listed(policy(OTHER_POLICY))])
    assert result["msg"].startswith(f"policy: there is no policy '{POLICY}'")


def test_without_a_policy_each_key_has_all_its_values(tags_info: TagsInfo) -> None:
    rows = [{"key": "env", "values": ["test", "prod"]}, {"key": "note", "values": [""]}]
    result = tags_info({}, [every(*rows, {"key": "env", "values": ["prod", "dev"]})], check_mode=True, diff=True)
    assert (result["changed"], result["tags"]) == (False, {"env": ["dev", "prod", "test"], "note": [""]})
    assert tags_info({}, [every()])["tags"] == {}


@pytest.mark.parametrize(
    "row", ["env", {"values": ["a"]}, {"key": "env"}, {"key": "env", "values": "a"}, {"key": "env", "values": [None]}]
)
def test_an_unusable_answer_is_a_clear_failure(tags_info: TagsInfo, row: t.Any) -> None:
    result = tags_info({}, [every(row)])
    assert result.failed
    assert "read the tags of all policies" in result["msg"]


def test_an_empty_policy_is_refused(tags_info: TagsInfo) -> None:
    assert tags_info({"policy": ""})["msg"].startswith("policy:")
