import pytest
import yaml

from assessments.bank import BankError, load_bank, parse_bank, published
from tests.scoring.builders import bank_with

# A published bank never changes: scores are compared over time. New wording is a new file.
PINNED = {
    "readiness-1": "e456b215ddbb677e7c440aa61fe283c230b67d574dc7145c0dbda0a91ec364fd",
}

SMALL = """\
id: small
version: "1"
language: en
title: Small
licence: Own
statement: Not calibrated
ladder: {0: A, 1: B, 2: C, 3: D, 4: E}
dimensions:
  - {code: ONE, name: One, sentence: First}
  - {code: TWO, name: Two, sentence: Second, weight: 2}
items:
  - code: ONE-1
    dimension: ONE
    text: First item
    short: First
    why: Because
    gate: true
    anchors: {0: a, 1: b, 2: c, 3: d, 4: e}
  - code: TWO-1
    dimension: TWO
    text: Second item
    short: Second
    why: Because
    weight: 0.5
    anchors: {0: a, 1: b, 2: c, 3: d, 4: e}
"""

FIRST_ANCHORS = "    anchors: {0: a, 1: b, 2: c, 3: d, 4: e}\n"


def problems(text):
    with pytest.raises(BankError) as caught:
        parse_bank(text, "upload.yaml")
    return caught.value.problems


def test_published_banks_never_change():
    assert {bank.id: bank.sha256 for bank in published()} == PINNED


def test_the_readiness_bank_holds_47_items_in_five_dimensions():
    bank = load_bank("readiness-1")
    counts = {d.code: len(bank.items_of(d.code)) for d in bank.dimensions}
    assert counts == {"STR": 9, "GOV": 10, "TRN": 9, "DAT": 9, "CHA": 10}
    assert [item.code for item in bank.items if item.is_gate] == [
        "STR-1", "STR-3", "STR-5", "GOV-1", "GOV-4", "GOV-10",
        "TRN-3", "DAT-1", "DAT-4", "CHA-1", "CHA-3",
    ]  # fmt: skip
    assert {item.weight for item in bank.items} == {1.0}
    assert {d.weight for d in bank.dimensions} == {1.0}
    assert "not calibrated" in bank.statement


def test_every_phrase_of_the_readiness_bank_begins_with_a_capital():
    bank = load_bank("readiness-1")
    for item in bank.items:
        assert len(item.anchors) == 5
        for phrase in (*item.anchors, item.text, item.short, item.why):
            assert phrase[0].isupper(), phrase
        assert len(set(item.anchors)) == 5
        assert item.sources


def test_a_bank_is_read_once():
    assert load_bank("readiness-1") is load_bank("readiness-1")


@pytest.mark.parametrize("name", ["other", "../settings", ""])
def test_an_unknown_bank_is_refused(name):
    with pytest.raises(KeyError):
        load_bank(name)


def test_a_small_bank_is_read_with_its_defaults():
    bank = parse_bank(SMALL, "upload.yaml")
    assert (bank.id, bank.version, len(bank.sha256)) == ("small", "1", 64)
    assert [d.weight for d in bank.dimensions] == [1, 2]
    first, second = bank.items
    assert (first.is_gate, first.weight, first.anchors) == (True, 1, ("a", "b", "c", "d", "e"))
    assert (second.is_gate, second.weight) == (False, 0.5)
    assert parse_bank(SMALL.encode(), "upload.yaml") == bank


