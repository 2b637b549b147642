import json
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import assessments.scoring
from assessments.scoring.digest import inputs_digest
from assessments.scoring.engine import score
from assessments.scoring.facts import CoverageFacts, GroupCoverage, GroupFacts, NextChampion
from assessments.scoring.serialise import from_dict, to_dict
from assessments.scoring.types import LineRow, Scorecard, Settings, StructuralGate

from .builders import BANK, all_items, answer, bank_with, inputs, line

SCHEMA = json.loads(
    Path(assessments.scoring.__path__[0], "scorecard-1.schema.json").read_text(encoding="utf-8")
)

FULL = inputs(
    all_items(3, ("ann", "ben"), but={"TRN-3": 1, "DAT-4": "dont_know"}, evidence=("Minutes",)),
    lines=(
        line("TRN", 30, rows=(LineRow("Ann", "passed", "tests-edit", "1"),)),
        line("STR", 40, newest_on=None),
        line("TRN", 20, key="north", group="North"),
    ),
    groups=(GroupFacts("g1", "North", 40, 3.5), GroupFacts("g2", "South", 12)),
    people=CoverageFacts(
        people=2,
        replies=1,
        response_rate=0.5,
        is_stable=False,
        ties=1,
        threshold=4,
        champions=1,
        prepared=0,
        headcount=52,
        champions_needed=3,
        score=None,
        low=None,
        high=None,
        coverage=None,
        one_hop=None,
        two_hop=None,
        worst_group="",
        silent=1,
        groups=(GroupCoverage("North", 2, 1, 2, 1.0, 1, False, False),),
        next=(NextChampion("7", "Ann", "North", 1, 2, 1.0, 0.9),),
    ),
    structural_gates=(
        StructuralGate("sponsor", "GOV", "Sponsor active", "unknown", "No register"),
    ),
    not_applicable=(("CHA", "No users"),),
    settings=Settings(draws=500),
)
CARDS = {
    "full": score(FULL, BANK),
    "empty": score(inputs(settings=Settings(draws=500)), BANK),
    "small": score(inputs(settings=Settings(draws=500)), bank_with(2)),
}

TYPES = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def problems(value, schema, where="card"):
    """Return how a value departs from a schema; knows the words that our schema uses."""
    if "$ref" in schema:
        return problems(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], where)
    if "anyOf" in schema:
        arms = [problems(value, arm, where) for arm in schema["anyOf"]]
        return [] if [] in arms else arms[0]
    if "const" in schema:
        return [] if value == schema["const"] else [f"{where}: {value!r}"]
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{where}: {value!r} not in the list"]
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(
        isinstance(value, TYPES[kind]) and (kind == "boolean") == isinstance(value, bool)
        for kind in kinds
    ):
        return [f"{where}: {value!r} is not {kinds}"]
    found = []
    if isinstance(value, dict):
        found += [f"{where}.{name} is missing" for name in schema["required"] if name not in value]
        for name, entry in value.items():
            if name not in schema["properties"]:
                found.append(f"{where}.{name} is not in the schema")
            else:
                found += problems(entry, schema["properties"][name], f"{where}.{name}")
    if isinstance(value, list):
        arms = schema.get("prefixItems") or [schema["items"]] * len(value)
        if len(arms) != len(value):
            found.append(f"{where} has {len(value)} entries")
        for n, (entry, arm) in enumerate(zip(value, arms, strict=False)):
            found += problems(entry, arm, f"{where}[{n}]")
    return found


@pytest.mark.parametrize("name", CARDS)
def test_a_card_survives_the_way_through_json(name):
    card = CARDS[name]
    assert from_dict(json.loads(json.dumps(to_dict(card), allow_nan=False))) == card


@pytest.mark.parametrize("name", CARDS)
def test_a_card_keeps_to_the_documented_schema(name):
    assert problems(json.loads(json.dumps(to_dict(CARDS[name]))), SCHEMA) == []


