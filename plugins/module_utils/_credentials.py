# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who signs in, to which project and where: one set from one source (contract §1).

The sources, in order: the module's options if they name a method, C(cloud) as an option, the environment's
C(HW_*) and C(OS_*), then C(OS_CLOUD) or the only cloud of the file that C(OS_CLIENT_CONFIG_FILE) names.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, OptionError

METHOD_OPTIONS = ("access_key", "secret_key", "security_token", "auth_token", "username", "password")

_ENVIRONMENT = {
    "auth_url": ("HW_AUTH_URL", "OS_AUTH_URL"),
    "project_id": ("HW_PROJECT_ID", "OS_PROJECT_ID"),
    "project_name": ("HW_PROJECT_NAME", "OS_PROJECT_NAME"),
    "project_domain_name": ("HW_PROJECT_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME"),
    "access_key": ("HW_ACCESS_KEY",),
    "secret_key": ("HW_SECRET_KEY",),
    "security_token": ("HW_SECURITY_TOKEN",),
    "username": ("HW_USER_NAME", "OS_USERNAME"),
    "password": ("HW_USER_PASSWORD", "OS_PASSWORD"),
    "domain_name": ("HW_DOMAIN_NAME", "OS_USER_DOMAIN_NAME", "OS_DOMAIN_NAME"),
    "auth_token": ("HW_AUTH_TOKEN", "OS_TOKEN"),
}
_PLACE = {
    "region": ("HW_REGION_NAME", "OS_REGION_NAME"),
    "cloud_domain": ("HW_CLOUD",),
    "vbs": ("HW_VBS_ENDPOINT",),
    "csbs": ("HW_CSBS_ENDPOINT",),
    "evs": ("HW_EVS_ENDPOINT",),
}
_PAIRS = (("access_key", "secret_key"), ("username", "password"))
_WAYS = (
    "give access_key and secret_key, or username, password and domain_name, or auth_token and project_id,"
    " or cloud (an entry of clouds.yaml), as options or as environment variables"
    " (HW_ACCESS_KEY and HW_SECRET_KEY; HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME; HW_AUTH_TOKEN; OS_CLOUD)"
)


class Identity(t.NamedTuple):
    """One set of credentials with its project and identity address. Every text is None or not empty."""

    source: str = ""
    auth_url: str | None = None
    project_id: str | None = None
    project_name: str | None = None
    project_domain_name: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
    security_token: str | None = None
    username: str | None = None
    password: str | None = None
    domain_name: str | None = None
    auth_token: str | None = None
    # Only clouds.yaml can give these.
    domain_id: str | None = None
    project_domain_id: str | None = None
    region: str | None = None
    verify: bool | None = None
    ca_path: str | None = None

    @property
    def method(self) -> str | None:
        """access_key, token or password: the first that is whole; None without any."""
        if self.access_key and self.secret_key:
            return "access_key"
        if self.auth_token:
            return "token"
        return "password" if self.username and self.password else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be seen in any output."""
        return tuple(value for value in (self.secret_key, self.security_token, self.password, self.auth_token) if value)


class Settings(t.NamedTuple):
    """The identity, and the place that options and environment give whatever the identity's source."""

    identity: Identity
    region: str | None
    cloud_domain: str
    endpoints: dict[str, str]


def resolve(options: Mapping[str, t.Any], environ: Mapping[str, str]) -> Settings:
    """Find the one source and refine what it gives with the options that name no method.

    :raises OptionError: half a pair, an unusable clouds.yaml.
    :raises BackupError: no credential at all.
    """
    place = {name: _first(environ, names) for name, names in _PLACE.items()}
    identity = _refine(_find_identity(options, environ), options)
    endpoints = {name: place[name] for name in ("vbs", "csbs", "evs")}
    endpoints.update({name: value for name, value in (options.get("endpoints") or {}).items() if value})
    return Settings(
        identity=identity,
        region=options.get("region") or identity.region or place["region"],
        cloud_domain=options.get("cloud_domain") or place["cloud_domain"] or "myhuaweicloud.com",
        endpoints={name: value for name, value in endpoints.items() if value},
    )


