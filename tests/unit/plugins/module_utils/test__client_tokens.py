# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A dead token is replaced once for each request, and what was found out is kept beside the token."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils import _auth_password
from ansible_collections.huaweicloud.backup.plugins.module_utils._auth import Auth
from ansible_collections.huaweicloud.backup.plugins.module_utils._auth_password import Password
from ansible_collections.huaweicloud.backup.plugins.module_utils._auth_token import GivenToken
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._credentials import Identity
from ansible_collections.huaweicloud.backup.plugins.module_utils._endpoints import Endpoints
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    ApiError,
    LostAnswerError,
    ServiceMissingError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._identity import SignIn
from ansible_collections.huaweicloud.backup.plugins.module_utils._token_cache import TokenCache
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.catalogs import KEYSTONE, KEYSTONE_V3_ONLY
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.clients import during as during_keys
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.clients import http_for
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import NOON, FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    HOSTS,
    PROJECT,
    Call,
    Script,
    lost,
    vbs,
)

USER = Identity(username="deployer", password="canary-pw", domain_name="acct1")
EXPIRED = {"error": {"code": 401, "title": "Unauthorized", "message": "requires authentication"}}
CINDER = "http://127.0.0.1:18776"


@pytest.fixture
def sign_ins(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens of the sign-ins so far; each gives a new one."""
    made: list[str] = []

    def sign_in(*_given: t.Any) -> SignIn:
        made.append(f"token-{len(made) + 1}")
        return SignIn(made[-1], NOON + 7200, PROJECT, None)

    monkeypatch.setattr(_auth_password, "sign_in", sign_in)
    return made


def client_of(auth: Auth, clock: FakeClock, catalog: t.Any = None) -> Client:
    overrides = {} if catalog else {"vbs": HOSTS["vbs"], "evs": HOSTS["evs"]}
    endpoints = Endpoints(overrides=overrides, catalog=lambda: catalog, region=None, cloud_domain="example.com")
    return Client(http=http_for(clock), auth=auth, endpoints=endpoints)


def password(clock: FakeClock, cache: TokenCache | None = None) -> Password:
    return Password(http_for(clock), "https://iam", USER, "p", cache=cache, keep_secret=lambda _secret: None)


def during(
    calls: t.Iterable[Call], work: t.Callable[[Client], t.Any], cache: TokenCache | None = None, catalog: t.Any = None
) -> t.Any:
    clock = FakeClock()
    with Script(calls, clock=clock).playing():
        return work(client_of(password(clock, cache), clock, catalog))


def sent_with(token: str, call: Call, **answer: t.Any) -> Call:
    return call.but(sends={"X-Auth-Token": token, "Authorization": None}, **answer)


def create(client: Client) -> t.Any:
    return client.vbs("create", "POST", ("cloudbackups",), body={"backup": {}}, creating=True).body


CREATE = vbs("POST", "/v2/cloudbackups", body={"backup": {}})
LIST = vbs("GET", "/v2/backups")


def listing(client: Client) -> t.Any:
    return client.native("list", "GET", ("backups",)).body


@pytest.mark.parametrize(("call", "work"), [(CREATE, create), (LIST, listing)])
@pytest.mark.parametrize(
    "refusal",
    [
        EXPIRED,
        {"error_code": "APIGW.0307", "error_msg": "renew"},
        {"error_code": "APIGW.0301", "error_msg": "token could not be decoded"},
        {"error": {"code": "AutoBackup.0003", "message": "expired"}},
        {},
    ],
)
def test_a_dead_token_is_replaced_and_the_request_sent_again(
    sign_ins: list[str], call: Call, work: t.Callable[[Client], t.Any], refusal: dict[str, t.Any]
) -> None:
    calls = [sent_with("token-1", call, status=401, answer=refusal), sent_with("token-2", call, answer={"ok": 1})]
    assert during(calls, work) == {"ok": 1}
    assert sign_ins == ["token-1", "token-2"]


def test_a_second_refusal_of_the_same_request_is_the_end(sign_ins: list[str]) -> None:
    calls = [sent_with(f"token-{number}", LIST, status=401, answer=EXPIRED) for number in (1, 2)]
    with pytest.raises(ApiError) as caught:
        during(calls, listing)
    assert caught.value.http_status == 401
    assert len(sign_ins) == 2


def test_each_request_may_replace_the_token_once(sign_ins: list[str]) -> None:
    calls = [
        sent_with("token-1", LIST, status=401, answer=EXPIRED),
        sent_with("token-2", LIST, answer={"ok": 1}),
        sent_with("token-2", LIST, status=401, answer=EXPIRED),
        sent_with("token-3", LIST, answer={"ok": 2}),
    ]
    assert during(calls, lambda client: [listing(client), listing(client)]) == [{"ok": 1}, {"ok": 2}]


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (403, {"error": {"code": 403, "message": "forbidden"}}),
        (401, {"error": {"code": "VolumeBackup.0041", "message": "no roles"}}),
        (401, {"error_code": "APIGW.0303", "error_msg": "app"}),
        (400, {"badRequest": {"code": 400, "message": "Malformed request url"}}),
    ],
)
def test_what_a_new_token_cannot_cure_is_told_at_once(
    sign_ins: list[str], status: int, answer: dict[str, t.Any]
) -> None:
    with pytest.raises(ApiError):
        during([sent_with("token-1", LIST, status=status, answer=answer)], listing)
    assert sign_ins == ["token-1"]


@pytest.mark.parametrize(
    "answer",
    [
        {"error": {"code": "VolumeBackup.0041", "message": "no roles"}},
        {"error_code": "APIGW.0303", "error_msg": "app"},
        EXPIRED,
    ],
)
def test_after_any_401_the_next_task_signs_in_anew(
    sign_ins: list[str], tmp_path: Path, answer: dict[str, t.Any]
) -> None:
    cache = TokenCache(tmp_path, FakeClock().as_clock())
    calls = [sent_with("token-1", LIST, status=401, answer=answer)]
    if answer is EXPIRED:
        calls.append(sent_with("token-2", LIST, status=401, answer=answer))
    with pytest.raises(ApiError):
        during(calls, listing, cache)
    newest = f"token-{len(calls) + 1}"
    assert during([sent_with(newest, LIST, answer={"ok": 1})], listing, cache) == {"ok": 1}
    assert sign_ins[-1] == newest


def test_a_late_401_for_an_old_token_leaves_the_new_one_in_the_cache(sign_ins: list[str], tmp_path: Path) -> None:
    cache = TokenCache(tmp_path, FakeClock().as_clock())
    late = sent_with("token-1", CREATE, status=401, answer=EXPIRED)

    def work(client: Client) -> None:
        in_flight = client.vbs_later("create", "POST", ("cloudbackups",), body={"backup": {}}, creating=True)
        client.renew_token()
        with pytest.raises(ApiError):
            in_flight()

    during([late], work, cache)
    assert during([sent_with("token-2", LIST, answer={"ok": 1})], listing, cache) == {"ok": 1}
    assert sign_ins == ["token-1", "token-2"]


def test_after_a_403_the_token_is_kept(sign_ins: list[str], tmp_path: Path) -> None:
    cache = TokenCache(tmp_path, FakeClock().as_clock())
    with pytest.raises(ApiError):
        during([sent_with("token-1", LIST, status=403, answer={})], listing, cache)
    assert during([sent_with("token-1", LIST, answer={"ok": 1})], listing, cache) == {"ok": 1}
    assert sign_ins == ["token-1"]


def test_an_answer_may_get_lost_after_the_token_was_replaced(sign_ins: list[str]) -> None:
    calls = [sent_with("token-1", CREATE, status=401, answer=EXPIRED), sent_with("token-2", CREATE, error=lost())]
    with pytest.raises(LostAnswerError):
        during(calls, create)


def test_a_given_token_is_never_replaced() -> None:
    clock = FakeClock()
    auth = GivenToken(http_for(clock), lambda: "https://iam", Identity(auth_token="given", project_id=PROJECT))
    calls = [sent_with("given", LIST, status=401, answer=EXPIRED)]
    with Script(calls, clock=clock).playing(), pytest.raises(ApiError) as caught:
        listing(client_of(auth, clock))
    assert caught.value.http_status == 401
    assert "never renewed" in str(caught.value.advice)


def test_a_wrong_signature_is_told_at_once() -> None:
    answer = {"error_code": "APIGW.0301", "error_msg": "verify aksk signature fail", "request_id": "r1"}
    with pytest.raises(ApiError, match=r"APIGW\.0301"):
        during_keys([LIST.but(status=401, answer=answer)], listing)


def test_the_version_is_remembered_beside_the_cached_token(sign_ins: list[str], tmp_path: Path) -> None:
    cache = TokenCache(tmp_path, FakeClock().as_clock())
    v3 = vbs("GET", "/v3/backups", answer={})
    during([LIST.but(status=404, raw=b"<html>"), v3], listing, cache)
    during([v3], listing, cache)
    assert sign_ins == ["token-1"]


def test_the_version_of_one_address_is_not_taken_for_that_of_another(sign_ins: list[str], tmp_path: Path) -> None:
    cache = TokenCache(tmp_path, FakeClock().as_clock())
    during([LIST.but(status=404, raw=b"<html>"), vbs("GET", "/v3/backups", answer={})], listing, cache)
    elsewhere = Call("GET", f"{CINDER}/v2/{PROJECT}/backups", answer={"at": 2})
    assert during([elsewhere], listing, cache, catalog=KEYSTONE) == {"at": 2}
    assert sign_ins == ["token-1"]


def test_without_a_cache_the_version_is_found_out_by_each_task(sign_ins: list[str]) -> None:
    for _task in range(2):
        during([LIST.but(status=404, raw=b"<html>"), vbs("GET", "/v3/backups", answer={})], listing)


def test_a_plain_openstack_is_called_at_the_version_of_its_catalog(sign_ins: list[str]) -> None:
    v2 = Call("GET", f"{CINDER}/v2/{PROJECT}/backups", answer={"at": 2})
    v3 = Call("GET", f"{CINDER}/v3/{PROJECT}/backups", answer={"at": 3})
    assert during([v2], listing, catalog=KEYSTONE) == {"at": 2}
    assert during([v3], listing, catalog=KEYSTONE_V3_ONLY) == {"at": 3}


def test_where_the_catalog_says_version_three_nothing_else_is_tried(sign_ins: list[str]) -> None:
    call = Call("GET", f"{CINDER}/v3/{PROJECT}/backups", status=404, raw=b"<html>")
    with pytest.raises(ServiceMissingError):
        during([call], listing, catalog=KEYSTONE_V3_ONLY)


def test_a_dead_token_is_replaced_on_the_way_to_version_three_too(sign_ins: list[str]) -> None:
    v3 = vbs("GET", "/v3/backups")
    calls = [
        sent_with("token-1", LIST, status=404, raw=b"<html>"),
        sent_with("token-1", v3, status=401, answer=EXPIRED),
        sent_with("token-2", v3, answer={"ok": 1}),
    ]
    assert during(calls, listing) == {"ok": 1}
