# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of clouds.yaml: where they are looked for, how they are merged, and what is said when they cannot be used."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.huaweicloud.backup.plugins.module_utils import _clouds
from ansible_collections.huaweicloud.backup.plugins.module_utils._clouds import load_cloud
from ansible_collections.huaweicloud.backup.plugins.module_utils._credentials import resolve
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError

FOLDERS = _clouds._FOLDERS
AUTH = {"auth_url": "https://iam.example.com/v3", "username": "u", "password": "canary-password"}


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Only empty places are searched: the working directory and the home directory."""
    for name in ("here", "home/.config/openstack"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(_clouds, "_FOLDERS", (".", "~/.config/openstack"))
    return tmp_path


def write(file: Path, content: t.Any) -> str:
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return str(file)


def entry(**more: t.Any) -> dict[str, t.Any]:
    return {"clouds": {"one": {"auth": dict(AUTH), **more}}}


def refused(name: str | None, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(OptionError) as caught:
        load_cloud(name, environ or {})
    assert caught.value.option == "cloud"
    assert "canary" not in caught.value.message
    return caught.value.message


def test_openstacks_folders_are_searched_in_its_order() -> None:
    assert FOLDERS == (".", "~/.config/openstack", "/etc/openstack")


@pytest.mark.parametrize("ending", ["yaml", "yml", "json"])
@pytest.mark.parametrize("folder", ["here", "home/.config/openstack"])
def test_a_file_is_found_in_every_place(places: Path, folder: str, ending: str) -> None:
    write(places / folder / f"clouds.{ending}", entry())
    assert load_cloud("one", {})["auth"] == AUTH


def test_the_first_file_wins_and_the_named_one_before_all(places: Path) -> None:
    write(places / "home/.config/openstack/clouds.yaml", entry(region_name="home"))
    assert load_cloud("one", {})["region_name"] == "home"
    write(places / "here/clouds.yaml", entry(region_name="here"))
    assert load_cloud("one", {})["region_name"] == "here"
    named = write(places / "any-name", entry(region_name="named"))
    assert load_cloud("one", {"OS_CLIENT_CONFIG_FILE": named})["region_name"] == "named"


def test_secure_yaml_lies_above_the_entry_key_by_key(places: Path) -> None:
    write(places / "here/clouds.yaml", entry(region_name="r"))
    write(places / "here/secure.yaml", {"clouds": {"one": {"auth": {"password": "better"}}, "two": {"auth": {}}}})
    cloud = load_cloud("one", {})
    assert cloud == {"auth": {**AUTH, "password": "better"}, "region_name": "r"}


def test_secure_yaml_may_be_named_or_lie_beside_a_named_file(places: Path) -> None:
    (places / "else").mkdir()
    named = write(places / "else/clouds.yaml", entry())
    write(places / "else/secure.yaml", {"clouds": {"one": {"auth": {"password": "beside"}}}})
    environ = {"OS_CLIENT_CONFIG_FILE": named}
    assert load_cloud("one", environ)["auth"]["password"] == "beside"
    environ["OS_CLIENT_SECURE_FILE"] = write(places / "s.yaml", {"clouds": {"one": {"auth": {"password": "named"}}}})
    assert load_cloud("one", environ)["auth"]["password"] == "named"


def test_a_profile_lies_below_the_entry(places: Path) -> None:
    public = {"public-clouds": {"vendor": {"auth": {"auth_url": "https://vendor", "password": "low"}, "verify": False}}}
    write(places / "here/clouds-public.yaml", public)
    write(places / "here/clouds.yaml", {"clouds": {"one": {"profile": "vendor", "auth": {"password": "high"}}}})
    cloud = load_cloud("one", {})
    assert cloud["auth"] == {"auth_url": "https://vendor", "password": "high"}
    assert cloud["verify"] is False


@pytest.mark.parametrize("public", [None, {"public-clouds": {"other": {}}}, {"public-clouds": {"vendor": 1}}])
def test_an_unknown_profile_is_named(places: Path, public: t.Any) -> None:
    write(places / "here/clouds.yaml", entry(profile="vendor"))
    if public is not None:
        write(places / "here/clouds-public.yaml", public)
    message = refused("one")
    assert "'vendor'" in message
    assert "clouds-public.yaml" in message


def test_a_single_cloud_needs_no_name_several_do(places: Path) -> None:
    named = write(places / "awx", entry())
    assert load_cloud(None, {"OS_CLIENT_CONFIG_FILE": named})["auth"] == AUTH
    several = write(places / "several", {"clouds": {"b": {}, "a": {}}})
    assert "2 clouds (a, b)" in refused(None, {"OS_CLIENT_CONFIG_FILE": several})
    nothing = write(places / "nothing", {"clouds": {}})
    assert "0 clouds (none)" in refused(None, {"OS_CLIENT_CONFIG_FILE": nothing})


def test_an_unknown_name_lists_those_that_are_there(places: Path) -> None:
    write(places / "here/clouds.yaml", {"clouds": {"b": {}, "a": {}}})
    assert "no cloud 'one'; it has a, b" in refused("one")


def test_without_any_file_the_places_are_named() -> None:
    assert "~/.config/openstack" in refused("one")


def test_a_named_file_that_is_not_there_is_said_with_its_variable(places: Path) -> None:
    write(places / "here/clouds.yaml", entry())
    message = refused("one", {"OS_CLIENT_CONFIG_FILE": "/nonexistent/clouds.yaml"})
    assert "/nonexistent/clouds.yaml" in message
    assert "OS_CLIENT_CONFIG_FILE" in message


@pytest.mark.parametrize(
    "content",
    [
        "",
        "just text",
        "[1, 2]",
        "clouds: 1",
        "clouds: [one]",
        "{clouds: {one: canary-password}}",
        "clouds: {one: {auth: {password: canary-password}",
        "clouds:\n  one:\n\tauth: {password: canary-password}\n",
        "clouds: {one: !!python/object:canary.password {}}",
        "clouds: {one: {auth: {password: 2024-99-99}}}",
        "clouds: &a [*canary]",
        "\x00canary-password",
    ],
)
def test_a_broken_file_is_named_and_nothing_of_it_is_shown(places: Path, content: str) -> None:
    file = places / "here/clouds.yaml"
    write(file, content)
    assert "clouds.yaml" in refused("one")


def test_the_line_of_a_fault_in_the_file_is_told(places: Path) -> None:
    write(places / "here/clouds.yaml", "clouds:\n  one:\n    auth: {password: 'canary\n")
    assert "line " in refused("one")


def test_a_file_that_is_not_text_is_said(places: Path) -> None:
    (places / "here/clouds.yaml").write_bytes(b"clouds: {one: \xff\xfe}")
    assert "cannot be read" in refused("one")


def test_without_pyyaml_the_library_is_named(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(places / "here/clouds.yaml", entry())
    monkeypatch.setattr(_clouds, "HAS_YAML", False)
    message = refused("one")
    assert "PyYAML" in message
    assert "where the task runs" in message


@pytest.mark.parametrize(
    ("more", "auth", "expected"),
    [
        ({}, {"project_name": 42}, {"project_name": "42"}),
        ({}, {"tenant_name": "old"}, {"project_name": "old"}),
        ({}, {"tenant_id": "old"}, {"project_id": "old"}),
        ({}, {"project_name": ""}, {"project_name": None}),
        ({}, {"project_name": True}, {"project_name": None}),
        ({}, {"user_domain_id": "d1"}, {"domain_id": "d1"}),
        ({}, {"domain_name": "d"}, {"domain_name": "d"}),
        ({}, {"project_domain_id": "pd"}, {"project_domain_id": "pd"}),
        ({}, {"project_domain_name": "pd"}, {"project_domain_name": "pd"}),
        ({}, {"access_key": "a", "secret_key": "s"}, {"method": "access_key"}),
        ({}, {"ak": "a", "sk": "s"}, {"method": "access_key"}),
        ({}, {"token": "t"}, {"method": "token"}),
        ({"region_name": "r"}, {}, {"region": "r"}),
        ({"regions": ["r"]}, {}, {"region": "r"}),
        ({"regions": [{"name": "r"}]}, {}, {"region": "r"}),
        ({"regions": ["r", "s"]}, {}, {"region": None}),
        ({"verify": False}, {}, {"verify": False}),
        ({"verify": "no"}, {}, {"verify": None}),
        ({"cacert": "/ca.pem"}, {}, {"ca_path": "/ca.pem"}),
    ],
)
def test_every_field_of_an_entry_that_counts(
    places: Path, more: dict[str, t.Any], auth: dict[str, t.Any], expected: dict[str, t.Any]
) -> None:
    write(places / "here/clouds.yaml", {"clouds": {"one": {"auth": {**AUTH, **auth}, **more}}})
    identity = resolve({"cloud": "one"}, {}).identity
    assert {name: getattr(identity, name) for name in expected} == expected


@pytest.mark.parametrize("auth", [None, [], {}, {"username": "u"}, {"password": "canary"}, {"access_key": "a"}])
def test_an_entry_without_whole_credentials_is_said(places: Path, auth: t.Any) -> None:
    write(places / "here/clouds.yaml", {"clouds": {"one": {"auth": auth}}})
    with pytest.raises(OptionError, match="one has no complete credentials") as caught:
        resolve({"cloud": "one"}, {})
    assert "canary" not in caught.value.message
