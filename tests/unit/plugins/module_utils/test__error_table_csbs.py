# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server backup service's codes (F §13.2), copied here on their own."""

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import ApiError

# Documented HTTP status, class, the codes' last four digits.
FACTS = [
    (400, "quota", "0001 7000 9006 9009"),
    # The one code whose class depends on the HTTP status.
    (403, "auth", "9009"),
    (400, "unsupported", "0002 6006 6010 6021 6016 6025 6027 6033 6061"),
    (500, "conflict", "1001 1002 2001 6030 8001 8008"),
    (400, "conflict", "2003 2004 4000 6001 6004 6005 6015 6031 8007 9008"),
    (404, "not-found", "3000 3001 6040 7001"),
    (500, "transient", "5001 9998 9999"),
    (400, "not-found", "6000"),
    (400, "parameter", "6003 6013 6007 6020 6014 6017 6018 6024 9001 9007"),
    (500, "parameter", "6019 6023 6032 8009"),
]


# The product's table has none of these codes yet; strict, so that whoever adds them takes this mark away.
@pytest.mark.xfail(strict=True, reason="the table lacks the codes of F §13.2")
def test_the_server_backup_services_codes_have_the_class_of_the_facts() -> None:
    wrong = [
        f"CSBS.{digits}: {kind}"
        for status, kind, joined in FACTS
        for digits in joined.split()
        if ApiError("try", status=status, code=f"CSBS.{digits}").kind != kind
    ]
    assert wrong == []
