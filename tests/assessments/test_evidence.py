import datetime
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from assessments.models import Evidence
from tests import factories

PDF = b"%PDF-1.7\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 16
MAIL = b"From: priya@example.org\nSubject: Tests done\n\n12 of 16.\n"


def office(part: str, extra: str = "") -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{part}/document.xml", "<x/>")
        if extra:
            archive.writestr(extra, b"x")
    return raw.getvalue()


@pytest.fixture
def attach(project, alice, sign_in):
    """Give a call that posts evidence to TRN-3."""
    browser = sign_in(alice)

    def post(**data):
        data = {"effective_on": timezone.localdate(), "title": "", "expires_on": "", **data}
        url = reverse("assessments:evidence-add", args=[project.pk, "TRN-3"])
        return browser.post(url, data)

    return post


def upload(attach, name: str, content: bytes):
    return attach(kind="file", file=SimpleUploadedFile(name, content))


def url(name: str, evidence: Evidence) -> str:
    return reverse(f"assessments:{name}", args=[evidence.project_id, evidence.pk])


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("tests.pdf", PDF),
            ("screen.PNG", PNG),
            ("photo.jpeg", b"\xff\xd8\xff\xe0" + b"\x00" * 8),
            ("plan.docx", office("word")),
            ("list.xlsx", office("xl")),
            ("talk.pptx", office("ppt")),
            ("list.csv", "name;ok\nMüller;ja\n".encode("cp1252")),
            ("notes.txt", "12 of 16".encode("utf-16")),
            ("mail.eml", MAIL),
            ("mail.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 8),
        ],
    )
    def test_documents_are_kept(self, attach, project, name, content):
        assert upload(attach, name, content).status_code == 302
        evidence = project.evidences.get()
        assert evidence.file_name == name
        assert evidence.title == name.rsplit(".", 1)[0]
        assert evidence.file.read() == content
        # The name that came from outside is not used on disk.
        assert name.rsplit(".", 1)[0] not in evidence.file.name

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("tests.pdf", PNG),
            ("page.html", b"<script>"),
            ("picture.svg", b"<svg/>"),
            ("run.exe", b"MZ"),
            ("noending", PDF),
            ("plan.docx", office("xl")),
            ("plan.docx", b"PK\x03\x04 but no archive"),
            ("plan.docx", office("word", extra="word/vbaProject.bin")),
            ("list.csv", PDF),
            ("notes.txt", b"\x00\x01binary"),
            ("mail.eml", b"just a text"),
            ("empty.pdf", b""),
        ],
    )
    def test_what_is_not_what_its_name_says_is_refused(self, attach, project, name, content):
        assert upload(attach, name, content).status_code == 422
        assert not project.evidences.exists()

    def test_too_large_a_file_is_refused_with_the_limit(self, attach, project, settings):
        settings.MAX_UPLOAD_MB = 1
        response = upload(attach, "tests.pdf", PDF + b"\x00" * (1024 * 1024))
        assert response.status_code == 422
        assert "The limit is 1 MB" in response.content.decode()
        assert not project.evidences.exists()

    def test_file_comes_back_as_a_download_and_is_not_guessed_at(
        self, attach, project, bob, sign_in
    ):
        upload(attach, "Real work.pdf", PDF)
        response = sign_in(bob).get(url("evidence-file", project.evidences.get()))
        assert b"".join(response.streaming_content) == PDF
        assert response["Content-Disposition"] == 'attachment; filename="Real work.pdf"'
        assert response["X-Content-Type-Options"] == "nosniff"

    def test_file_is_behind_the_door(self, attach, project, charlie, sign_in, client):
        upload(attach, "tests.pdf", PDF)
        address = url("evidence-file", project.evidences.get())
        assert sign_in(charlie).get(address).status_code == 404
        assert client.get(address).status_code == 302

    def test_removed_file_is_not_handed_out(self, attach, project, alice, sign_in):
        upload(attach, "tests.pdf", PDF)
        evidence = project.evidences.get()
        browser = sign_in(alice)
        browser.post(url("evidence-remove", evidence))
        assert browser.get(url("evidence-file", evidence)).status_code == 404


