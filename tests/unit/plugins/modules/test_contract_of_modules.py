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

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support import csbs_wire, restoring, running
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.contract import (
    MODULES,
    documentation,
    documented_results,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import listed, policy

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
    "vbs_backup_batch": {
        **dict.fromkeys(("volumes", "description", "tags", "max_age")),
        "name": "{volume_name}-{date}",
        "concurrency": 8,
        **WAITING,
    },
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
    "vbs_policy_run": {"policy": None, **WAITING},
    "vbs_policy_tags": {"policy": None, "tags": None, "state": "present", "purge_tags": False},
    "vbs_policy_tags_info": {"policy": None},
    "vbs_policy_task_info": {**dict.fromkeys(("policy", "job_id", "status", "limit")), "sort_dir": "desc"},
    "vbs_quota_info": {},
    "vbs_restore": {"backup": None, "volume": None, "api": "vbs", **WAITING},
    "vbs_share": {**dict.fromkeys(("backup", "volume", "projects")), "state": "present", "purge": False},
    "vbs_share_info": {
        **dict.fromkeys(("id", "backup", "volume", "name", "status", "from_project_id", "to_project_id")),
        **dict.fromkeys(("availability_zone", "limit")),
        "shared_with_me": False,
        "sort_key": "created_at",
        "sort_dir": "desc",
        "count_only": False,
    },
    "csbs_checkpoint": {**dict.fromkeys(("policy", "servers", "id", "server")), "state": "present", **WAITING},
    "csbs_checkpoint_info": dict.fromkeys(("id", "server", "status", "limit")),
    "csbs_policy_info": dict.fromkeys(("id", "name")),
    "csbs_protectable_info": {"servers": None, "resource_type": "OS::Nova::Server"},
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
SERVER = "id name status item_id progress error"
PENDING = "kind ids started_at"
VERDICTS = "protected stale failing unprotected"
# Each result with its own keys.
RESULTS: dict[str, dict[str, str]] = {
    "vbs_backup": {"backup": BACKUP, "job": JOB, "adopted": "", "pending": PENDING},
    "vbs_policy": {"policy": POLICY},
    "vbs_policy_resources": {
        **dict.fromkeys(("policy_id", "added", "removed", "added_count", "removed_count", "resource_count"), ""),
        "failures": "volume_id code message",
    },
    "vbs_backup_batch": {
        "backups": "volume_id volume_name name backup_id job_id status changed error",
        "pending": PENDING,
    },
    "vbs_backup_info": {"backups": BACKUP},
    "vbs_backup_prune": {
        "deleted": "id name volume_id status size created_at",
        "kept": "id name volume_id status size created_at reason",
        "failures": "id code message",
        "pending": PENDING,
    },
    "vbs_coverage_info": {
        "volumes": "id name size verdict last_backup age last_attempt_failed last_task policy",
        "summary": f"volumes gigabytes newest_age oldest_age {VERDICTS} policies",
    },
    "vbs_job_info": {"jobs": JOB},
    "vbs_policy_info": {"policies": POLICY, "count": ""},
    "vbs_policy_run": {"tasks": TASK, "pending": PENDING},
    "vbs_policy_tags": dict.fromkeys(("tags", "added", "removed", "updated"), ""),
    "vbs_policy_tags_info": {"tags": ""},
    "vbs_policy_task_info": {"tasks": TASK, "count": ""},
    "vbs_quota_info": {"quotas": "type used reserved quota"},
    "vbs_restore": {"job": JOB, "backup": BACKUP, "volume": "id name status size", "pending": PENDING},
    "vbs_share": {"shares": SHARE, "added": "", "removed": ""},
    "vbs_share_info": {"shares": f"{SHARE} backup", "count": ""},
    "csbs_checkpoint": {
        "checkpoint": "id status policy_id policy_name created_at",
        "servers": SERVER,
        "adopted": "",
        "pending": PENDING,
    },
    "csbs_checkpoint_info": {"checkpoints": "id status created_at servers"},
    "csbs_policy_info": {"policies": "id name description status enabled servers schedules tags created_at"},
    "csbs_protectable_info": {"servers": "id type protectable code message"},
}
# Of actions that wait: options, requests, and how many pauses these take.
WAITS: dict[str, tuple[dict[str, t.Any], list[Call], int]] = {
    "vbs_policy_run": (
        running.OPTIONS,
        [
            *(listed(policy(count=1)), running.tasks(), running.start(), running.tasks()),
            *(running.tasks(running.task(1, status)) for status in ("WAITING", "RUNNING", running.GOOD)),
        ],
        4,
    ),
    "vbs_restore": (
        restoring.OPTIONS,
        [
            *(*restoring.looks(), restoring.post()),
            *map(restoring.read_job, ("INIT", "RUNNING", "SUCCESS")),
            *restoring.looks(),
        ],
        3,
    ),
    "csbs_checkpoint": (
        csbs_wire.ONE,
        [
            *(csbs_wire.found(), csbs_wire.of_policy(), csbs_wire.run(csbs_wire.SERVER)),
            *(csbs_wire.of_checkpoint(csbs_wire.item(status=status)) for status in ("protecting", "available")),
        ],
        2,
    ),
}
ERROR = "code message http_status request_id advice retryable"

every_module = pytest.mark.parametrize("name", OPTIONS)


def spec(name: str) -> dict[str, t.Any]:
    """The options that the module itself accepts, besides the connection options."""
    return dict(importlib.import_module(MODULES + name).SPEC.options)


def test_every_module_on_disk_is_held_against_the_contract() -> None:
    on_disk = {file.stem for file in (Path(__file__).resolve().parents[4] / "plugins/modules").glob("[!_]*.py")}
    assert set(OPTIONS) == set(RESULTS) == on_disk


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
    used = {"progress"} if name in WAITS else set[str]()
    for file in Path(__file__).parent.glob(f"test_{name}*.py"):
        used |= _names(ast.parse(file.read_text(encoding="utf-8")))
    assert set(OPTIONS[name]) <= used


@pytest.mark.parametrize("name", WAITS)
def test_without_progress_a_call_that_is_to_end_early_waits_to_the_end(run: t.Callable[..., Result], name: str) -> None:
    options, calls, pauses = WAITS[name]
    early = {"seconds": 1.0, "waited": 0.0, "state": None}
    result = run(name, {**options, "wait_interval": 2, "progress": False, "_slice": early}, calls)
    assert not result.failed
    assert len(result.pauses) == pauses


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
