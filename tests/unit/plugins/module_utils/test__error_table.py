# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The product's table of codes against that of the facts (F §2.4, §3.4, §13.1), copied here on its own."""

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._error_table import ROWS, find
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import ApiError, JobFailedError

CLASSES = {
    "T": "transient",
    "C": "conflict",
    "Q": "quota",
    "P": "parameter",
    "U": "unsupported",
    "A": "auth",
    "N": "not-found",
}

# Family, documented HTTP status, class, the codes' last four digits.
FACTS = [
    # F §13.1
    ("common", 404, "N", "0011"),
    (
        "VolumeBackup",
        400,
        "T",
        "0014 0017 0018 0019 0020 0022 0023 0024 0025 0027 0028 0029 0030 0035 0036 0037 0038 0039 0062 0063 0064 0070",
    ),
    ("VolumeBackup", 400, "T", "0100 0101 0102 0103 0104 0109 0110 0123 0125 0200 0201 0202 0900"),
    ("VolumeBackup", 401, "A", "0041 0044"),
    ("VolumeBackup", 403, "A", "0042"),
    (
        "VolumeBackup",
        400,
        "P",
        "0002 0003 0026 0007 0004 0005 0006 0010 0011 0043 0049 0105 0203 0204 0208 0209 0210",
    ),
    ("VolumeBackup", 400, "A", "0008 0009"),
    ("VolumeBackup", 400, "C", "0012 0013 0089 0113 0205 0206"),
    ("VolumeBackup", 404, "N", "0021 0111 0207"),
    (
        "VolumeBackup",
        400,
        "Q",
        "0040 0050 0071 0073 0075 0072 0074 0076 0077 0078 0079 0080 0081 0082 0083 0084",
    ),
    ("VolumeBackup", 400, "U", "0051 0053 0129 0211"),
    (
        "AutoBackup",
        400,
        "P",
        "0000 0001 0006 0008 0101 0102 0103 0104 0105 0106 0107 0108 0109 0207 0209 0211 0214 0221 0222 0226 1400",
    ),
    ("AutoBackup", 401, "A", "0002 0003 0005"),
    ("AutoBackup", 500, "T", "0009"),
    ("AutoBackup", 400, "U", "0100 0210 0220"),
    ("AutoBackup", 400, "Q", "0203 0204 0215 0217 0218"),
    ("AutoBackup", 404, "N", "0205 0208 0216"),
    ("AutoBackup", 400, "C", "0206 0225"),
    ("AutoBackup", 400, "A", "0213"),
    ("AutoBackup", 400, "N", "1100"),
    ("AutoBackup", 400, "T", "1300 1700"),
    ("AutoBackup", 401, "T", "9002"),
    ("BackupService", 400, "U", "4008"),
    # F §3.4; APIGW.0201 goes by its HTTP status.
    ("APIGW", 404, "N", "0101 0103"),
    ("APIGW", 400, "P", "0104 0105 0106 0602 0607"),
    ("APIGW", 401, "A", "0301 0303 0305 0307 0311"),
    ("APIGW", 403, "A", "0302 0304 0306 0310 0401 0402 0404 0801 0802"),
    ("APIGW", 429, "T", "0308"),
    ("APIGW", 405, "Q", "0501 0502"),
    ("APIGW", 500, "T", "0601 0605 0606 0608 0609 0611 0612 0705"),
    ("APIGW", 502, "T", "0610"),
    ("APIGW", 503, "T", "0613"),
    # F §2.4
    ("IAM", 401, "A", "0001 0061 0062 0063 0064 0066 0067"),
    ("IAM", 403, "A", "0002 0003 0080 0081 0082 0083"),
    ("IAM", 404, "N", "0004"),
    ("IAM", 400, "P", "0007 0011 0072 0073"),
    ("IAM", 409, "C", "0005"),
    ("IAM", 429, "T", "0012"),
    ("IAM", 500, "T", "0006"),
]
CODES = [
    (f"{family}.{digits}", status, CLASSES[letter])
    for family, status, letter, joined in FACTS
    for digits in joined.split()
]
SERVED_ELSEWHERE = "CSBS"


def test_the_facts_have_this_many_codes() -> None:
    assert len({code for code, _status, _kind in CODES}) == len(CODES)
    own = [code for code, _status, _kind in CODES if code.startswith(("common", "VolumeBackup", "AutoBackup"))]
    # 126 of the documentation and four that only one cloud has.
    assert len(own) == 130


@pytest.mark.parametrize(("family", "status", "letter", "joined"), FACTS)
def test_codes_have_the_class_of_the_facts_whatever_the_http_status(
    family: str, status: int, letter: str, joined: str
) -> None:
    for digits in joined.split():
        for seen in (status, 200, 400, 404, 500, 503):
            error = ApiError("try", status=seen, code=f"{family}.{digits}")
            assert error.kind == CLASSES[letter], f"{family}.{digits} with HTTP {seen}"
            assert error.retryable is (letter in "TC"), f"{family}.{digits}"


def test_the_table_has_no_code_that_the_facts_do_not_have_and_none_twice() -> None:
    listed = [f"{row.family}.{digits}" for row in ROWS for digits in row.codes.split()]
    assert len(set(listed)) == len(listed)
    here = {code for code, _status, _kind in CODES}
    assert {code for code in listed if not code.startswith(SERVED_ELSEWHERE)} == here


def test_every_row_says_what_it_means_and_what_to_do() -> None:
    for row in ROWS:
        assert row.meaning
        assert row.advice
        assert row.meaning[0].islower() or row.meaning.startswith("VBS"), row
        assert not row.advice.endswith("."), row


def test_some_gateways_spell_their_prefix_without_the_w() -> None:
    row = find("APIGW.0308")
    assert row is not None
    assert find("APIG.0308") == row
    assert ApiError("try", status=400, code="APIG.0101").unknown_path
    assert not ApiError("try", status=401, code="APIG.0303").token_is_dead


@pytest.mark.parametrize("code", [None, "", "APIGW.0201", "VolumeBackup.9999", "0013", "volumebackup.0013"])
def test_codes_that_nobody_documented_are_not_in_the_table(code: str | None) -> None:
    assert find(code) is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "parameter"),
        (413, "quota"),
        (414, "parameter"),
        (494, "parameter"),
        (502, "transient"),
        (504, "transient"),
    ],
)
def test_the_gateways_bad_request_goes_by_its_http_status(status: int, kind: str) -> None:
    assert ApiError("try", status=status, code="APIGW.0201").kind == kind


@pytest.mark.parametrize(
    ("code", "retryable"),
    [
        ("VolumeBackup.0064", True),
        ("VolumeBackup.0013", True),
        ("VolumeBackup.0040", False),
        (None, False),
        ("X.1", False),
    ],
)
def test_a_jobs_code_is_judged_by_the_same_table(code: str | None, retryable: bool) -> None:
    assert JobFailedError("try", code=code, reason=None).retryable is retryable
