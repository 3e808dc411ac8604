# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever one answer says wrongly: an ordinary result or a clear failure, within the limits, and nothing made twice.

For each module's ordinary run, each answer of the simulator is spoilt at one place at a time. ``HOSTILE_MUTANTS=500``
tries as many for each run, ``HOSTILE_MUTANTS=all`` all there are.
"""

from __future__ import annotations

import os
import re
import sys

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.reliability.hostile_days import DAYS, Day
from ansible_collections.huaweicloud.backup.tests.unit.reliability.hostile_mutants import (
    HostileCloud,
    Mutant,
    made_by,
    mutants,
    usual,
)

ASKED = os.environ.get("HOSTILE_MUTANTS", "32")
MOST = sys.maxsize if ASKED == "all" else int(ASKED)
# How a message begins that says what was tried, on what, or which option leads to nothing.
NAMED = re.compile(
    # One message for all volumes of a batch begins with how many and which.
    r"(\d of \d volumes have no good backup: (data-0\d(, data-0\d)*: )?)?"
    r"((list|read|create|delete|change|bind|unbind|run|restore|share|count|search|set|look up|ask whether) \w"
    r"|(backup|job|volume|share) \S+: the answer has|sign-?.?in |sign in"
    r"|\w+: (there is no|several|server backup policy|the token that was given) |policy .+ was deleted|purge policy "
    r"|simulator.example.com does not serve this part of the service: \w)"
)
# A wait, twice a minute's look for what was lost, and the tries of requests that fail.
LONGEST = 120 + 2 * 60 + 120


@pytest.mark.parametrize("name", DAYS)
def test_one_wrong_thing_in_an_answer_ends_well_or_in_a_clear_failure(name: str) -> None:
    day = DAYS[name]
    good, bodies = usual(day)
    tried = mutants(bodies, MOST, name)
    problems = [f"{mutant}: {problem}" for mutant in tried for problem in outcome(day, mutant, good)]
    assert len(tried) >= min(MOST, 40)
    assert not problems, "\n".join(problems[:20])


def outcome(day: Day, mutant: Mutant, good: Result) -> list[str]:
    cloud = day.cloud(HostileCloud)
    assert isinstance(cloud, HostileCloud)
    cloud.mutant = mutant
    try:
        result = cloud.run(day.module, day.options)
    except (AssertionError, RecursionError, TypeError, ValueError) as error:
        # What holds for every run: documented types, no traceback, no fault of the collection.
        return [f"{type(error).__name__}: {error}"[:600]]
    finally:
        cloud.close()
    assert cloud.tampered
    return [text for text in (_words(result), _effort(cloud, result, good), _twice(result, good)) if text]


def _words(result: Result) -> str | None:
    if not all(map(str.isprintable, result.warnings)):
        return f"a warning that is not fit to be shown: {result.warnings}"
    if not result.failed:
        return None
    message = result["msg"]
    if not message.isprintable() or len(message) > 10_000:
        return f"a message that is not fit to be shown: {message[:200]!r}"
    if not result["error"]["advice"]:
        return f"no advice: {message}"
    return None if NAMED.match(message) else f"a message that names no call: {message[:300]}"


def _effort(cloud: HostileCloud, result: Result, good: Result) -> str | None:
    most = len(good.sent) + 10 + 4 * len(result.pauses)
    if len(result.sent) > most:
        return f"{len(result.sent)} requests, {most} at most were due"
    if cloud.clock.elapsed > LONGEST:
        return f"it took {cloud.clock.elapsed} s"
    return None


def _twice(result: Result, good: Result) -> str | None:
    made, most = made_by(result), max(len(made_by(good)), 1)
    return None if len(made) <= most else f"sent more than once: {made}"
