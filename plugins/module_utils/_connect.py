# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a module's options and environment to a client that is ready to call."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from ansible_collections.huaweicloud.backup.plugins.module_utils._auth import Auth
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._credentials import Identity, Settings, resolve
from ansible_collections.huaweicloud.backup.plugins.module_utils._endpoints import (
    Endpoints,
    base_url,
    check_domain,
    identity_url,
    is_plain_http_elsewhere,
    password_in,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import Http
from ansible_collections.huaweicloud.backup.plugins.module_utils._secrets import Secrets
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import (
    check_header,
    check_id,
    check_identity,
    check_range,
    check_sendable,
    shown_path,
)

# The secret key is in no header, but what signs a request has the same form.
_HEADER_OPTIONS = ("access_key", "secret_key", "security_token", "auth_token")
_NAMES = ("username", "domain_name", "domain_id", "project_name", "project_domain_name", "project_domain_id")
# A day for one request, and more retries than anybody waits for: sockets and clocks have limits of their own.
_LONGEST = 86400
_MOST_RETRIES = 1000


def connect(
    options: Mapping[str, t.Any],
    given: Collection[str],
    environ: Mapping[str, str],
    *,
    clock: Clock,
    user_agent: str,
    warn: Callable[[str], None],
    keep_secret: Callable[[str], None],
) -> Client:
    """A client for the options of the C(auth) and C(connection) fragments.

    :param given: the names of the options that the task itself set, as opposed to defaults.
    :raises OptionError: an option that cannot be used, before anything is sent.
    """
    settings = resolve(options, environ)
    identity = settings.identity
    secrets = _secrets(settings, keep_secret)
    _check(options, identity)
    verify = _verify(options, given, identity)
    if verify is False:
        warn("validate_certs is off: whoever is on the network path can read and change what is sent")
    http = Http(
        clock=clock,
        timeout=options["api_timeout"],
        retries=options["api_retries"],
        verify=verify,
        user_agent=user_agent,
        secrets=secrets,
    )
    _check_urls(settings, warn)
    auth = _auth(options, settings, http, environ, clock, secrets.add)
    endpoints = Endpoints(
        overrides=settings.endpoints,
        catalog=auth.catalog,
        region=settings.region,
        cloud_domain=settings.cloud_domain,
        warn=warn,
    )
    return Client(http=http, auth=auth, endpoints=endpoints, native_api=options["native_api"])


def _secrets(settings: Settings, keep_secret: Callable[[str], None]) -> Secrets:
    secrets = Secrets(keep_secret)
    # An address with a password in it is refused later, and Ansible shows the options of a task that failed.
    urls = (settings.identity.auth_url, *settings.endpoints.values())
    for secret in (*settings.identity.secrets, *(password_in(url) for url in urls if url)):
        secrets.add(secret or "")
    return secrets


def _check(options: Mapping[str, t.Any], identity: Identity) -> None:
    if options["api_timeout"] < 1:
        raise OptionError("api_timeout", f"{options['api_timeout']} is not at least 1 second")
    if options["api_retries"] < 0:
        raise OptionError("api_retries", f"{options['api_retries']} is not 0 or more")
    check_range("api_timeout", options["api_timeout"], 1, _LONGEST)
    check_range("api_retries", options["api_retries"], 0, _MOST_RETRIES)
    for name in _HEADER_OPTIONS:
        check_header(name, getattr(identity, name))
    check_sendable("password", identity.password)
    for name in _NAMES:
        check_identity(name, getattr(identity, name))
    if identity.project_id:
        check_id("project_id", identity.project_id)


def _verify(options: Mapping[str, t.Any], given: Collection[str], identity: Identity) -> bool | str:
    """What requests takes: the options first, then the entry of clouds.yaml, then environment and default."""
    check = options["validate_certs"]
    if "validate_certs" not in given and identity.verify is not None:
        check = identity.verify
    if not check:
        return False
    path = options.get("ca_path")
    if "ca_path" not in given and identity.ca_path:
        path = identity.ca_path
    if not path:
        return True
    try:
        place = Path(path).expanduser()
        is_there = place.exists()
    except (OSError, RuntimeError) as error:
        # Nobody's home directory, a folder that this user may not enter, a name that is too long.
        raise OptionError("ca_path", f"{shown_path(path)} cannot be used ({type(error).__name__})") from None
    if not is_there:
        raise OptionError("ca_path", f"{shown_path(path)} does not exist")
    # AWX writes an empty file where no authority was given.
    return True if place.is_file() and place.stat().st_size == 0 else str(place)


def _auth(
    options: Mapping[str, t.Any],
    settings: Settings,
    http: Http,
    environ: Mapping[str, str],
    clock: Clock,
    keep_secret: Callable[[str], None],
) -> Auth:
    identity = settings.identity
    name = identity.project_name or settings.region

    def auth_url() -> str:
        return identity_url(identity.auth_url, settings.region, settings.cloud_domain)

    # Each task compiles what it imports anew, so it loads only the way that it uses.
    if identity.method == "access_key":
        from ansible_collections.huaweicloud.backup.plugins.module_utils._auth_access_key import AccessKey  # noqa: PLC0415

        return AccessKey(http, auth_url, identity, name, clock)
    if identity.method == "token":
        from ansible_collections.huaweicloud.backup.plugins.module_utils._auth_token import GivenToken  # noqa: PLC0415

        return GivenToken(http, auth_url, identity)
    from ansible_collections.huaweicloud.backup.plugins.module_utils._auth_password import Password  # noqa: PLC0415
    from ansible_collections.huaweicloud.backup.plugins.module_utils._token_cache import open_cache  # noqa: PLC0415

    cache = open_cache(environ, clock) if options["token_cache"] else None
    return Password(http, auth_url(), identity, name, cache=cache, keep_secret=keep_secret)


def _check_urls(settings: Settings, warn: Callable[[str], None]) -> None:
    """Refuse addresses that cannot be used, also those that this task may not need, and warn of plain http."""
    check_domain(settings.cloud_domain)
    urls = {f"endpoints.{name}": url for name, url in settings.endpoints.items()}
    if settings.identity.auth_url:
        urls["auth_url"] = settings.identity.auth_url
    for option, url in sorted(urls.items()):
        if is_plain_http_elsewhere(base_url(option, url)):
            warn(f"{option} is plain http: credentials and names go over the network in clear")
