"""One object for every argument that a URL may carry; a URL without a sample fails its test."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile

from assessments.models import BankFile, DimensionException, Project
from reports.models import ExportFile, ScoreRun
from tests import factories
from tests.banks import BANK_TEXT, own_bank

# Words that name no row: nothing of another organisation can stand behind them.
WORDS: dict[str, Any] = {"dimension": "TRN", "item": "TRN-3"}


def objects_of(project: Project) -> dict[str, Any]:
    """Return a row of this project, its client or its organisation for every argument."""
    organisation = project.organisation
    bank = own_bank()
    member = factories.MembershipFactory(organisation=organisation)
    assessment = factories.AssessmentFactory(project=project)
    run = factories.ScoreRunFactory(project=project, status=ScoreRun.Status.FAILED)
    client = project.client or factories.ClientFactory(organisation=organisation)
    client.logo.save("logo.png", ContentFile(b"\x89PNG"))
    evidence = factories.EvidenceFactory(project=project, kind="file", file_name="sheet.txt")
    evidence.file.save("sheet.txt", ContentFile(b"12 of 16"))
    edition = factories.ExportFileFactory(
        run=run, status=ExportFile.Status.DONE, file_name="diagnostic.pdf"
    )
    edition.file.save("diagnostic.pdf", ContentFile(b"%PDF-1.7"))
    bank_file = BankFile.objects.create(
        organisation=organisation,
        bank_id=bank.id,
        version=bank.version,
        name=bank.title,
        text=BANK_TEXT,
        sha256=bank.sha256,
        item_count=len(bank.items),
    )
    position = factories.PositionFactory(
        project=project, stakeholder=factories.StakeholderFactory(project=project)
    )
    group = factories.GroupFactory(project=project)
    return {
        "organisation_id": organisation.pk,
        "project_id": project.pk,
        "client_id": client.pk,
        "member_id": member.pk,
        "invitation_id": factories.InvitationFactory(organisation=organisation).pk,
        "bank_key": str(bank_file.pk),
        "group_id": group.pk,
        "effect_id": factories.EffectFactory(group=group).pk,
        "change_id": factories.OtherChangeFactory(group=group).pk,
        "decision_id": factories.DecisionFactory(project=project).pk,
        "step_id": factories.NextStepFactory(project=project).pk,
        "exception_id": DimensionException.objects.create(
            project=project, dimension="DAT", reason="Nothing is migrated."
        ).pk,
        "assessment_id": assessment.pk,
        "evidence_id": evidence.pk,
        "run_id": run.pk,
        "edition_id": edition.pk,
        "person_id": position.stakeholder_id,
        "position_id": position.pk,
        "tie_id": factories.AdviceTieFactory(
            project=project, asker=position.stakeholder, asked__project=project
        ).pk,
        "nomination_id": factories.NominationRoundFactory(project=project).pk,
        "champion_id": factories.ChampionFactory(person=position.stakeholder).pk,
    }
