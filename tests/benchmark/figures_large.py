# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Large projects: requests that must not grow with each volume, and time and memory that may grow no faster."""

from __future__ import annotations

from collections.abc import Sequence

from .bench import Bench
from .figure import Figure
from .processes import BenchError, Ended

BATCH, COVERAGE, BINDING = "vbs_backup_batch", "vbs_coverage_info", "vbs_policy_resources"

NIGHTS = 10
BOUND, BOUND_SHORT = 2000, 200
OF, OF_SHORT = 10_000, 1000
PAGE, CHUNK, BESIDES = 1000, 40, 5
IDLE, IDLE_SHORT = 1000, 100

SMALL, SMALL_SHORT = 1000, 100
VOLUMES, VOLUMES_SHORT = 10_000, 200
LARGE, LARGE_SHORT = 50_000, 200
EACH_TROUBLE = 20
"""Of so many volumes of the simulator's fleet one each is unprotected, stale and failing."""


def binding_requests(bench: Bench) -> list[float]:
    """Binding some of the project's volumes to a policy, all of them by name."""
    bound, of = bench.size(BOUND, BOUND_SHORT), bench.size(OF, OF_SHORT)
    counts = []
    for _turn in range(bench.repeats):
        bench.fleet(of, nights=0)
        policy = bench.cloud.call("POST", "/policies", {"name": "all-of-them"})["id"]
        names = [f"fleet-{number * (of // bound) + 1:05d}" for number in range(bound)]
        ended = bench.alone(BINDING, {"policy": "all-of-them", "volumes": names})
        held = len(bench.cloud.call("GET", f"/policies/{policy}")["members"])
        if ended.result["added_count"] != bound or held != bound:
            raise BenchError(f"{held} volumes were bound instead of {bound}")
        counts.append(float(len(bench.requests_since(0))))
    return counts


def idle_batch_requests(bench: Bench) -> list[float]:
    """A batch in which every volume has a backup that is young enough."""
    volumes = bench.size(IDLE, IDLE_SHORT)
    counts = []
    for _turn in range(bench.repeats):
        bench.fleet(volumes, nights=NIGHTS, trouble=False)
        names = [f"fleet-{number + 1:05d}" for number in range(volumes)]
        ended = bench.alone(BATCH, {"volumes": names, "max_age": "26h"})
        if ended.result["changed"] or len(ended.result["backups"]) != volumes:
            raise BenchError(f"a batch with nothing to do says {ended.result['msg']}")
        counts.append(float(len(bench.requests_since(0))))
    return counts


def _coverage(bench: Bench, volumes: int, times: int) -> list[Ended]:
    def measure() -> list[Ended]:
        bench.fleet(volumes, nights=NIGHTS)
        runs = []
        for _turn in range(times):
            ended = bench.alone(COVERAGE, {})
            summary = ended.result["summary"]
            trouble = {name: summary[name]["volumes"] for name in ("unprotected", "stale", "failing")}
            if len(ended.result["volumes"]) != volumes or set(trouble.values()) != {volumes // EACH_TROUBLE}:
                raise BenchError(f"{COVERAGE} miscounted {volumes} volumes: {trouble}")
            # The answer itself is large, and nobody needs it any more.
            runs.append(Ended({}, ended.seconds, ended.megabytes))
        return runs

    return bench.once(f"coverage {volumes}", measure)


def _of_many(bench: Bench) -> list[Ended]:
    return _coverage(bench, bench.size(VOLUMES, VOLUMES_SHORT), bench.repeats)


def coverage_seconds(bench: Bench) -> list[float]:
    """From the module's start to its end."""
    return [ended.seconds for ended in _of_many(bench)]


def coverage_megabytes(bench: Bench) -> list[float]:
    """The most memory that the module's process had."""
    return [ended.megabytes for ended in _of_many(bench)]


def coverage_growth(bench: Bench) -> list[float]:
    """Time for each volume of a larger project, in that of a smaller one, from one size to the next."""
    small, large = bench.size(SMALL, SMALL_SHORT), bench.size(LARGE, LARGE_SHORT)
    sizes = {
        small: _coverage(bench, small, bench.repeats),
        bench.size(VOLUMES, VOLUMES_SHORT): _of_many(bench),
        large: _coverage(bench, large, 1),
    }
    each = [min(ended.seconds for ended in runs) / size for size, runs in sizes.items()]
    return [larger / smaller for smaller, larger in zip(each, each[1:])]


PROJECT = {"volumes": (VOLUMES, VOLUMES_SHORT), "backups": (VOLUMES * NIGHTS, VOLUMES_SHORT * NIGHTS)}
GROWTH = {"small": (SMALL, SMALL_SHORT), "middle": (VOLUMES, VOLUMES_SHORT), "large": (LARGE, LARGE_SHORT)}
COVERED = f"{COVERAGE}, {{volumes}} volumes, {{backups}} backups"
FIGURES: Sequence[Figure] = (
    Figure(
        "bind",
        f"{BINDING}: {{bound}} of {{of}} volumes by name",
        f"a listing, {CHUNK} in a request",
        "requests",
        OF // PAGE + BOUND // CHUNK + BESIDES,
        binding_requests,
        short_limit=OF_SHORT // PAGE + BOUND_SHORT // CHUNK + BESIDES,
        sizes={"bound": (BOUND, BOUND_SHORT), "of": (OF, OF_SHORT)},
        is_count=True,
    ),
    Figure(
        "coverage-time",
        f"{COVERED}: time",
        "module alone",
        "s",
        20,
        coverage_seconds,
        sizes=PROJECT,
    ),
    Figure(
        "coverage-memory",
        f"{COVERED}: most memory",
        "module alone",
        "MB",
        200,
        coverage_megabytes,
        sizes=PROJECT,
    ),
    Figure(
        "coverage-growth",
        f"{COVERAGE}: time per volume of {{middle}}, {{large}}",
        "that of {small}, {middle}",
        "times",
        1.25,
        coverage_growth,
        sizes=GROWTH,
    ),
    Figure(
        "idle",
        f"batch of {{idle}}, {NIGHTS} backups each, nothing to do",
        "one listing",
        "requests",
        15,
        idle_batch_requests,
        sizes={"idle": (IDLE, IDLE_SHORT)},
        is_count=True,
    ),
)
