# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The three ways to sign in: what each sends, keeps and renews."""

from __future__ import annotations

import contextlib
import json
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils import _auth_password
from ansible_collections.huaweicloud.backup.plugins.module_utils._auth import TokenAuth
from ansible_collections.huaweicloud.backup.plugins.module_utils._auth_access_key import AccessKey
from ansible_collections.huaweicloud.backup.plugins.module_utils._auth_password import Password
from ansible_collections.huaweicloud.backup.plugins.module_utils._auth_token import GivenToken
from ansible_collections.huaweicloud.backup.plugins.module_utils._credentials import Identity
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import Http
from ansible_collections.huaweicloud.backup.plugins.module_utils._identity import SignIn
from ansible_collections.huaweicloud.backup.plugins.module_utils._signer import AccessKeyAuth
from ansible_collections.huaweicloud.backup.plugins.module_utils._token_cache import TokenCache
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.catalogs import (
    HUAWEI,
    PROJECT,
    projects,
    token_answer,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import NOON, FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, Script, iam

IAM = "https://iam.example.com/v3"
KEYS = Identity(access_key="AK", secret_key="canary-sk")
GIVEN = Identity(auth_token="canary-given")
USER = Identity(username="deployer", password="canary-pw", domain_name="acct1")


@contextlib.contextmanager
def script(clock: FakeClock, *calls: Call) -> Iterator[Http]:
    """An Http while these requests, and no others, are answered."""
    http = Http(clock=clock.as_clock(), timeout=60, retries=0, verify=True, user_agent="test")
    with Script(calls, clock=clock).playing():
        yield http


def sign_in(token: str, *, password: str = "canary-pw", expires: str = "2026-11-22T12:00:00.000000Z") -> Call:
    user = {"name": "deployer", "password": password, "domain": {"name": "acct1"}}
    scope = {"project": {"name": "region-1", "domain": {"name": "acct1"}}}
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
    answer = token_answer(HUAWEI, expires_at=expires)
    headers: dict[str, str | None] = {"X-Subject-Token": token}
    return iam("POST", "/v3/auth/tokens", body=body, status=201, headers=headers, answer=answer)


def lookup(**sends: t.Any) -> Call:
    return iam("GET", "/v3/projects?name=region-1", sends=sends, answer=projects((PROJECT, "region-1")))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def cache(tmp_path: Path, clock: FakeClock) -> TokenCache:
    return TokenCache(tmp_path, clock.as_clock())


class Task:
    """One task's sign-in by user and password, with what it was told to hide."""

    def __init__(
        self,
        http: Http,
        cache: TokenCache | None,
        identity: Identity = USER,
        auth_url: str = IAM,
        project: str = "region-1",
    ) -> None:
        self.hidden: list[str] = []
        self.auth = Password(http, auth_url, identity, project, cache=cache, keep_secret=self.hidden.append)

    @property
    def token(self) -> str:
        return t.cast("TokenAuth", self.auth.sign()).token


def test_access_keys_with_a_project_id_send_nothing_by_themselves(clock: FakeClock) -> None:
    with script(clock) as http:
        auth = AccessKey(http, lambda: IAM, KEYS._replace(project_id="p1", security_token="st"), "n", clock.as_clock())
        assert auth.project_id() == "p1"
        assert auth.sign() == AccessKeyAuth("AK", "canary-sk", clock.as_clock().now, "st", "p1")
        assert auth.catalog() is None
        assert auth.renew() is False


def test_access_keys_look_their_project_up_once_signed_without_a_project(clock: FakeClock) -> None:
    with script(clock, lookup(**{"X-Project-Id": None, "X-Auth-Token": None})) as http:
        auth = AccessKey(http, lambda: IAM, KEYS, "region-1", clock.as_clock())
        assert auth.project_id() == PROJECT
        assert t.cast("AccessKeyAuth", auth.sign()).project_id == PROJECT


def test_access_keys_without_any_project_name_the_option(clock: FakeClock) -> None:
    with script(clock) as http:
        auth = AccessKey(http, lambda: IAM, KEYS, None, clock.as_clock())
        with pytest.raises(OptionError) as caught:
            auth.project_id()
    assert caught.value.option == "project_id"


def test_a_given_token_needs_a_project(clock: FakeClock) -> None:
    with script(clock) as http, pytest.raises(OptionError) as caught:
        GivenToken(http, lambda: IAM, GIVEN)
    assert caught.value.option == "project_id"


def test_a_given_token_is_used_as_it_is_and_never_renewed(clock: FakeClock) -> None:
    with script(clock) as http:
        auth = GivenToken(http, lambda: IAM, GIVEN._replace(project_id="p1"))
        assert auth.project_id() == "p1"
        sent = auth.sign()
        assert isinstance(sent, TokenAuth)
        assert sent.token == "canary-given"
        assert auth.renew() is False


def test_a_given_token_looks_its_project_and_its_catalog_up_once(clock: FakeClock) -> None:
    token = {"X-Auth-Token": "canary-given"}
    catalog = iam("GET", "/v3/auth/catalog", sends=token, answer={"catalog": HUAWEI})
    with script(clock, lookup(**token), catalog) as http:
        auth = GivenToken(http, lambda: IAM, GIVEN._replace(project_name="region-1"))
        assert [auth.project_id(), auth.project_id()] == [PROJECT, PROJECT]
        assert auth.catalog() == auth.catalog() == HUAWEI


def test_a_catalog_that_is_not_served_is_asked_for_once(clock: FakeClock) -> None:
    with script(clock, iam("GET", "/v3/auth/catalog", status=404)) as http:
        auth = GivenToken(http, lambda: IAM, GIVEN._replace(project_id="p1"))
        assert auth.catalog() is auth.catalog() is None


@pytest.mark.parametrize(
    ("changes", "name", "option"),
    [({"domain_name": None}, "region-1", "domain_name"), ({}, None, "project_name"), ({}, "", "project_name")],
)
def test_a_password_without_account_or_project_is_refused_before_anything_is_sent(
    clock: FakeClock, changes: dict[str, t.Any], name: str | None, option: str
) -> None:
    with script(clock) as http, pytest.raises(OptionError) as caught:
        Password(http, IAM, USER._replace(**changes), name, cache=None, keep_secret=lambda _secret: None)
    assert caught.value.option == option


def test_a_task_signs_in_once_for_project_token_and_catalog(clock: FakeClock) -> None:
    with script(clock, sign_in("canary-1")) as http:
        task = Task(http, None)
        assert task.auth.project_id() == PROJECT
        assert task.token == "canary-1"
        assert task.auth.catalog() == HUAWEI
    assert task.hidden == ["canary-1"]


def test_the_next_task_finds_the_token_and_hides_it_too(clock: FakeClock, cache: TokenCache) -> None:
    with script(clock, sign_in("canary-1")) as http:
        assert Task(http, cache).token == "canary-1"
        again = Task(http, cache)
        assert (again.token, again.auth.project_id(), again.auth.catalog()) == ("canary-1", PROJECT, HUAWEI)
    assert again.hidden == ["canary-1"]


def test_a_token_is_replaced_five_minutes_before_its_end(clock: FakeClock, cache: TokenCache) -> None:
    soon = "2026-11-21T13:00:00.000000Z"
    with script(clock, sign_in("canary-1", expires=soon), sign_in("canary-2")) as http:
        assert Task(http, cache).token == "canary-1"
        clock.advance(3299)
        assert Task(http, cache).token == "canary-1"
        clock.advance(1)
        assert Task(http, cache).token == "canary-2"


@pytest.mark.parametrize(
    ("changes", "auth_url"),
    [
        ({"password": "another"}, IAM),
        ({"username": "another"}, IAM),
        ({"domain_name": "another"}, IAM),
        ({"domain_id": "another"}, IAM),
        ({"project_id": "another"}, IAM),
        ({"project_domain_name": "another"}, IAM),
        ({"project_domain_id": "another"}, IAM),
        ({}, "https://another.example.com/v3"),
    ],
)
def test_another_credential_does_not_find_the_token(
    clock: FakeClock, cache: TokenCache, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], auth_url: str
) -> None:
    tokens = iter(("canary-1", "canary-2"))
    monkeypatch.setattr(_auth_password, "sign_in", lambda *_given: SignIn(next(tokens), NOON + 3600, PROJECT, None))
    with script(clock) as http:
        assert Task(http, cache).token == "canary-1"
        assert Task(http, cache, USER._replace(**changes), auth_url).token == "canary-2"
        assert Task(http, cache).token == "canary-1"


