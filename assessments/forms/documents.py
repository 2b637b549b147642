"""Check that a document is what its name says, a little closer than by its first bytes."""

from __future__ import annotations

import email
import zipfile

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from assessments import uploads

KINDS = ("pdf", "png", "jpg", "jpeg", "docx", "xlsx", "pptx", "csv", "txt", "eml", "msg")
ACCEPT = ",".join(f".{kind}" for kind in KINDS)
OFFICE_PARTS = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
TEXTS = ("csv", "txt", "eml")
MAIL_HEADERS = ("From", "Received", "Date", "Subject")


def check_document(upload: UploadedFile) -> None:
    """Refuse a file that is empty, too large, of an unknown kind, or not what its name says."""
    uploads.check(upload, kinds=KINDS)
    kind = uploads.suffix_of(upload.name)
    try:
        if not _content_fits(upload, kind):
            raise ValidationError(
                f"The name ends in “.{kind}”, but the content is not such a file. "
                f"Save it again as {kind}."
            )
    finally:
        upload.seek(0)


def _content_fits(upload: UploadedFile, kind: str) -> bool:
    if kind in OFFICE_PARTS:
        return _is_office(upload, OFFICE_PARTS[kind])
    if kind in TEXTS:
        head = upload.read(8192)
        # A PDF or a picture may happen to begin without a zero byte.
        is_binary = head.startswith((uploads.PDF, uploads.PNG, uploads.JPEG, uploads.ZIP))
        return not is_binary and (kind != "eml" or _is_mail(head))
    return True


def _is_office(upload: UploadedFile, part: str) -> bool:
    """Read only the archive's list of names: nothing is unpacked, macros are not let in."""
    try:
        with zipfile.ZipFile(upload) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return (
        "[Content_Types].xml" in names
        and any(name.startswith(part) for name in names)
        and not any(name.endswith("vbaProject.bin") for name in names)
    )


def _is_mail(head: bytes) -> bool:
    message = email.message_from_bytes(head)
    return any(name in message for name in MAIL_HEADERS)
