# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From options and environment to a client: what is refused, warned of and hidden before anything is sent."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._argspec import COMMON
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._connect import connect
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.catalogs import (
    HUAWEI,
    PROJECT,
    projects,
    token_answer,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, Script, iam

KEYS = {"access_key": "AK", "secret_key": "canary-sk", "project_id": PROJECT}
USER = {"username": "deployer", "password": "canary-pw", "domain_name": "acct1", "region": "region-1"}
DEFAULTS = {name: option.get("default") for name, option in COMMON.options.items()}
VBS = "https://vbs.region-1.example.com"


class Made:
    """A client, or why there is none, and what was said on the way."""

    def __init__(self, options: dict[str, t.Any], environ: dict[str, str] | None = None) -> None:
        self.clock = FakeClock()
        self.warnings: list[str] = []
        self.hidden: list[str] = []
        self.client: Client = connect(
            {**DEFAULTS, **options},
            frozenset(options),
            environ or {},
            clock=self.clock.as_clock(),
            user_agent="test",
            warn=self.warnings.append,
            keep_secret=self.hidden.append,
        )

    def lists_policies(self, *calls: Call) -> Script:
        """Let it list the policies against a script that ends with the list."""
        script = Script(calls, clock=self.clock)
        with script.playing():
            self.client.vbs("list policies", "GET", ("backuppolicy",))
        return script


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def policies(base: str = VBS, **sends: t.Any) -> Call:
    return Call("GET", f"{base}/v2/{PROJECT}/backuppolicy", answer={"backup_policies": []}, sends=sends)


def sign_in(url: str = "https://iam.region-1.example.com/v3/auth/tokens") -> Call:
    user = {"name": "deployer", "password": "canary-pw", "domain": {"name": "acct1"}}
    scope = {"project": {"name": "region-1", "domain": {"name": "acct1"}}}
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
    headers: dict[str, str | None] = {"X-Subject-Token": "canary-token"}
    return Call("POST", url, body=body, status=201, headers=headers, answer=token_answer(HUAWEI))


def refused(options: dict[str, t.Any], environ: dict[str, str] | None = None) -> OptionError:
    with pytest.raises(OptionError) as caught:
        Made(options, environ)
    assert "canary" not in caught.value.message
    return caught.value


def test_access_keys_with_a_project_id_send_no_sign_in() -> None:
    made = Made({**KEYS, "region": "region-1", "cloud_domain": "example.com"})
    signed = {"X-Auth-Token": None, "X-Project-Id": PROJECT}
    assert len(made.lists_policies(policies(**signed)).sent) == 1
    assert made.client.signs_requests


@pytest.mark.parametrize("more", [{"project_name": "region-1"}, {}])
def test_access_keys_without_one_look_the_project_up_by_name_or_region(more: dict[str, str]) -> None:
    options = {"access_key": "AK", "secret_key": "canary-sk", "region": "region-1", "cloud_domain": "example.com"}
    url = "https://iam.region-1.example.com/v3/projects?name=region-1"
    found = Call("GET", url, answer=projects((PROJECT, "region-1")))
    Made({**options, **more}).lists_policies(found, policies())


def test_a_password_signs_in_once_and_uses_the_catalog() -> None:
    made = Made({**USER, "cloud_domain": "example.com"})
    made.lists_policies(sign_in(), policies(**{"X-Auth-Token": "canary-token", "Authorization": None}))
    made.lists_policies(policies(**{"X-Auth-Token": "canary-token"}))
    assert made.hidden == ["canary-pw", "canary-token"]
    assert not made.client.signs_requests


def test_a_given_token_uses_endpoints_without_reading_the_catalog() -> None:
    options = {"auth_token": "canary-given", "project_id": PROJECT, "endpoints": {"vbs": VBS}}
    Made(options).lists_policies(policies(**{"X-Auth-Token": "canary-given"}))


def test_a_given_token_uses_the_catalog_or_the_region() -> None:
    options = {"auth_token": "canary-given", "project_id": PROJECT, "auth_url": "https://iam.example.com"}
    read = iam("GET", "/v3/auth/catalog", sends={"X-Auth-Token": "canary-given"}, answer={"catalog": HUAWEI})
    Made(options).lists_policies(read, policies())
    options["region"] = "region-2"
    Made(options).lists_policies(read.but(status=404), policies("https://vbs.region-2.myhuaweicloud.com"))


def test_the_token_is_kept_between_tasks_only_where_the_option_says_so(home: Path) -> None:
    options = {**USER, "cloud_domain": "example.com"}
    Made({**options, "token_cache": False}).lists_policies(sign_in(), policies())
    assert not list(home.rglob("*.json"))
    Made(options).lists_policies(sign_in(), policies())
    assert len(list(home.rglob("*.json"))) == 1
    Made(options).lists_policies(policies())


def test_a_given_token_and_access_keys_are_never_kept(home: Path) -> None:
    given = {"auth_token": "canary-given", "project_id": PROJECT, "endpoints": {"vbs": VBS}}
    Made(given).lists_policies(policies())
    Made({**KEYS, "endpoints": {"vbs": VBS}}).lists_policies(policies())
    assert not list(home.iterdir())


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"api_timeout": 0}, "api_timeout"),
        ({"api_timeout": -1}, "api_timeout"),
        ({"api_retries": -1}, "api_retries"),
        ({"access_key": "A\nK"}, "access_key"),
        ({"security_token": "canary\r\nX-Evil: 1"}, "security_token"),
        ({"security_token": " canary"}, "security_token"),
        ({"security_token": "canary\u00e9"}, "security_token"),
        ({"project_id": "../admin"}, "project_id"),
        ({"project_id": "a/b"}, "project_id"),
        ({"project_id": "x" * 65}, "project_id"),
        ({"ca_path": "/nonexistent/ca.pem"}, "ca_path"),
        ({"endpoints": {"vbs": "vbs.example.com"}}, "endpoints.vbs"),
        ({"endpoints": {"vbs": "https://[::1"}}, "endpoints.vbs"),
        ({"endpoints": {"evs": "http://h:port"}}, "endpoints.evs"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_options_name(options: dict[str, t.Any], option: str) -> None:
    assert refused({**KEYS, "region": "r", **options}).option == option


@pytest.mark.parametrize("url", ["https://[::1", "iam.example.com", "http://canary:canary@iam"])
@pytest.mark.parametrize("way", [KEYS, USER, {"auth_token": "canary-given", "project_id": PROJECT}])
def test_an_unusable_identity_address_is_refused_at_once(way: dict[str, str], url: str) -> None:
    assert refused({**way, "auth_url": url}).option == "auth_url"


def test_the_smallest_limits_are_fine() -> None:
    assert Made({**KEYS, "region": "r", "api_timeout": 1, "api_retries": 0}).warnings == []


def test_a_header_value_from_the_environment_is_checked_too() -> None:
    error = refused({"region": "r"}, {"HW_AUTH_TOKEN": "canary\n", "HW_PROJECT_ID": PROJECT})
    assert error.option == "auth_token"


def test_secrets_are_hidden_even_where_an_option_is_refused_later() -> None:
    hidden: list[str] = []
    options = {**DEFAULTS, **KEYS, "security_token": "canary-st", "api_timeout": 0}
    clock = FakeClock().as_clock()
    with pytest.raises(OptionError):
        connect(options, (), {}, clock=clock, user_agent="t", warn=print, keep_secret=hidden.append)
    assert hidden == ["canary-sk", "canary-st"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"endpoints": {"vbs": "http://vbs.example.com"}}, "endpoints.vbs"),
        ({"endpoints": {"evs": "http://10.0.0.1"}}, "endpoints.evs"),
        ({"auth_url": "http://iam.example.com"}, "auth_url"),
    ],
)
def test_plain_http_to_another_machine_warns(options: dict[str, t.Any], expected: str) -> None:
    (warning,) = Made({**KEYS, "region": "r", **options}).warnings
    assert warning.startswith(f"{expected} is plain http")


