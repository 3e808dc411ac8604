# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
import requests
from simtest import Api, code

from simulator import server

LIST = "/v2/{pid}/backups"


def inject(api: Api, fault: dict[str, Any], *, path: str = "/backups$", **more: Any) -> None:
    match = {"path": path, **more.pop("match", {})}
    api.handle.control("POST", "/faults", {"match": match, "fault": fault, **more})


def raw(api: Api, path: str = LIST) -> bytes:
    """Every byte that comes back before the connection is closed."""
    host, port = api.handle.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as sock:
        text = f"GET {path.replace('{pid}', api.project_id)} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {api.token}\r\n\r\n"
        sock.sendall(text.encode())
        received = b""
        while chunk := sock.recv(65536):
            received += chunk
    return received


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"fault": {}},
        {"fault": {"status": "503"}},
        {"fault": {"status": True}},
        {"fault": {"drop": "sometimes"}},
        {"fault": {"hang": "long"}},
        {"fault": {"status": 503, "colour": "red"}},
        {"fault": {"status": 503}, "match": {"path": "("}},
        {"fault": {"status": 503}, "match": {"host": "x"}},
        {"fault": {"status": 503}, "times": "x"},
        {"fault": {"status": 503}, "often": 2},
    ],
)
def test_bad_faults_are_refused(sim: server.Handle, fault: dict[str, Any]) -> None:
    answer = requests.post(f"{sim.url}/_sim/faults", json=fault, timeout=60)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert sim.control("GET", "/faults") == {"faults": []}


def test_a_status_in_place_of_the_answer(api: Api) -> None:
    inject(api, {"status": 503, "headers": {"Retry-After": "7"}, "body": {"error": "busy"}})
    answer = api("GET", LIST)
    assert (answer.status_code, answer.json(), answer.headers["Retry-After"]) == (503, {"error": "busy"}, "7")
    assert api("GET", LIST).status_code == 200


def test_a_raw_body_is_html_unless_said_otherwise(api: Api) -> None:
    inject(api, {"status": 502, "raw": "<html>bad gateway</html>"})
    inject(api, {"status": 502, "raw": "plain", "headers": {"Content-Type": "text/plain"}})
    inject(api, {"status": 504})
    first, second, third = (api("GET", LIST) for _unused in range(3))
    assert (first.text, first.headers["Content-Type"]) == ("<html>bad gateway</html>", "text/html")
    assert (second.text, second.headers["Content-Type"]) == ("plain", "text/plain")
    assert (third.status_code, third.content) == (504, b"")


def test_a_faulty_status_means_that_the_work_was_not_done(api: Api) -> None:
    inject(api, {"status": 500}, path="/backuppolicy$")
    body = {"backup_policy_name": "a", "scheduled_policy": {}}
    assert api("POST", "/v2/{pid}/backuppolicy", body).status_code == 500
    assert api.get("/v2/{pid}/backuppolicy") == {"backup_policies": []}


@pytest.mark.parametrize(("when", "done"), [("before", 0), ("after", 1)])
def test_dropped_connections(api: Api, when: str, done: int) -> None:
    inject(api, {"drop": when}, path="/backuppolicy$")
    with pytest.raises(requests.ConnectionError):
        api.policy()
    assert len(api.get("/v2/{pid}/backuppolicy")["backup_policies"]) == done


def test_a_drop_sends_no_byte_at_all(api: Api) -> None:
    inject(api, {"drop": "before"})
    inject(api, {"drop": "after"})
    assert raw(api) == raw(api) == b""


def test_a_hang_does_the_work_and_never_answers(api: Api) -> None:
    inject(api, {"hang": "after", "seconds": 0.3}, path="/backuppolicy$")
    begun = time.monotonic()
    with pytest.raises(requests.ConnectionError):
        api.policy()
    assert time.monotonic() - begun >= 0.3
    assert len(api.get("/v2/{pid}/backuppolicy")["backup_policies"]) == 1


