# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What waiting costs, how late an end is noticed, and many backups at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator import clock

from .bench import Bench
from .figure import Figure
from .figures_tasks import ACTIONS, INFO
from .processes import BenchError

BATCH = "vbs_backup_batch"

JOB_SECONDS = 12.0
NOTICE_SECONDS = (12.0, 40.0)
NOTICE_PART, NOTICE_MORE = 0.1, 1.0
SHOWN_MORE = 2.0
"""What part of its length, and how many seconds more, may pass after a job's end before it is noticed."""

MANY, MANY_SHORT, MANY_SECONDS = 60, 6, 6.0
MOST, MOST_SHORT = 1000, 50
PER_SECOND, PER_SECOND_SHORT = 50, 10
MOST_SECONDS = 1.0
"""Short jobs, so that the pace of the requests is what takes the time."""
REQUESTS_EACH = 2.2
"""Of a batch that is held back: one that creates, and what it takes to see the end."""


@dataclass(frozen=True)
class Waited:
    """One backup that was waited for."""

    requests: int
    late: float
    """Seconds from the job's end to the request that saw it."""


def _wait(bench: Bench, seconds: float, *, is_shown: bool = False) -> Waited:
    bench.reset(job_seconds=seconds)
    options = {"name": "waited-for", "volume": bench.cloud.call("GET", "/volumes")[0]["id"]}
    if is_shown:
        bench.play([{"name": "Wait", "huaweicloud.backup.vbs_backup": options}])
    else:
        bench.alone("vbs_backup", options)
    (job,) = bench.cloud.call("GET", "/jobs")
    rows = bench.requests_since(0)
    saw = next(row["time"] for row in reversed(rows) if row["path"].endswith(f"/jobs/{job['id']}"))
    return Waited(len(rows), saw - clock.parse(job["end_time"]))


def _waits(bench: Bench, seconds: float) -> list[Waited]:
    def measure() -> list[Waited]:
        return [_wait(bench, seconds) for _turn in range(bench.repeats if seconds == JOB_SECONDS else 1)]

    return bench.once(f"wait {seconds}", measure)


def requests_of_a_wait(bench: Bench) -> list[float]:
    """All requests of a task that makes a backup and waits for it."""
    return [waited.requests for waited in _waits(bench, JOB_SECONDS)]


def lateness(bench: Bench) -> list[float]:
    """How late a job's end is noticed, as a part of what is allowed."""
    lengths = NOTICE_SECONDS[:1] if bench.short else NOTICE_SECONDS
    return [
        waited.late / (NOTICE_PART * seconds + NOTICE_MORE) for seconds in lengths for waited in _waits(bench, seconds)
    ]


def lateness_with_progress(bench: Bench) -> list[float]:
    """The same in a task of a play, which calls the module several times and shows a line in between."""
    lengths = NOTICE_SECONDS[:1] if bench.short else NOTICE_SECONDS
    waits = [(seconds, _wait(bench, seconds, is_shown=True)) for seconds in lengths]
    return [waited.late / (NOTICE_PART * seconds + SHOWN_MORE) for seconds, waited in waits]


def many_at_once(bench: Bench) -> list[float]:
    """Seconds that a task with many backups takes more than one that lists them."""
    values = []
    many = bench.size(MANY, MANY_SHORT)
    for _turn in range(bench.repeats):
        bench.reset(volumes=many, job_seconds=MANY_SECONDS)
        volumes = [volume["id"] for volume in bench.cloud.call("GET", "/volumes")]
        batch = {"name": BATCH, f"huaweicloud.backup.{BATCH}": {"volumes": volumes}}
        (_name, info), (_batch, seconds) = bench.play([{"name": INFO, **ACTIONS[INFO]}, batch])
        _check_made(bench, many)
        values.append(seconds - info)
    return values


def _check_made(bench: Bench, wanted: int) -> None:
    rows = bench.cloud.call("GET", "/backups")
    good = {row["volume_id"] for row in rows if row["status"] == "available"}
    if len(rows) != wanted or len(good) != wanted:
        raise BenchError(f"{len(rows)} backups of {len(good)} volumes were made instead of {wanted}")


