# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A null, as an empty variable or an empty line of YAML gives it, is an option that was left out: no more, no less."""

from __future__ import annotations

import importlib
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import COMMON
from ansible_collections.huaweicloud.backup.tests.unit.plugins.modules.test_failures_of_every_module import (
    ERROR_KEYS,
    Run,
    every_module,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.credentials import KEYS
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import BACKUP, gateway

MODULES = "ansible_collections.huaweicloud.backup.plugins.modules"


def nulls_beside(name: str, options: dict[str, t.Any]) -> dict[str, t.Any]:
    spec = importlib.import_module(f"{MODULES}.{name}").SPEC
    return {option: None for option in {**spec.options, **COMMON.options} if option not in {**KEYS, **options}}


@every_module
def test_all_other_options_may_be_null(run: Run, name: str, options: dict[str, t.Any], first: Call) -> None:
    refused = first.but(status=403, answer=gateway("APIGW.0302"))
    without = run(name, options, [refused])
    result = run(name, {**nulls_beside(name, options), **options}, [refused])
    assert (result["msg"], result["error"]) == (without["msg"], without["error"])


NEEDED: list[tuple[str, dict[str, t.Any], str]] = [
    ("vbs_backup_prune", {"keep_last": None}, "keep_last, older_than"),
    ("vbs_backup_prune", {"keep_last": None, "older_than": None}, "keep_last, older_than"),
    ("vbs_share", {"backup": BACKUP, "projects": None}, "projects"),
    ("vbs_share", {"backup": None, "state": "absent"}, "backup"),
    ("vbs_policy", {"name": None, "enabled": False}, "id, name"),
    ("vbs_policy_tags", {"policy": None, "tags": {}}, "policy"),
    ("vbs_policy_resources", {"policy": "nightly", "volumes": None}, "volumes"),
    ("vbs_restore", {"backup": None}, "backup"),
    ("vbs_job_info", {"job_ids": None}, "job_ids"),
]


@pytest.mark.parametrize(("name", "options", "named"), NEEDED)
def test_a_null_for_what_is_needed_is_refused_by_name_before_anything_is_sent(
    run: Run, name: str, options: dict[str, t.Any], named: str
) -> None:
    result = run(name, options, [])
    assert result.failed
    assert named in result["msg"]
    assert set(result["error"]) == ERROR_KEYS
    assert (result["error"]["message"], result["error"]["retryable"]) == (result["msg"], False)


def test_a_null_beside_the_other_one_of_two_is_no_contradiction(run: Run) -> None:
    options = {"name": "nightly", "state": "absent", "frequency": 1, "weekdays": None}
    refused = vbs("GET", "/v2/backuppolicy").but(status=403, answer=gateway("APIGW.0302"))
    assert run("vbs_policy", options, [refused])["error"]["http_status"] == 403
