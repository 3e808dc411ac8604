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
    VOLUME,
    listed,
    policy,
    refusal,
)

TaskInfo = t.Callable[..., Result]
Json = dict[str, t.Any]

NIGHTLY = {"policy": "nightly"}
FOUND = listed(policy(), policy(OTHER_POLICY, "weekly"))


@pytest.fixture
def task_info(run: TaskInfo) -> TaskInfo:
    return functools.partial(run, "vbs_policy_task_info")


def task(job_id: str = "t1", status: str = "EXECUTE_SUCCESS", **more: t.Any) -> Json:
    """A task (F §14.4)."""
    return {
        "job_id": job_id,
        "status": status,
        "created_at": "2026-11-20T22:00:00.123",
        "finished_at": "2026-11-20T22:12:00.456",
        "backup_name": "autobk_1a2b",
        "resource_id": VOLUME,
        "resource_type": "volume",
        **more,
    }


def tasks(*rows: Json, query: str = "", count: t.Any = None, direction: str = "desc") -> Call:
    """A page of tasks."""
    url = f"/v2/backuppolicy/{POLICY}/backuptasks?sort_key=created_at&sort_dir={direction}{query}&limit=1000"
    return vbs("GET", url, answer={"count": len(rows) if count is None else count, "tasks": list(rows)})


def offset(call: Call, number: int) -> Call:
    return call.but(url=f"{call.url}&offset={number}")


def many(first: int, last: int) -> list[Json]:
    return [task(f"t{number}") for number in range(first, last)]


def ids(result: Result) -> list[str]:
    assert result["changed"] is False
    assert result["count"] == len(result["tasks"])
    return [row["job_id"] for row in result["tasks"]]


def test_tasks_come_newest_first_with_documented_keys(task_info: TaskInfo) -> None:
    failed = task("t2", "EXECUTE_FAIL", code="VolumeBackup.0064", message="no", vbs_job_id="j2")
    running = {key: value for key, value in task("t3", "RUNNING").items() if key != "finished_at"}
    result = task_info(NIGHTLY, [FOUND, tasks(running, failed, task())])
    known = {
        "created_at": "2026-11-20T22:00:00Z",
        "finished_at": "2026-11-20T22:12:00Z",
        "backup_name": "autobk_1a2b",
        "volume_id": VOLUME,
        "vbs_job_id": None,
        "code": None,
        "message": None,
    }
    assert result["tasks"] == [
        {**known, "job_id": "t3", "status": "RUNNING", "finished_at": None},
        {**known, "job_id": "t2", "status": "EXECUTE_FAIL", "code": "VolumeBackup.0064", "message": "no"}
        | {"vbs_job_id": "j2"},
        {**known, "job_id": "t1", "status": "EXECUTE_SUCCESS"},
    ]
    assert result["count"] == 3


def test_none(task_info: TaskInfo) -> None:
    assert ids(task_info(NIGHTLY, [FOUND, tasks()])) == []


def test_check_mode_reads_the_same(task_info: TaskInfo) -> None:
    assert ids(task_info(NIGHTLY, [FOUND, tasks(task())], check_mode=True, diff=True)) == ["t1"]


def test_a_policy_by_its_id(task_info: TaskInfo) -> None:
    assert ids(task_info({"policy": POLICY}, [FOUND, tasks(task())])) == ["t1"]


def test_an_unknown_policy_fails(task_info: TaskInfo) -> None:
    assert task_info({"policy": "x"}, [FOUND])["msg"].startswith("policy: there is no policy 'x'")


def test_conditions_go_out_and_are_applied_again(task_info: TaskInfo) -> None:
    rows = [task("t2", "SKIP"), task()]
    assert ids(task_info({**NIGHTLY, "status": "SKIP"}, [FOUND, tasks(*rows, query="&status=SKIP")])) == ["t2"]
    assert ids(task_info({**NIGHTLY, "job_id": "t1"}, [FOUND, tasks(*rows, query="&job_id=t1")])) == ["t1"]
    both = tasks(*rows, query="&job_id=t1&status=SKIP")
    assert ids(task_info({**NIGHTLY, "job_id": "t1", "status": "SKIP"}, [FOUND, both])) == []


