"""What the network page shows: picture, parts, lists of people, and the slow numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from assessments import tasks
from assessments.advice import Advice, Named, Plan, Wanted
from assessments.scoring import network as pure
from assessments.scoring.network import picture as drawing
from assessments.scoring.network.finding import outlook

DIVISIONS = {"group": "group", "site": "site", "shift": "shift"}
SHOWN = 8  # in each list of people
NAMED = 40  # in a sentence of names
STATES = {
    "champion": "active champion",
    "direct": "asks a champion directly",
    "two": "reached in two steps",
    "out": "out of reach",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the network, as the table says it."""

    person: Named
    state: str
    asked_by: int
    asks: int
    has_answered: bool

    @property
    def state_label(self) -> str:
        return STATES[self.state]


def people_rows(advice: Advice) -> list[Row]:
    """Return everybody, those asked by most first."""
    network = advice.network
    state = drawing.states(network, advice.coverage)
    rows = [
        Row(
            advice.named[person.id],
            state[person.id],
            int(network.in_degree[i]),
            int(network.out_degree[i]),
            bool(network.has_answered[i]),
        )
        for i, person in enumerate(network.people)
    ]
    return sorted(rows, key=lambda row: (-row.asked_by, row.person.name.casefold(), row.person.id))


def divisions(advice: Advice) -> list[str]:
    """Return by what reach can be told apart: by group, and by site and shift where known."""
    found = advice.coverage
    return ["group", *(["site"] if found.sites else []), *(["shift"] if found.shifts else [])]


@dataclass(frozen=True, slots=True)
class Parts:
    """Reach by group, site or shift; the lowest first."""

    rows: tuple[pure.Part, ...]
    worst: str  # the lowest, if it misses the target
    hidden: int  # too small to be shown alone


def parts(advice: Advice, by: str) -> Parts:
    """Return the reach of each group, site or shift."""
    found = advice.coverage
    every = {"group": found.groups, "site": found.sites, "shift": found.shifts}[by]
    shown = sorted(
        (part for part in every if part.is_shown), key=lambda part: (part.one_hop, part.name)
    )
    counted = [part for part in shown if part.is_counted]
    misses = bool(counted) and counted[0].one_hop < advice.settings.target and found.champions
    return Parts(tuple(shown), counted[0].name if misses else "", len(every) - len(shown))


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture with what its script needs to name people and ties."""

    picture: drawing.Picture
    is_of_groups: bool
    is_too_many: bool  # people of one part, not all drawn
    data: dict[str, Any] | None


def draw(advice: Advice, by: str, part: str | None, worst: str) -> Drawn:
    """Return the picture: people, or groups where people are too many; `part` opens one."""
    network = _divided(advice.network, by)
    state = drawing.states(network, advice.coverage)
    if part is None and network.size > drawing.PEOPLE_UP_TO:
        picture = _labelled(drawing.groups_picture(network, state, worst=worst), by)
        return Drawn(picture, True, False, None)
    shown = None
    is_too_many = False
    if part is not None:
        members = [i for i, person in enumerate(network.people) if person.group == part]
        is_too_many = len(members) > drawing.PEOPLE_UP_TO
        members = members[: drawing.PEOPLE_UP_TO]
        near = {j for i in members for j in _row(network.asks, i)}
        champions = {
            network.people[j].id for j in near if state[network.people[j].id] == "champion"
        }
        shown = {network.people[i].id for i in members} | champions
    names = {key: named.name for key, named in advice.named.items()}
    picture = drawing.people_picture(network, state, names, worst=worst, shown=shown)
    data = _script_data(advice, network, state, picture)
    return Drawn(_labelled(picture, by), False, is_too_many, data)


def _labelled(picture: drawing.Picture, by: str) -> drawing.Picture:
    """Return the picture with the people of no group, site or shift called so."""
    clusters = (each if each.name else replace(each, label=f"No {by}") for each in picture.clusters)
    return replace(picture, clusters=tuple(clusters))


def _divided(network: pure.Network, by: str) -> pure.Network:
    if by == "group":
        return network
    people = tuple(replace(person, group=getattr(person, by)) for person in network.people)
    return replace(network, people=people)


def _row(links, i: int) -> list[int]:
    return links.to[links.start[i] : links.start[i + 1]].tolist()


def _script_data(
    advice: Advice, network: pure.Network, state: dict[str, str], picture: drawing.Picture
) -> dict[str, Any]:
    """Return names, places and ties of the drawn people, by their place in the picture."""
    drawn = {dot.place: at for at, dot in enumerate(picture.dots)}
    people = []
    for dot in picture.dots:
        named = advice.named[dot.id]
        people.append(
            [dot.id, named.name, named.group, STATES[dot.state], int(network.in_degree[dot.place])]
        )
    asks = [[drawn[j] for j in _row(network.asks, dot.place) if j in drawn] for dot in picture.dots]
    return {"people": people, "asks": asks}


@dataclass(frozen=True, slots=True)
class Lists:
    """People worth a look, from the network alone."""

    most_asked: list[Row]
    hidden: list[Row]
    ask_nobody: list[Row]  # answered, and named nobody who counts
    unanswered: int
    blind_spots: list[str]  # groups in which nobody can ask a champion
    uncovered: int
    without_group: int


def lists(advice: Advice, rows: Iterable[Row]) -> Lists:
    """Return who is asked most, who is overlooked, and whom nobody can help."""
    rows = list(rows)
    by_id = {row.person.id: row for row in rows}
    # Who is a champion already has a part in the project, and nobody overlooks them.
    seen = {*advice.active, *advice.invited}
    hidden = [by_id[i] for i in pure.hidden_influencers(advice.network) if i not in seen]
    return Lists(
        most_asked=[row for row in rows if row.asked_by][:SHOWN],
        hidden=hidden[:SHOWN] if advice.network.ties else [],
        ask_nobody=[
            row for row in rows if row.has_answered and not row.asks and row.state != "champion"
        ],
        unanswered=sum(1 for row in rows if not row.has_answered),
        blind_spots=[part.name for part in advice.coverage.groups if not part.one_hop],
        uncovered=len(advice.coverage.uncovered_ids),
        without_group=sum(1 for row in rows if not row.person.group),
    )


# The slow numbers


def studied(advice: Advice, plan: Plan) -> dict[str, Any] | None:
    """Return the slow numbers, or have them calculated and return None."""
    wanted = Wanted.of(advice, plan)
    result = wanted.result()
    if result is None:
        tasks.request_study(wanted)
        # In a test, and wherever a task runs at once, it is there already.
        result = wanted.result()
    return result


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One next champion, with the reason."""

    person: Named
    gain: int
    asked_by: int
    covers: list[str]  # blind spots that get somebody to ask
    is_locked: bool
    champion_state: str
    stable: float | None

    @property
    def support_label(self) -> str:
        return {-2: "opposes", -1: "doubts"}.get(self.person.support or 0, "")


