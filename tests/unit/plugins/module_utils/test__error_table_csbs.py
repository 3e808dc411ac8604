# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The product's table of the server backup service's codes against that of the facts (F §13.2), copied here."""

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._error_table import ROWS, find
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import ApiError, JobFailedError

# Class and the codes' digits.
FACTS = {
    "quota": "0001 7000 9006",
    "unsupported": "0002 6006 6010 6016 6021 6025 6027 6033 6061",
    "conflict": "1001 1002 2001 2003 2004 4000 6001 6004 6005 6015 6030 6031 8001 8007 8008 9008",
    "not-found": "3000 3001 6000 6040 7001",
    "transient": "5001 9998 9999",
    "parameter": "6003 6007 6013 6014 6017 6018 6019 6020 6023 6024 6032 8009 9001 9007",
}


@pytest.mark.parametrize(("kind", "joined"), FACTS.items(), ids=FACTS.keys())
def test_codes_have_the_class_of_the_facts_whatever_the_http_status(kind: str, joined: str) -> None:
    for digits in joined.split():
        for status in (200, 400, 404, 500, 503):
            error = ApiError("try", status=status, code=f"CSBS.{digits}")
            assert error.kind == kind, f"CSBS.{digits} with HTTP {status}"
            assert error.retryable is (kind in ("transient", "conflict"))
            assert error.advice


def test_the_table_has_exactly_the_codes_of_the_facts() -> None:
    listed = [digits for row in ROWS if row.family == "CSBS" for digits in row.codes.split()]
    assert sorted(listed) == sorted(" ".join(FACTS.values()).split())


@pytest.mark.parametrize(("status", "kind"), [(400, "quota"), (403, "auth"), (500, "transient"), (404, "not-found")])
def test_one_code_means_what_its_http_status_says(status: int, kind: str) -> None:
    error = ApiError("try", status=status, code="CSBS.9009")
    assert error.kind == kind
    assert error.retryable is (kind == "transient")


def test_without_an_http_status_it_has_no_row() -> None:
    assert find("CSBS.9009") is None
    assert "CSBS.9009" in JobFailedError("try", code="CSBS.9009", reason=None).message
