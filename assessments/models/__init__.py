from .network import AdviceTie, Champion, NominationLink, NominationRound, UnmatchedTie
from .organisations import BankFile, Client, Invitation, Membership, Organisation, Role, User
from .people import Effect, Group, Impact, OtherChange, Position, Stakeholder
from .projects import Decision, DimensionException, NextStep, Project, ProjectOwned
from .readiness import Answer, Assessment, Evidence, RoundEvent

__all__ = [
    "AdviceTie",
    "Answer",
    "Assessment",
    "BankFile",
    "Champion",
    "Client",
    "Decision",
    "DimensionException",
    "Effect",
    "Evidence",
    "Group",
    "Impact",
    "Invitation",
    "Membership",
    "NextStep",
    "NominationLink",
    "NominationRound",
    "Organisation",
    "OtherChange",
    "Position",
    "Project",
    "ProjectOwned",
    "Role",
    "RoundEvent",
    "Stakeholder",
    "UnmatchedTie",
    "User",
]
