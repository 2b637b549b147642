"""Organisations, their members and the walls between clients."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from assessments.models import Client, Invitation, Membership, Organisation, Role, User
from assessments.models.organisations import INVITATION_SALT

LAST_OWNER = "An organisation needs an owner. Make somebody else an owner first."


@transaction.atomic
def create_organisation(*, name: str, owner: User) -> Organisation:
    """Save an organisation with its first owner."""
    organisation = Organisation.objects.create(name=name)
    Membership.objects.create(organisation=organisation, user=owner, role=Role.OWNER)
    return organisation


def _refuse_last_owner(membership: Membership) -> None:
    # The rows stay locked until the change is saved: two owners may leave at once.
    owners = Membership.objects.select_for_update().filter(
        organisation=membership.organisation_id, role=Role.OWNER
    )
    if [owner.pk for owner in owners] == [membership.pk]:
        raise ValidationError(LAST_OWNER)


@transaction.atomic
def change_member(
    *, membership: Membership, role: str, all_clients: bool, clients: Iterable[Client]
) -> None:
    """Save role and walls; the last owner cannot step down."""
    if role != Role.OWNER:
        _refuse_last_owner(membership)
    membership.role, membership.all_clients = role, all_clients
    membership.save(update_fields=["role", "all_clients"])
    membership.clients.set([] if all_clients else clients)


@transaction.atomic
def remove_member(*, membership: Membership) -> None:
    """End a membership; the person's answers and their account stay."""
    _refuse_last_owner(membership)
    membership.delete()


def find_invitation(token: str) -> Invitation | None:
    """Return the invitation behind a link, open or not, or None for a made-up link."""
    try:
        pk = uuid.UUID(signing.loads(token, salt=INVITATION_SALT))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Invitation.objects.select_related("organisation", "invited_by").filter(pk=pk).first()


@transaction.atomic
def invite(
    *,
    organisation: Organisation,
    email: str,
    role: str,
    all_clients: bool,
    clients: Iterable[Client],
    invited_by: User,
    now: datetime,
    expires_at: datetime,
    link: str,
) -> Invitation:
    """Save an invitation and, where mail goes out, send its link (`link` holds TOKEN).

    An expired one for the same address makes way.
    """
    organisation.invitations.filter(
        email__iexact=email, accepted_at=None, withdrawn_at=None, expires_at__lte=now
    ).update(withdrawn_at=now)
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=email.lower(),
        role=role,
        all_clients=all_clients,
        invited_by=invited_by,
        expires_at=expires_at,
    )
    if not all_clients:
        invitation.clients.set(clients)
    if settings.HAS_MAIL:
        address = link.replace("TOKEN", invitation.token)
        body = render_to_string(
            "assessments/organisations/invitation_mail.txt",
            {"invitation": invitation, "address": address},
        )
        transaction.on_commit(
            lambda: send_mail(
                f"{invited_by} invites you to {organisation}".replace("\n", " "),
                body,
                None,
                [invitation.email],
                # The link can be copied from the page, so a mail server that is down stops nobody.
                fail_silently=True,
            )
        )
    return invitation


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User, now: datetime) -> Membership:
    """Make the invited person a member; a second click finds the same membership.

    A member who is invited again keeps the higher role and sees the clients of both.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_by_id == user.pk and user.pk:
        existing = Membership.objects.filter(
            organisation=invitation.organisation_id, user=user
        ).first()
        if existing:
            return existing
    if user.email.lower() != invitation.email.lower():
        raise ValidationError(f"This invitation is for {invitation.email}.")
    if not invitation.is_open(now):
        raise ValidationError("This invitation can no longer be used.")
    membership, is_new = Membership.objects.get_or_create(
        organisation_id=invitation.organisation_id,
        user=user,
        defaults={"role": invitation.role, "all_clients": invitation.all_clients},
    )
    if not is_new:
        if Role(invitation.role).rank > Role(membership.role).rank:
            membership.role = invitation.role
        membership.all_clients = membership.all_clients or invitation.all_clients
        membership.save(update_fields=["role", "all_clients"])
    if membership.all_clients:
        membership.clients.clear()
    else:
        membership.clients.add(*invitation.clients.all())
    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return membership


def withdraw_invitation(*, invitation: Invitation, now: datetime) -> None:
    """Make the link worthless, unless it has been used already."""
    Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(
        withdrawn_at=now
    )


@transaction.atomic
def delete_client(*, client: Client) -> None:
    """Delete a client that has no rollouts; its logo goes with it."""
    count = client.projects.count()
    if count:
        raise ValidationError(
            f"{client.name} has {count} rollout{'s' if count != 1 else ''}, archived ones "
            "included. Move them to another client first."
        )
    logo = client.logo.name
    storage = client.logo.storage
    client.delete()
    if logo:
        transaction.on_commit(lambda: storage.delete(logo))
