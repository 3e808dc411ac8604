# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page "Which module uses which operation" and the integration target "operations" against what is served."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from simulator import huawei

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "docsite" / "rst" / "guide_operations.rst").read_text(encoding="utf-8")
PROVED = yaml.safe_load(
    (ROOT / "tests" / "integration" / "targets" / "operations" / "vars" / "main.yml").read_text(encoding="utf-8")
)
# Other ways to what the page names (F §4.2, §4.4, §8), and what the contract leaves out.
ELSEWHERE = {
    "GET /v2/{project}/jobs/{id}",
    "DELETE /v2/{project}/cloudbackups/{id}",
    "GET /v2/{project}/cloudvolumes/detail",
    "GET /v2/{project}/os-vendor-volumes/{id}",
    "GET /v2/{project}/snapshots/{id}",
    "GET /v1/{project}/checkpoint_items/count",
}
LEFT_OUT = re.compile(r"``(\S+ \S+)``\s+- left out")


def served() -> set[str]:
    routes = {f"{route.method} {route.path}" for route in huawei.ROUTES if not (route.native and "/v3/" in route.path)}
    return {re.sub(r":path\}", "}", route).replace("{pid}", "{project}") for route in routes}


def named() -> set[str]:
    return set(re.findall(r"``([A-Z]+ /v\S+)``", PAGE))


def test_every_operation_is_named() -> None:
    assert sorted(served() - named()) == sorted(ELSEWHERE)


def test_no_other_operation_is_named() -> None:
    assert sorted(named() - served()) == []


def test_every_operation_of_the_page_is_proved_or_left_out() -> None:
    def example(operation: str) -> str:
        method, path = operation.split(" ")
        short = re.sub(r"^/v\d/(\{project\}/)?", "", path)
        return f"{method} {short}".replace("{id}", "aa-11").replace("{provider}", "p").replace("{key}", "a%20b%231")

    patterns = [row["sent"] for row in PROVED["operations_sent"]]
    unproved = {operation for operation in named() if not any(re.fullmatch(p, example(operation)) for p in patterns)}
    assert sorted(unproved) == sorted(LEFT_OUT.findall(PAGE))
    assert sorted(example(row) for row in unproved) == ["GET backups", "POST cloudbackups/aa-11"]


def test_what_is_left_out_is_proved_never_to_be_sent() -> None:
    assert all(
        any(re.fullmatch(pattern, sent) for pattern in PROVED["operations_never_sent"])
        for sent in ("GET backups", "POST cloudbackups/aa-11")
    )
