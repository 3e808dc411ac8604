# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads what the test programs printed or wrote, because their exit codes alone are not to be trusted.

``ansible-test`` ends with 0 when a program that a test needs is missing, when every target was skipped, and when pytest
found no test.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
FALSE_GREENS = (
    re.compile(r"Required program .* not found.*"),
    re.compile(r"Skipping sanity test.*"),
    # Of these no ansible-core that README.md promises has one, so that each is something new to look at.
    re.compile(r"Skipping tests disabled by default.*"),
    re.compile(r"Skipping (validate-modules|pylint) collection version checks.*"),
    re.compile(r"Skipping unit tests on Python .*"),
    re.compile(r"All targets skipped.*"),
    re.compile(r"no tests ran.*"),
    re.compile(r"Excluding tests? .*"),
    re.compile(r"WARNING: Excluding .*"),
)
SANITY_RUN = re.compile(r'Running sanity test "([^"]+)"(?: on Python ([\d.]+))?')
SANITY_FAILED = re.compile(r"FATAL: The (\d+) sanity test\(s\) listed below \(out of (\d+)\) failed")

INTEGRATION_FAILED = re.compile(r"The \d+ integration test\(s\) listed below \(out of \d+\) failed")

KINDS = {
    "pslint": ("ps1", "psm1", "psd1"),
    "shellcheck": ("sh",),
}
"""Tests that need a program which a Python developer's machine may lack, with the kinds of file that they look at."""


def plain(output: str) -> list[str]:
    """Return the lines of ``output`` without colours."""
    return ESCAPES.sub("", output).splitlines()


MISSING_PYTHON = re.compile(r'Skipping sanity test "([^"]+)" on Python ([\d.]+) because it could not be found')


def missing_pythons(output: str) -> list[str]:
    """Return each test with the Python that this machine lacks for it; other machines have it."""
    found = (MISSING_PYTHON.search(line) for line in dict.fromkeys(plain(output)))
    return [f"{match[1]} on {match[2]}" for match in found if match]


def false_greens(output: str) -> list[str]:
    """Return each line that says something was not tested although the program may have ended with 0."""
    lines = [line.strip() for line in dict.fromkeys(plain(output)) if not MISSING_PYTHON.search(line)]
    return [line for line in lines if any(pattern.search(line) for pattern in FALSE_GREENS)]


@dataclass(frozen=True)
class Sanity:
    """What a run of the sanity tests came to; a test counts once for each Python that it ran on."""

    passed: int
    failed: int
    idle: list[str]
    """Why each test that had nothing to look at had nothing; ansible-test says that it ran them."""


def sanity_verdict(output: str, *, endings: Collection[str], oldest: tuple[int, int]) -> Sanity:
    """Return what a run came to on files with these ``endings``, ``oldest`` being the first supported Python."""
    lines = plain(output)
    started = [(match[1], match[2]) for line in lines if (match := SANITY_RUN.search(line))]
    idle = [reason for test, python in started if (reason := _idle(test, python, endings, oldest))]
    failed = next((int(match[1]) for line in lines if (match := SANITY_FAILED.search(line))), 0)
    return Sanity(passed=len(started) - len(idle) - failed, failed=failed, idle=idle)


def _idle(test: str, python: str | None, endings: Collection[str], oldest: tuple[int, int]) -> str:
    kinds = KINDS.get(test, ())
    if kinds and not set(kinds).intersection(endings):
        return f"{test}: there is no .{' or .'.join(kinds)} file"
    if python and tuple(int(part) for part in python.split(".")) < oldest:
        return f"{test} on Python {python}: older than what tests/config.yml supports"
    return ""


def junit_counts(files: Iterable[Path]) -> Counter[str]:
    """Return the sums of ``tests``, ``failed`` and ``skipped`` over JUnit ``files``."""
    sums: Counter[str] = Counter()
    for file in files:
        for suite in ET.parse(file).getroot().iter("testsuite"):  # noqa: S314 - our own run wrote it
            sums["tests"] += int(suite.get("tests", 0))
            sums["failed"] += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            sums["skipped"] += int(suite.get("skipped", 0))
    return sums


def skip_reasons(files: Iterable[Path]) -> Counter[str]:
    """Return why tests were skipped, and how many for each reason, from JUnit ``files``."""
    reasons: Counter[str] = Counter()
    for file in files:
        for skipped in ET.parse(file).getroot().iter("skipped"):  # noqa: S314 - our own run wrote it
            reasons[skipped.get("message") or "no reason was given"] += 1
    return reasons


def integration_failures(output: str) -> list[str]:
    """Return the names of the integration targets that failed, from the list at the end of ``output``."""
    lines = plain(output)
    start = next((number for number, line in enumerate(lines) if INTEGRATION_FAILED.search(line)), None)
    if start is None:
        return []
    return [line.strip() for line in lines[start + 1 :] if re.fullmatch(r"\s*\w+\s*", line)]
