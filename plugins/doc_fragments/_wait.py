# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for what the service does in its own time."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait for the end of what was started. Otherwise RV(pending) says how to go on waiting later.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to wait at most, up to 366 days. Running the same task again after that goes on waiting,
        unless the notes of the module say otherwise.
    type: int
    default: 3600
  wait_interval:
    description:
      - The shortest pause between two looks, in seconds. Each pause is this plus a tenth of the wait's age, at most 30.
    type: int
    default: 1
  progress:
    description:
      - Whether a long wait shows a line at least every 15 seconds that says how it stands.
      - In check mode, with C(no_log) and with C(async) there is none.
      - If left out, E(HW_PROGRESS).
    type: bool
    default: true
"""
