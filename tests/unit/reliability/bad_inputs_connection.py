# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wrong ways to reach the service, which are the same for every module."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

from ansible_collections.huaweicloud.backup.tests.unit.reliability.bad_inputs import (
    NO_BOOLEANS,
    NO_IDS,
    NO_NUMBERS,
    Options,
    Wrong,
)

KEYS: Options = {
    "access_key": "EXAMPLEACCESSKEY",
    "secret_key": "canary-secret-key-5d41402abc4b",
    "project_id": "0123456789abcdef0123456789abcdef",
    "endpoints": {name: f"https://{name}.example.com" for name in ("vbs", "csbs", "evs")},
}
USER: Options = {
    "username": "deployer",
    "password": "canary-password-7d793037a076",
    "domain_name": "acct1",
    "project_name": "region-1",
    "auth_url": "https://iam.example.com",
}

# Where nobody can be reached, or somebody else would be.
NO_ADDRESSES = {
    "nothing but blanks": "  ",
    "a file": "file:///etc/passwd",
    "another protocol": "ftp://vbs.example.com",
    "a script": "javascript:alert(1)",
    "without a scheme": "vbs.example.com",
    "a path alone": "/v2",
    "without a host": "https:///v2",
    "one slash": "https:/vbs.example.com",
    "a port that is too large": "https://vbs.example.com:65536",
    "port 0": "https://vbs.example.com:0",
    "a port that is none": "https://vbs.example.com:https",
    "a negative port": "https://vbs.example.com:-1",
    "a query": "https://vbs.example.com/?x=1",
    "a fragment": "https://vbs.example.com/#v2",
    "a blank": "https://vbs example.com",
    "a line end": "https://vbs.example.com\n",
    "a header": "https://vbs.example.com\r\nX-Evil: 1",
    "a NUL": "https://vbs.example.com\0",
    "a backslash": "https://vbs.example.com\\@evil.example.com",
    "a semicolon": "https://vbs.example.com;evil.example.com",
    "an empty label": "https://vbs..example.com",
    "a percent sign": "https://vbs%2eexample.com",
    "an open bracket": "https://[::1",
    "no address in brackets": "https://[vbs]",
    "full-width letters": "https://\uff56bs.example.com",
    "a full-width dot": "https://vbs\uff0eexample.com",
    "a Cyrillic letter": "https://vbs.ex\u0430mple.com",
    "a slash of another script": "https://vbs.example.com\u2215.evil.example.com",
    "a template that was not filled": "https://{{ vbs_host }}",
    "10,000 characters": "https://" + "x" * 10000,
}
WITH_CREDENTIALS = ("https://u:canary-address-password-1f0e@h", "https://someone@h", "https://h@evil/")

# Regions that would make another host of the address.
NO_REGIONS = (
    "a/b",
    "evil.example.com/",
    "evil.example.com#",
    "a@evil",
    "a b",
    "a?b",
    "a\\b",
    "..",
    "-",
    "a\n",
    "\u0435u-de",
)
NO_DOMAINS = ("a/b", "evil.example.com/", "a@evil", "a b", "a..b", "https://h", "h:443", ".", "a\n", "ex\u0430mple.com")

_CONTROLS = ("two\nlines", "carriage\rreturn", "NUL\0", " blank before", "blank after ", "\u00e9", "\u200b")


def rows() -> Iterator[Wrong]:
    """Every wrong way."""
    yield from _half_a_way()
    yield from _no_header()
    yield from _addresses()
    yield from _limits()
    yield from _environment()


def _half_a_way() -> Iterator[Wrong]:
    yield Wrong("access_key", "no credentials", {})
    yield Wrong("access_key", "no credentials", {"region": "region-1", "project_name": "p"})
    for pair in (("access_key", "secret_key"), ("username", "password")):
        for there, missing in (pair, pair[::-1]):
            yield Wrong(
                missing, "missing", {there: "canary-half" if there in ("secret_key", "password") else "someone"}
            )
    yield Wrong("access_key", "missing", {"security_token": "canary-half"})
    yield Wrong("secret_key", "missing", {**USER, "access_key": "SOMEKEY"})
    yield Wrong("domain_name", "missing", {**USER, "domain_name": None})
    yield Wrong("project_name", "missing", {**USER, "project_name": None})
    yield Wrong("project_id", "missing", {"auth_token": "canary-token", "region": "region-1"})
    yield Wrong("project_id", "missing", {**KEYS, "project_id": None})
    yield Wrong("region", "needed", {**KEYS, "endpoints": None})
    yield Wrong("region", "needed", {**USER, "auth_url": None})
    yield Wrong("cloud", "clouds.yaml", {"cloud": "nowhere"})
    yield Wrong("cloud", "clouds.yaml", {"cloud": "../../etc/passwd\n"})


def _no_header() -> Iterator[Wrong]:
    for text in _CONTROLS:
        yield Wrong("access_key", "header", {**KEYS, "access_key": text})
        yield Wrong("secret_key", "header", {**KEYS, "secret_key": text})
        yield Wrong("security_token", "header", {**KEYS, "security_token": text})
        yield Wrong("auth_token", "header", {"auth_token": text, "project_id": "p", "region": "r"})
    for text in NO_IDS.values():
        # An empty text counts as not given.
        if text:
            yield Wrong("project_id", "not an ID", {**KEYS, "project_id": text})
    for name in ("username", "domain_name", "project_name", "project_domain_name"):
        for text in ("   ", "a\nb", "a\0", "\u202ea", "a\u2028b", "x" * 256):
            yield Wrong(name, "no name", {**USER, name: text})


