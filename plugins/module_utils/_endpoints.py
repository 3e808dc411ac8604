# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a service is: the option, else the token's catalog, else the region's usual address (contract §1, F §1)."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError, ServiceMissingError
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import shown

Catalog = list[dict[str, t.Any]]

_TYPES = {
    "vbs": ("vbsv2", "vbs"),
    "csbs": ("data-protect",),
    "evs": ("volumev2", "evs", "volumev3", "block-storage", "volume"),
}
_NAMES = {"vbs": "Volume Backup Service (VBS)", "csbs": "Cloud Server Backup Service (CSBS)", "evs": "block storage"}
_VERSION = r"/v[0-9]+(\.[0-9]+)?(/.*)?$"
# What becomes part of a host's name, or is one. Other scripts' letters have a form of these, with xn--.
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\Z"
_ADDRESS = r"[0-9A-Fa-f:.]+(%25[A-Za-z0-9._-]+)?\Z"
_LOOPBACK = r"(localhost|127(\.[0-9]{1,3}){3}|::1)\Z"


class Place(t.NamedTuple):
    """A base URL without version and project, and the API version that the catalog names, if it names one."""

    base: str
    version: str | None = None


class _Offer(t.NamedTuple):
    """An endpoint of the catalog: the names of its region, none where it is for all, and its address."""

    regions: frozenset[str]
    url: str


class Endpoints:
    """Finds the base URL of each service once.

    :param overrides: base URLs by service, from options or environment.
    :param catalog: called at most once, and only where the overrides do not answer.
    """

    def __init__(
        self,
        *,
        overrides: Mapping[str, str],
        catalog: t.Callable[[], Catalog | None],
        region: str | None,
        cloud_domain: str,
        warn: t.Callable[[str], None] | None = None,
    ) -> None:
        self._warn = warn
        self._overrides = {name: base_url(f"endpoints.{name}", url) for name, url in overrides.items()}
        self._catalog = catalog
        self._region = region
        self._cloud_domain = cloud_domain

    def place(self, service: str) -> Place:
        """The place of C(vbs), C(csbs) or C(evs).

        :raises ServiceMissingError: the catalog is there and does not have it.
        :raises OptionError: nothing says where it is, or in which of several regions.
        """
        if service in self._overrides:
            return Place(self._overrides[service])
        catalog = self._catalog()
        found = self._search(catalog, service) if catalog else None
        if found is not None:
            return found
        if catalog and service != "evs":
            elsewhere = _regions(catalog, service)
            more = f" in region {shown(str(self._region))}, only in: {elsewhere}" if elsewhere else ""
            raise ServiceMissingError(f"the cloud's catalog has no {_NAMES[service]}{more}")
        self._refuse_other_region(catalog or [])
        if not self._region:
            raise OptionError("region", f"is needed to find the {_NAMES[service]}, or give endpoints.{service}")
        return Place(f"https://{service}.{check_region(self._region)}.{self._cloud_domain}")

    def native_place(self) -> Place:
        """The place of the OpenStack-form backups: VBS, or block storage where only that is offered."""
        try:
            return self.place("vbs")
        except ServiceMissingError:
            found = self._overrides.get("evs")
            if found:
                return Place(found)
            place = self._search(self._catalog() or [], "evs")
            if place is None:
                self._refuse_other_region(self._catalog() or [])
                raise
            return place

    def _refuse_other_region(self, catalog: Catalog) -> None:
        elsewhere = _regions(catalog, "evs")
        if elsewhere:
            # Not guessed from the region's name: a token is for the hosts of its own cloud.
            where = f"{shown(str(self._region))} has no block storage in the catalog"
            raise OptionError("region", f"{where}; it is only in: {elsewhere}")

    def _search(self, catalog: Catalog, service: str) -> Place | None:
        for kind in _TYPES[service]:
            found = [offer for offer in _offers(catalog, kind) if self._is_here(offer)]
            regions = sorted({"/".join(sorted(offer.regions)) for offer in found if offer.regions})
            if self._region is None and len(regions) > 1:
                # The first one of each service might be in another region.
                raise OptionError("region", f"is needed: the catalog has the {_NAMES[service]} in {', '.join(regions)}")
            if found:
                version = re.search(_VERSION, urlsplit(found[0].url).path)
                base = base_url("the catalog", found[0].url)
                self._warn_of_plain_http(service, base)
                return Place(base, version.group(0)[1:3] if version else None)
        return None

    def _is_here(self, offer: _Offer) -> bool:
        return self._region is None or not offer.regions or self._region in offer.regions

    def _warn_of_plain_http(self, service: str, base: str) -> None:
        if self._warn is not None and is_plain_http_elsewhere(base):
            self._warn(
                f"the catalog's {_NAMES[service]} is plain http: the token and names go over the network in clear"
            )


