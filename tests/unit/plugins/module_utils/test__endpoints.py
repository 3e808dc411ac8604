# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a service is: the option, else the catalog, else the region's address (contract §1)."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._endpoints import (
    Endpoints,
    Place,
    base_url,
    identity_url,
    is_plain_http_elsewhere,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError, ServiceMissingError
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.catalogs import (
    HUAWEI,
    KEYSTONE,
    KEYSTONE_V3_ONLY,
    PROJECT,
    VOLUME_V2,
    endpoint,
    service,
)

CINDER = "http://127.0.0.1:18776"


def endpoints(catalog: t.Any = None, *, region: str | None = "eu-de", **overrides: str) -> Endpoints:
    return Endpoints(overrides=overrides, catalog=lambda: catalog, region=region, cloud_domain="example.com")


def no_catalog() -> t.NoReturn:
    pytest.fail("the catalog was read although the option answers")


def test_an_option_wins_and_the_catalog_is_not_even_read() -> None:
    found = Endpoints(overrides={"vbs": "https://vbs"}, catalog=no_catalog, region=None, cloud_domain="x")
    assert found.place("vbs") == found.native_place() == Place("https://vbs", None)


@pytest.mark.parametrize(
    ("catalog", "region", "name", "expected"),
    [
        (HUAWEI, "region-1", "vbs", Place("https://vbs.region-1.example.com", "v2")),
        (HUAWEI, None, "vbs", Place("https://vbs.region-1.example.com", "v2")),
        (KEYSTONE, "eu-de", "evs", Place(CINDER, "v2")),
        (KEYSTONE_V3_ONLY, "eu-de", "evs", Place(CINDER, "v3")),
        (
            [service("vbs", endpoint("https://old/v2/p")), *HUAWEI],
            None,
            "vbs",
            Place("https://vbs.region-1.example.com", "v2"),
        ),
        ([service("vbs", endpoint("https://old/v2/p"))], "eu-de", "vbs", Place("https://old", "v2")),
        ([service("data-protect", endpoint("https://csbs/v1/p"))], "eu-de", "csbs", Place("https://csbs", "v1")),
        ([service("evs", endpoint("https://evs/v2/p"))], "eu-de", "evs", Place("https://evs", "v2")),
        ([service("block-storage", endpoint("https://evs/v3/p"))], "eu-de", "evs", Place("https://evs", "v3")),
        ([service("volume", endpoint("https://evs"))], "eu-de", "evs", Place("https://evs", None)),
        ([service("volumev3", endpoint("https://h/volume/v3/p"))], "eu-de", "evs", Place("https://h/volume", "v3")),
    ],
)
def test_the_catalog_gives_base_and_version(catalog: t.Any, region: str | None, name: str, expected: Place) -> None:
    assert endpoints(catalog, region=region).place(name) == expected


@pytest.mark.parametrize(
    ("rows", "region", "expected"),
    [
        ([endpoint("https://a", region="one"), endpoint("https://b", region="two")], "two", "https://b"),
        ([endpoint("https://a", region="one"), endpoint("https://b", region="one")], None, "https://a"),
        ([endpoint("https://a", region="one"), endpoint("https://b", region="*")], None, "https://a"),
        ([{"region": ["one"], "region_id": {}, "url": "https://a"}], "two", "https://a"),
        ([{"region": "One", "region_id": "one", "url": "https://a"}], None, "https://a"),
        ([endpoint("https://a", region="*")], "two", "https://a"),
        ([endpoint("https://a", region=None)], "two", "https://a"),
        ([endpoint("https://i", interface="internal"), endpoint("https://p")], "eu-de", "https://p"),
        ([endpoint("https://i", interface="admin"), endpoint("https://p", interface=None)], "eu-de", "https://p"),
        ([{"region_id": "two", "url": "https://id-only"}], "two", "https://id-only"),
        ([{"region": "two", "url": "https://name-only"}], "two", "https://name-only"),
        ([None, 7, {"url": None}, {"url": 5}, endpoint("https://good")], "eu-de", "https://good"),
    ],
)
def test_the_regions_public_endpoint_is_taken(rows: list[t.Any], region: str | None, expected: str) -> None:
    assert endpoints([service("vbsv2", *rows)], region=region).place("vbs").base == expected


@pytest.mark.parametrize("name", ["vbs", "csbs", "evs"])
def test_of_several_regions_none_is_guessed(name: str) -> None:
    kind = {"vbs": "vbsv2", "csbs": "data-protect", "evs": "volumev2"}[name]
    rows = [endpoint("https://a", region="one"), endpoint("https://b", region="two")]
    with pytest.raises(OptionError, match=r"is needed: the catalog has the .* in one, two") as caught:
        endpoints([service(kind, *rows)], region=None).place(name)
    assert caught.value.option == "region"


def test_a_region_that_the_catalog_does_not_have_is_told_with_those_that_it_has() -> None:
    rows = [endpoint("https://a", region="RegionOne"), endpoint("https://b", region="RegionTwo")]
    with pytest.raises(ServiceMissingError, match="in region 'regionone', only in: RegionOne, RegionTwo"):
        endpoints([service("vbsv2", *rows)], region="regionone").place("vbs")
    # A token never goes to an address that was only made up of the region's name beside the catalog's own.
    with pytest.raises(OptionError, match=r"'regionone' has no .*; it is only in: RegionOne, RegionTwo"):
        endpoints([service("volumev3", *rows)], region="regionone").place("evs")
    with pytest.raises(OptionError, match=r"'regionone' has no .*; it is only in: RegionOne, RegionTwo"):
        endpoints([service("volumev3", *rows)], region="regionone").native_place()