def _addresses() -> Iterator[Wrong]:
    for text in NO_ADDRESSES.values():
        for service in ("vbs", "csbs", "evs"):
            yield Wrong(f"endpoints.{service}", "address|password", {**KEYS, "endpoints": {service: text}})
        yield Wrong("auth_url", "address|password", {**USER, "auth_url": text})
        yield Wrong("auth_url", "address|password", {**KEYS, "auth_url": text})
    for text in WITH_CREDENTIALS:
        yield Wrong("endpoints.vbs", "password", {**KEYS, "endpoints": {"vbs": text}})
        yield Wrong("auth_url", "password", {**USER, "auth_url": text})
    yield Wrong("cbr", "[Uu]nsupported", {**KEYS, "endpoints": {"cbr": "https://h"}})
    for endpoints in (["https://h"], "https://h", 5, True, [{"vbs": "https://h"}]):
        yield Wrong("endpoints", "dict", {**KEYS, "endpoints": endpoints})
    for region in NO_REGIONS:
        yield Wrong("region", "address", {**KEYS, "endpoints": None, "region": region})
        yield Wrong("region", "address", {**USER, "auth_url": None, "region": region})
    for domain in NO_DOMAINS:
        yield Wrong("cloud_domain", "domain", {**KEYS, "endpoints": None, "region": "r", "cloud_domain": domain})


def _limits() -> Iterator[Wrong]:
    for number in (0, -1, 86401, 10**18):
        yield Wrong("api_timeout", "at least 1|1 to", {**KEYS, "api_timeout": number})
    for number in (-1, 1001, 10**18):
        yield Wrong("api_retries", "0 or more|0 to", {**KEYS, "api_retries": number})
    for option in ("api_timeout", "api_retries"):
        for number in NO_NUMBERS.values():
            # An empty text counts as not given.
            if number != "":
                yield Wrong(option, "int", {**KEYS, option: number})
    for option in ("validate_certs", "token_cache"):
        for value in NO_BOOLEANS.values():
            yield Wrong(option, "bool", {**KEYS, option: value})
    for path in ("/nonexistent/ca.pem", "~nobody-of-this-name/ca.pem", "ca\0.pem", "x" * 10000):
        yield Wrong("ca_path", "exist|cannot be used", {**KEYS, "ca_path": path})
    yield Wrong("native_api", "v2", {**KEYS, "native_api": "v4"})


def _environment() -> Iterator[Wrong]:
    def given(**environ: str) -> dict[str, t.Any]:
        return {"args": KEYS, "environ": environ}

    for value in ("soon", "inf", "1e3", "\uff15", "0", "-1", "9" * 5000):
        yield Wrong("api_timeout", "int|at least 1", **given(HW_API_TIMEOUT=value))
    for value in ("often", "Infinity", "-1", "9" * 18):
        yield Wrong("api_retries", "int|0", **given(HW_API_RETRIES=value))
    yield Wrong("validate_certs", "bool", **given(HW_VALIDATE_CERTS="perhaps"))
    yield Wrong("token_cache", "bool", **given(HW_TOKEN_CACHE="perhaps"))
    yield Wrong("native_api", "v2", **given(HW_NATIVE_API="v4"))
    yield Wrong("ca_path", "exist", **given(HW_CA_PATH="/nonexistent/ca.pem"))
    yield Wrong("cloud_domain", "domain", **given(HW_CLOUD="evil.example.com/x"))
    keys = {"HW_ACCESS_KEY": "EXAMPLEACCESSKEY", "HW_SECRET_KEY": "canary-secret", "HW_PROJECT_ID": "p"}
    for service in ("VBS", "CSBS", "EVS"):
        environ = {**keys, f"HW_{service}_ENDPOINT": "vbs.example.com"}
        yield Wrong(f"endpoints.{service.lower()}", "address", {}, environ)
    yield Wrong("project_id", "not an ID", {}, {**keys, "HW_PROJECT_ID": "../x"})
    yield Wrong("region", "address", {}, {**keys, "HW_REGION_NAME": "evil.example.com/"})
    yield Wrong("access_key", "header", {}, {**keys, "HW_ACCESS_KEY": "two\nlines"})
    yield Wrong("secret_key", "missing", {}, {"HW_ACCESS_KEY": "EXAMPLEACCESSKEY"})
    yield Wrong("password", "missing", {}, {"OS_USERNAME": "deployer"})
    for path in ("/nonexistent/clouds.yaml", "x" * 10000):
        yield Wrong("cloud", "exist", {}, {"OS_CLIENT_CONFIG_FILE": path})
    yield Wrong("password", "UTF-8", {}, {**_user_environment(), "HW_USER_PASSWORD": "canary-\udcff"})


def _user_environment() -> dict[str, str]:
    names = {
        "username": "USER_NAME",
        "domain_name": "DOMAIN_NAME",
        "project_name": "PROJECT_NAME",
        "auth_url": "AUTH_URL",
    }
    return {f"HW_{name}": USER[option] for option, name in names.items()}
