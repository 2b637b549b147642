import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.bank import load_bank
from assessments.models import BankFile
from tests import factories
from tests.banks import BANK_TEXT
from tests.queries import queries_of


@pytest.fixture
def upload(organisation, dora, sign_in):
    browser = sign_in(dora)
    url = reverse("assessments:bank-upload", args=[organisation.pk])

    def send(text=BANK_TEXT, name="bank.yaml"):
        raw = text if isinstance(text, bytes) else text.encode()
        return browser.post(url, {"file": SimpleUploadedFile(name, raw)}, follow=True)

    return send


def link(name, organisation, key):
    return reverse(f"assessments:{name}", args=[organisation.pk, str(key)])


class TestShipped:
    def test_every_item_can_be_read_with_anchors_reason_and_sources(
        self, organisation, bob, sign_in
    ):
        page = sign_in(bob).get(link("bank-detail", organisation, "readiness-1")).content.decode()
        bank = load_bank("readiness-1")
        assert "not calibrated" in page
        for item in bank.items:
            assert f'id="{item.code}"' in page
        item = bank.item("TRN-3")
        assert all(anchor in page for anchor in item.anchors)
        assert item.why in page
        assert page.count('<span class="tag">gate</span>') == sum(i.is_gate for i in bank.items)

    def test_items_are_searched_and_filtered(self, organisation, bob, sign_in):
        url = link("bank-detail", organisation, "readiness-1")
        page = sign_in(bob).get(f"{url}?q=trn-3").content.decode()
        assert 'id="TRN-3"' in page
        assert 'id="TRN-2"' not in page
        page = sign_in(bob).get(f"{url}?dimension=DAT").content.decode()
        assert 'id="DAT-1"' in page
        assert 'id="TRN-3"' not in page

    def test_download_can_be_uploaded_under_another_id(self, organisation, bob, sign_in, upload):
        text = sign_in(bob).get(link("bank-download", organisation, "readiness-1")).content.decode()
        upload(text.replace("id: readiness-1", "id: halden-1", 1))
        assert BankFile.objects.get().item_count == 47

    def test_shipped_id_is_not_taken(self, organisation, bob, sign_in, upload):
        text = sign_in(bob).get(link("bank-download", organisation, "readiness-1")).content.decode()
        assert "comes with the product" in upload(text).content.decode()
        assert not BankFile.objects.exists()


class TestOwn:
    def test_uploaded_bank_can_be_read_chosen_and_downloaded(
        self, project, organisation, dora, upload, sign_in
    ):
        page = upload().content.decode()
        assert "Every van carries a device that works offline" in page
        row = BankFile.objects.get()
        assert (row.bank_id, row.version, row.item_count) == ("field-service", "1.0", 2)
        assert row.uploaded_by == dora
        method = sign_in(dora).get(reverse("assessments:project-method", args=[project.pk]))
        assert f'value="{row.pk}"' in method.content.decode()
        answer = sign_in(dora).get(link("bank-download", organisation, row.pk))
        assert answer.content.decode() == BANK_TEXT

    def test_every_problem_is_shown_with_its_line(self, upload):
        text = BANK_TEXT.replace("weight", "w").replace("dimension: DEP", "dimension: NONE")
        text = text.replace("      4: Used for a month\n", "")
        page = upload(text).content.decode()
        line = text.split("\n").index("    dimension: NONE") + 1
        assert f">{line}</th>" in page
        assert "Dimension NONE is not in the list" in page
        assert "level 4 is missing" in page
        assert not BankFile.objects.exists()

    @pytest.mark.parametrize(
        ("raw", "name", "words"),
        [
            (b"", "bank.yaml", "The file is empty"),
            (b"x: 1", "bank.txt", "ends in .yaml"),
            (b"a: [", "bank.yaml", "Not readable as YAML"),
            (b"\xff\xfe\x00", "bank.yaml", "not UTF-8"),
            (b"a: &a [x]\nb: *a\n", "bank.yaml", "Aliases"),
            (b"#" * 1_100_000, "bank.yaml", "The limit is 1 MB"),
        ],
    )
    def test_file_that_is_no_bank_is_refused(self, upload, raw, name, words):
        response = upload(raw, name)
        assert response.status_code == 422
        assert words in response.content.decode()

    def test_same_file_again_says_so(self, upload):
        upload()
        assert "is here already, with the same content" in upload().content.decode()
        assert BankFile.objects.count() == 1

    def test_same_version_with_other_content_is_refused(self, upload):
        upload()
        page = upload(BANK_TEXT.replace("Handed out", "Given out")).content.decode()
        assert "already here with other content" in page
        upload(BANK_TEXT.replace('"1.0"', '"1.1"').replace("Handed out", "Given out"))
        assert BankFile.objects.count() == 2

    def test_two_organisations_may_hold_the_same_bank(self, upload, charlie, sign_in):
        upload()
        other = charlie.organisations.get()
        url = reverse("assessments:bank-upload", args=[other.pk])
        file = SimpleUploadedFile("bank.yaml", BANK_TEXT.encode())
        sign_in(charlie).post(url, {"file": file})
        assert BankFile.objects.count() == 2

    def test_bank_in_use_stays(self, organisation, project, dora, upload, sign_in):
        upload()
        row = BankFile.objects.get()
        project.bank_file = row
        project.save()
        url = link("bank-delete", organisation, row.pk)
        response = sign_in(dora).post(url, follow=True)
        assert b"so it stays" in response.content
        assert BankFile.objects.exists()

    def test_bank_of_a_past_round_stays(self, organisation, project, dora, upload, sign_in):
        upload()
        row = BankFile.objects.get()
        factories.AssessmentFactory(project=project, bank_file=row)
        sign_in(dora).post(link("bank-delete", organisation, row.pk))
        assert BankFile.objects.exists()

    def test_unused_bank_is_deleted_after_asking(self, organisation, dora, upload, sign_in):
        upload()
        url = link("bank-delete", organisation, BankFile.objects.get().pk)
        assert b"Delete Readiness of field service 1.0?" in sign_in(dora).get(url).content
        sign_in(dora).post(url)
        assert not BankFile.objects.exists()

    def test_shipped_bank_cannot_be_deleted(self, organisation, alice, sign_in):
        url = link("bank-delete", organisation, "readiness-1")
        assert sign_in(alice).post(url).status_code == 404

    def test_list_needs_the_same_queries_for_one_and_ten(self, organisation, upload, bob, sign_in):
        browser, url = sign_in(bob), reverse("assessments:bank-list", args=[organisation.pk])
        upload()
        browser.get(url)
        one = queries_of(browser.get, url)
        for at in range(1, 10):
            upload(BANK_TEXT.replace('"1.0"', f'"1.{at}"'))
        assert queries_of(browser.get, url) == one
