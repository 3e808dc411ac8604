# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS is verified unless somebody turns it off, which warns; plain http to anything but this machine warns."""

from __future__ import annotations

import json
import os
import socket
import ssl
import typing as t
from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest import mock

import pytest

from ansible_collections.huaweicloud.backup.tests.simulator.certificate import make_certificate
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.loopback import Server, loopback, reply
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.credentials import (
    KEYS,
    PASSWORD,
    USER,
    sign_in,
    with_token,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import (
    ansible_arguments,
    call_main,
    run_module,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import HOSTS, PROJECT
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import listed

POLICIES = reply(b'{"backup_policies": []}')


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody signed, with its key, in one file."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    make_certificate(path)
    return path


class Tls(t.NamedTuple):
    """A server that speaks TLS, and what it read of requests."""

    server: Server
    read: list[bytes]

    @property
    def url(self) -> str:
        """Its address."""
        return self.server.url.replace("http:", "https:")


@pytest.fixture
def tls(authority: Path) -> Iterator[Tls]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    read: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            read.append(secure.recv(65536))
            secure.sendall(POLICIES)

    with loopback(answer, reads=False) as server:
        yield Tls(server, read)


def run(tls: Tls, tmp_path: Path, environ: Mapping[str, str] | None = None, **options: t.Any) -> dict[str, t.Any]:
    """A task over real sockets."""
    given = {**KEYS, "endpoints": {"vbs": tls.url}, "api_retries": 0, **options}
    surroundings = {"HOME": str(tmp_path), "PATH": os.defpath, **(environ or {})}
    with mock.patch.dict(os.environ, surroundings, clear=True):
        text, _status = call_main("vbs_policy_info", {**given, **ansible_arguments(check_mode=False, diff=False)})
    return t.cast("dict[str, t.Any]", json.loads(text))


def test_a_certificate_that_nobody_vouches_for_is_refused_and_nothing_is_sent(tls: Tls, tmp_path: Path) -> None:
    result = run(tls, tmp_path)
    assert "TLS certificate" in result["msg"]
    assert "ca_path" in result["error"]["advice"]
    assert tls.read == []


def test_the_authority_of_the_option_or_the_environment_is_trusted(tls: Tls, tmp_path: Path, authority: Path) -> None:
    result = run(tls, tmp_path, ca_path=str(authority))
    assert result["policies"] == []
    assert "warnings" not in result


@pytest.mark.parametrize("variable", ["HW_CA_PATH", "OS_CACERT"])
def test_the_authority_of_the_environment_is_trusted(tls: Tls, tmp_path: Path, authority: Path, variable: str) -> None:
    assert run(tls, tmp_path, {variable: str(authority)})["policies"] == []


def test_another_authority_is_not_enough(tls: Tls, tmp_path: Path) -> None:
    empty = tmp_path / "authorities"
    empty.mkdir()
    assert "TLS certificate" in run(tls, tmp_path, ca_path=str(empty))["msg"]
    assert tls.read == []


# urllib3 says it too, but where nobody reads it.
@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
@pytest.mark.parametrize(("options", "environ"), [({"validate_certs": False}, {}), ({}, {"HW_VALIDATE_CERTS": "no"})])
def test_turning_it_off_works_and_warns(
    tls: Tls, tmp_path: Path, options: dict[str, t.Any], environ: dict[str, str]
) -> None:
    result = run(tls, tmp_path, environ, **options)
    assert result["policies"] == []
    assert len(tls.read) == 1
    assert "validate_certs is off" in json.dumps(result["warnings"])


def test_an_entry_of_clouds_yaml_that_turns_it_off_warns_too(tmp_path: Path) -> None:
    file = tmp_path / "clouds.yaml"
    auth = {"auth_url": HOSTS["iam"], "username": "deployer", "password": PASSWORD, "user_domain_name": "acct1"}
    cloud = {"region_name": "region-1", "verify": False, "auth": {**auth, "project_name": "region-1"}}
    file.write_text(json.dumps({"clouds": {"site": cloud}}), encoding="utf-8")
    environ = {"OS_CLIENT_CONFIG_FILE": str(file)}
    calls = [sign_in(), with_token(listed())]
    options = {"cloud": "site", "token_cache": False}
    result = run_module("vbs_policy_info", options, calls, auth={}, environ=environ)
    assert ["validate_certs is off" in warning for warning in result.warnings] == [True]
    assert [sent.verify for sent in result.sent] == [False, False]


def test_without_any_option_every_request_is_verified() -> None:
    result = run_module("vbs_policy_info", {"token_cache": False}, [sign_in(), with_token(listed())], auth=USER)
    assert [sent.verify for sent in result.sent] == [True, True]
    assert result.warnings == []


PLAIN = "http://vbs.example.com"


@pytest.mark.parametrize("service", ["vbs", "csbs", "evs"])
@pytest.mark.parametrize("by_environment", [False, True])
def test_a_plain_endpoint_warns(service: str, by_environment: bool) -> None:
    call = listed().but(url=f"{PLAIN if service == 'vbs' else HOSTS['vbs']}/v2/{PROJECT}/backuppolicy")
    given = {**KEYS["endpoints"], service: PLAIN}
    environ = {f"HW_{name.upper()}_ENDPOINT": url for name, url in given.items()} if by_environment else {}
    options = {**KEYS, "endpoints": None if by_environment else given}
    result = run_module("vbs_policy_info", options, [call], environ=environ)
    assert ["plain http" in warning and service in warning for warning in result.warnings] == [True]


@pytest.mark.parametrize("by_environment", [False, True])
def test_a_plain_identity_address_warns(by_environment: bool) -> None:
    calls = [sign_in(url="http://iam.example.com/v3/auth/tokens"), with_token(listed())]
    names = {"username": "USER_NAME", "password": "USER_PASSWORD", "domain_name": "DOMAIN_NAME"}
    given = {**USER, "auth_url": "http://iam.example.com"}
    environ = {f"HW_{name}": given[option] for option, name in names.items()}
    environ = {**environ, "HW_AUTH_URL": given["auth_url"], "HW_REGION_NAME": "region-1"} if by_environment else {}
    auth = {} if by_environment else given
    result = run_module("vbs_policy_info", {"token_cache": False}, calls, auth=auth, environ=environ)
    assert ["plain http" in warning and "auth_url" in warning for warning in result.warnings] == [True]


def test_a_plain_entry_of_the_catalog_warns() -> None:
    plain = f"{PLAIN}/v2/{PROJECT}"
    calls = [sign_in(catalog={"vbsv2": plain}), with_token(listed()).but(url=f"{plain}/backuppolicy")]
    result = run_module("vbs_policy_info", {"token_cache": False}, calls, auth=USER)
    assert ["plain http" in warning and "catalog" in warning for warning in result.warnings] == [True]


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:9", "127.8.9.1"])
def test_plain_http_to_this_machine_is_fine(host: str) -> None:
    call = listed().but(url=f"http://{host}/v2/{PROJECT}/backuppolicy")
    result = run_module("vbs_policy_info", {"endpoints": {"vbs": f"http://{host}"}}, [call])
    assert result.warnings == []
