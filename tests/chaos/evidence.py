# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one run has shown, and what all runs together have, as text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .draw import Draw

SECRET_VARIABLES = ("HW_SECRET_KEY", "HW_USER_PASSWORD", "HW_AUTH_TOKEN")
PROMISES = ("duplicate", "orphan", "harm", "traceback", "hang", "leak", "message", "state", "rerun", "harness")
"""What can be broken, in the order in which it is reported."""


@dataclass
class Evidence:
    """What one run has shown.

    :param problems: (promise, what broke it).
    :param conflicts: IDs of what is there twice, and was named so.
    """

    problems: list[tuple[str, str]] = field(default_factory=list)
    first: str = "?"
    faults: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    reruns: int = 0
    killed: int = 0
    conflicts: list[list[str]] = field(default_factory=list)
    conflicts_named: int = 0
    uncertain: bool = False
    secrets: set[str] = field(default_factory=set)
    seconds: float = 0.0

    @property
    def hangs(self) -> int:
        """How often a play did not end in time."""
        return sum(promise == "hang" for promise, _text in self.problems)

    def add(self, promise: str, text: str) -> None:
        """Note a broken promise, once."""
        if (promise, text) not in self.problems:
            self.problems.append((promise, text))


def secrets_of(signed_in: Mapping[str, str], home: Path | None = None) -> set[str]:
    """The secrets among the variables of a sign-in, and the tokens in the cache below ``home``."""
    secrets = {signed_in[name] for name in SECRET_VARIABLES if signed_in.get(name)}
    for file in (home / ".cache" / "huaweicloud.backup").glob("*.json") if home else ():
        secrets.add(str(json.loads(file.read_text(encoding="utf-8"))["token"]))
    return secrets


def tally(runs: Sequence[tuple[Draw, Evidence]]) -> str:
    """The counts of all runs as text."""
    lines = [f"{'kind and play':<24} {'runs':>5} {'at once':>8} {'failed first':>13} {'killed':>7} {'broken':>7}"]
    groups: dict[str, list[Evidence]] = {}
    for drawn, evidence in runs:
        groups.setdefault(f"{drawn.kind} {drawn.play.kind}", []).append(evidence)
    for name, group in [*sorted(groups.items()), ("all", [evidence for _draw, evidence in runs])]:
        first = Counter(evidence.first for evidence in group)
        broken = sum(bool(evidence.problems) for evidence in group)
        numbers = f"{len(group):>5} {first['converged']:>8} {first['failed']:>13} {first['killed']:>7} {broken:>7}"
        lines.append(f"{name:<24} {numbers}")
    found = [evidence for _draw, evidence in runs]
    faults, made = sum((one.faults for one in found), Counter()), sum((one.made for one in found), Counter())
    broken_promises = Counter(promise for one in found for promise, _text in one.problems)
    facts = {
        "faults injected": f"{faults.total()}: {_listed(faults)}",
        "made by the service": _listed(made),
        "requests": str(sum(one.requests for one in found)),
        "reruns": str(sum(one.reruns for one in found)),
        "kills": str(sum(one.killed for one in found)),
        "ended as uncertain": str(sum(one.uncertain for one in found)),
        "conflicts with both IDs": str(sum(one.conflicts_named for one in found)),
        "broken promises": ", ".join(f"{name} {broken_promises[name]}" for name in PROMISES),
    }
    return "\n".join([*lines, "", *(f"{name + ':':<24} {text}" for name, text in facts.items())])


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"
