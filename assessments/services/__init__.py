"""Work that touches several rows, sends mail or queues a task: one keyword-only call each."""

from .banks import delete_bank, store_bank
from .organisations import (
    accept_invitation,
    change_member,
    create_organisation,
    delete_client,
    find_invitation,
    invite,
    remove_member,
    withdraw_invitation,
)
from .projects import create_project, find_project
from .work import Due, count_due, due_for

__all__ = [
    "Due",
    "accept_invitation",
    "change_member",
    "count_due",
    "create_organisation",
    "create_project",
    "delete_bank",
    "delete_client",
    "due_for",
    "find_invitation",
    "find_project",
    "invite",
    "remove_member",
    "store_bank",
    "withdraw_invitation",
]