def _regions(catalog: Catalog, service: str) -> str:
    """The regions in which the catalog has a service."""
    offers = (offer for kind in _TYPES[service] for offer in _offers(catalog, kind))
    return ", ".join(sorted({name for offer in offers for name in offer.regions}))


def _offers(catalog: Catalog, kind: str) -> Iterator[_Offer]:
    """The public endpoints of one type of service."""
    for entry in catalog:
        endpoints = entry.get("endpoints") if entry.get("type") == kind else None
        for row in endpoints if isinstance(endpoints, list) else []:
            if not isinstance(row, Mapping) or row.get("interface") not in ("public", None):
                continue
            names = (row.get("region"), row.get("region_id"))
            if isinstance(row.get("url"), str):
                yield _Offer(frozenset(name for name in names if isinstance(name, str) and name != "*"), row["url"])


def base_url(option: str, url: str) -> str:
    """A checked base URL without a trailing slash, version and project.

    :raises OptionError: not an http or https address with a host.
    """
    parts = _split(option, url)
    path = re.sub(_VERSION, "", parts.path.rstrip("/"))
    return f"{parts.scheme}://{parts.netloc}{path}"


def identity_url(settings_url: str | None, region: str | None, cloud_domain: str) -> str:
    """The identity service's URL with C(/v3), whether or not it was given with it (F §2)."""
    if settings_url:
        return base_url("auth_url", settings_url) + "/v3"
    if not region:
        raise OptionError("region", "is needed to find the identity service, or give auth_url")
    return f"https://iam.{check_region(region)}.{cloud_domain}/v3"


def check_region(region: str) -> str:
    """A region whose name becomes part of a host's; elsewhere regions may be called anything.

    :raises OptionError: it would make another host of it.
    """
    if not re.match(_LABEL, region):
        raise OptionError("region", f"{shown(region)} cannot be part of an address (letters, digits, - and _)")
    return region


def check_domain(domain: str) -> str:
    """The end of a cloud's host names.

    :raises OptionError: no host's name.
    """
    if not _is_host(domain) or ":" in domain:
        raise OptionError("cloud_domain", f"{shown(domain)} is not a domain such as myhuaweicloud.com")
    return domain


def password_in(url: str) -> str | None:
    """The password in an address that should have none, so that it can be hidden from all output."""
    before, _at, _host = url.partition("//")[2].rpartition("@")
    return before.partition(":")[2] or None


def _is_host(host: str) -> bool:
    if ":" in host:
        return re.match(_ADDRESS, host) is not None
    return len(host) <= 253 and all(re.match(_LABEL, label) for label in host.rstrip(".").split("."))


def is_plain_http_elsewhere(url: str) -> bool:
    """Whether secrets would go over the network in clear."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "http" and not re.match(_LOOPBACK, host)


def _split(option: str, url: str) -> t.Any:
    if "@" in url:
        # Not shown, because there may be a password in it.
        raise OptionError(option, "must not hold a user name or password; credentials have options of their own")
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise OptionError(option, f"{shown(url)} is not a usable address") from None
    host = parts.hostname or ""
    # Python before 3.11 takes whatever is in brackets.
    unfit = re.search(r"[\s\x00-\x1f\x7f\\]", url) or parts.query or parts.fragment or ("[" in url and ":" not in host)
    if parts.scheme not in ("http", "https") or not _is_host(host) or unfit or not port_is_fine:
        raise OptionError(option, f"{shown(url)} is not an address such as https://host or https://host:port")
    return parts
