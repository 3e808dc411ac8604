# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which source gives the credentials, and that nothing is ever completed from another one (contract §1)."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._credentials import Identity, Settings, resolve
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, OptionError

KEYS = {"access_key": "opt-ak", "secret_key": "opt-sk"}
USER = {"username": "opt-user", "password": "opt-password", "domain_name": "opt-domain"}
TOKEN = {"auth_token": "opt-token", "project_id": "opt-project"}
ENV_KEYS = {"HW_ACCESS_KEY": "env-ak", "HW_SECRET_KEY": "env-sk", "HW_PROJECT_ID": "env-project"}
ENV_USER = {"HW_USER_NAME": "env-user", "HW_USER_PASSWORD": "env-password", "HW_DOMAIN_NAME": "env-domain"}
CLOUDS = """
clouds:
  one:
    region_name: cloud-region
    auth: {auth_url: https://cloud.example.com/v3, username: cloud-user, password: cloud-password,
           user_domain_name: cloud-domain, project_name: cloud-project}
"""


@pytest.fixture
def clouds(tmp_path: Path) -> dict[str, str]:
    """An environment that names a file with one cloud, as AWX does."""
    file = tmp_path / "clouds.yaml"
    file.write_text(CLOUDS, encoding="utf-8")
    return {"OS_CLIENT_CONFIG_FILE": str(file)}


def found(options: t.Mapping[str, t.Any], environ: t.Mapping[str, str] | None = None) -> Settings:
    return resolve(options, environ or {})


def refused(options: t.Mapping[str, t.Any], environ: t.Mapping[str, str] | None = None) -> OptionError:
    with pytest.raises(OptionError) as caught:
        resolve(options, environ or {})
    return caught.value


def values(identity: Identity) -> set[str]:
    return {value for value in identity._asdict().values() if isinstance(value, str)}


@pytest.mark.parametrize(
    ("options", "environ", "needs_clouds", "source", "method"),
    [
        (KEYS, {}, False, "options", "access_key"),
        (USER, {}, False, "options", "password"),
        (TOKEN, {}, False, "options", "token"),
        (KEYS, ENV_USER, True, "options", "access_key"),
        ({**USER, "cloud": "one"}, ENV_KEYS, True, "options", "password"),
        ({"cloud": "one"}, ENV_KEYS, True, "cloud", "password"),
        ({}, ENV_KEYS, True, "environment", "access_key"),
        ({}, {**ENV_USER, "OS_CLOUD": "one"}, True, "environment", "password"),
        ({}, {"HW_AUTH_TOKEN": "t"}, True, "environment", "token"),
        ({}, {"OS_TOKEN": "t"}, False, "environment", "token"),
        ({}, {"OS_USERNAME": "u", "OS_PASSWORD": "p"}, False, "environment", "password"),
        ({}, {"OS_CLOUD": "one"}, True, "cloud", "password"),
        ({}, {}, True, "cloud", "password"),
        ({"region": "r", "project_name": "p"}, ENV_KEYS, False, "environment", "access_key"),
    ],
)
def test_the_first_source_that_has_a_method_gives_everything(
    clouds: dict[str, str],
    options: dict[str, str],
    environ: dict[str, str],
    needs_clouds: bool,
    source: str,
    method: str,
) -> None:
    identity = found(options, {**environ, **(clouds if needs_clouds else {})}).identity
    assert (identity.source, identity.method) == (source, method)


@pytest.mark.parametrize("options", [KEYS, USER, TOKEN])
def test_options_are_never_completed_from_the_environment(options: dict[str, str], clouds: dict[str, str]) -> None:
    environ = {
        **ENV_KEYS,
        **ENV_USER,
        **clouds,
        "HW_AUTH_URL": "https://env.example.com",
        "HW_PROJECT_NAME": "env-project-name",
        "HW_PROJECT_DOMAIN_NAME": "env-project-domain",
        "HW_SECURITY_TOKEN": "env-security-token",
        "HW_AUTH_TOKEN": "env-token",
        "OS_CLOUD": "one",
    }
    identity = found(options, environ).identity
    assert values(identity) == {"options", *options.values()}