class TestLinksAndNotes:
    @pytest.mark.parametrize(
        "address", ["https://example.org/plan", "http://intranet.example.org/a?b=c#d"]
    )
    def test_web_address_is_kept(self, attach, project, address):
        assert attach(kind="link", url=address, title="Plan").status_code == 302
        assert project.evidences.get().url == address

    @pytest.mark.parametrize(
        "address", ["javascript:alert(1)", "ftp://example.org/x", "file:///etc/passwd", "plan", ""]
    )
    def test_other_addresses_are_refused(self, attach, project, address):
        response = attach(kind="link", url=address, title="Plan")
        assert response.status_code == 422
        assert "https://" in response.content.decode()
        assert not project.evidences.exists()

    def test_note_needs_text_and_title(self, attach, project):
        response = attach(kind="note", text="")
        text = response.content.decode()
        assert "Write what was seen" in text
        assert "Give it a title" in text
        assert attach(kind="note", text="12 of 16", title="Tests").status_code == 302

    def test_evidence_cannot_expire_before_it_takes_effect(self, attach, project):
        response = attach(
            kind="note", text="x", title="T", effective_on="2026-11-20", expires_on="2026-11-19"
        )
        assert response.status_code == 422
        assert "cannot expire" in response.content.decode()

    def test_refused_form_keeps_what_was_typed(self, attach):
        text = attach(kind="note", text="12 of 16 finished", title="").content.decode()
        assert "12 of 16 finished" in text

    def test_unknown_item_and_kind_are_not_found(self, project, alice, sign_in):
        browser = sign_in(alice)
        wrong = reverse("assessments:evidence-add", args=[project.pk, "TRN-99"])
        right = reverse("assessments:evidence-add", args=[project.pk, "TRN-3"])
        assert browser.post(wrong, {"kind": "note"}).status_code == 404
        assert browser.post(right, {"kind": "video"}).status_code == 404


class TestRemoval:
    def test_removed_evidence_can_be_brought_back(self, project, alice, sign_in):
        evidence = factories.EvidenceFactory(project=project)
        browser = sign_in(alice)
        response = browser.post(url("evidence-remove", evidence), follow=True)
        assert url("evidence-restore", evidence) in response.content.decode()
        assert not project.evidences.valid_on(timezone.localdate()).exists()
        browser.post(url("evidence-restore", evidence))
        assert project.evidences.valid_on(timezone.localdate()).get() == evidence

    def test_way_back_never_leaves_the_site(self, project, alice, sign_in):
        evidence = factories.EvidenceFactory(project=project)
        for wanted in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
            response = sign_in(alice).post(url("evidence-remove", evidence), {"next": wanted})
            assert response["Location"].startswith("/projects/")


class TestValidity:
    @pytest.fixture
    def card_text(self, project, alice, sign_in):
        assessment = factories.AssessmentFactory(project=project)
        assessment.assessors.add(alice)
        factories.AnswerFactory(assessment=assessment, assessor=alice, level=3)
        address = reverse("assessments:round-card", args=[project.pk, assessment.pk])

        def text():
            return sign_in(alice).get(f"{address}?item=TRN-3").content.decode()

        return text

    def test_level_three_without_evidence_says_what_it_counts_as(self, card_text):
        assert "Counts as 2 until evidence is attached." in card_text()

    @pytest.mark.parametrize(
        ("begins", "ends", "says"),
        [(-9, -1, "Expired"), (1, None, "In effect from")],
    )
    def test_evidence_out_of_its_time_does_not_count(self, project, card_text, begins, ends, says):
        today = timezone.localdate()
        factories.EvidenceFactory(
            project=project,
            effective_on=today + datetime.timedelta(days=begins),
            expires_on=today + datetime.timedelta(days=ends) if ends else None,
        )
        text = card_text()
        assert says in text
        assert "Counts as 2 until evidence is attached." in text

    def test_valid_evidence_proves_the_level(self, project, card_text):
        today = timezone.localdate()
        factories.EvidenceFactory(project=project, effective_on=today, expires_on=today)
        text = card_text()
        assert "Counts as 2" not in text
        assert "Valid until" in text

    def test_evidence_stays_over_rounds(self, project, alice, sign_in):
        factories.EvidenceFactory(project=project)
        for number, status in ((1, "signed_off"), (2, "open")):
            assessment = factories.AssessmentFactory(project=project, number=number, status=status)
            address = reverse("assessments:round-card", args=[project.pk, assessment.pk])
            assert "1 attached" in sign_in(alice).get(f"{address}?item=TRN-3").content.decode()
