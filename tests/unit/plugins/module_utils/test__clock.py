# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time

from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import system_clock


def test_the_machines_clock_measures_waits_with_one_that_does_not_jump() -> None:
    clock = system_clock()
    assert (clock.monotonic, clock.now, clock.sleep) == (time.monotonic, time.time, time.sleep)
    assert {0.0 <= clock.jitter() < 1.0 for _number in range(100)} == {True}
    assert len({clock.jitter() for _number in range(10)}) > 1
