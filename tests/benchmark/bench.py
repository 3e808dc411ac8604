# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the figures measure with: one simulator, modules and plays that talk to it, and its log of their requests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from chaos.cloud import Cloud
from tools import paths
from tools.simulator_process import Simulator, simulator

from .processes import KEYS, Ended, JsonObject, run_module, run_play, variables

T = TypeVar("T")

OUTPUT = paths.BUILD / "bench"
SIGN_IN = "/auth/tokens"


@dataclass
class Bench:
    """A run of the benchmark. Figures that come from one measurement share it."""

    short: bool
    repeats: int
    running: Simulator
    cloud: Cloud
    directory: Path = OUTPUT
    _kept: dict[str, Any] = field(default_factory=dict)

    def size(self, full: int, short: int) -> int:
        """How much of something there is to be in this run."""
        return short if self.short else full

    def once(self, name: str, measure: Callable[[], T]) -> T:
        """The outcome of a measurement, which is done when it is first asked for."""
        if name not in self._kept:
            self._kept[name] = measure()
        kept: T = self._kept[name]
        return kept

    def reset(self, *, volumes: int = 6, **settings: Any) -> None:
        """The simulator as new, with these settings."""
        self.cloud.call("POST", "/reset", {"volumes": volumes, "settings": settings})

    def fleet(self, volumes: int, *, nights: int = 10, trouble: bool = True, **settings: Any) -> list[str]:
        """The simulator with a large project and nothing else: the IDs of its policies."""
        self.reset(volumes=0, **settings)
        given = {"volumes": volumes, "nights": nights, "trouble": trouble}
        return list(self.cloud.call("POST", "/fleet", given)["policies"])

    def alone(self, module: str, options: Mapping[str, Any], names: Sequence[str] = KEYS) -> Ended:
        """Run a module alone, with access keys unless told otherwise, in an empty home."""
        return run_module(module, options, self._variables(names))

    def play(self, tasks: Sequence[JsonObject], names: Sequence[str] = KEYS) -> list[tuple[str, float]]:
        """Run tasks in a play: each with its seconds."""
        return run_play(tasks, self._variables(names), self.directory)

    def _variables(self, names: Sequence[str]) -> dict[str, str]:
        home = self.directory / "home"
        shutil.rmtree(home, ignore_errors=True)
        return variables(self.running.exports, names, home)

    def requests_since(self, number: int) -> list[JsonObject]:
        """The requests that the simulator received after that one."""
        return self.cloud.requests(number)


@contextmanager
def bench(*, short: bool, repeats: int) -> Iterator[Bench]:
    """A bench with a simulator of its own."""
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    with simulator({}, name="bench") as running:
        yield Bench(short, repeats, running, Cloud(running.url))
