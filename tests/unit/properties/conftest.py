# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many random cases each property gets.

300 that are always the same by default; ``HYPOTHESIS_CASES=1000`` gives as many, other ones each time.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

CASES = os.environ.get("HYPOTHESIS_CASES", "")

settings.register_profile(
    "properties",
    max_examples=int(CASES or 300),
    derandomize=not CASES,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("properties")
