"""One factory per model; a test names only what it is about."""

import datetime

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from assessments import models
from reports.models import ExportFile, ScoreRun


class UserFactory(DjangoModelFactory):
    class Meta:
        model = models.User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Faker("name")
    title = "Implementation manager"
    password = factory.django.Password("correct horse battery")


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = models.Organisation

    name = factory.Sequence(lambda n: f"Organisation {n}")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = models.Membership

    organisation = factory.SubFactory(OrganisationFactory)
    user = factory.SubFactory(UserFactory)
    role = models.Role.EDITOR


class ClientFactory(DjangoModelFactory):
    class Meta:
        model = models.Client

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Client {n}")


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = models.Invitation

    organisation = factory.SubFactory(OrganisationFactory)
    email = factory.Sequence(lambda n: f"invited{n}@example.org")
    expires_at = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=14))


class ProjectFactory(DjangoModelFactory):
    class Meta:
        model = models.Project

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Rollout {n}")
    outcome = "Quotes leave within a day"
    system = "Quoting platform"
    kind = models.Project.Kind.CRM
    go_live_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=59))


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = models.Group

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence(lambda n: f"Group {n}")
    headcount = 40


class DecisionFactory(DjangoModelFactory):
    class Meta:
        model = models.Decision

    project = factory.SubFactory(ProjectFactory)
    question = "Who owns price conditions?"
    asked_on = factory.LazyFunction(timezone.localdate)
    limit_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=7))


class NextStepFactory(DjangoModelFactory):
    class Meta:
        model = models.NextStep

    project = factory.SubFactory(ProjectFactory)
    item = "TRN-3"
    text = "Let the twelve who failed repeat their own quote"
    owner_name = "Priya Raman"
    due_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=10))


class AssessmentFactory(DjangoModelFactory):
    class Meta:
        model = models.Assessment

    project = factory.SubFactory(ProjectFactory)
    number = factory.Sequence(lambda n: n + 1)
    name = factory.LazyAttribute(lambda o: f"Round {o.number}")
    bank_id = "readiness-1"
    bank_version = "1.0"
    bank_sha256 = "0" * 64
    opened_on = factory.LazyFunction(timezone.localdate)


class AnswerFactory(DjangoModelFactory):
    class Meta:
        model = models.Answer

    assessment = factory.SubFactory(AssessmentFactory)
    project = factory.SelfAttribute("assessment.project")
    item = "TRN-3"
    assessor = factory.SubFactory(UserFactory)
    state = models.Answer.State.LEVEL
    level = 2
    answered_on = factory.LazyFunction(timezone.localdate)


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = models.Evidence

    project = factory.SubFactory(ProjectFactory)
    item = "TRN-3"
    kind = models.Evidence.Kind.NOTE
    title = "Test sheet"
    text = "12 of 16 finished their own quote unaided."
    effective_on = factory.LazyFunction(timezone.localdate)


class ScoreRunFactory(DjangoModelFactory):
    class Meta:
        model = ScoreRun

    project = factory.SubFactory(ProjectFactory)
    number = factory.Sequence(lambda n: n + 1)
    as_of = factory.LazyFunction(timezone.localdate)
    seed = 7
    requested_at = factory.LazyFunction(timezone.now)


class ExportFileFactory(DjangoModelFactory):
    class Meta:
        model = ExportFile

    run = factory.SubFactory(ScoreRunFactory)
    project = factory.SelfAttribute("run.project")
    number = factory.Sequence(lambda n: n + 1)
    format = ExportFile.Format.PDF
    requested_at = factory.LazyFunction(timezone.now)


class StakeholderFactory(DjangoModelFactory):
    class Meta:
        model = models.Stakeholder

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence(lambda n: f"Person {n}")


class PositionFactory(DjangoModelFactory):
    class Meta:
        model = models.Position

    stakeholder = factory.SubFactory(StakeholderFactory)
    project = factory.SelfAttribute("stakeholder.project")
    influence = 4
    support_now = -1
    support_needed = 1
    noted_on = factory.LazyFunction(timezone.localdate)


class ImpactFactory(DjangoModelFactory):
    class Meta:
        model = models.Impact

    group = factory.SubFactory(GroupFactory)
    project = factory.SelfAttribute("group.project")
    aspect = models.Impact.Aspect.TASKS
    view = models.Impact.View.PROJECT
    level = 3
    rated_on = factory.LazyFunction(timezone.localdate)


class EffectFactory(DjangoModelFactory):
    class Meta:
        model = models.Effect

    group = factory.SubFactory(GroupFactory)
    project = factory.SelfAttribute("group.project")
    direction = models.Effect.Direction.LOSS
    of = models.Effect.Of.FREEDOM
    text = "Own price sheet"


class OtherChangeFactory(DjangoModelFactory):
    class Meta:
        model = models.OtherChange

    group = factory.SubFactory(GroupFactory)
    project = factory.SelfAttribute("group.project")
    name = "New travel rules"
    hours = 2
    starts_on = factory.LazyFunction(timezone.localdate)
    ends_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=27))


class AdviceTieFactory(DjangoModelFactory):
    class Meta:
        model = models.AdviceTie

    asker = factory.SubFactory(StakeholderFactory)
    project = factory.SelfAttribute("asker.project")
    asked = factory.SubFactory(StakeholderFactory, project=factory.SelfAttribute("..project"))


class UnmatchedTieFactory(DjangoModelFactory):
    class Meta:
        model = models.UnmatchedTie

    project = factory.SubFactory(ProjectFactory)
    asker_name = "Jo"
    asked_name = "Sam"
    source = models.AdviceTie.Source.IMPORT


class NominationRoundFactory(DjangoModelFactory):
    class Meta:
        model = models.NominationRound

    project = factory.SubFactory(ProjectFactory)
    name = "Whom do you ask"
    opened_on = factory.LazyFunction(timezone.localdate)
    closes_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=14))


class NominationLinkFactory(DjangoModelFactory):
    class Meta:
        model = models.NominationLink

    round = factory.SubFactory(NominationRoundFactory)
    project = factory.SelfAttribute("round.project")
    person = factory.SubFactory(StakeholderFactory, project=factory.SelfAttribute("..project"))


class ChampionFactory(DjangoModelFactory):
    class Meta:
        model = models.Champion

    person = factory.SubFactory(StakeholderFactory)
    project = factory.SelfAttribute("person.project")
    state = models.Champion.State.ACTIVE
    state_on = factory.LazyFunction(timezone.localdate)
