"""What moved the score since the run before."""

from __future__ import annotations

from assessments.scoring.types import Scorecard
from reports.figures import specs

from . import sentences, words
from .blocks import Facts, Figure, Panel, Section
from .facts import Context, Earlier

NO_SCORE = "no single score"


def section(scorecard: Scorecard, context: Context) -> Section | None:
    """Return the change, cause by cause; nothing for a first run."""
    earlier = context.earlier
    if earlier is None:
        return None
    now = scorecard.score.median if scorecard.score.is_shown else None
    since = words.long_day(earlier.as_of, with_year=earlier.as_of.year != scorecard.as_of.year)
    panels = [Panel("Then and now", (Facts(_then_and_now(scorecard, context, earlier)),))]
    if earlier.median is not None and now is not None and earlier.changes:
        labels = (
            f"Run {earlier.number}, {words.short_day(earlier.as_of)}",
            f"Run {context.run}, {words.short_day(scorecard.as_of)}",
        )
        figure = specs.changes(earlier.median, now, earlier.changes, labels)
        panels.append(Panel("What moved it", (Figure(figure),)))
    return Section(
        key="changes",
        name="What changed since the last run",
        title=_headline(earlier.median, now, since),
        lead="The causes add up to the change; each is a change in the evidence or the rules.",
        panels=tuple(panels),
        starts_page=False,
    )


def _headline(before: float | None, now: float | None, since: str) -> str:
    if before is None or now is None:
        return f"What changed since {since}"
    # As shown: whole numbers, so that the headline agrees with the two figures beside it.
    gap = int(words.rounded(now)) - int(words.rounded(before))
    if gap == 0:
        return f"The score stands where it stood on {since}"
    verb = "up" if gap > 0 else "down"
    return f"{words.plural(abs(gap), 'point')} {verb} since {since}"


def _then_and_now(
    scorecard: Scorecard, context: Context, earlier: Earlier
) -> tuple[tuple[str, str], ...]:
    verdict = sentences.VERDICTS.get(earlier.verdict, earlier.verdict)
    now = sentences.VERDICTS[scorecard.verdict.code]
    before = words.number(earlier.median) if earlier.median is not None else NO_SCORE
    after = words.number(scorecard.score.median) if scorecard.score.is_shown else NO_SCORE
    return (
        (f"Run {earlier.number}", f"{words.long_day(earlier.as_of)}: {before}, {verdict.lower()}"),
        (
            f"Run {context.run}",
            f"{words.long_day(scorecard.as_of)}: {after}, {now.lower()}",
        ),
    )
