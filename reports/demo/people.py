"""Save the demo's organisations, clients and people."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from assessments.models import Client, Membership, Organisation, Role, User
from reports.demo.logos import draw_logo

PASSWORD = "readiness-demo"  # printed for everybody, so good for a demo only
HOME = "halden.example"


def email_of(person: dict[str, Any]) -> str:
    """Return the sign-in address: first.last at the person's organisation."""
    return f"{person['name'].lower().replace(' ', '.')}@{person.get('at', HOME)}"


def save_people(organisations: dict[str, Any]) -> dict[str, User]:
    """Return everybody by their key; people who are there already stay as they are."""
    password = make_password(PASSWORD)  # hashed once: hashing is slow on purpose
    people: dict[str, User] = {}
    for organisation in organisations.values():
        for key, person in organisation["people"].items():
            if "name" not in person:
                continue  # told under another organisation
            email = email_of(person)
            user, is_new = User.objects.get_or_create(
                email=email,
                defaults={
                    "name": person["name"],
                    "title": person["title"],
                    "password": password,
                },
            )
            if is_new:
                EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
            people[key] = user
    return people


def save_organisation(
    told: dict[str, Any], people: dict[str, User]
) -> tuple[Organisation, dict[str, Client]]:
    """Return the organisation and its clients, with every member behind the right wall."""
    owner = next(people[key] for key, person in told["people"].items() if person["role"] == "owner")
    organisation = Organisation.objects.filter(
        name=told["name"], memberships__user=owner, memberships__role=Role.OWNER
    ).first() or Organisation.objects.create(name=told["name"])
    clients = {
        key: _save_client(organisation, client) for key, client in told.get("clients", {}).items()
    }
    for key, person in told["people"].items():
        walls = person.get("clients")
        membership, is_new = Membership.objects.get_or_create(
            organisation=organisation,
            user=people[key],
            defaults={"role": person["role"], "all_clients": walls is None},
        )
        if is_new and walls:
            membership.clients.set(clients[name] for name in walls)
    return organisation, clients


def _save_client(organisation: Organisation, told: dict[str, Any]) -> Client:
    client, is_new = Client.objects.get_or_create(
        organisation=organisation, name=told["name"], defaults={"colour": told["colour"]}
    )
    if is_new:
        logo = draw_logo(told["mark"], told["colour"])
        client.logo.save(logo.name, logo)
    return client