def test_a_client_may_give_up_on_a_hang(api: Api) -> None:
    inject(api, {"hang": "after", "seconds": 60})
    url, headers = api.handle.url + LIST.replace("{pid}", api.project_id), {"X-Auth-Token": api.token}
    with pytest.raises(requests.Timeout):
        requests.get(url, headers=headers, timeout=0.2)
    assert api("GET", LIST).status_code == 200


def test_a_delay_delays_only_that_call(api: Api) -> None:
    inject(api, {"delay": 0.5})
    begun = time.monotonic()
    assert api("GET", LIST).status_code == 200
    assert time.monotonic() - begun >= 0.5
    assert api("GET", LIST).status_code == 200
    (fault,) = api.handle.control("GET", "/faults")["faults"]
    assert fault["fired"] == 1


def test_truncated_answers_promise_more_than_they_hold(api: Api) -> None:
    inject(api, {"truncate": 5})
    head, _blank, body = raw(api).partition(b"\r\n\r\n")
    assert body == b'{"bac'
    assert b"content-length: 15" in head.lower()
    inject(api, {"truncate": 5})
    with pytest.raises(requests.RequestException):
        api("GET", LIST)


def test_skip_and_times(api: Api) -> None:
    inject(api, {"status": 500}, skip=1, times=2)
    assert [api("GET", LIST).status_code for _unused in range(5)] == [200, 500, 500, 200, 200]
    (rule,) = api.handle.control("GET", "/faults")["faults"]
    assert (rule["fired"], rule["skip"], rule["fault"]) == (2, 1, {"status": 500})


def test_for_ever_until_removed(api: Api) -> None:
    inject(api, {"status": 500}, times=-1)
    assert [api("GET", LIST).status_code for _unused in range(3)] == [500] * 3
    assert api.handle.control("DELETE", "/faults")["faults"][0]["fired"] == 3
    assert api("GET", LIST).status_code == 200


def test_chance_is_repeatable(api: Api) -> None:
    runs = []
    for _unused in range(2):
        api.handle.control("DELETE", "/faults")
        inject(api, {"status": 500}, times=-1, probability=0.5, seed=7)
        runs.append([api("GET", LIST).status_code for _unused in range(12)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 500}


def test_matching(api: Api) -> None:
    inject(api, {"status": 500}, match={"method": "POST", "body_contains": "wanted"}, path="backuppolicy", times=-1)
    assert api("GET", "/v2/{pid}/backuppolicy").status_code == 200
    assert api("POST", "/v2/{pid}/backuppolicy", {"a": "other"}).status_code == 400
    assert api("POST", "/v2/{pid}/backuppolicy", {"a": "wanted"}).status_code == 500


def test_the_first_rule_that_fires_wins(api: Api) -> None:
    inject(api, {"status": 500})
    inject(api, {"status": 502})
    assert [api("GET", LIST).status_code for _unused in range(3)] == [500, 502, 200]


def test_sign_in_can_fail_too(api: Api) -> None:
    inject(api, {"status": 503}, path="/auth/tokens$")
    answer = requests.post(f"{api.handle.url}/v3/auth/tokens", json={}, timeout=60)
    assert answer.status_code == 503


def test_a_failing_job_may_leave_no_row(api: Api) -> None:
    fault = {"fail_job": {"error_code": "VolumeBackup.0027", "fail_reason": "no", "row": "none"}}
    inject(api, fault, path="/cloudbackups$")
    assert api.back_up(api.volume()["id"])["error_code"] == "VolumeBackup.0027"
    assert api.get(LIST) == {"backups": []}


def test_our_own_failure_is_a_500_in_the_gateways_shape(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.handle.sim.gatekeeper, "identify", None)
    assert code(api("GET", LIST)) == "500 APIGW.0601"


def test_the_log_says_which_fault_struck(api: Api) -> None:
    fault = {"status": 200, "body": {}}
    inject(api, fault, times=1)
    for _request in range(2):
        api.get(LIST)
    struck, spared = api.handle.control("GET", "/requests")["requests"][-2:]
    assert (struck["status"], struck["fault"]) == (200, fault)
    assert (spared["status"], spared["fault"]) == (200, None)
