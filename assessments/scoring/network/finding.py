"""What the network says, in sentences without their full stop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..words import PERCENT, share, spelled
from .champions import greedy
from .coverage import Coverage, Part, coverage
from .graph import Network
from .lines import FEWEST_REPLIES
from .measures import HIDDEN_SHARE

TARGET = 0.6  # judgement: share of a group that should be able to ask a champion
HARDLY = 0.2  # judgement: below this, "almost nobody"


def headline(network: Network, found: Coverage, target: float = TARGET) -> str:
    """Return the finding of the network page."""
    size, replies = network.size, int(network.has_answered.sum())
    if not size:
        return "Nobody is listed yet who could ask or be asked"
    if not replies:
        return "Nobody has said yet whom they ask for help"
    if replies < min(FEWEST_REPLIES, size):
        return f"Only {spelled(replies)} of {spelled(size)} said whom they ask, too few to tell"
    if not found.champions:
        return "No champion is active yet, so nobody can ask one"
    count = len(found.champions)
    verb = "champion reaches" if count == 1 else "champions reach"
    whole = f"{spelled(count).capitalize()} {verb} {share(found.one_hop)} of colleagues"
    return whole + _worst(found, target)


def blind_headline(network: Network, found: Coverage) -> str:
    """Return whether there are groups in which nobody can ask a champion."""
    if network.has_answered.sum() < min(FEWEST_REPLIES, network.size):
        return "Too few have answered to tell who has nobody to ask"
    if not found.champions:
        return "No champion is active, so nobody can ask one"
    blind = [part.name for part in found.groups if not part.one_hop]
    if blind:
        where = blind[0] if len(blind) == 1 else f"{spelled(len(blind))} groups"
        return f"In {where} nobody can ask a champion"
    if not found.groups:
        return f"{share(found.one_hop)} of colleagues can ask a champion"
    part = lowest(found)
    fewest = f"; fewest in {part.name}, {share(part.one_hop)}" if part else ""
    return f"In every group somebody can ask a champion{fewest}"


def lowest(found: Coverage) -> Part | None:
    """Return the group of five or more in which the smallest share can ask a champion."""
    counts = [part for part in found.groups if part.is_counted]
    return min(counts, key=lambda part: (part.one_hop, part.name), default=None)


def _worst(found: Coverage, target: float) -> str:
    part = lowest(found)
    if part is None or len([group for group in found.groups if group.is_counted]) < 2:
        return ""
    if part.one_hop >= target:
        return f", and at least {share(part.one_hop)} in every group"
    if not part.one_hop:
        return f"; in {part.name} nobody can ask one"
    if part.one_hop < HARDLY:
        return f"; in {part.name} almost nobody can ask one"
    return f"; in {part.name} only {share(part.one_hop)} can ask one"


def arithmetic(found: Coverage) -> str:
    """Return how the dimension's score comes about, with its numbers."""
    worst = found.worst_group
    lead = f"= 100 × √{found.score:.2f} × √{(worst.score if worst else found.score):.2f}"
    reading = (
        "A colleague in reach counts 1, one step further ½. "
        "Reach in total and in the worst group count alike"
    )
    if worst is None:
        return f"{lead}. {reading}; no group has five people, so the whole stands for both"
    if worst.score < found.score:
        return f"{lead}. {reading}, so {worst.name} holds the figure down"
    return f"{lead}. {reading}"


def outlook(before: Coverage, after: Coverage) -> str:
    """Return what the added champions change, in total and where it changes most; "" for none."""
    added = len(after.champions) - len(before.champions)
    if added <= 0:
        return ""
    who = {1: "this one", 2: "these two"}.get(added, f"these {spelled(added)}")
    text = f"With {who}, reach rises {_rise(before.one_hop, after.one_hop)}"
    was = {part.name: part.one_hop for part in before.groups}
    gains = [
        (part.one_hop - was[part.name], part.name, part.one_hop)
        for part in after.groups
        if part.is_counted and part.one_hop - was[part.name] > after.one_hop - before.one_hop
    ]
    if not gains:
        return text
    gain, name, now = max(gains, key=lambda each: (each[0], each[1]))
    return f"{text} and {name} {_rise(now - gain, now)}"


def _rise(before: float, after: float) -> str:
    return f"from {int(100 * before + 0.5)} to {int(100 * after + 0.5)}{PERCENT}"


@dataclass(frozen=True, slots=True)
class Appointed:
    """Appointed champions held beside those whom colleagues name."""

    count: int
    among_most_asked: int
    reach: float  # one hop, of the appointed alone
    best_reach: float  # of as many picked by the greedy rule


def appointed(network: Network, ids: Iterable[str]) -> Appointed | None:
    """Return how the appointed compare with as many whom colleagues ask, or None without any."""
    chosen = network.places(ids)
    if not chosen.size or not network.ties:
        return None
    degree = network.in_degree
    most = max(1, int(HIDDEN_SHARE * network.size))
    # Equal ones at the limit belong to the most asked.
    limit = max(1, int(sorted(degree.tolist(), reverse=True)[most - 1]))
    return Appointed(
        count=int(chosen.size),
        among_most_asked=int((degree[chosen] >= limit).sum()),
        reach=coverage(network, network.ids(chosen)).one_hop,
        best_reach=greedy(network, int(chosen.size)).share,
    )


def appointed_sentence(found: Appointed) -> str:
    """Return the comparison of appointed and named champions as one sentence."""
    count, asked = found.count, found.among_most_asked
    if count == 1:
        subject = f"The one who was appointed is {'' if asked else 'not '}among the most asked"
        return (
            f"{subject} and reaches {share(found.reach)} of colleagues; "
            f"the best choice could reach {share(found.best_reach)}"
        )
    among = {0: "none is", 1: "one is", count: "all are"}.get(asked, f"{spelled(asked)} are")
    return (
        f"Of {spelled(count)} appointed, {among} among the most asked. "
        f"They reach {share(found.reach)} of colleagues; "
        f"the best {spelled(count)} could reach {share(found.best_reach)}"
    )


def roster_headline(active: int, prepared: int, listed: int) -> str:
    """Return the finding of the champions' page."""
    if not listed:
        return "Nobody is a champion yet"
    if not active:
        who = "person is" if listed == 1 else "people are"
        return f"{spelled(listed).capitalize()} {who} on the way, but no champion is active yet"
    if active == 1:
        return f"One champion is active, {'and' if prepared else 'but not'} prepared"
    subject = f"{spelled(active).capitalize()} champions are active"
    if prepared == active:
        return f"{subject}, all of them prepared"
    if not prepared:
        return f"{subject}, none of them prepared"
    return f"{subject}, {spelled(prepared)} of them prepared"
