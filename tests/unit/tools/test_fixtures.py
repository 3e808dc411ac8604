# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was recorded is used: an exchange that no test plays shows nothing."""

from __future__ import annotations

import json
from pathlib import Path

UNIT = Path(__file__).resolve().parents[1]


def test_every_recorded_exchange_is_named_by_a_test() -> None:
    names = json.loads((UNIT / "fixtures" / "openstack.json").read_text(encoding="utf-8"))
    texts = "".join(file.read_text(encoding="utf-8") for file in sorted((UNIT / "plugins").rglob("*.py")))
    assert [name for name in names if f'"{name}"' not in texts] == []
