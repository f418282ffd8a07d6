"""The settings in which runs differ, each with its values as people write them.

Owns the paths of settings in a spec's JSON. Knows no store and no page.
"""

from __future__ import annotations

from typing import Any

from lab.texts import text


def differences(contents: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The settings in which some of the specs differ, by path, with each one's value as text."""
    flat = [dict(_leaves(content)) for content in contents]
    paths = list(dict.fromkeys(path for leaves in flat for path in leaves if path != "title"))
    return {
        path: [_shown(leaves.get(path, "")) for leaves in flat]
        for path in paths
        if len({leaves.get(path) for leaves in flat}) > 1
    }


def _shown(value: Any) -> str:
    """A setting's value as people write it: 0.0833, relu, off."""
    if value is None or isinstance(value, bool):
        return text("runs.setting.on") if value else text("runs.setting.off")
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _leaves(content: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every setting below by its path; a list is one too, as the kinds or values in it."""
    if isinstance(content, dict):
        return [leaf for key, value in content.items() for leaf in _leaves(value, _below(path, key))]
    if not isinstance(content, list):
        return [(path, content)]
    parts = [part if isinstance(part, dict) else {"kind": part} for part in content]
    kinds = ", ".join(_shown(part.get("kind", "")) for part in parts) or text("runs.setting.none")
    own = [{key: value for key, value in part.items() if key != "kind"} for part in parts]
    return [(path, kinds), *(leaf for n, part in enumerate(own) for leaf in _leaves(part, _below(path, n)))]


def _below(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)
