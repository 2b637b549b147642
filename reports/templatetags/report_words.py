"""Words of the content layer for the templates of the HTML report."""

from __future__ import annotations

from django import template

from reports.content import sentences, words
from reports.figures.specs import MatrixCell

register = template.Library()


@register.filter
def count_of(cell: MatrixCell) -> str:
    """Return what a cell of the matrix rests on: 142 answers."""
    return sentences.count_of(cell.n, cell.unit)


@register.filter
def age_of(cell: MatrixCell) -> str:
    """Return how old a cell's evidence is: 4 days, or 74 days, stale."""
    return sentences.age(cell.age_days, is_stale=cell.is_stale)


@register.filter
def long_day(value) -> str:
    """Return a date in full: 18 January 2027."""
    return words.long_day(value)
