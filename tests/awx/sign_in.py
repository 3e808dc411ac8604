# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every way of signing in through a credential, each with all other fields left empty, by a real module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from simulator import seed

from .inject import Injected

KEY = {"access_key": seed.ACCESS_KEY, "secret_key": seed.SECRET_KEY}
TEMPORARY = {
    "access_key": seed.TEMPORARY_ACCESS_KEY,
    "secret_key": seed.TEMPORARY_SECRET_KEY,
    "security_token": seed.SECURITY_TOKEN,
}
USER = {"username": seed.USER_NAME, "password": seed.PASSWORD, "domain_name": seed.DOMAIN_NAME}
PROJECT = {"project_id": seed.PROJECT_ID}
OTHER_PROJECT = {"project_id": seed.OTHER_PROJECT_ID}
REGION = {"region": seed.REGION}
IDENTITY = {"auth_url": "{url}/v3"}
ENDPOINTS = dict.fromkeys(("vbs_endpoint", "evs_endpoint", "csbs_endpoint"), "{url}")


@dataclass(frozen=True)
class Way:
    """A way of signing in: the fields that are filled, and what the service then sees, or what the module says."""

    name: str
    inputs: Mapping[str, Any]
    auth: str = ""
    project_id: str = seed.PROJECT_ID
    sign_ins: int = 0
    sends_security_token: bool = False
    says: str = ""
    warns: str = ""
    tls: bool = False
    clouds: Mapping[str, Any] | None = None
    """What the fields of AWX's own credential say; it takes the place of ours."""


WAYS = (
    Way("access key and project ID", {**KEY, **PROJECT, **REGION, **ENDPOINTS}, "aksk"),
    Way("access key, project by its name", {**KEY, **REGION, **IDENTITY, **ENDPOINTS}, "aksk"),
    Way("temporary access key", {**TEMPORARY, **PROJECT, **ENDPOINTS}, "aksk", sends_security_token=True),
    Way("user and password", {**USER, **REGION, **IDENTITY}, "token", sign_ins=1),
    Way("user, project of an ID", {**USER, **OTHER_PROJECT, **IDENTITY}, "token", seed.OTHER_PROJECT_ID, 1),
    Way("token", {"auth_token": "{token}", **PROJECT, **IDENTITY}, "token"),
    Way("access key beside a user", {**KEY, **USER, **PROJECT, **IDENTITY, **ENDPOINTS}, "aksk"),
    Way("nothing filled", {}, says="HW_ACCESS_KEY"),
    Way("half an access key", {"access_key": seed.ACCESS_KEY, **PROJECT, **ENDPOINTS}, says="secret_key"),
    Way("wrong secret key", {**KEY, "secret_key": "canary", **PROJECT, **ENDPOINTS}, says="APIGW.0301"),
    Way("unknown certificate", {**KEY, **PROJECT, **ENDPOINTS}, says="ertificate", tls=True),
    Way("CA bundle", {**KEY, **PROJECT, **ENDPOINTS, "ca_cert": "{ca}"}, "aksk", tls=True),
    Way(
        "TLS not verified", {**KEY, **PROJECT, **ENDPOINTS, "insecure": True}, "aksk", warns="validate_certs", tls=True
    ),
    Way(
        "TLS verified in so many words", {**KEY, **PROJECT, **ENDPOINTS, "insecure": False}, says="ertificate", tls=True
    ),
    Way("OpenStack credential of AWX", {}, "token", sign_ins=1, clouds={"region": seed.REGION}),
    Way("the same without a region", {}, "token", sign_ins=1, clouds={}),
)


def openstack_credential(url: str, inputs: Mapping[str, Any], folder: str) -> Injected:
    """Return what AWX's built-in OpenStack credential gives to a job: a file with one cloud, and where it is."""
    auth = {
        "auth_url": f"{url}/v3",
        "username": seed.USER_NAME,
        "password": seed.PASSWORD,
        "project_name": seed.REGION,
        "domain_name": seed.DOMAIN_NAME,
    }
    cloud: dict[str, Any] = {"auth": auth, "verify": True, "private": True}
    if "region" in inputs:
        cloud["region_name"] = inputs["region"]
    text = yaml.safe_dump({"clouds": {"devstack": cloud}}, default_flow_style=False)
    return Injected({"OS_CLIENT_CONFIG_FILE": f"{folder}/tmp_clouds"}, {"tmp_clouds": text})
