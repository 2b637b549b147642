"""Why the shown score moved: parts that add up exactly."""

from __future__ import annotations

from collections.abc import Iterator

from .assessed import POINTS_PER_LEVEL
from .game import METHOD, MedianGame
from .types import KINDS, Cell, Change, DimensionResult, ItemResult, LineResult, Scorecard
from .words import level, points

NOTHING = 1e-9

Effect = tuple[str, str, str, float]  # kind, code, text, points of the dimension
Rating = tuple[float, float]  # weight and level of a counted item


def explain(before: Scorecard, after: Scorecard) -> tuple[Change, ...]:
    """Return what moved the median from one scorecard to the next; the points sum to the movement.

    Each dimension gets its Shapley value of the median, in two parts: the one of its value, split
    over its items and lines in the ratio of what each did to the dimension, and the one of its
    margin of error. The rest, "recalculation", is the luck of another seed. Without two shown
    scores, ().
    """
    if before.score.median is None or after.score.median is None:
        return ()
    game = MedianGame(before, after)
    shares = game.shares()
    changes = []
    if METHOD in shares:
        text = "Weights or settings changed"
        changes.append(Change("", "weights", "", text, sum(shares[METHOD])))
    for code in game.codes:
        value, margin = shares.get(code, (0.0, 0.0))
        changes += _of_dimension(before, after, code, value)
        changes += _of_margin(before, after, code, margin)
    changes = [change for change in changes if abs(change.points) > NOTHING]
    rest = after.score.median - before.score.median - sum(change.points for change in changes)
    if abs(rest) > NOTHING:
        changes.append(Change("", "recalculation", "", "Recalculated with other draws", rest))
    return tuple(
        sorted(changes, key=lambda c: (c.kind == "recalculation", -abs(round(c.points, 9)), c.code))
    )


def _of_margin(before: Scorecard, after: Scorecard, code: str, share: float) -> Iterator[Change]:
    was = next((d for d in before.dimensions if d.code == code), None)
    now = next((d for d in after.dimensions if d.code == code), None)
    if was is None or now is None or was.se is None or now.se is None:
        return
    how = "surer" if now.se < was.se else "less sure"
    text = f"{now.name} is {how}: margin of error {was.se:.1f} → {now.se:.1f}"
    yield Change(code, "margin", "", text, share)


def _of_dimension(before: Scorecard, after: Scorecard, code: str, share: float) -> Iterator[Change]:
    was = next((d for d in before.dimensions if d.code == code), None)
    now = next((d for d in after.dimensions if d.code == code), None)
    counted_before = was is not None and was.state == "observed"
    counted_after = now is not None and now.state == "observed"
    if was is None or now is None or not (counted_before and counted_after):
        if counted_before or counted_after:
            yield Change(code, _main_kind(was, now), "", _state_text(was, now), share)
        return
    assert was.value is not None
    assert now.value is not None
    effects = list(_effects(before, after, was, now))
    moved = now.value - was.value
    # Where parts cancel the quotient says nothing; the slope does.
    rate = share / moved if abs(moved) > 1e-6 else (now.marginal or 0.0)
    for kind, item, text, effect in effects:
        yield Change(code, kind, item, text, rate * effect)


def _effects(
    before: Scorecard, after: Scorecard, was: DimensionResult, now: DimensionResult
) -> Iterator[Effect]:
    """Yield parts that sum to the movement of the dimension's pooled value."""
    assert was.value is not None
    assert now.value is not None
    left = now.value - was.value
    gone = []
    for kind in KINDS:
        old = next((c for c in was.cells if c.kind == kind and c.value is not None), None)
        new = next((c for c in now.cells if c.kind == kind and c.value is not None), None)
        if new is None or new.value is None:
            if old is not None:
                gone.append(kind)
            continue
        if old is None or old.value is None:
            effect = new.weight * (new.value - was.value)
            left -= effect
            yield kind, "", f"New: {_newcomer(kind, new)}", effect
            continue
        for code, text, part in _cell_effects(before, after, old, new):
            left -= new.weight * part
            yield kind, code, text, new.weight * part
    if abs(left) > NOTHING:
        if gone:
            yield gone[0], "", f"No longer there: {' and '.join(gone)}", left
        else:
            yield "weights", "", "Sources weigh differently, by age and spread", left


