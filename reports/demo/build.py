"""Build the demo in the order of its days, so that each score run saw only what was there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from assessments.models import Client, Organisation, Project, User
from reports import editions, runs
from reports.demo import people as told_people
from reports.demo import rollouts
from reports.demo.registers import save_groups_side
from reports.demo.rounds import Teller, end_of, save_round
from reports.demo.stakeholders import save_people_side
from reports.demo.story import Calendar, fields_of, read_people, read_register, read_rollout

NIGHT = 6  # o’clock; the hour of a scheduled run
EVENING = 18  # after a round was signed off
HANDED_OVER = 20


class DemoError(Exception):
    """The demo could not be built; its text says what to do."""


def seed(*, now: datetime, say: Callable[[str], object]) -> int:
    """Save what is missing of the demo and return how many rollouts were new."""
    calendar = Calendar(now)
    organisations = read_people()
    with transaction.atomic():
        people = told_people.save_people(organisations)
        saved = {
            key: told_people.save_organisation(told, people) for key, told in organisations.items()
        }
    count = 0
    for key, told in organisations.items():
        organisation, clients = saved[key]
        for rollout in told["rollouts"]:
            count += _seed_rollout(
                {**read_rollout(rollout), "register": read_register(rollout)},
                organisation=organisation,
                clients=clients,
                people=people,
                calendar=calendar,
                say=say,
            )
    return count


def _seed_rollout(
    told: dict[str, Any],
    *,
    organisation: Organisation,
    clients: dict[str, Client],
    people: dict[str, User],
    calendar: Calendar,
    say: Callable[[str], object],
) -> bool:
    """Build one rollout as a whole or not at all; False when it is there already."""
    if organisation.projects.filter(name=told["name"]).exists():
        return False
    team = [people[key] for key in told["assessors"]]
    with transaction.atomic():
        project = rollouts.save_project(
            told,
            organisation=organisation,
            client=clients[told["client"]] if "client" in told else None,
            calendar=calendar,
            by=team[0],
        )
        rollouts.save_evidence(told, project, calendar=calendar, added_by=team)
        rollouts.save_decisions(told, project, calendar=calendar, people=people)
        rollouts.save_steps(told, project, calendar=calendar, people=people)
        save_groups_side(told["register"], project, calendar, people)
        save_people_side(told["register"], project, calendar, people)
        teller = Teller(told, project, calendar, people)
        for _, act in _acts(teller):
            act()
    latest = project.scoreruns.get(is_latest=True)
    say(f"{organisation}: {project.name}, {latest.number} score runs")
    return True


def _acts(teller: Teller) -> list[tuple[tuple[int, int], Callable[[], object]]]:
    """Return rounds and score runs in the order of their days; a round comes before its run."""
    acts: list[tuple[tuple[int, int], Callable[[], object]]] = []
    for number, told in enumerate(teller.told["rounds"], start=1):
        end = end_of(told)
        acts.append(((end, NIGHT + 1), _round(teller, number)))
        if "signed_off" in told or "submitted" in told:
            who = told.get("signed_off", told.get("submitted"))[1]
            acts.append(((end, EVENING), _run(teller, end, EVENING, who)))
    acts += [((day, NIGHT), _run(teller, day, NIGHT)) for day in teller.told["runs"]]
    for row in teller.told.get("editions", ()):
        day, format, audience, who = fields_of(row, 4)
        hour = NIGHT if day == "0" else HANDED_OVER
        acts.append(((int(day), hour), _edition(teller, int(day), hour, format, audience, who)))
    return sorted(acts, key=lambda act: act[0])


def _round(teller: Teller, number: int) -> Callable[[], object]:
    return lambda: save_round(teller, number)


def _run(teller: Teller, day: int, hour: int, who: str = "") -> Callable[[], object]:
    def act() -> None:
        moment = teller.calendar.at(day, hour)
        run = runs.enqueue(teller.project, by=teller.people.get(who), now=moment)
        if not runs.execute(str(run.pk), clock=lambda: moment):
            raise DemoError(f"{teller.project}: score run {run.number} failed; see the log above.")

    return act


def _edition(
    teller: Teller, day: int, hour: int, format: str, audience: str, who: str
) -> Callable[[], object]:
    def act() -> None:
        moment = teller.calendar.at(day, hour)
        edition, _ = editions.enqueue(
            teller.project.scoreruns.get(is_latest=True),
            format=format,
            audience=audience,
            by=teller.people[who],
            now=moment,
        )
        if not editions.execute(str(edition.pk), clock=lambda: moment):
            raise DemoError(
                f"{teller.project}: edition {edition.number} failed; see the log above."
            )

    return act


def sign_ins() -> list[tuple[str, str]]:
    """Return address and role of the people to try the demo as."""
    shown = [
        ("halden", "ingrid", "sees every rollout, decides, changes nothing"),
        ("halden", "jonas", "owner, runs the rollouts"),
        ("halden", "priya", "editor, in the middle of an assessment"),
        ("halden", "amara", "editor, also at Tarn Valley Housing"),
        ("halden", "tom", "editor, champion network"),
        ("halden", "helga", "client, sees Brandt Pumps only"),
    ]
    organisations = read_people()
    return [
        (told_people.email_of(organisations[of]["people"][key]), text) for of, key, text in shown
    ]


def is_there() -> bool:
    """Tell whether the demo, or the first of it, has been saved."""
    return Project.objects.filter(organisation__name=read_people()["halden"]["name"]).exists()