def test_a_cloud_is_never_completed_from_the_environment(clouds: dict[str, str]) -> None:
    environ = {**ENV_KEYS, **ENV_USER, **clouds, "HW_SECURITY_TOKEN": "env-security-token"}
    identity = found({"cloud": "one"}, environ).identity
    assert values(identity) == {
        "cloud",
        "https://cloud.example.com/v3",
        "cloud-user",
        "cloud-password",
        "cloud-domain",
        "cloud-project",
        "cloud-region",
    }


def test_the_environment_is_never_completed_from_a_cloud(clouds: dict[str, str]) -> None:
    identity = found({}, {**ENV_KEYS, **clouds, "OS_CLOUD": "one"}).identity
    assert values(identity) == {"environment", "env-ak", "env-sk", "env-project"}


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ("access_key", "secret_key"),
        ("secret_key", "access_key"),
        ("username", "password"),
        ("password", "username"),
        ("security_token", "access_key"),
    ],
)
def test_half_a_pair_in_options_names_the_other_half(given: str, missing: str, clouds: dict[str, str]) -> None:
    error = refused({given: "x-secret"}, {**ENV_KEYS, **ENV_USER, **clouds})
    assert error.option == missing
    assert "missing" in error.message
    assert given in error.message
    assert "x-secret" not in error.message


@pytest.mark.parametrize(
    ("name", "missing", "variable"),
    [
        ("HW_ACCESS_KEY", "secret_key", "HW_SECRET_KEY"),
        ("HW_SECRET_KEY", "access_key", "HW_ACCESS_KEY"),
        ("HW_USER_NAME", "password", "HW_USER_PASSWORD"),
        ("OS_PASSWORD", "username", "HW_USER_NAME or OS_USERNAME"),
    ],
)
def test_half_a_pair_in_the_environment_names_the_variable(
    name: str, missing: str, variable: str, clouds: dict[str, str]
) -> None:
    error = refused({}, {name: "x-secret", **clouds, "OS_CLOUD": "one"})
    assert error.option == missing
    assert variable in error.message
    assert "x-secret" not in error.message


def test_half_a_pair_beside_a_whole_method_of_options_is_an_error_too() -> None:
    assert refused({**TOKEN, "access_key": "ak"}).option == "secret_key"
    assert refused({**KEYS, "password": "p"}).option == "username"


def test_without_any_credential_the_ways_are_listed() -> None:
    for options in ({}, {"region": "r", "project_name": "p", "auth_url": "https://x", "domain_name": "d"}):
        with pytest.raises(BackupError) as caught:
            resolve(options, {})
        for name in ("access_key", "password", "auth_token", "cloud", "HW_ACCESS_KEY", "OS_CLOUD"):
            assert name in caught.value.advice


def test_an_empty_text_counts_as_not_given(clouds: dict[str, str]) -> None:
    empty = dict.fromkeys([*KEYS, *USER, *TOKEN, "cloud", "auth_url", "region", "security_token"], "")
    empty_env = dict.fromkeys([*ENV_KEYS, *ENV_USER, "HW_AUTH_TOKEN", "OS_CLOUD", "OS_TOKEN", "HW_REGION_NAME"], "")
    assert found(empty, {**empty_env, **clouds}).identity.source == "cloud"
    assert found(empty, {**empty_env, "OS_USERNAME": "u", "OS_PASSWORD": "p"}).identity.username == "u"
    assert found({**empty, **KEYS}, empty_env).identity.method == "access_key"


@pytest.mark.parametrize(
    ("whole", "method"),
    [
        ({**ENV_KEYS, **ENV_USER, "HW_AUTH_TOKEN": "t"}, "access_key"),
        ({**ENV_USER, "HW_AUTH_TOKEN": "t"}, "token"),
        (ENV_USER, "password"),
        ({**ENV_USER, "HW_ACCESS_KEY": "half"}, "password"),
    ],
)
def test_within_a_source_keys_come_before_a_token_and_that_before_a_password(
    whole: dict[str, str], method: str
) -> None:
    assert found({}, whole).identity.method == method
    options = {"access_key": "a", "secret_key": "s", "auth_token": "t", "username": "u", "password": "p"}
    assert found(options).identity.method == "access_key"
    assert found({name: options[name] for name in ("auth_token", "username", "password")}).identity.method == "token"


