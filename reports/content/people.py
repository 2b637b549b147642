"""What the advice network says, in sentences."""

from __future__ import annotations

from assessments.scoring.facts import CoverageFacts, GroupCoverage

from . import words


def headline(facts: CoverageFacts) -> str:
    """Return whom the champions reach."""
    if facts.one_hop is None:
        return "Colleagues have said whom they ask; nobody has been asked to be a champion"
    if not facts.champions:
        return "No champion is active, so nobody can ask one"
    verb = "reaches" if facts.champions == 1 else "reach"
    text = f"{words.opened(words.spelled(facts.champions))} champion"
    text += f"{'' if facts.champions == 1 else 's'} {verb} {words.per_cent(facts.one_hop)}"
    return f"{text} of colleagues directly"


def arithmetic(facts: CoverageFacts) -> str:
    """Return how the score of the coverage comes about, with its numbers."""
    if facts.score is None or facts.coverage is None:
        return ""
    worst = next((each for each in facts.groups if each.group == facts.worst_group), None)
    low = facts.coverage if worst is None or worst.coverage is None else worst.coverage
    where = f" of {worst.group}" if worst is not None else ""
    return (
        f"{words.number(facts.score)} = 100 × √{words.number(facts.coverage, 2)} (everybody) × "
        f"√{words.number(low, 2)} (the worst group{where}). A colleague who is a champion or asks "
        "one counts 1, one step further ½."
    )


def sureness(facts: CoverageFacts) -> str:
    """Return how many answered and how far that carries."""
    said = (
        f"{words.number(facts.replies)} of {words.number(facts.people)} people said whom they ask, "
        f"{words.per_cent(facts.response_rate)}."
    )
    if not facts.is_stable:
        return f"{said} Under 60{words.NBSP}% every suggestion is unstable."
    return said


def ratio_warning(facts: CoverageFacts) -> str:
    """Return how the count of champions stands to the planning ratio; "" where it is met."""
    if facts.champions >= facts.champions_needed:
        return ""
    return (
        f"{words.number(facts.champions)} of {words.number(facts.champions_needed)} champions that "
        f"the planning ratio asks for {words.number(facts.headcount)} people. "
        "The ratio warns; whom the champions reach decides."
    )


def suggestion(facts: CoverageFacts) -> str:
    """Return what the next champions would add; "" where nobody adds anybody."""
    if not facts.next:
        return ""
    gained = sum(each.gain for each in facts.next)
    last = facts.next[-1]
    who = "one more champion" if len(facts.next) == 1 else f"{words.spelled(len(facts.next))} more"
    more = words.plural(gained, "further person", "further people")
    return (
        f"{words.opened(who)} would bring {more} into reach: "
        f"{words.number(last.reached)} of {words.number(facts.people)}, "
        f"{words.per_cent(last.share)}."
    )


def silent(facts: CoverageFacts) -> str:
    """Return how many name nobody, and what that means; "" for nobody."""
    if not facts.silent:
        return ""
    verb = "names" if facts.silent == 1 else "name"
    return (
        f"{words.plural(facts.silent, 'person', 'people')} {verb} nobody: only a champion of "
        "their own or a buddy reaches them."
    )


def shown(facts: CoverageFacts) -> tuple[GroupCoverage, ...]:
    """Return the groups that may be shown, the least covered first."""
    return tuple(
        sorted(
            (each for each in facts.groups if each.is_shown),
            key=lambda each: (each.coverage or 0, each.group),
        )
    )


def hidden(facts: CoverageFacts) -> int:
    """Return how many groups are too small to be shown."""
    return sum(not each.is_shown for each in facts.groups)
