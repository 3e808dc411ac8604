# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each run is: its kind, play, weather, settings and sign-in, all from the seed and the run's number alone."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import plays, plays_full
from .wanted import Play
from .weather import Weather, draw_weather, with_race

JsonObject = dict[str, Any]

WEATHER, KILL, TWO = "weather", "kill", "two"
KINDS = (WEATHER, KILL, WEATHER, TWO, WEATHER)
"""The kinds of runs, in turn."""

COMPOSERS: Mapping[str, Sequence[plays.Composer]] = {
    WEATHER: (
        plays.protect,
        plays.servers,
        plays.restore,
        plays_full.clean_up,
        plays_full.look,
        plays.role,
        plays.change,
        plays.run_now,
        plays.native,
        plays.batch,
    ),
    KILL: (plays.protect, plays.batch, plays.role, plays.change, plays.native, plays_full.clean_up),
    TWO: (plays.protect, plays.role, plays.change, plays.batch, plays.native, plays.protect),
}

RATES: Mapping[str, Sequence[float]] = {
    WEATHER: (0.0, 0.1, 0.2, 0.25, 0.3, 0.3, 0.3),
    KILL: (0.0, 0.0, 0.1, 0.2),
    TWO: (0.0, 0.0, 0.0, 0.1),
}
"""Faults of all kinds together, as a share of all requests."""

RACES = 0.6
"""How many of the plays that run twice at once create what they ask for at the same moment."""

HARMLESS: Mapping[str, Sequence[Any]] = {
    "volume_backing_up": (True, False),
    "volume_name_match": ("exact", "fuzzy"),
    "description_json": (False, True),
    "share_again": ("existing", "refuse"),
    "return_time_zone": (True, False),
    "policy_order": ("creation", "name"),
    "check_start_time_order": (False, True),
    "frequency_both_sent": ("winner", "keep"),
    "retention_both_sent": ("keep", "winner"),
    "unbind_missing": ("fail_entry", "success"),
    "return_vbs_job_id": (False, True),
    "task_count": ("total", "page"),
    "expired_token_code": ("APIGW.0301", "APIGW.0307"),
    "csbs_busy_code": ("CSBS.2004", "CSBS.1001", "CSBS.6030"),
    "csbs_bound_message": (False, True),
    "csbs_extra_info": ("text", "object", "null"),
    "max_page": (1000, 2, 5),
    "require_content_type": (False, True),
}
"""Switches of the simulator for what the service's documentation leaves open; a play must converge with any."""

SIGN_INS: Mapping[str, Sequence[str]] = {"huawei": ("keys", "password", "token"), "openstack": ("password", "token")}


WAIT = {"wait_timeout": 30, "wait_interval": 1}
PATIENT = {"api_timeout": 20, "api_retries": 5}
"""In good weather only a busy machine is late, and that is no fault of the play."""


@dataclass(frozen=True)
class SignIn:
    """How the play signs in, and whether its options or the environment say so."""

    method: str
    in_options: bool
    token_cache: bool


@dataclass(frozen=True)
class Kill:
    """When a play is killed: after so many requests of it, and a moment more."""

    after_requests: int
    seconds: float


@dataclass(frozen=True)
class Draw:
    """One run. ``options`` are those of all of its tasks; ``stagger`` is how much later the second of two starts."""

    seed: str
    number: int
    kind: str
    play: Play
    weather: Weather
    settings: JsonObject
    sign_in: SignIn
    options: JsonObject
    kills: Sequence[Kill] = ()
    stagger: float = 0.0

    @property
    def label(self) -> str:
        """For messages and names of files."""
        return f"{self.number}-{self.kind}-{self.play.kind}"

    @property
    def is_action(self) -> bool:
        """Whether each pass of the play starts something anew."""
        return self.play.wanted.once is not None

    def limit(self, passes: int = 1) -> float:
        """Seconds after which so many passes of the play hang.

        Each module waits at most ``wait_timeout``, after lost answers a minute twice, and spends ``api_timeout`` and
        some seconds' pause on each repetition that the weather may cost it.
        """
        options = self.options
        repetitions = 4 * options["api_retries"] * (options["api_timeout"] + 4)
        module = WAIT["wait_timeout"] + 2 * 60 + repetitions
        return float(passes * self.play.modules * module + 60)


def draw(seed: str, number: int) -> Draw:
    """Draw the run ``number`` of ``seed``; the same each time."""
    rng = random.Random(f"{seed}/{number}")
    kind = KINDS[number % len(KINDS)]
    composers = COMPOSERS[kind]
    # In turn, so that a short run has some of each, beginning anywhere.
    turn = number // len(KINDS) * KINDS.count(kind) + KINDS[: number % len(KINDS)].count(kind)
    races = kind == TWO and rng.random() < RACES
    play = composers[(turn + random.Random(seed).randrange(len(composers))) % len(composers)](rng)
    # What a killed client asked for last must be done or lost when the next one looks.
    weather = draw_weather(rng, RATES[kind], late=kind == WEATHER)
    return Draw(
        seed=seed,
        number=number,
        kind=kind,
        play=play,
        weather=with_race(weather, rng) if races else weather,
        settings=_settings(rng, play.flavor),
        sign_in=SignIn(rng.choice(SIGN_INS[play.flavor]), rng.random() < 0.5, rng.random() < 0.7),
        options=_options(rng),
        kills=[_kill(rng) for _kill_number in range(rng.choice((1, 1, 2)))] if kind == KILL else (),
        stagger=rng.choice((0.0, 0.0, 0.1, 0.5)),
    )


def _settings(rng: random.Random, flavor: str) -> JsonObject:
    settings: JsonObject = {
        "flavor": flavor,
        "job_seconds": round(rng.uniform(0.3, 2.0), 1),
        "delete_seconds": round(rng.uniform(0.1, 0.6), 1),
        "task_delay_seconds": round(rng.uniform(0.05, 0.4), 2),
    }
    for name, choices in HARMLESS.items():
        if rng.random() < 0.25:
            settings[name] = rng.choice(choices[1:])
    return settings


def _options(rng: random.Random) -> JsonObject:
    return {"api_timeout": rng.choice((1, 1, 2)), "api_retries": rng.choice((1, 2, 3, 5))}


def _kill(rng: random.Random) -> Kill:
    return Kill(rng.choice((0, *range(1, 25))), round(rng.uniform(0.0, 1.0) ** 2, 2))