def test_plain_http_to_this_machine_and_https_do_not_warn() -> None:
    options = {"endpoints": {"vbs": "http://127.0.0.1:1", "evs": "https://h"}, "auth_url": "http://localhost:2"}
    assert Made({**KEYS, **options}).warnings == []


def verified(options: dict[str, t.Any], environ: dict[str, str] | None = None) -> tuple[t.Any, list[str]]:
    """What requests is told about certificates, and the warnings."""
    made = Made({**KEYS, "endpoints": {"vbs": VBS}, **options}, environ)
    return made.client._http._verify, made.warnings


def test_certificates_are_verified_unless_the_option_says_no_which_warns(tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    authority.write_text("not empty", encoding="utf-8")
    assert verified({}) == (True, [])
    assert verified({"ca_path": str(authority)}) == (str(authority), [])
    assert verified({"ca_path": str(tmp_path)}) == (str(tmp_path), [])
    off, warnings = verified({"validate_certs": False, "ca_path": str(authority)})
    assert off is False
    assert len(warnings) == 1
    assert "validate_certs" in warnings[0]


def test_an_empty_authority_file_counts_as_not_given(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").touch()
    assert verified({"ca_path": str(tmp_path / "empty.pem")}) == (True, [])


def test_an_authority_in_the_home_directory_may_be_written_with_a_tilde(home: Path) -> None:
    (home / "ca.pem").write_text("not empty", encoding="utf-8")
    assert verified({"ca_path": "~/ca.pem"})[0] == str(home / "ca.pem")


@pytest.mark.parametrize(
    ("cloud", "options", "expected"),
    [
        ({"verify": False}, {}, False),
        ({"verify": False}, {"validate_certs": True}, True),
        ({"verify": True}, {"validate_certs": False}, False),
        ({"cacert": "{home}/cloud.pem"}, {}, "{home}/cloud.pem"),
        ({"cacert": "{home}/cloud.pem"}, {"ca_path": "{home}/option.pem"}, "{home}/option.pem"),
        ({"verify": False, "cacert": "{home}/cloud.pem"}, {}, False),
    ],
)
def test_an_option_wins_over_the_entry_of_clouds_yaml(
    home: Path, cloud: dict[str, t.Any], options: dict[str, t.Any], expected: t.Any
) -> None:
    def placed(value: t.Any) -> t.Any:
        return value.replace("{home}", str(home)) if isinstance(value, str) else value

    for name in ("cloud.pem", "option.pem"):
        (home / name).write_text("not empty", encoding="utf-8")
    lines = "".join(f"    {key}: {placed(value)}\n" for key, value in cloud.items())
    auth = f"{{access_key: AK, secret_key: canary-sk, project_id: {PROJECT}}}"
    (home / "clouds.yaml").write_text(f"clouds:\n  one:\n{lines}    auth: {auth}\n", encoding="utf-8")
    environ = {"OS_CLIENT_CONFIG_FILE": str(home / "clouds.yaml")}
    given = {"cloud": "one", "region": "r", **{name: placed(value) for name, value in options.items()}}
    assert Made(given, environ).client._http._verify == placed(expected)
