"""Read the YAML that authors write, quickly and strictly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from claimbook.content import ContentError

# libyaml reads ten times as fast; a platform without it (a browser) falls back to Python.
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Strict(_Safe):
    """YAML that refuses a key given twice: the first one would be lost without a word."""

    def construct_mapping(self, node: yaml.Node, deep: bool = False) -> dict:
        seen: set[str] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is given twice", key.start_mark
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def read(path: Path) -> Any:
    """What a YAML file holds: plain dicts, lists, strings, numbers, dates.

    Raises:
        ContentError: no valid YAML or UTF-8, or a key that is given twice; with the place.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Strict)  # a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContentError(f"{path.name} is not valid YAML: {error}") from None
