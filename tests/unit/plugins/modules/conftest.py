# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Loads every module before the first test.

ansible-test runs each test in a fork of its own, so what a test loads is lost again; the module and its documentation
would be read once for each of more than a thousand tests.
"""

from __future__ import annotations

from pathlib import Path

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.contract import documented_results

for _file in sorted((Path(__file__).resolve().parents[4] / "plugins" / "modules").glob("*.py")):
    documented_results(_file.stem)
