"""Delete a row with all that hangs on it, and bring the whole back."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, router, transaction
from django.db.models.deletion import Collector


class _Exact(DjangoJSONEncoder):
    """Keep moments to the microsecond: forms compare them to find a second editor."""

    def default(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else super().default(value)


class _Everything(Collector):
    """Collect the rows themselves, where Django would delete some without loading them."""

    def can_fast_delete(self, *args: Any, **kwargs: Any) -> bool:
        return False


@transaction.atomic
def delete_kept(row: models.Model) -> dict[str, Any] | None:
    """Delete a row as the database would, and return what `bring_back` needs, fit for a session.

    None when another click has deleted it: what that one kept is whole, this would be a part.
    """
    rows = type(row)._base_manager.filter(pk=row.pk).order_by()
    if not list(rows.select_for_update().values_list("pk")):
        return None
    collector = _Everything(using=router.db_for_write(type(row), instance=row))
    collector.collect([row])
    links = [
        {"model": field.model._meta.label, "field": field.name, "pks": _pks(sets)}
        for (field, value), sets in collector.field_updates.items()
        if value is None
    ]
    kept = {
        "pk": str(row.pk),
        "rows": serializers.serialize(
            "json", chain.from_iterable(collector.data.values()), cls=_Exact
        ),
        "links": [link for link in links if link["pks"]],
    }
    row.delete()
    return kept


@transaction.atomic
def bring_back(kept: dict[str, Any]) -> None:
    """Save what `delete_kept` took away, and set the links to it again."""
    for found in serializers.deserialize("json", kept["rows"]):
        found.save()
    for link in kept["links"]:
        model = apps.get_model(link["model"])
        # What was linked elsewhere meanwhile stays there.
        rows = model._base_manager.filter(pk__in=link["pks"], **{link["field"]: None})
        rows.update(**{link["field"]: kept["pk"]})


def _pks(sets: Any) -> list[str]:
    return [str(row.pk) for rows in sets for row in rows]
