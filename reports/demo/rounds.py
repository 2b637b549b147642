"""Save assessment rounds: each assessor's own answers, the agreed ones, and the sign-off."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simple_history.utils import bulk_create_with_history

from assessments.models import Answer, Assessment, Project, RoundEvent, User
from assessments.services import rounds as services
from reports.demo.story import Calendar, fields_of

LEVEL, DONT_KNOW, NOT_APPLICABLE = (
    Answer.State.LEVEL,
    Answer.State.DONT_KNOW,
    Answer.State.NOT_APPLICABLE,
)
OPEN_ANSWERED_UNTIL = -5
APART = 2  # levels between two assessors that call for an agreed answer


@dataclass(frozen=True)
class Teller:
    """What one rollout's file says about its rounds."""

    told: dict[str, Any]
    project: Project
    calendar: Calendar
    people: dict[str, User]

    @cached_property
    def says(self) -> dict[tuple[int, str, str], str]:
        return self._by_answer("says")

    @cached_property
    def notes(self) -> dict[tuple[int, str, str], str]:
        return self._by_answer("notes")

    def _by_answer(self, name: str) -> dict[tuple[int, str, str], str]:
        rows = (fields_of(row, 4) for row in self.told.get(name, ()))
        return {(int(number), item, who): text for number, item, who, text in rows}

    @cached_property
    def codes(self) -> list[tuple[str, str]]:
        """Each item of the bank with its dimension, in the bank's order."""
        return [(item.code, item.dimension) for item in self.project.bank.items]

    @cached_property
    def gates(self) -> set[str]:
        return {item.code for item in self.project.bank.items if item.is_gate}

    def base_levels(self, told: dict[str, Any]) -> dict[str, str]:
        """Return the sign of each item: 0–4, ? don’t know, - blank, n not applicable."""
        signs: dict[str, str] = {}
        for dimension, text in told["levels"].items():
            codes = [code for code, of in self.codes if of == dimension]
            signs.update(zip(codes, text, strict=True))
        return signs

    def sign_of(self, number: int, item: str, dimension: str, base: str, who: str) -> str:
        """Return what one assessor says: mostly the base, one level off by their own view."""
        said = self.says.get((number, item, who))
        if said is not None:
            return said
        # Who writes a note has thought about it; the text was written for the base level.
        if not base.isdigit() or (number, item, who) in self.notes:
            return base
        leaning = self.told["assessors"][who]
        # From the names alone: a person keeps their view over the rounds and over seedings.
        chance = hashlib.sha256(f"{self.told['name']} {item} {who}".encode()).digest()
        if dimension in leaning.get("unsure", "").split() and chance[0] < 80:
            return "?"
        down, up = 28, 28
        if dimension in leaning.get("lower", "").split():
            down, up = 110, 8
        elif dimension in leaning.get("higher", "").split():
            down, up = 8, 110
        shift = -1 if chance[1] < down else 1 if chance[1] >= 256 - up else 0
        return str(min(4, max(0, int(base) + shift)))


def save_round(teller: Teller, number: int) -> Assessment:
    """Open a round on its day, fill in everybody's answers, and close it as far as told."""
    told = teller.told["rounds"][number - 1]
    calendar, people = teller.calendar, teller.people
    opened = calendar.day(told["opened"])
    keys = told.get("assessors", list(teller.told["assessors"]))
    opener = people[keys[0]]
    due = told.get("due", told.get("signed_off", [None])[0])
    assessment, _ = services.start_round(
        project=teller.project,
        name=told.get("name", f"{opened:%B} round"),
        due_on=calendar.day(due) if due is not None else None,
        assessors=[people[key] for key in keys],
        carry_over=False,
        by=opener,
        today=opened,
    )
    _save_answers(teller, assessment, number, told, keys)
    _close(assessment, told, calendar, people)
    return assessment


def end_of(told: dict[str, Any]) -> int:
    """Return the day from which a round's answers stand."""
    for key in ("signed_off", "submitted"):
        if key in told:
            return told[key][0]
    return OPEN_ANSWERED_UNTIL