@dataclass(frozen=True, slots=True)
class Advised:
    """A plan in words."""

    suggestions: list[Suggestion]
    outlook: str
    after: pure.Coverage
    before: pure.Coverage
    has_guarantee: bool
    invited: int


def advise(advice: Advice, plan: Plan, study: dict[str, Any] | None) -> Advised:
    """Return the plan with reasons, and what it would change."""
    network = advice.network
    before = (
        advice.coverage
        if set(plan.start) == set(advice.active)
        else pure.coverage(network, plan.start)
    )
    after = pure.coverage(network, {*plan.start, *plan.greedy.ids})
    was_blind = {part.name for part in before.groups if not part.one_hop and part.is_shown}
    stable = (study or {}).get("stable", {})
    group_of = {person.id: person.group for person in network.people}
    suggestions = []
    for pick in plan.greedy.picks:
        covers = sorted({group_of[i] for i in pick.newly_covered} & was_blind)
        was_blind -= set(covers)
        standing = advice.standing.get(pick.id)
        suggestions.append(
            Suggestion(
                person=advice.named[pick.id],
                gain=pick.gain,
                asked_by=int(network.in_degree[network.index[pick.id]]),
                covers=covers,
                is_locked=pick.is_locked,
                champion_state=standing.state if standing else "",
                stable=stable.get(pick.id),
            )
        )
    return Advised(
        suggestions=suggestions,
        outlook=outlook(before, after),
        after=after,
        before=before,
        has_guarantee=bool(suggestions) and not any(pick.is_locked for pick in suggestions),
        invited=len(advice.invited),
    )


def names_of(advice: Advice, ids: Collection[str]) -> list[Named]:
    """Return people by their names."""
    return sorted(
        (advice.named[i] for i in ids), key=lambda named: (named.name.casefold(), named.id)
    )