def _find_identity(options: Mapping[str, t.Any], environ: Mapping[str, str]) -> Identity:
    given = {name: options[name] for name in METHOD_OPTIONS if options.get(name)}
    if given:
        return _from_options(given, options)
    if options.get("cloud"):
        return _from_cloud(options["cloud"], environ)
    found = _from_environment(environ)
    if found is not None:
        return found
    if environ.get("OS_CLOUD") or environ.get("OS_CLIENT_CONFIG_FILE"):
        return _from_cloud(environ.get("OS_CLOUD") or None, environ)
    raise BackupError("no credentials: there is nothing to sign in with", advice=_WAYS)


def _from_options(given: Mapping[str, t.Any], options: Mapping[str, t.Any]) -> Identity:
    for first, second in _PAIRS:
        if (first in given) != (second in given):
            there, missing = (first, second) if first in given else (second, first)
            raise OptionError(missing, f"is missing, and {there} is of no use without it")
    if "security_token" in given and "access_key" not in given:
        raise OptionError("access_key", "is missing, and security_token is of no use without access_key and secret_key")
    return Identity(source="options", domain_name=options.get("domain_name"), **given)


def _from_environment(environ: Mapping[str, str]) -> Identity | None:
    values: dict[str, t.Any] = {name: _first(environ, names) for name, names in _ENVIRONMENT.items()}
    identity = Identity(source="environment", **values)
    if identity.method is not None:
        return identity
    for first, second in _PAIRS:
        if values[first] or values[second]:
            there, missing = (first, second) if values[first] else (second, first)
            names = " or ".join(_ENVIRONMENT[missing])
            raise OptionError(missing, f"is missing: the environment has {there} but not {names}")
    return None


def _from_cloud(name: str | None, environ: Mapping[str, str]) -> Identity:
    # Only here, because PyYAML is slow to load and most tasks do without it.
    from ansible_collections.huaweicloud.backup.plugins.module_utils._clouds import load_cloud  # noqa: PLC0415

    cloud = load_cloud(name, environ)
    auth = cloud.get("auth")
    auth = auth if isinstance(auth, Mapping) else {}
    identity = Identity(
        source="cloud",
        auth_url=_text(auth, "auth_url"),
        project_id=_text(auth, "project_id", "tenant_id"),
        project_name=_text(auth, "project_name", "tenant_name"),
        project_domain_name=_text(auth, "project_domain_name"),
        project_domain_id=_text(auth, "project_domain_id"),
        access_key=_text(auth, "access_key", "ak"),
        secret_key=_text(auth, "secret_key", "sk"),
        security_token=_text(auth, "security_token"),
        username=_text(auth, "username"),
        password=_text(auth, "password"),
        domain_name=_text(auth, "user_domain_name", "domain_name"),
        domain_id=_text(auth, "user_domain_id", "domain_id"),
        auth_token=_text(auth, "token"),
        region=_region(cloud),
        verify=_verify(cloud),
        ca_path=_text(cloud, "cacert"),
    )
    if identity.method is None:
        raise OptionError("cloud", f"the entry {name or 'in clouds.yaml'} has no complete credentials in auth")
    return identity


def _refine(identity: Identity, options: Mapping[str, t.Any]) -> Identity:
    """Lay the options that name no method over the set; a project named in the task replaces the set's project."""
    names = ("auth_url", "project_id", "project_name", "project_domain_name", "domain_name")
    given = {name: options[name] for name in names if options.get(name)}
    if "project_name" in given and "project_id" not in given:
        given["project_id"] = None
    if "domain_name" in given:
        given["domain_id"] = None
    if "project_domain_name" in given:
        given["project_domain_id"] = None
    return identity._replace(**given)


def _first(environ: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((environ[name] for name in names if environ.get(name)), None)


def _text(mapping: Mapping[str, t.Any], *keys: str) -> str | None:
    # YAML turns an unquoted number into one, so a project called 42 is a text here all the same.
    for key in keys:
        value = mapping.get(key)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value):
            return str(value)
    return None


def _region(cloud: Mapping[str, t.Any]) -> str | None:
    region = _text(cloud, "region_name")
    regions = cloud.get("regions")
    if region is None and isinstance(regions, list) and len(regions) == 1:
        only = regions[0]
        region = _text(only, "name") if isinstance(only, Mapping) else str(only)
    return region


def _verify(cloud: Mapping[str, t.Any]) -> bool | None:
    value = cloud.get("verify")
    return value if isinstance(value, bool) else None
