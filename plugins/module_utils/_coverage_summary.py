# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sums of a report on how well volumes are protected."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils._model import Result

VERDICTS = ("protected", "stale", "failing", "unprotected")


def summary(rows: Sequence[Result]) -> Result:
    """How many volumes and gigabytes there are of each verdict, in all and for each policy."""
    groups: dict[str | None, list[Result]] = {}
    policies: dict[str | None, Result] = {}
    for row in rows:
        policy = row["policy"] or {"id": None, "name": None}
        groups.setdefault(policy["id"], []).append(row)
        policies[policy["id"]] = policy
    # By name; the volumes of no known policy come last.
    ordered = sorted(groups, key=lambda key: (key is None, policies[key]["name"] or "", key or ""))
    return {**_sums(rows), "policies": [{**policies[key], **_sums(groups[key])} for key in ordered]}


def _sums(rows: Sequence[Result]) -> Result:
    ages = [row["age"] for row in rows if row["age"] is not None]
    of_verdict = {verdict: [row for row in rows if row["verdict"] == verdict] for verdict in VERDICTS}
    return {
        **_size(rows),
        "newest_age": min(ages, default=None),
        "oldest_age": max(ages, default=None),
        **{verdict: _size(of_verdict[verdict]) for verdict in VERDICTS},
    }


def _size(rows: Sequence[Result]) -> Result:
    return {"volumes": len(rows), "gigabytes": sum(row["size"] or 0 for row in rows)}