def test_huaweis_variables_come_before_openstacks() -> None:
    both = {"HW_USER_NAME": "hw", "OS_USERNAME": "os", "HW_USER_PASSWORD": "hwp", "OS_PASSWORD": "osp"}
    both.update(HW_DOMAIN_NAME="hwd", OS_USER_DOMAIN_NAME="osud", OS_DOMAIN_NAME="osd")
    both.update(HW_AUTH_URL="https://hw", OS_AUTH_URL="https://os", HW_REGION_NAME="hwr", OS_REGION_NAME="osr")
    both.update(HW_PROJECT_ID="hwi", OS_PROJECT_ID="osi", HW_PROJECT_NAME="hwn", OS_PROJECT_NAME="osn")
    settings = found({}, both)
    assert values(settings.identity) == {"environment", "hw", "hwp", "hwd", "https://hw", "hwi", "hwn"}
    assert settings.region == "hwr"
    settings = found({}, {name: value for name, value in both.items() if name.startswith("OS_")})
    assert values(settings.identity) == {"environment", "os", "osp", "osud", "https://os", "osi", "osn"}
    assert settings.region == "osr"
    del both["HW_DOMAIN_NAME"], both["OS_USER_DOMAIN_NAME"]
    assert found({}, both).identity.domain_name == "osd"


@pytest.mark.parametrize("source", ["environment", "cloud"])
def test_options_without_a_method_refine_the_set(source: str, clouds: dict[str, str]) -> None:
    environ = {**ENV_USER, "HW_PROJECT_ID": "env-project"} if source == "environment" else clouds
    options = {
        "auth_url": "https://opt.example.com",
        "project_name": "opt-name",
        "project_domain_name": "opt-pd",
        "domain_name": "opt-domain",
        "region": "opt-region",
        "cloud_domain": "opt.example.com",
    }
    settings = found(options, environ)
    identity = settings.identity
    assert identity.source == source
    assert (identity.auth_url, identity.project_domain_name) == ("https://opt.example.com", "opt-pd")
    assert (identity.domain_name, identity.domain_id) == ("opt-domain", None)
    assert (settings.region, settings.cloud_domain) == ("opt-region", "opt.example.com")
    # A project that the task names takes the place of the set's own.
    assert (identity.project_name, identity.project_id) == ("opt-name", None)
    assert found({"project_id": "opt-id"}, environ).identity.project_id == "opt-id"


def test_region_domain_and_endpoints_come_from_option_then_cloud_then_environment(clouds: dict[str, str]) -> None:
    environ = {
        "HW_REGION_NAME": "env-region",
        "HW_CLOUD": "env.example.com",
        "HW_VBS_ENDPOINT": "https://env-vbs",
        "HW_CSBS_ENDPOINT": "https://env-csbs",
        "HW_EVS_ENDPOINT": "https://env-evs",
    }
    settings = found(KEYS, environ)
    assert (settings.region, settings.cloud_domain) == ("env-region", "env.example.com")
    assert settings.endpoints == {"vbs": "https://env-vbs", "csbs": "https://env-csbs", "evs": "https://env-evs"}
    endpoints = {"vbs": "https://opt-vbs", "csbs": "", "evs": None}
    assert found({**KEYS, "endpoints": endpoints}, environ).endpoints["vbs"] == "https://opt-vbs"
    assert found({**KEYS, "endpoints": endpoints}, environ).endpoints["csbs"] == "https://env-csbs"
    assert found({"cloud": "one"}, {**environ, **clouds}).region == "cloud-region"
    assert found({"cloud": "one", "region": "opt"}, {**environ, **clouds}).region == "opt"
    nothing = found(KEYS)
    assert (nothing.region, nothing.cloud_domain, nothing.endpoints) == (None, "myhuaweicloud.com", {})


def test_secrets_are_all_that_must_be_hidden() -> None:
    options = {**KEYS, "security_token": "opt-st", "username": "u", "password": "opt-pw", "auth_token": "opt-tk"}
    assert set(found(options).identity.secrets) == {"opt-sk", "opt-st", "opt-pw", "opt-tk"}
    assert found(KEYS).identity.secrets == ("opt-sk",)
