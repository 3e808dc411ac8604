# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The public interface as promised: options, defaults and results (contract §2, §3, §5)."""

from __future__ import annotations

import ast
import importlib
import typing as t
from pathlib import Path

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.contract import (
    MODULES,
    documentation,
    documented_results,
)

WAITING = {"wait": True, "wait_timeout": 3600, "wait_interval": 1, "progress": True}
# Each option with its default.
OPTIONS: dict[str, dict[str, t.Any]] = {
    "vbs_backup": {
        **dict.fromkeys(("id", "name", "volume", "snapshot", "description", "tags", "force", "full", "max_age")),
        "state": "present",
        "api": "vbs",
        **WAITING,
    },
    "vbs_policy": {
        **dict.fromkeys(("id", "name", "enabled", "start_times", "time_zone", "frequency", "weekdays", "tags")),
        **dict.fromkeys(("retention_count", "retention_days", "keep_first_of_month")),
        "state": "present",
        "purge_tags": True,
    },
    "vbs_policy_resources": {"policy": None, "volumes": None, "state": "present", "purge": False},
    "vbs_backup_info": {
        **dict.fromkeys(("id", "name", "name_prefix", "volume", "status", "limit")),
        "sort_key": "created_at",
        "sort_dir": "desc",
    },
    "vbs_backup_prune": {
        **dict.fromkeys(("volumes", "name_prefix", "keep_last", "older_than")),
        "include_automatic": False,
        **WAITING,
    },
    "vbs_coverage_info": {"volumes": None, "max_age": "26h", "verdict": None},
    "vbs_job_info": {"job_ids": None, "fail_on_error": None, **WAITING, "wait": False},
    "vbs_policy_info": {
        **dict.fromkeys(("id", "name", "name_contains", "tags", "tags_any", "not_tags", "not_tags_any")),
        "count_only": False,
    },
    "vbs_policy_tags": {"policy": None, "tags": None, "state": "present", "purge_tags": False},
    "vbs_policy_tags_info": {"policy": None},
    "vbs_policy_task_info": {**dict.fromkeys(("policy", "job_id", "status", "limit")), "sort_dir": "desc"},
    "vbs_quota_info": {},
    "vbs_share": {**dict.fromkeys(("backup", "volume", "projects")), "state": "present", "purge": False},
    "vbs_share_info": {
        **dict.fromkeys(("id", "backup", "volume", "name", "status", "from_project_id", "to_project_id")),
        **dict.fromkeys(("availability_zone", "limit")),
        "shared_with_me": False,
        "sort_key": "created_at",
        "sort_dir": "desc",
        "count_only": False,
    },
}
CONNECTION: dict[str, t.Any] = {
    **dict.fromkeys(("cloud", "auth_url", "region", "cloud_domain", "project_id", "project_name")),
    **dict.fromkeys(("project_domain_name", "access_key", "secret_key", "security_token", "username", "password")),
    **dict.fromkeys(("domain_name", "auth_token", "endpoints", "ca_path")),
    "validate_certs": True,
    "api_timeout": 60,
    "api_retries": 5,
    "native_api": "auto",
    "token_cache": True,
}
BACKUP = (
    "id name status volume_id snapshot_id description size availability_zone created_at updated_at fail_reason"
    " incremental metadata"
)
JOB = "id type status begin_time end_time error_code fail_reason entities"
POLICY = (
    "id name enabled start_times start_times_utc time_zone frequency weekdays retention_count retention_days"
    " keep_first_of_month resource_count tags"
)
SHARE = "id backup_id from_project_id to_project_id created_at updated_at"
TASK = "job_id status created_at finished_at backup_name volume_id vbs_job_id code message"
VERDICTS = "protected stale failing unprotected"
# Each result with its own keys.
RESULTS: dict[str, dict[str, str]] = {
    "vbs_backup": {"backup": BACKUP, "job": JOB, "adopted": "", "pending": "kind ids started_at"},
    "vbs_policy": {"policy": POLICY},
    "vbs_policy_resources": {
        **dict.fromkeys(("policy_id", "added", "removed", "added_count", "removed_count", "resource_count"), ""),
        "failures": "volume_id code message",
    },
    "vbs_backup_info": {"backups": BACKUP},
    "vbs_backup_prune": {
        "deleted": "id name volume_id status size created_at",
        "kept": "id name volume_id status size created_at reason",
        "failures": "id code message",
        "pending": "kind ids started_at",
    },
    "vbs_coverage_info": {
        "volumes": "id name size verdict last_backup age last_attempt_failed last_task policy",
        "summary": f"volumes gigabytes newest_age oldest_age {VERDICTS} policies",
    },
    "vbs_job_info": {"jobs": JOB},
    "vbs_policy_info": {"policies": POLICY, "count": ""},
    "vbs_policy_tags": dict.fromkeys(("tags", "added", "removed", "updated"), ""),
    "vbs_policy_tags_info": {"tags": ""},
    "vbs_policy_task_info": {"tasks": TASK, "count": ""},
    "vbs_quota_info": {"quotas": "type used reserved quota"},
    "vbs_share": {"shares": SHARE, "added": "", "removed": ""},
    "vbs_share_info": {"shares": f"{SHARE} backup", "count": ""},
}
ERROR = "code message http_status request_id advice retryable"

