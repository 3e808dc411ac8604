# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The weather of one run: which requests the simulator lets fail, how, and how often, all drawn from a seed."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Any

JsonObject = dict[str, Any]

HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
STARTS_WORK = r"/(cloudbackups|backups|restore|action|checkpoints)$"
"""Calls whose work goes on after the answer, so that it can fail."""

CREATES = r"/(cloudbackups|backups|backuppolicy)$"
"""Calls that are slow in a race: both plays have looked by then, and neither has seen what the other makes."""

BROKEN = "VolumeBackup.0064"
"""The code with which an injected failure of a job ends."""

RETRY_AFTER_SECONDS = 2
LATE_SECONDS = 1.5
"""By how much an answer comes later than the client waits for it."""

FAULTS: Mapping[str, JsonObject] = {
    "drop-before": {"drop": "before"},
    "drop-after": {"drop": "after"},
    "truncated": {"truncate": 9},
    "hang-before": {"hang": "before"},
    "hang-after": {"hang": "after"},
    "500": {"status": 500, "body": {"error_code": "APIGW.0601", "error_msg": "Internal server error."}},
    "502-html": {"status": 502, "raw": HTML},
    "503": {"status": 503, "body": {"error_code": "APIGW.0501", "error_msg": "Service unavailable."}},
    "504": {"status": 504, "raw": "upstream request timeout"},
    "429-seconds": {"status": 429, "headers": {"Retry-After": str(RETRY_AFTER_SECONDS)}, "body": {}},
    "429-date": {"status": 429, "body": {}},
    "slow": {"delay": 0.3},
    "late": {},
    "html-200": {"status": 200, "raw": HTML},
    "failed-job": {"fail_job": {"error_code": BROKEN, "fail_reason": "broken by the weather"}},
    "race": {"delay": 0.5},
}
"""Every kind of fault; what depends on the run's own times is filled in when it is injected."""

SPECIAL = {"failed-job": STARTS_WORK, "race": CREATES}
"""Faults of few calls only; their shares are of these."""

HARMLESS = {"failed-job", "race", "token-ended", "rate-limit", "429-seconds", "429-date", "slow", "503"}
"""Kinds after which it is clear what was done and what was not."""

AIMED = 0.5
"""How many weathers strike only POST requests, and those twice as often: less than half of all requests are."""

JOB_FAULT_RATE = 0.4
"""Of the few requests that start work; as a share of all requests it would hardly ever strike."""


@dataclass(frozen=True)
class Gust:
    """One kind of fault and the share of requests that it strikes."""

    kind: str
    share: float
    seed: int
    aimed: bool = False
    """Only at POST requests."""


@dataclass(frozen=True)
class Weather:
    """All that goes wrong in one run. ``token_ends`` are (seconds after the start, whether it is revoked)."""

    rate: float = 0.0
    gusts: Sequence[Gust] = ()
    token_ends: Sequence[tuple[float, bool]] = ()
    rate_limit: int = 0
    kinds: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        kinds = {gust.kind for gust in self.gusts}
        kinds |= {"token-ended"} if self.token_ends else set()
        kinds |= {"rate-limit"} if self.rate_limit else set()
        object.__setattr__(self, "kinds", frozenset(kinds))

    @property
    def loses_answers(self) -> bool:
        """Whether an answer may be lost or come too late, so that nobody knows what was done."""
        return bool(self.kinds - HARMLESS)

    def rules(self, api_timeout: int) -> list[JsonObject]:
        """The simulator's faults, in the order of ``gusts``, for clients that wait so many seconds for an answer."""
        return [_rule(gust, probability, api_timeout) for gust, probability in zip(self.gusts, self._chances())]

    def _chances(self) -> list[float]:
        # The simulator asks one fault after the other and stops at the first that strikes, so each is asked only in
        # the cases that are left.
        chances, left = [], 1.0
        for gust in self.gusts:
            if gust.kind in SPECIAL:
                chances.append(gust.share)
                continue
            chances.append(min(1.0, gust.share / left))
            left -= gust.share
        return chances


def _rule(gust: Gust, probability: float, api_timeout: int) -> JsonObject:
    fault = dict(FAULTS[gust.kind])
    if "hang" in fault:
        fault["seconds"] = api_timeout + LATE_SECONDS
    if gust.kind == "late":
        fault["delay"] = api_timeout + LATE_SECONDS
    if gust.kind == "429-date":
        fault["headers"] = {"Retry-After": formatdate(time.time() + RETRY_AFTER_SECONDS, usegmt=True)}
    rule: JsonObject = {"times": -1, "probability": round(probability, 4), "seed": gust.seed, "fault": fault}
    if gust.kind in SPECIAL:
        rule["match"] = {"method": "POST", "path": SPECIAL[gust.kind]}
    elif gust.aimed:
        rule["match"] = {"method": "POST"}
    return rule


def with_race(weather: Weather, rng: random.Random) -> Weather:
    """The same weather, and both of two plays create at the same moment."""
    return replace(weather, gusts=[Gust("race", 1.0, rng.randrange(1 << 30)), *weather.gusts])


def draw_weather(rng: random.Random, rates: Sequence[float], *, late: bool = True) -> Weather:
    """Draw the weather at one of ``rates`` (all faults together, as a share of all requests).

    :param late: whether requests may be served after their client is gone.
    """
    rate = rng.choice(rates)
    if not rate:
        return Weather()
    usual = [kind for kind in FAULTS if kind not in SPECIAL and (late or kind != "late")]
    kinds = rng.sample(usual, rng.randint(1, len(usual)))
    weights = [rng.uniform(0.2, 1.0) for _kind in kinds]
    aimed = rng.random() < AIMED
    scale = (2 if aimed else 1) * rate / sum(weights)
    gusts = [Gust(kind, scale * weight, rng.randrange(1 << 30), aimed) for kind, weight in zip(kinds, weights)]
    if rng.random() < 0.3:
        gusts.insert(0, Gust("failed-job", JOB_FAULT_RATE, rng.randrange(1 << 30)))
    ends = sorted(round(rng.uniform(0.8, 12.0), 1) for _end in range(rng.choice((0, 0, 1, 3))))
    return Weather(
        rate=rate,
        gusts=gusts,
        token_ends=[(moment, rng.random() < 0.5) for moment in ends],
        rate_limit=rng.choice((0, 0, 0, 0, 5, 10)),
    )
