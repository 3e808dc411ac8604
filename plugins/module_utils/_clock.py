# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time as a value that is handed in, so that nothing below the runner reads a clock or sleeps by itself."""

from __future__ import annotations

import random
import time
import typing as t
from collections.abc import Callable


class Clock(t.NamedTuple):
    """The four things that depend on the moment: all in seconds.

    ``monotonic`` measures waits (it does not jump), ``now`` is the wall clock since 1970, for time stamps only;
    ``jitter`` is a number from 0 to 1 that spreads retries.
    """

    monotonic: Callable[[], float]
    now: Callable[[], float]
    sleep: Callable[[float], None]
    jitter: Callable[[], float]


def system_clock() -> Clock:
    """The machine's own clock, for the runner."""
    return Clock(time.monotonic, time.time, time.sleep, random.random)
