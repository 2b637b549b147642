import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from assessments.models import Effect
from tests import factories


@pytest.fixture
def sales(project):
    return factories.GroupFactory(project=project, name="Field sales", headcount=71)


@pytest.fixture
def url(project, sales):
    return reverse("assessments:group-detail", args=[project.pk, sales.pk])


def effect(**change):
    return {"direction": "loss", "of": "freedom", "text": "Own price sheet"} | change


class TestEffects:
    @pytest.fixture
    def create(self, project, sales):
        return reverse("assessments:effect-create", args=[project.pk, sales.pk])

    def of(self, name, row):
        return reverse(f"assessments:effect-{name}", args=[row.project_id, row.group_id, row.pk])

    def test_add_a_loss_then_another(self, sales, create, dora, sign_in):
        browser = sign_in(dora)
        assert browser.post(create, effect())["Location"].endswith("#effects")
        back = browser.post(create, effect(direction="gain", another="1"))["Location"]
        assert back == f"{create}?direction=gain"
        assert sorted(sales.effects.values_list("direction", flat=True)) == ["gain", "loss"]

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"text": ""}, "Write what is lost or gained."),
            ({"of": ""}, "Choose what is lost or gained."),
            ({"confirmed_on": "2199-01-01"}, "This day has not come yet."),
            ({"confirmed_by": "Sabine"}, "Enter the day on which the group confirmed it."),
            ({"direction": "gain", "answer": "We keep it"}, "Only a loss needs an answer."),
        ],
    )
    def test_wrong_value_is_told(self, sales, create, dora, sign_in, wrong, message):
        response = sign_in(dora).post(create, effect(**wrong))
        assert response.status_code == 422
        assert message in response.content.decode()
        assert not sales.effects.exists()

    def test_answer_and_confirmation_are_shown(self, sales, url, bob, dora, sign_in):
        row = factories.EffectFactory(group=sales)
        today = timezone.localdate().isoformat()
        sent = effect(
            version=row.updated_at.isoformat(),
            answer="The sheet stays for spare parts.",
            confirmed_on=today,
            confirmed_by="Sabine Roth",
        )
        assert sign_in(dora).post(self.of("edit", row), sent).status_code == 302
        page = sign_in(bob).get(url).content.decode()
        assert "Our answer: The sheet stays for spare parts." in page
        assert "Confirmed by the group" in page
        assert "No answer yet" not in page

    def test_second_editor_loses_no_text(self, sales, alice, dora, sign_in):
        row = factories.EffectFactory(group=sales)
        opened = row.updated_at.isoformat()
        sign_in(dora).post(self.of("edit", row), effect(version=opened, answer="Hers"))
        sent = effect(version=opened, answer="His")
        response = sign_in(alice).post(self.of("edit", row), sent)
        page = response.content.decode()
        assert response.status_code == 409
        assert "Hers" in page
        assert ">\nHis</textarea>" in page
        row.refresh_from_db()
        assert row.answer == "Hers"
        now = row.updated_at.isoformat()
        assert f'value="{now}"' in page
        sign_in(alice).post(self.of("edit", row), sent | {"version": now})
        row.refresh_from_db()
        assert row.answer == "His"

    def test_deleted_one_comes_back_whole(self, sales, url, dora, sign_in):
        row = factories.EffectFactory(group=sales, answer="Stays", confirmed_by="Sabine")
        browser = sign_in(dora)
        page = browser.post(self.of("delete", row), follow=True).content.decode()
        assert not sales.effects.exists()
        assert self.of("restore", row) in page
        browser.post(self.of("restore", row))
        back = Effect.objects.get()
        assert (back.pk, back.answer, back.created_at) == (row.pk, "Stays", row.created_at)
        assert back.updated_at == row.updated_at
        page = browser.post(self.of("restore", row), follow=True).content.decode()
        assert "It is back already." in page

    def test_nobody_brings_back_what_another_session_deleted(self, sales, alice, dora, sign_in):
        row = factories.EffectFactory(group=sales)
        sign_in(dora).post(self.of("delete", row))
        assert sign_in(alice).post(self.of("restore", row)).status_code == 404

    def test_group_comes_back_with_all_that_was_written_about_it(
        self, project, sales, dora, sign_in
    ):
        factories.ImpactFactory(group=sales, tomorrow="Platform")
        factories.EffectFactory(group=sales)
        factories.OtherChangeFactory(group=sales)
        person = factories.StakeholderFactory(project=project, group=sales)
        elsewhere = factories.StakeholderFactory(project=project, group=sales)
        browser = sign_in(dora)
        browser.post(reverse("assessments:group-delete", args=[project.pk, sales.pk]))
        assert not Effect.objects.exists()
        person.refresh_from_db()
        assert person.group is None
        other = factories.GroupFactory(project=project)
        project.stakeholders.filter(pk=elsewhere.pk).update(group=other)
        restore = reverse("assessments:group-restore", args=[project.pk, sales.pk])
        assert "is back" in browser.post(restore, follow=True).content.decode()
        back = project.groups.get(pk=sales.pk)
        assert back.impacts.get().tomorrow == "Platform"
        assert (back.effects.count(), back.other_changes.count()) == (1, 1)
        assert back.stakeholders.get() == person
        connection.check_constraints()
