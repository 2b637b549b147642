from .organisations import BankFile, Client, Invitation, Membership, Organisation, Role, User
from .people import Group
from .projects import Decision, DimensionException, NextStep, Project, ProjectOwned
from .readiness import Answer, Assessment, Evidence, RoundEvent

__all__ = [
    "Answer",
    "Assessment",
    "BankFile",
    "Client",
    "Decision",
    "DimensionException",
    "Evidence",
    "Group",
    "Invitation",
    "Membership",
    "NextStep",
    "Organisation",
    "Project",
    "ProjectOwned",
    "Role",
    "RoundEvent",
    "User",
]