def _newcomer(kind: str, cell: Cell) -> str:
    """Name a cell that was empty before: records by their first line, other kinds as a whole."""
    if kind != "measured":
        return f"{kind}, {cell.n} {cell.unit}"
    first, *others = cell.lines
    more = f", and {len(others)} more" if others else ""
    return f"{first.label}, {first.n} {first.unit}{more}"


def _cell_effects(
    before: Scorecard, after: Scorecard, old: Cell, new: Cell
) -> Iterator[tuple[str, str, float]]:
    assert old.value is not None
    assert new.value is not None
    left = new.value - old.value
    lines = {line.key: line for line in old.lines}
    for line in new.lines:
        known = lines.get(line.key)
        if known is None:
            effect = line.weight * (line.value - old.value)
            left -= effect
            yield line.key, f"{line.label}, new: {line.n} {line.unit}", effect
        else:
            left -= line.weight * (line.value - known.value)
            for code, text, part in _line_effects(before, after, known, line):
                yield code, text, line.weight * part
    if abs(left) > NOTHING:
        yield "", "Lines weigh differently, by age and number", left


def _line_effects(
    before: Scorecard, after: Scorecard, old: LineResult, new: LineResult
) -> Iterator[tuple[str, str, float]]:
    code = new.key.removeprefix("assessed:")
    if code == new.key:
        yield (
            new.key,
            f"{new.label}: {points(old.value)} → {points(new.value)}",
            new.value - old.value,
        )
        return
    was = {item.code: item for item in before.items if item.dimension == code}
    now = {item.code: item for item in after.items if item.dimension == code}
    total = sum(item.weight for item in now.values() if item.counted is not None)
    left = new.value - old.value
    for item in dict.fromkeys((*was, *now)):
        a, b = was.get(item), now.get(item)
        before_points = _points(a, old.value)
        after_points = _points(b, old.value)
        effect = (after_points - before_points) / total
        if abs(effect) > NOTHING:
            left -= effect
            yield item, _item_text(a, b), effect
    if abs(left) > NOTHING:
        yield "", "Items weigh differently", left


def _points(item: ItemResult | None, mean: float) -> float:
    """What an item adds to the weighted sum beyond the old mean; nothing when it does not count.

    Measured from the mean, a new answer moves the value by how far it lies from it.
    """
    if item is None or item.counted is None:
        return 0.0
    return item.weight * (POINTS_PER_LEVEL * item.counted - mean)


def _item_text(a: ItemResult | None, b: ItemResult | None) -> str:
    item = b or a
    assert item is not None
    name = f"{item.code} {item.short or item.text}"
    if b is None:
        return f"{name}: no longer in the question bank"
    if b.counted is None:
        gone = "does not apply" if b.state == "not_applicable" else "no longer has a level"
        return f"{name}: {gone}"
    if a is None or a.counted is None:
        return f"{name}: answered, level {level(b.counted)}"
    step = f"{level(a.counted)} → {level(b.counted)}"
    if a.said == b.said and a.counted < b.counted:
        return f"{name}: evidence attached, level counts {step}"
    if a.said == b.said and a.counted > b.counted:
        return f"{name}: evidence no longer valid, level counts {step}"
    return f"{name}: level {step}"


def _main_kind(was: DimensionResult | None, now: DimensionResult | None) -> str:
    cells = [
        cell for d in (now, was) if d is not None for cell in d.cells if cell.value is not None
    ]
    return max(cells, key=lambda cell: cell.weight).kind if cells else KINDS[0]


def _state_text(was: DimensionResult | None, now: DimensionResult | None) -> str:
    if now is not None and now.state == "observed":
        return f"{now.name} has enough evidence now and counts"
    if now is not None and now.state == "not_applicable":
        return f"{now.name} was declared not applicable"
    name = now.name if now is not None else was.name if was is not None else ""
    return f"{name} no longer has enough evidence to count"
