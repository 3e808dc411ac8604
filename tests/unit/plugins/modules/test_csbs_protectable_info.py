# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.csbs_wire import (
    KIND,
    OTHER_SERVER,
    SERVER,
    check,
    refusal,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result

ProtectableInfo = t.Callable[..., Result]


@pytest.fixture
def protectable_info(run: ProtectableInfo) -> ProtectableInfo:
    return functools.partial(run, "csbs_protectable_info")


def judged(server_id: str = SERVER, result: t.Any = True, **more: t.Any) -> dict[str, t.Any]:
    """One entry of an answer (F §14.6)."""
    return {"resource_id": server_id, "resource_type": KIND, "result": result, **more}


def test_the_documented_request_and_its_positive_answer(protectable_info: ProtectableInfo) -> None:
    result = protectable_info({"servers": [SERVER]}, [check(SERVER, answer={"protectable": [judged()]})])
    assert result["servers"] == [{"id": SERVER, "type": KIND, "protectable": True, "code": None, "message": None}]
    assert result["changed"] is False
    assert result.writes == []


def test_the_documented_negative_answer_is_a_result(protectable_info: ProtectableInfo) -> None:
    no = judged(result=False, error_code="CSBS.6007", error_msg="server has no disk")
    result = protectable_info({"servers": [SERVER]}, [check(SERVER, answer={"protectable": [no]})])
    assert result["servers"] == [
        {"id": SERVER, "type": KIND, "protectable": False, "code": "CSBS.6007", "message": "server has no disk"}
    ]


def test_answers_come_in_the_order_asked_each_server_once(protectable_info: ProtectableInfo) -> None:
    rows = [judged(SERVER), judged(OTHER_SERVER, result=False), judged("somebody else's")]
    calls = [check(OTHER_SERVER, SERVER, answer={"protectable": rows})]
    result = protectable_info({"servers": [OTHER_SERVER, SERVER, OTHER_SERVER]}, calls)
    assert [(row["id"], row["protectable"]) for row in result["servers"]] == [(OTHER_SERVER, False), (SERVER, True)]


def test_a_word_with_a_positive_answer_and_empty_ones(protectable_info: ProtectableInfo) -> None:
    rows = [judged(error_code="CSBS.6004", error_msg="in a policy"), judged(OTHER_SERVER, error_code="", error_msg="")]
    calls = [check(SERVER, OTHER_SERVER, answer={"protectable": rows})]
    first, second = protectable_info({"servers": [SERVER, OTHER_SERVER]}, calls)["servers"]
    assert (first["protectable"], first["code"], first["message"]) == (True, "CSBS.6004", "in a policy")
    assert (second["code"], second["message"]) == (None, None)


@pytest.mark.parametrize(
    ("result", "shown"), [("true", True), ("False", False), (None, None), (1, None), ("maybe", None)]
)
def test_the_answers_type_is_not_trusted(protectable_info: ProtectableInfo, result: t.Any, shown: bool | None) -> None:
    row = judged(result=result, error_code=6007, resource_type=None)
    (server,) = protectable_info({"servers": [SERVER]}, [check(SERVER, answer={"protectable": [row]})])["servers"]
    assert server == {"id": SERVER, "type": None, "protectable": shown, "code": None, "message": None}


def test_another_type_of_resource(protectable_info: ProtectableInfo) -> None:
    kind = "OS::Ironic::BareMetalServer"
    row = judged(resource_type=kind)
    calls = [check(SERVER, kind=kind, answer={"protectable": [row]})]
    assert protectable_info({"servers": [SERVER], "resource_type": kind}, calls)["servers"][0]["type"] == kind


def test_an_empty_list_asks_nothing(protectable_info: ProtectableInfo) -> None:
    assert protectable_info({"servers": []})["servers"] == []


def test_an_answer_that_leaves_a_server_out_is_a_failure_that_names_it(protectable_info: ProtectableInfo) -> None:
    calls = [check(SERVER, OTHER_SERVER, answer={"protectable": [judged()]})]
    result = protectable_info({"servers": [SERVER, OTHER_SERVER]}, calls)
    assert result.failed
    assert OTHER_SERVER in result["msg"]


def test_it_runs_in_check_mode_and_again_after_a_passing_fault(protectable_info: ProtectableInfo) -> None:
    calls = [check(SERVER, status=500, answer=refusal("CSBS.9999")), check(SERVER, answer={"protectable": [judged()]})]
    assert protectable_info({"servers": [SERVER]}, calls, check_mode=True)["servers"][0]["protectable"] is True


@pytest.mark.parametrize("servers", [["web 1"], [""], ["a/b"]])
def test_names_are_refused(protectable_info: ProtectableInfo, servers: list[str]) -> None:
    assert protectable_info({"servers": servers})["msg"].startswith("servers: ")