def test_any_number_of_dimensions_from_two_is_read():
    assert len(bank_with(9).dimensions) == 9


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("id: small", "id: Small Bank", 1, "id may hold"),
        ("title: Small", "title: ''", 4, "title is empty"),
        ("title: Small", "title:", 4, "title is empty"),
        ("title: Small", "title: [a]", 4, "title must be text"),
        ("title: Small", "title: Small\ncolour: red", 5, "unknown key colour"),
        ("title: Small", "title: Small\ntitle: Again", 5, "title is given twice"),
        ("licence: Own\n", "", 1, "lacks the key licence"),
        ("weight: 2", "weight: 0", 10, "weight must be above 0"),
        ("weight: 2", "weight: -1", 10, "weight must be above 0"),
        ("weight: 2", "weight: 1e308", 10, "weight must be from 0.01 to 100"),
        ("weight: 2", "weight: 1e-9", 10, "weight must be from 0.01 to 100"),
        ("weight: 2", "weight: much", 10, "weight must be a number"),
        ("weight: 2", "weight: .nan", 10, "weight must be a number"),
        ("weight: 2", "weight: .inf", 10, "weight must be a number"),
        ("{code: TWO", "{code: ONE", 10, "Code ONE is used twice"),
        ("code: TWO-1", "code: ONE-1", 19, "Code ONE-1 is used twice"),
        ("code: TWO-1", "code: TWO 1", 19, "code may hold"),
        ("dimension: TWO", "dimension: SIX", 20, "Dimension SIX is not in the list"),
        ("text: First item", "text: ' '", 14, "text is empty"),
        ("short: First", f"short: {'x' * 61}", 15, "short is longer than 60"),
        ("text: First item", f"text: {'x' * 1001}", 14, "text is longer than 1000"),
        ("gate: true", "gate: perhaps", 17, "gate must be true or false"),
        (FIRST_ANCHORS, "    anchors: {0: a, 1: b, 2: c, 4: e}\n", 18, "level 3 is missing"),
        (FIRST_ANCHORS, "    anchors: {0: a, 1: b, 2: c, 3: d, 4: e, 5: f}\n", 18, "level 5"),
        (FIRST_ANCHORS, "    anchors: [a, b, c, d, e]\n", 18, "phrase for each level"),
        (FIRST_ANCHORS, "    anchors: {0: '', 1: b, 2: c, 3: d, 4: e}\n", 18, "anchors 0 is empty"),
        ("    why: Because\n    gate", "    gate", 12, "lacks the key why"),
        ("    gate: true", "    sources: [S9]", 17, "Source S9 is not in the list"),
        ("title: Small", "title: Small\n  bad: [", 5, "Not readable as YAML"),
        ("title: Small", "title: &a Small", None, None),
        ("licence: Own", "licence: *a", 5, "Aliases"),
        ("title: Small", "title: !!python/object/apply:os.system [ls]", 4, "tag"),
        ("title: Small", "title: !mine x", 4, "tag"),
        ("title: Small", "title: " + "[" * 40 + "]" * 40, 4, "Nested too deeply"),
        ("title: Small", "title: \x07", 4, "character"),
    ],
)  # fmt: skip
def test_each_fault_is_refused_with_its_line_and_reason(old, new, line, reason):
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    if reason is None:
        assert parse_bank(text, "upload.yaml").title == "Small"
        return
    found = problems(text)
    assert any(n == line and reason in message for n, message in found), found


def test_all_problems_are_told_at_once_in_the_order_of_the_file():
    text = SMALL.replace("title: Small", "title: ''").replace("weight: 2", "weight: 0")
    text = text.replace("dimension: TWO", "dimension: SIX")
    found = problems(text)
    assert [line for line, _ in found] == sorted(line for line, _ in found)
    assert {4, 10, 20} <= {line for line, _ in found}


def test_one_dimension_is_too_few():
    text = SMALL.replace("  - {code: TWO, name: Two, sentence: Second, weight: 2}\n", "")
    assert any("At least two dimensions" in message for _, message in problems(text))


def test_a_dimension_without_items_is_refused():
    text = SMALL.replace("dimension: TWO", "dimension: ONE")
    assert any("Dimension TWO has no items" in message for _, message in problems(text))


def test_a_file_over_one_megabyte_is_refused_before_it_is_read():
    assert problems("a" * 1_000_001) == ((1, "The file is larger than 1 MB."),)


def test_a_bomb_of_aliases_is_refused():
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    assert problems(bomb) == ((2, "Aliases (*name) are not allowed."),)


@pytest.mark.parametrize("text", ["", "# nothing", "- a list", "just text", b"\xff\xfe\x00x"])
def test_what_is_no_bank_is_refused_politely(text):
    assert problems(text)


def test_html_stays_text():
    bank = parse_bank(SMALL.replace("First item", "<script>alert(1)</script>"), "upload.yaml")
    assert bank.items[0].text == "<script>alert(1)</script>"


def test_the_error_names_the_file_and_every_line():
    with pytest.raises(BankError, match=r"upload.yaml has 2 problems: line 4: .*; line 10: "):
        parse_bank(
            SMALL.replace("title: Small", "title: ''").replace("weight: 2", "weight: 0"),
            "upload.yaml",
        )


def test_the_strict_reader_and_plain_yaml_agree_on_the_published_file():
    from assessments.bank import __path__ as folder

    with open(f"{folder[0]}/readiness-1.yaml", encoding="utf-8") as file:
        plain = yaml.safe_load(file)
    bank = load_bank("readiness-1")
    assert [i["text"] for i in plain["items"]] == [i.text for i in bank.items]
    assert [list(i["anchors"].values()) for i in plain["items"]] == [
        list(i.anchors) for i in bank.items
    ]


def test_bank_of_too_many_items_is_refused():
    last = SMALL[SMALL.index("  - code: TWO-1") :]
    more = "".join(last.replace("TWO-1", f"TWO-{at}") for at in range(2, 501))
    found = problems(SMALL + more)
    assert any("items has 501 entries; at most 500 are read" in message for _, message in found)
