# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of C(clouds.yaml), found and merged as OpenStack documents it."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping
from pathlib import Path

from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import shown_path

try:
    import yaml
except ImportError:
    HAS_YAML = False
else:
    HAS_YAML = True

Cloud = dict[str, t.Any]

_FOLDERS = (".", "~/.config/openstack", "/etc/openstack")
_ENDINGS = (".yaml", ".yml", ".json")


def load_cloud(name: str | None, environ: Mapping[str, str]) -> Cloud:
    """One merged entry: public profile, then C(clouds.yaml), then C(secure.yaml) above both.

    :param name: the entry; None means the only one in the file (AWX's OpenStack credential writes such a file).
    :raises OptionError: no file, no such entry, several entries and no name, a file that cannot be used.
    """
    path = _find("clouds", environ, "OS_CLIENT_CONFIG_FILE")
    if path is None:
        raise OptionError("cloud", f"no clouds.yaml was found for {name!r}; looked in {', '.join(_FOLDERS)}")
    clouds = _section(path, "clouds")
    if name is None:
        if len(clouds) != 1:
            raise OptionError("cloud", f"{path} has {len(clouds)} clouds ({_names(clouds)}); name one of them")
        name = next(iter(clouds))
    if name not in clouds:
        raise OptionError("cloud", f"{path} has no cloud {name!r}; it has {_names(clouds)}")
    entry = clouds[name]
    if not isinstance(entry, Mapping):
        raise OptionError("cloud", f"the entry {name!r} of {path} is not a mapping")
    merged = _merge(_profile(entry, environ), entry)
    secure = _find("secure", environ, "OS_CLIENT_SECURE_FILE", beside=path.parent)
    if secure is not None:
        secrets = _section(secure, "clouds").get(name)
        if isinstance(secrets, Mapping):
            merged = _merge(merged, secrets)
    return merged


def _profile(entry: Mapping[str, t.Any], environ: Mapping[str, str]) -> Cloud:
    """What C(clouds-public.yaml) says of the vendor profile that the entry names, if it names one."""
    profile = entry.get("profile")
    if not isinstance(profile, str):
        return {}
    path = _find("clouds-public", environ, "OS_CLIENT_VENDOR_FILE")
    found = _section(path, "public-clouds").get(profile) if path else None
    if not isinstance(found, Mapping):
        raise OptionError("cloud", f"the profile {profile!r} is in no clouds-public.yaml; write its values out")
    return dict(found)


def _merge(low: Mapping[str, t.Any], high: Mapping[str, t.Any]) -> Cloud:
    merged = dict(low)
    for key, value in high.items():
        below = merged.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        merged[key] = _merge(t.cast("Cloud", below), value) if both else value
    return merged


def _find(stem: str, environ: Mapping[str, str], variable: str, beside: Path | None = None) -> Path | None:
    named = environ.get(variable)
    if named:
        if _is_file(Path(named)):
            return Path(named)
        raise OptionError("cloud", f"the file {shown_path(named)} that {variable} names does not exist")
    folders = ([beside] if beside is not None else []) + [Path(folder).expanduser() for folder in _FOLDERS]
    for folder in folders:
        for ending in _ENDINGS:
            path = folder / (stem + ending)
            if _is_file(path):
                return path
    return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # A folder that this user may not enter is as good as none.
        return False


def _section(path: Path, key: str) -> Mapping[str, t.Any]:
    content = _read(path)
    section = content.get(key) if isinstance(content, Mapping) else None
    if not isinstance(section, Mapping):
        raise OptionError("cloud", f"{path} has no mapping named {key}")
    return section


def _read(path: Path) -> t.Any:
    # The text of a parse error may quote a password, so only the place is told.
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError("cloud", f"{path} cannot be read ({type(error).__name__})") from None
    if not HAS_YAML:
        raise OptionError("cloud", f"reading {path} needs the Python library PyYAML where the task runs")
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f" (line {mark.line + 1})" if mark is not None else ""
        raise OptionError("cloud", f"{path} is not valid YAML{place}") from None


def _names(clouds: Iterable[str]) -> str:
    return ", ".join(sorted(str(name) for name in clouds)) or "none"