every_module = pytest.mark.parametrize("name", OPTIONS)


def spec(name: str) -> dict[str, t.Any]:
    """The options that the module itself accepts, besides the connection options."""
    return dict(importlib.import_module(MODULES + name).SPEC.options)


@every_module
def test_options_and_defaults_are_those_of_the_contract(name: str) -> None:
    assert {option: row.get("default") for option, row in spec(name).items()} == OPTIONS[name]
    fragments = documentation(name)["extends_documentation_fragment"]
    described = set(documentation(name).get("options", ()))
    if "huaweicloud.backup._wait" in fragments:
        described |= set(WAITING)
    assert described == set(OPTIONS[name])


@every_module
def test_connection_options_are_everywhere_with_the_contracts_defaults(name: str) -> None:
    runner = importlib.import_module(MODULES.replace("modules.", "module_utils.") + "_argspec")
    assert {option: row.get("default") for option, row in runner.COMMON.options.items()} == CONNECTION
    assert {"huaweicloud.backup._auth", "huaweicloud.backup._connection"} <= set(
        documentation(name)["extends_documentation_fragment"]
    )


@every_module
def test_results_are_those_of_the_contract(name: str) -> None:
    documented = documented_results(name)
    expected = {**RESULTS[name], "error": ERROR}
    assert {key: set(row.get("contains", ())) for key, row in documented.items()} == {
        key: set(keys.split()) for key, keys in expected.items()
    }


@every_module
def test_the_examples_use_only_options_that_there_are(name: str) -> None:
    import yaml  # noqa: PLC0415

    known = set(spec(name)) | set(CONNECTION)
    tasks = yaml.safe_load(importlib.import_module(MODULES + name).EXAMPLES)
    used: set[str] = set()
    for task in tasks:
        used |= set(task.get(f"huaweicloud.backup.{name}") or ())
    assert used <= known


@every_module
def test_every_option_is_used_in_a_test_of_its_module(name: str) -> None:
    used: set[str] = set()
    for file in Path(__file__).parent.glob(f"test_{name}*.py"):
        used |= _names(ast.parse(file.read_text(encoding="utf-8")))
    assert set(OPTIONS[name]) <= used


def test_every_connection_option_is_used_in_a_test() -> None:
    used: set[str] = set()
    for file in Path(__file__).parent.glob("test_*.py"):
        if file.name != Path(__file__).name:
            used |= _names(ast.parse(file.read_text(encoding="utf-8")))
    credentials = (Path(__file__).parents[1] / "support" / "credentials.py").read_text(encoding="utf-8")
    assert set(CONNECTION) <= used | _names(ast.parse(credentials))


def _names(tree: ast.AST) -> set[str]:
    """Keys of dictionaries and keyword arguments."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            found |= {key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
        elif isinstance(node, ast.keyword) and node.arg:
            found.add(node.arg)
    return found