@pytest.mark.parametrize(
    "catalog",
    [
        KEYSTONE,
        [service("vbsv2", endpoint("https://a", region="elsewhere"))],
        [service("vbsv2", endpoint("https://a", interface="internal"))],
        [service("vbsv2")],
        [{"type": "vbsv2", "endpoints": None}],
        [{"type": "vbsv2", "endpoints": {"public": "https://a"}}],
        [{}],
    ],
)
@pytest.mark.parametrize("name", ["vbs", "csbs"])
def test_a_catalog_without_the_service_says_so_and_names_its_successor(catalog: t.Any, name: str) -> None:
    with pytest.raises(ServiceMissingError, match=name.upper()) as caught:
        endpoints(catalog).place(name)
    assert "CBR" in str(caught.value.advice)


def test_a_catalog_without_block_storage_leaves_it_to_the_region() -> None:
    assert endpoints(HUAWEI, region="region-1").place("evs") == Place("https://evs.region-1.example.com", None)


@pytest.mark.parametrize("catalog", [None, []])
@pytest.mark.parametrize("name", ["vbs", "csbs", "evs"])
def test_without_a_catalog_the_region_decides(catalog: t.Any, name: str) -> None:
    assert endpoints(catalog).place(name) == Place(f"https://{name}.eu-de.example.com", None)
    with pytest.raises(OptionError) as caught:
        endpoints(catalog, region=None).place(name)
    assert caught.value.option == "region"
    assert f"endpoints.{name}" in caught.value.message


def test_a_plain_openstack_serves_backups_from_block_storage() -> None:
    assert endpoints(KEYSTONE).native_place() == Place(CINDER, "v2")
    assert endpoints(KEYSTONE_V3_ONLY).native_place() == Place(CINDER, "v3")
    assert endpoints(KEYSTONE, evs="https://evs").native_place() == Place("https://evs", None)
    with pytest.raises(ServiceMissingError):
        endpoints([service("identity", endpoint("https://iam/v3"))]).native_place()


def test_where_vbs_is_offered_backups_are_read_there() -> None:
    assert endpoints([*HUAWEI, VOLUME_V2], region=None).native_place().base == "https://vbs.region-1.example.com"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://h", "https://h"),
        ("https://h/", "https://h"),
        ("https://h:8443", "https://h:8443"),
        ("https://h:1", "https://h:1"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("https://[::1]:8080", "https://[::1]:8080"),
        ("https://h/v2", "https://h"),
        ("https://h/v2/", "https://h"),
        (f"https://h/v2/{PROJECT}", "https://h"),
        (f"https://h/v2/{PROJECT}/", "https://h"),
        ("https://h/v3", "https://h"),
        ("https://h/v2.1/p", "https://h"),
        ("https://h/volume/v3/p", "https://h/volume"),
        ("https://h/volume", "https://h/volume"),
        ("https://h/vbs", "https://h/vbs"),
        ("https://h/v2x", "https://h/v2x"),
    ],
)
def test_version_project_and_last_slash_are_taken_away(given: str, expected: str) -> None:
    assert base_url("endpoints.vbs", given) == expected
    assert endpoints(vbs=given).place("vbs").base == expected


@pytest.mark.parametrize(
    "given",
    [
        "vbs.example.com",
        "vbs.example.com:443",
        "//vbs.example.com",
        "ftp://vbs.example.com",
        "file:///etc/passwd",
        "https://",
        "https:///v2",
        "https://:443",
        "https://h:0",
        "https://h:99999",
        "https://h:x",
        "https://h?x=1",
        "https://h/#x",
        "https://h /",
        "https://h\n",
        "https://h\t",
        "https://h\\@other",
        "https://[::1",
        "https://[vbs]",
        "https://canary-user@h",
        "https://canary-user:canary-password@h",
        "https://:canary-password@h",
    ],
)
def test_what_is_no_address_is_refused_by_the_options_name_and_shows_no_password(given: str) -> None:
    for make in (lambda: base_url("endpoints.vbs", given), lambda: endpoints(vbs=given)):
        with pytest.raises(OptionError) as caught:
            make()
        assert caught.value.option == "endpoints.vbs"
        assert "canary-password" not in caught.value.message


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://iam", "https://iam/v3"),
        ("https://iam/", "https://iam/v3"),
        ("https://iam/v3", "https://iam/v3"),
        ("https://iam/v3/", "https://iam/v3"),
        ("https://h:5000/identity/v3", "https://h:5000/identity/v3"),
        (None, "https://iam.eu-de.example.com/v3"),
    ],
)
def test_the_identity_address_is_given_with_or_without_its_version(given: str | None, expected: str) -> None:
    assert identity_url(given, "eu-de", "example.com") == expected


def test_without_address_and_region_the_identity_service_cannot_be_found() -> None:
    assert identity_url("https://iam", None, "x") == "https://iam/v3"
    with pytest.raises(OptionError, match="auth_url") as caught:
        identity_url(None, None, "example.com")
    assert caught.value.option == "region"
    with pytest.raises(OptionError) as caught:
        identity_url("iam", None, "example.com")
    assert caught.value.option == "auth_url"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://vbs.example.com", True),
        ("http://10.0.0.1:8080", True),
        ("http://127.0.0.1.example.com", True),
        ("http://127.evil.example.com", True),
        ("http://localhost.example.com", True),
        ("http://[2001:db8::1]", True),
        ("HTTP://vbs.example.com", True),
        ("https://vbs.example.com", False),
        ("http://localhost:8080", False),
        ("http://127.0.0.1", False),
        ("http://127.1.2.3:80", False),
        ("http://[::1]:80", False),
    ],
)
def test_plain_http_is_fine_only_on_this_machine(url: str, expected: bool) -> None:
    assert is_plain_http_elsewhere(url) is expected