def test_the_schema_documents_every_field_and_no_other():
    def documented(kind, schema):
        names = [field.name for field in fields(kind)]
        own = [name for name in schema["properties"] if name != "schema"]
        assert own == names, kind.__name__
        assert set(schema["required"]) - {"schema"} == set(names)

    documented(Scorecard, SCHEMA)
    reachable, stack = {}, [Scorecard]
    while stack:
        for hint in get_type_hints(stack.pop()).values():
            for kind in (hint, *get_args(hint)):
                if is_dataclass(kind) and kind.__name__ not in reachable:
                    reachable[kind.__name__] = kind
                    stack.append(kind)
    assert set(SCHEMA["$defs"]) == set(reachable)
    for name, schema in SCHEMA["$defs"].items():
        documented(reachable[name], schema)


def test_the_schema_check_finds_a_departure():
    data = to_dict(CARDS["full"])
    assert problems({**data, "seed": "7"}, SCHEMA)
    assert problems({**data, "extra": 1}, SCHEMA)
    assert problems({k: v for k, v in data.items() if k != "seed"}, SCHEMA)


def test_a_database_may_give_whole_floats_back_as_integers():
    def whole(value):
        if isinstance(value, dict):
            return {name: whole(entry) for name, entry in value.items()}
        if isinstance(value, list):
            return [whole(entry) for entry in value]
        is_whole = isinstance(value, float) and value.is_integer()
        return int(value) if is_whole else value

    card = from_dict(whole(to_dict(CARDS["full"])))
    assert card == CARDS["full"]
    assert isinstance(card.settings.target, float)


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "scorecard/2"},
        {"as_of": 5},
        {"verdict": {"code": "splendid", "rule": 1, "reasons": [], "conditions": []}},
        {"extra": 1},
        {"seed": "7"},
    ],
)
def test_what_is_not_a_card_is_refused(change):
    with pytest.raises(ValueError, match=r"scorecard/1"):
        from_dict({**to_dict(CARDS["full"]), **change})


def test_a_card_with_a_field_missing_is_refused():
    data = to_dict(CARDS["full"])
    del data["score"]
    with pytest.raises(ValueError, match="score"):
        from_dict(data)


def test_a_card_from_before_a_field_was_added_is_read():
    data = to_dict(CARDS["full"])
    del data["weights"]
    assert from_dict(data).weights == ()


levels = st.sampled_from([0, 1, 2, 3, 4, "dont_know", "not_applicable"])
rounds = st.dictionaries(st.sampled_from([item.code for item in BANK.items]), levels)


@settings(max_examples=25, deadline=None)
@given(rounds)
def test_every_card_survives(changed):
    answers = [answer(code, level) for code, level in changed.items()]
    card = score(inputs(answers, settings=Settings(draws=200)), BANK)
    assert from_dict(json.loads(json.dumps(to_dict(card), allow_nan=False))) == card


# The digest


def test_the_digest_does_not_depend_on_the_order_of_rows():
    turned = replace(FULL, answers=FULL.answers[::-1], lines=FULL.lines[::-1])
    assert inputs_digest(turned, BANK) == inputs_digest(FULL, BANK)
    assert len(inputs_digest(FULL, BANK)) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 8},
        {"answers": FULL.answers[1:]},
        {"answers": (replace(FULL.answers[0], level=4), *FULL.answers[1:])},
        {"settings": Settings(draws=501)},
        {"not_applicable": ()},
        {"weights": tuple((d.code, 1.0) for d in BANK.dimensions)},
        {"project": "other"},
    ],
)
def test_the_digest_tells_every_difference(change):
    assert inputs_digest(replace(FULL, **change), BANK) != inputs_digest(FULL, BANK)


def test_the_digest_tells_another_bank():
    assert inputs_digest(inputs(), bank_with(2)) != inputs_digest(inputs(), BANK)
