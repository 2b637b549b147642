"""YAML as nodes with line numbers, without aliases, own tags or deep nesting."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.events import AliasEvent, Event
from yaml.nodes import Node

DEEPEST = 12
LARGEST = 1_000_000
PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")
)

Problem = tuple[int, str]


class _RefusedError(Exception):
    def __init__(self, mark: Any, message: str) -> None:
        self.line = mark.line + 1
        super().__init__(message)


class _Loader(yaml.SafeLoader):
    """Refuse what makes a small file expand without limit or run code."""

    _depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event: Event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, AliasEvent):
            raise _RefusedError(event.start_mark, "Aliases (*name) are not allowed.")
        self._depth += 1
        if self._depth > DEEPEST:
            raise _RefusedError(event.start_mark, "Nested too deeply.")
        node = super().compose_node(parent, index)
        self._depth -= 1
        if node is not None and node.tag not in PLAIN_TAGS:
            raise _RefusedError(node.start_mark, f"The tag {node.tag} is not allowed.")
        return node


def compose(raw: bytes) -> tuple[Node | None, list[Problem]]:
    """Return the root node, or None and the reason with its line."""
    if len(raw) > LARGEST:
        return None, [(1, "The file is larger than 1 MB.")]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [(raw.count(b"\n", 0, error.start) + 1, "The file is not UTF-8 text.")]
    try:
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return None, [(line, "The file holds a character that YAML does not allow.")]
    except _RefusedError as error:
        return None, [(error.line, str(error))]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return None, [((mark.line if mark else 0) + 1, f"Not readable as YAML: {error.problem}.")]
    if root is None:
        return None, [(1, "The file is empty.")]
    return root, []
