"""A small office whose champion coverage can be worked out by hand.

b, c, d ask a; e asks d; f asks e; g asks h; i asks g; a, h and j name nobody. a and h are active.
"""

from assessments.models import Champion
from tests import factories

TIES = ("ba", "ca", "da", "ed", "fe", "gh", "ig")
NORTH, SOUTH = "abcde", "fghij"


def people(project, headcounts=(30, 20)):
    """Return the people by their letters, in two groups."""
    groups = [
        factories.GroupFactory(project=project, name=name, headcount=headcount)
        for name, headcount in zip(("North", "South"), headcounts, strict=True)
    ]
    return {
        letter: factories.StakeholderFactory(
            project=project, name=f"Person {letter}", key=letter, group=group
        )
        for group, letters in zip(groups, (NORTH, SOUTH), strict=True)
        for letter in letters
    }


def asks(project, of, ties=TIES):
    for asker, asked in ties:
        factories.AdviceTieFactory(project=project, asker=of[asker], asked=of[asked])


def champion(person, **fields):
    return factories.ChampionFactory(project=person.project, person=person, **fields)


def prepared(day, **fields):
    """Return what a champion has who is well prepared since a day."""
    return {
        "belief": "It saves me the Friday list.",
        "belief_on": day,
        "early_access_on": day,
        "hours": 2,
        "manager_told_on": day,
        **fields,
    }


def network(project):
    """Save the whole office with its two champions and return the people."""
    of = people(project)
    asks(project, of)
    for letter in "ah":
        champion(of[letter], state=Champion.State.ACTIVE)
    return of