def test_the_oldest_first_is_the_services_order(task_info: TaskInfo) -> None:
    rows = tasks(task("t2"), task("t1"), direction="asc")
    assert ids(task_info({**NIGHTLY, "sort_dir": "asc"}, [FOUND, rows])) == ["t2", "t1"]


def test_a_limit_ends_the_reading(task_info: TaskInfo) -> None:
    page = tasks(*many(0, 3), count=50)
    assert ids(task_info({**NIGHTLY, "limit": 2}, [FOUND, page])) == ["t0", "t1"]
    assert ids(task_info({**NIGHTLY, "limit": 9}, [FOUND, tasks(task())])) == ["t1"]


def test_a_total_leads_to_the_last_page(task_info: TaskInfo) -> None:
    pages = [tasks(*many(0, 20), count=45), offset(tasks(*many(20, 40), count=45), 20)]
    pages.append(offset(tasks(*many(40, 45), count=45), 40))
    assert len(ids(task_info(NIGHTLY, [FOUND, *pages]))) == 45


def test_a_count_of_the_page_leads_to_the_last_page_too(task_info: TaskInfo) -> None:
    """Nobody says what the count counts (F §6.8)."""
    pages = [tasks(*many(0, 20)), offset(tasks(*many(20, 40)), 20), offset(tasks(*many(40, 45)), 40)]
    assert len(ids(task_info(NIGHTLY, [FOUND, *pages]))) == 45
    pages = [tasks(*many(0, 20)), offset(tasks(count=20), 20)]
    assert len(ids(task_info(NIGHTLY, [FOUND, *pages]))) == 20


def test_a_list_that_moves_while_it_is_read_is_read_once(task_info: TaskInfo) -> None:
    """A task that starts meanwhile pushes the others on."""
    pages = [tasks(*many(0, 20), count=22), offset(tasks(*many(19, 22), count=23), 20)]
    last = offset(tasks(*many(21, 22), count=23), 22)
    assert ids(task_info(NIGHTLY, [FOUND, *pages, last])) == [f"t{number}" for number in range(22)]


def test_a_list_that_repeats_itself_is_a_clear_failure(task_info: TaskInfo) -> None:
    page = tasks(*many(0, 20), count=60)
    result = task_info(NIGHTLY, [FOUND, page, offset(page, 20)])
    assert result.failed
    assert "repeats itself" in result["msg"]


def test_a_policy_that_is_gone_meanwhile_is_a_failure(task_info: TaskInfo) -> None:
    gone = tasks().but(status=404, answer=refusal("AutoBackup.0205"))
    result = task_info(NIGHTLY, [FOUND, gone])
    assert (result["error"]["code"], POLICY in result["msg"]) == ("AutoBackup.0205", True)


@pytest.mark.parametrize("answer", [{}, {"tasks": None}, {"tasks": ["a"]}, {"tasks": [{}]}, {"tasks": [{"job_id": 1}]}])
def test_an_unusable_answer_is_a_clear_failure(task_info: TaskInfo, answer: Json) -> None:
    result = task_info(NIGHTLY, [FOUND, tasks().but(answer=answer)])
    assert result.failed
    assert f"list tasks of policy {POLICY}" in result["msg"]


def test_strange_tasks_become_nulls_and_no_crash(task_info: TaskInfo) -> None:
    strange = tasks().but(answer={"count": "x", "tasks": [{"job_id": "t1", "status": 5, "created_at": {}, "code": []}]})
    row = task_info(NIGHTLY, [FOUND, strange])["tasks"][0]
    assert row == {**dict.fromkeys(row), "job_id": "t1"}


@pytest.mark.parametrize(
    ("options", "named"),
    [({"policy": ""}, "policy"), ({**NIGHTLY, "job_id": "a b"}, "job_id"), ({**NIGHTLY, "limit": 0}, "limit")],
)
def test_bad_input_is_refused_by_the_options_name_before_any_request(
    task_info: TaskInfo, options: Json, named: str
) -> None:
    assert task_info(options)["msg"].startswith(named + ":")