@dataclass(frozen=True)
class HeldBack:
    """A batch against a service that refuses what comes too fast."""

    missing: int
    accepted: int
    refused: int
    seconds: float
    per_second: int


def _held_back(bench: Bench) -> list[HeldBack]:
    def one() -> HeldBack:
        most, per_second = bench.size(MOST, MOST_SHORT), bench.size(PER_SECOND, PER_SECOND_SHORT)
        bench.reset(volumes=most, job_seconds=MOST_SECONDS, rate_limit_per_second=per_second)
        volumes = [volume["id"] for volume in bench.cloud.call("GET", "/volumes")]
        bench.alone(BATCH, {"volumes": volumes})
        rows = bench.cloud.call("GET", "/backups")
        good = {row["volume_id"] for row in rows if row["status"] == "available"}
        counts = bench.cloud.call("GET", "/throttle")
        missing = most - len(good) + len(rows) - len(good)
        return HeldBack(missing, counts["accepted"], counts["refused"], counts["seconds"], per_second)

    return bench.once("held back", lambda: [one() for _turn in range(min(bench.repeats, 2))])


def held_back_missing(bench: Bench) -> list[float]:
    """Volumes without a good backup, and backups too many."""
    return [batch.missing for batch in _held_back(bench)]


def held_back_accepted(bench: Bench) -> list[float]:
    """Requests that the service let through."""
    return [batch.accepted for batch in _held_back(bench)]


def held_back_refused(bench: Bench) -> list[float]:
    """Of a hundred requests, those that it refused."""
    return [100 * batch.refused / (batch.accepted + batch.refused) for batch in _held_back(bench)]


def held_back_time(bench: Bench) -> list[float]:
    """The time it took, in that which the accepted requests take at the allowed pace."""
    return [batch.seconds * batch.per_second / batch.accepted for batch in _held_back(bench)]


HELD_BACK = {"most": (MOST, MOST_SHORT), "per_second": (PER_SECOND, PER_SECOND_SHORT)}
BATCHED = "batch of {most}, {per_second} requests a second allowed"
ALL_REQUESTS = "all requests sent"
FIGURES: Sequence[Figure] = (
    Figure(
        "wait",
        f"vbs_backup, job of {JOB_SECONDS:.0f} s waited for",
        "access keys, volume by ID",
        "requests",
        13,
        requests_of_a_wait,
        is_count=True,
    ),
    Figure("notice", "notice of a job's end", "10 % of its length + 1 s", "times", 1, lateness),
    Figure(
        "notice-shown",
        "notice of a job's end, with lines of progress",
        "10 % of its length + 2 s",
        "times",
        1,
        lateness_with_progress,
    ),
    Figure(
        "batch",
        f"batch of {{many}}, jobs of {MANY_SECONDS:.0f} s",
        "one vbs_backup_info less",
        "s",
        MANY_SECONDS + 3,
        many_at_once,
        sizes={"many": (MANY, MANY_SHORT)},
    ),
    Figure(
        "held-back-missing",
        f"{BATCHED}: not made, or twice",
        "{most} volumes",
        "backups",
        0,
        held_back_missing,
        is_count=True,
        sizes=HELD_BACK,
    ),
    Figure(
        "held-back-accepted",
        f"{BATCHED}: accepted",
        f"{REQUESTS_EACH} for each backup",
        "requests",
        MOST * REQUESTS_EACH,
        held_back_accepted,
        short_limit=MOST_SHORT * REQUESTS_EACH,
        is_count=True,
        sizes=HELD_BACK,
    ),
    Figure(
        "held-back-refused",
        f"{BATCHED}: refused",
        ALL_REQUESTS,
        "%",
        20,
        held_back_refused,
        sizes=HELD_BACK,
    ),
    Figure(
        "held-back-time",
        f"{BATCHED}: time",
        "accepted / allowed",
        "times",
        1.2,
        held_back_time,
        sizes=HELD_BACK,
    ),
)
