"""Bank files to frozen values, with every problem and its line."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator
from functools import lru_cache

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from .loader import Problem, compose
from .types import LEVELS, Bank, BankDimension, BankError, BankItem

SHORT_LENGTH = 60
TEXT_LENGTH = 1_000
ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}")
LEAST_WEIGHT, MOST_WEIGHT = 0.01, 100.0  # beyond, one entry drowns all others or rounds to nothing
MOST_ITEMS = 500
MOST_DIMENSIONS = 20
NULL = "tag:yaml.org,2002:null"

TOP = {
    "id",
    "version",
    "language",
    "title",
    "licence",
    "statement",
    "ladder",
    "sources",
    "dimensions",
    "items",
}
TOP_OPTIONAL = {"sources"}
DIMENSION = {"code", "name", "weight", "sentence", "voice"}
DIMENSION_OPTIONAL = {"weight", "voice"}
ITEM = {"code", "dimension", "text", "short", "why", "gate", "weight", "sources", "anchors"}
ITEM_OPTIONAL = {"gate", "weight", "sources"}


@lru_cache(maxsize=64)
def parse_bank(text: str | bytes, name: str) -> Bank:
    """Return the bank in this file, or raise BankError with all its problems.

    Banks are frozen and asked for on every page, and reading one takes a tenth of a second.
    """
    raw = text.encode() if isinstance(text, str) else text
    root, problems = compose(raw)
    if root is None:
        raise BankError(name, tuple(problems))
    reader = _Reader()
    bank = reader.bank(root, hashlib.sha256(raw).hexdigest())
    if reader.problems:
        raise BankError(name, tuple(sorted(reader.problems)))
    return bank


class _Reader:
    """Read nodes, note problems and go on, so that one upload shows them all."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def problem(self, node: Node, message: str) -> None:
        self.problems.append((node.start_mark.line + 1, message))

    def bank(self, root: Node, sha256: str) -> Bank:
        fields = self.mapping(root, "The file", TOP, TOP_OPTIONAL)
        sources = self.sources(fields.get("sources"))
        dimensions = self.dimensions(fields.get("dimensions"))
        items = self.items(
            fields.get("items"), {d.code for d in dimensions}, {code for code, _ in sources}
        )
        used = {item.dimension for item in items}
        if "dimensions" in fields and "items" in fields:
            for dimension in dimensions:
                if dimension.code and dimension.code not in used:
                    self.problem(fields["dimensions"], f"Dimension {dimension.code} has no items.")
        return Bank(
            id=self.text(fields.get("id"), "id", pattern=ID),
            version=self.text(fields.get("version"), "version", longest=32),
            language=self.text(fields.get("language"), "language", longest=16),
            title=self.text(fields.get("title"), "title"),
            licence=self.text(fields.get("licence"), "licence"),
            statement=self.text(fields.get("statement"), "statement"),
            ladder=self.levels(fields.get("ladder"), "ladder"),
            sources=sources,
            dimensions=dimensions,
            items=items,
            sha256=sha256,
        )

    def dimensions(self, node: Node | None) -> tuple[BankDimension, ...]:
        found = []
        seen: set[str] = set()
        for entry in self.sequence(node, "dimensions", most=MOST_DIMENSIONS):
            fields = self.mapping(entry, "The dimension", DIMENSION, DIMENSION_OPTIONAL)
            code = self.code(fields.get("code"), seen)
            voice = fields.get("voice")
            found.append(
                BankDimension(
                    code=code,
                    name=self.text(fields.get("name"), "name", longest=SHORT_LENGTH),
                    weight=self.weight(fields.get("weight")),
                    sentence=self.text(fields.get("sentence"), "sentence"),
                    voice="" if voice is None else self.text(voice, "voice"),
                )
            )
        if node is not None and len(found) < 2:
            self.problem(node, "At least two dimensions are needed.")
        return tuple(found)

    def items(
        self, node: Node | None, dimensions: set[str], sources: set[str]
    ) -> tuple[BankItem, ...]:
        found = []
        seen: set[str] = set()
        for entry in self.sequence(node, "items", most=MOST_ITEMS):
            fields = self.mapping(entry, "The item", ITEM, ITEM_OPTIONAL)
            dimension = self.text(fields.get("dimension"), "dimension")
            if dimension and dimension not in dimensions:
                self.problem(
                    fields["dimension"], f"Dimension {dimension} is not in the list of dimensions."
                )
            found.append(
                BankItem(
                    code=self.code(fields.get("code"), seen),
                    dimension=dimension,
                    text=self.text(fields.get("text"), "text"),
                    short=self.text(fields.get("short"), "short", longest=SHORT_LENGTH),
                    why=self.text(fields.get("why"), "why"),
                    anchors=self.levels(fields.get("anchors"), "anchors"),
                    is_gate=self.flag(fields.get("gate")),
                    weight=self.weight(fields.get("weight")),
                    sources=self.item_sources(fields.get("sources"), sources),
                )
            )
        return tuple(found)

    def sources(self, node: Node | None) -> tuple[tuple[str, str], ...]:
        if node is None:
            return ()
        if not isinstance(node, MappingNode):
            self.problem(node, "sources must map a code to a title.")
            return ()
        return tuple(
            (self.text(key, "source code", pattern=CODE), self.text(value, "source title"))
            for key, value in self.pairs(node)
        )

    def item_sources(self, node: Node | None, known: set[str]) -> tuple[str, ...]:
        if node is None:
            return ()
        codes = []
        for entry in self.sequence(node, "sources"):
            code = self.text(entry, "source")
            if code and code not in known:
                self.problem(entry, f"Source {code} is not in the list of sources.")
            codes.append(code)
        return tuple(codes)

    def levels(self, node: Node | None, label: str) -> tuple[str, ...]:
        if node is None:
            return ()
        if not isinstance(node, MappingNode):
            self.problem(node, f"{label} must give a phrase for each level 0–4.")
            return ()
        phrases: dict[str, str] = {}
        for key, value in self.pairs(node):
            level = key.value if isinstance(key, ScalarNode) else ""
            if level not in {str(n) for n in LEVELS}:
                self.problem(key, f"{label} has the unknown level {level or '?'}; levels are 0–4.")
                continue
            phrases[level] = self.text(value, f"{label} {level}")
        for level_number in LEVELS:
            if str(level_number) not in phrases:
                self.problem(node, f"{label}: level {level_number} is missing.")
        return tuple(phrases.get(str(n), "") for n in LEVELS)

    def code(self, node: Node | None, seen: set[str]) -> str:
        code = self.text(node, "code", pattern=CODE)
        if node is not None and code and code in seen:
            self.problem(node, f"Code {code} is used twice.")
        seen.add(code)
        return code

    def text(
        self,
        node: Node | None,
        label: str,
        *,
        longest: int = TEXT_LENGTH,
        pattern: re.Pattern[str] | None = None,
    ) -> str:
        if node is None:
            return ""  # the missing key is already noted
        if not isinstance(node, ScalarNode):
            self.problem(node, f"{label} must be text.")
            return ""
        value = "" if node.tag == NULL else " ".join(str(node.value).split())
        if not value:
            self.problem(node, f"{label} is empty.")
        elif len(value) > longest:
            self.problem(node, f"{label} is longer than {longest} characters.")
        elif pattern is not None and not pattern.fullmatch(value):
            self.problem(node, f"{label} may hold letters, digits and hyphens only.")
        return value

    def weight(self, node: Node | None) -> float:
        if node is None:
            return 1.0
        try:
            value = float(node.value) if isinstance(node, ScalarNode) else math.nan
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.problem(node, "weight must be a number.")
            return 1.0
        if value <= 0:
            self.problem(node, "weight must be above 0.")
            return 1.0
        if not LEAST_WEIGHT <= value <= MOST_WEIGHT:
            self.problem(node, f"weight must be from {LEAST_WEIGHT:g} to {MOST_WEIGHT:g}.")
            return 1.0
        return value

    def flag(self, node: Node | None) -> bool:
        if node is None:
            return False
        value = node.value if isinstance(node, ScalarNode) else None
        if value not in ("true", "false"):
            self.problem(node, "gate must be true or false.")
        return value == "true"

    def mapping(
        self, node: Node, label: str, allowed: set[str], optional: set[str]
    ) -> dict[str, Node]:
        if not isinstance(node, MappingNode):
            self.problem(node, f"{label} must be a list of keys and values.")
            return {}
        fields: dict[str, Node] = {}
        for key, value in self.pairs(node):
            name = str(key.value) if isinstance(key, ScalarNode) else "?"
            if name not in allowed:
                self.problem(key, f"{label} has the unknown key {name[:40]}.")
                continue
            fields[name] = value
        for name in sorted(allowed - optional - fields.keys()):
            self.problem(node, f"{label} lacks the key {name}.")
        return fields

    def pairs(self, node: MappingNode) -> Iterator[tuple[Node, Node]]:
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value) if isinstance(key, ScalarNode) else ""
            if name and name in seen:
                self.problem(key, f"The key {name[:40]} is given twice.")
            seen.add(name)
            yield key, value

    def sequence(self, node: Node | None, label: str, *, most: int | None = None) -> list[Node]:
        if node is None:
            return []
        if not isinstance(node, SequenceNode):
            self.problem(node, f"{label} must be a list.")
            return []
        if most is not None and len(node.value) > most:
            self.problem(node, f"{label} has {len(node.value):,} entries; at most {most} are read.")
            return []
        return list(node.value)
