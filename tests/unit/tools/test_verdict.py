# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.backup.tests.tools.verdict import (
    Sanity,
    false_greens,
    integration_failures,
    junit_counts,
    missing_pythons,
    sanity_verdict,
    skip_reasons,
)

OLDEST = (3, 9)
RUN = """\
Running sanity test "changelog"
Running sanity test "import" on Python 3.8
Running sanity test "import" on Python 3.9
Running sanity test "import" on Python 3.10
Running sanity test "shellcheck"
"""


@pytest.mark.parametrize(
    "line",
    [
        'WARNING: Required program "pwsh" not found.',
        'WARNING: Skipping sanity test "import" on Python 3.10 due to missing virtual environment support.',
        "WARNING: All targets skipped.",
        "no tests ran in 0.01s",
        "WARNING: Skipping tests disabled by default without --allow-disabled: one, two",
        "WARNING: Skipping validate-modules collection version checks since no collection version was found.",
        "WARNING: Skipping pylint collection version checks since collection detail loading failed: no such file",
        "WARNING: Skipping unit tests on Python 3.9 because it could not be found.",
        'WARNING: Excluding target tests marked "unsupported" which require --allow-unsupported: vbs_policy',
    ],
)
def test_a_line_that_says_untested_is_found_under_colours(line: str) -> None:
    assert false_greens(f"fine\n\x1b[35m{line}\x1b[0m\nfine\n") == [line]


def test_an_interpreter_that_a_machine_lacks_is_told_but_is_no_failure() -> None:
    line = 'WARNING: Skipping sanity test "compile" on Python 3.13 because it could not be found.'
    assert false_greens(f"{line}\n{line}\n") == []
    assert missing_pythons(f"{line}\n{line}\n") == ["compile on 3.13"]


def test_ordinary_output_is_no_false_green() -> None:
    assert false_greens(RUN + "47 passed in 2.80s\n") == []


def test_sanity_counts_each_python_and_leaves_out_what_had_nothing_to_look_at() -> None:
    verdict = sanity_verdict(RUN, endings={"py", "yml"}, oldest=OLDEST)
    assert (verdict.passed, verdict.failed) == (3, 0)
    assert [reason.split(":")[0] for reason in verdict.idle] == ["import on Python 3.8", "shellcheck"]


def test_sanity_counts_a_test_as_run_once_there_is_a_file_for_it() -> None:
    verdict = sanity_verdict(RUN, endings={"py", "sh"}, oldest=OLDEST)
    assert verdict.passed == 4


def test_sanity_failures_are_read_from_the_closing_list() -> None:
    output = RUN + "FATAL: The 1 sanity test(s) listed below (out of 5) failed. See error output above.\nchangelog\n"
    assert sanity_verdict(output, endings={"py"}, oldest=OLDEST) == Sanity(2, 1, verdict_idle())


def verdict_idle() -> list[str]:
    return sanity_verdict(RUN, endings={"py"}, oldest=OLDEST).idle


def test_no_sanity_test_is_no_pass() -> None:
    assert sanity_verdict("", endings=set(), oldest=OLDEST) == Sanity(0, 0, [])


def test_junit_reports_are_added_up(tmp_path) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.xml").write_text(
            '<testsuites><testsuite tests="5" failures="1" errors="1" skipped="1"/></testsuites>', encoding="utf-8"
        )
    assert junit_counts(tmp_path.glob("*.xml")) == {"tests": 10, "failed": 4, "skipped": 2}


def test_the_reasons_of_skipped_tests_are_counted(tmp_path) -> None:
    case = '<testcase name="a"><skipped type="pytest.skip" message="no fork">a.py:1: no fork</skipped></testcase>'
    silent = "<testcase><skipped/></testcase>"
    report = f"<testsuites><testsuite>{case}{case}{silent}<testcase/></testsuite></testsuites>"
    (tmp_path / "1.xml").write_text(report, encoding="utf-8")
    assert skip_reasons(tmp_path.glob("*.xml")) == {"no fork": 2, "no reason was given": 1}


def test_failed_targets_are_read_from_the_closing_list() -> None:
    output = (
        "PLAY RECAP\n"
        "FATAL: The 2 integration test(s) listed below (out of 3) failed. See error output above for details.\n"
        "vbs_backup\nvbs_policy\n"
    )
    assert integration_failures(output) == ["vbs_backup", "vbs_policy"]


def test_without_a_closing_list_no_target_failed() -> None:
    assert integration_failures("PLAY RECAP\nvbs_backup\n") == []
