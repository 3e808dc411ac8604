# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sessions of antsibull-nox.toml, which "make lint" runs with the programs of .venv."""

from __future__ import annotations

import antsibull_nox

antsibull_nox.load_antsibull_nox_toml()