def _save_answers(
    teller: Teller, assessment: Assessment, number: int, told: dict[str, Any], keys: list[str]
) -> None:
    base = teller.base_levels(told)
    first, last = told["opened"] + 1, end_of(told) - 1
    stopped = told.get("stopped_at", {})
    levels: dict[str, list[int]] = defaultdict(list)
    answers: list[Answer] = []
    for place, key in enumerate(keys):
        # One sitting per person, on different days of the round.
        offset = first + (last - first) * place // max(1, len(keys) - 1)
        for code, dimension in teller.codes[: stopped.get(key)]:
            sign = teller.sign_of(number, code, dimension, base.get(code, "-"), key)
            note = teller.notes.get((number, code, key), "")
            answer = _answer(teller, assessment, code, sign, note)
            if answer is None:
                continue
            answer.assessor = answer.saved_by = teller.people[key]
            _date(answer, offset, teller.calendar)
            answers.append(answer)
            if answer.level is not None:
                levels[code].append(answer.level)
    for code in _agreed(teller, told, levels):
        answer = _answer(teller, assessment, code, base[code], "")
        assert answer is not None
        answer.saved_by = teller.people[keys[0]]
        _date(answer, last, teller.calendar)
        answers.append(answer)
    bulk_create_with_history(answers, Answer, batch_size=500)
    for answered_on, moment in {each.answered_on: each._history_date for each in answers}.items():
        # Else the pages would take the day of seeding for a change after the last score run.
        assessment.answers.filter(answered_on=answered_on).update(
            created_at=moment, updated_at=moment
        )


def _agreed(teller: Teller, told: dict[str, Any], levels: dict[str, list[int]]) -> list[str]:
    """Return the items that the assessors talked through: apart, or a gate they saw differently."""
    if "signed_off" not in told:
        return [code for code in teller.told.get("agreed", ()) if code in levels]
    return [
        code
        for code, said in sorted(levels.items())
        if max(said) - min(said) >= (1 if code in teller.gates else APART)
    ]


def _answer(
    teller: Teller, assessment: Assessment, code: str, sign: str, note: str
) -> Answer | None:
    """Return the answer behind a sign, or None for a skipped item."""
    if sign == "-":
        return None
    answer = Answer(project=teller.project, assessment=assessment, item=code, note=note)
    answer.note = teller.calendar.fill(note)
    if sign == "?":
        answer.state = DONT_KNOW
    elif sign == "n":
        answer.state, answer.reason = NOT_APPLICABLE, teller.told["not_applicable"][code]
    else:
        answer.state, answer.level = LEVEL, int(sign)
    return answer


def _date(answer: Answer, offset: int, calendar: Calendar) -> None:
    answer.answered_on = calendar.day(offset)
    answer._history_date = calendar.at(offset, 14)
    answer._history_user = answer.saved_by


def _close(
    assessment: Assessment, told: dict[str, Any], calendar: Calendar, people: dict[str, User]
) -> None:
    """Submit and sign off under the person's name, and date the round's log."""
    moments = {RoundEvent.Kind.OPENED: calendar.at(told["opened"], 9)}
    if "submitted" in told or "signed_off" in told:
        day, who = told.get("submitted", told.get("signed_off"))
        moments[RoundEvent.Kind.SUBMITTED] = calendar.at(day, 11)
        services.submit_round(
            assessment=assessment, by=people[who], now=moments[RoundEvent.Kind.SUBMITTED]
        )
    if "signed_off" in told:
        day, who = told["signed_off"]
        moments[RoundEvent.Kind.SIGNED_OFF] = calendar.at(day, 16)
        services.sign_off_round(
            assessment=assessment,
            by=people[who],
            typed_name=people[who].name,
            now=moments[RoundEvent.Kind.SIGNED_OFF],
        )
    Assessment.objects.filter(pk=assessment.pk).update(
        created_at=moments[RoundEvent.Kind.OPENED], updated_at=max(moments.values())
    )
    for kind, moment in moments.items():
        assessment.events.filter(kind=kind).update(created_at=moment, updated_at=moment)
