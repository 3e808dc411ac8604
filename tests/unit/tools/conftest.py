# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys
from pathlib import Path

# The tools import the simulator from tests/, as `python -m tools.run_stage` does.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