def test_another_projects_name_does_not_find_the_token_unless_an_id_decides(
    clock: FakeClock, cache: TokenCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = iter(("canary-1", "canary-2", "canary-3"))
    monkeypatch.setattr(_auth_password, "sign_in", lambda *_given: SignIn(next(tokens), NOON + 3600, PROJECT, None))
    with_id = USER._replace(project_id=PROJECT)
    with script(clock) as http:
        assert Task(http, cache, project="one").token == "canary-1"
        assert Task(http, cache, project="two").token == "canary-2"
        assert Task(http, cache, with_id, project="one").token == "canary-3"
        assert Task(http, cache, with_id, project="two").token == "canary-3"


def test_a_dead_token_is_replaced_also_for_the_next_task(clock: FakeClock, cache: TokenCache) -> None:
    with script(clock, sign_in("canary-1"), sign_in("canary-2")) as http:
        task = Task(http, cache)
        assert task.token == "canary-1"
        assert task.auth.renew() is True
        assert task.token == "canary-2"
        assert Task(http, cache).token == "canary-2"
    assert task.hidden == ["canary-1", "canary-2"]


def test_a_token_that_another_task_has_renewed_is_taken_over(clock: FakeClock, cache: TokenCache) -> None:
    with script(clock, sign_in("canary-1"), sign_in("canary-2")) as http:
        first, second = Task(http, cache), Task(http, cache)
        assert first.token == second.token == "canary-1"
        first.auth.renew()
        second.auth.renew()
        assert second.token == "canary-2"


def test_without_a_cache_a_dead_token_is_replaced_too(clock: FakeClock) -> None:
    with script(clock, sign_in("canary-1"), sign_in("canary-2")) as http:
        task = Task(http, None)
        assert task.token == "canary-1"
        task.auth.renew()
        assert task.token == "canary-2"


def test_findings_are_kept_beside_the_token_and_go_with_it(clock: FakeClock, cache: TokenCache) -> None:
    with script(clock, sign_in("canary-1"), sign_in("canary-2")) as http:
        task = Task(http, cache)
        assert task.auth.recall("vbs_version") is None
        task.auth.remember("vbs_version", "v3")
        assert task.auth.recall("vbs_version") == "v3"
        assert Task(http, cache).auth.recall("vbs_version") == "v3"
        task.auth.renew()
        assert Task(http, cache).auth.recall("vbs_version") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"project_id": None},
        {"project_id": 7},
        {"project_id": ""},
        {"catalog": "x"},
        {"catalog": {"type": "vbsv2"}},
        {"catalog": ["x"]},
        {"token": ""},
    ],
)
def test_an_entry_with_wrong_types_is_no_entry(
    clock: FakeClock, cache: TokenCache, tmp_path: Path, changes: dict[str, t.Any]
) -> None:
    with script(clock, sign_in("canary-1"), sign_in("canary-2")) as http:
        assert Task(http, cache).token == "canary-1"
        (file,) = tmp_path.glob("*.json")
        entry = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps({**entry, **changes}), encoding="utf-8")
        assert Task(http, cache).token == "canary-2"


def test_a_cache_that_cannot_be_written_means_a_sign_in_for_each_task(clock: FakeClock, tmp_path: Path) -> None:
    nowhere = TokenCache(tmp_path / "gone", clock.as_clock())
    with script(clock, sign_in("canary-1"), sign_in("canary-2")) as http:
        assert [Task(http, nowhere).token, Task(http, nowhere).token] == ["canary-1", "canary-2"]


def test_what_is_printed_of_a_token_is_not_the_token() -> None:
    assert "canary" not in repr(TokenAuth("canary-1"))
