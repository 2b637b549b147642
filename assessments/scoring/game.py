"""The shown score with some causes changed and others not, for a fair split of a movement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from math import factorial

import numpy as np

from .aggregate import Floats, owg_draws
from .types import Scorecard
from .uncertainty import beta_parameters, quantiles

METHOD = "method"  # the cause that stands for weights and settings
MOST_EXACT = 8  # 2^8 recalculations; with more causes the mean of two orders must do

Known = tuple[float, float]  # value and standard error; None = anything from 0 to 100
Part = tuple[str, str]  # a cause and its part: "value" or "margin"


class MedianGame:
    """The median of the draws with some dimensions as after a change, the others as before.

    A cause is the code of a dimension that changed, or METHOD. Both sides are drawn from the same
    random streams, so luck moves nothing.
    """

    def __init__(self, before: Scorecard, after: Scorecard) -> None:
        cards = (before, after)
        self.codes = list(dict.fromkeys(d.code for card in cards for d in card.dimensions))
        self._seed = after.seed
        self._draws = min(before.draws, after.draws)
        self._applies = [
            {d.code for d in card.dimensions if d.state != "not_applicable"} for card in cards
        ]
        self._known: list[dict[str, Known]] = [
            {
                d.code: (d.value, d.se)
                for d in card.dimensions
                if d.state == "observed" and d.value is not None and d.se is not None
            }
            for card in cards
        ]
        weights = [dict(card.weights) for card in cards]
        # A dimension that only one bank knows keeps the weight it has there.
        self._weights = [
            [own.get(code, other.get(code, 1.0)) for code in self.codes]
            for own, other in (weights, reversed(weights))
        ]
        self._methods = [(card.settings.weakest_link_share, card.settings.floor) for card in cards]
        self._rows: dict[tuple[int, Known | None], Floats] = {}
        self._scores: dict[frozenset[Part], float] = {}
        self.causes = [
            code
            for code in self.codes
            if self._known[0].get(code) != self._known[1].get(code)
            or (code in self._applies[0]) != (code in self._applies[1])
        ]
        if self._methods[0] != self._methods[1] or self._weights[0] != self._weights[1]:
            self.causes.append(METHOD)

    def shares(self) -> dict[str, tuple[float, float]]:
        """Return each cause's Shapley value in points, split into its value and its margin.

        The parts sum to the movement of the median. The margin is the part that wider or narrower
        evidence has; it is 0 for the method and for a dimension that counts on one side only.
        """
        found = {}
        for cause in self.causes:
            value = margin = 0.0
            for some, weight in self._coalitions(cause):
                base = _parts(some)
                v, m = (cause, "value"), (cause, "margin")
                none, both = self._score(base), self._score(base | {v, m})
                if not self._is_known_twice(cause):
                    value += weight * (both - none)
                    continue
                # The order of the two must not matter: half with the old margin, half the new.
                first, last = self._score(base | {v}), self._score(base | {m})
                value += weight * (first - none + both - last) / 2.0
                margin += weight * (last - none + both - first) / 2.0
            found[cause] = (value, margin)
        return found

    def _coalitions(self, cause: str) -> Iterator[tuple[tuple[str, ...], float]]:
        """Yield the sets of other causes that may have changed before, with their weights."""
        n = len(self.causes)
        if n > MOST_EXACT:
            place = self.causes.index(cause)
            yield tuple(self.causes[:place]), 0.5
            yield tuple(self.causes[place + 1 :]), 0.5
            return
        others = [other for other in self.causes if other != cause]
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for some in combinations(others, size):
                yield some, weight

    def _is_known_twice(self, code: str) -> bool:
        return code in self._known[0] and code in self._known[1]

    def _score(self, changed: frozenset[Part]) -> float:
        """Return the median with these parts changed; 0 if that leaves no dimension."""
        if changed not in self._scores:
            self._scores[changed] = self._recalculate(changed)
        return self._scores[changed]

    def _recalculate(self, changed: frozenset[Part]) -> float:
        method = (METHOD, "value") in changed
        rows, weights = [], []
        for place, code in enumerate(self.codes):
            value, margin = (code, "value") in changed, (code, "margin") in changed
            if code not in self._applies[value]:
                continue
            known = self._known[value].get(code)
            if known is not None and self._is_known_twice(code):
                known = (known[0], self._known[margin][code][1])
            rows.append(self._row(place, known))
            weights.append(self._weights[method][place])
        if not sum(weights):
            return 0.0
        share, floor = self._methods[method]
        scores = owg_draws(np.stack(rows), np.array(weights) / sum(weights), share, floor=floor)
        return quantiles(scores, (0.5,))[0]

    def _row(self, place: int, known: Known | None) -> Floats:
        key = (place, known)
        if key not in self._rows:
            rng = np.random.Generator(np.random.SFC64((self._seed, place)))
            row = (
                rng.random(self._draws)
                if known is None
                else rng.beta(*beta_parameters(*known), size=self._draws)
            )
            self._rows[key] = row * 100.0
        return self._rows[key]


def _parts(causes: Iterable[str]) -> frozenset[Part]:
    return frozenset((cause, part) for cause in causes for part in ("value", "margin"))
