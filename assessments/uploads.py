"""Shared checks of uploaded files: size, kind by content, pictures made anew."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Collection
from pathlib import PurePath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from PIL import Image, UnidentifiedImageError

MEGABYTE = 1024 * 1024
LOGO_MEGABYTES = 2
LOGO_PIXELS = 2000

# What the first bytes of a kind look like; a text file is known by its lack of zero bytes.
PDF, PNG, JPEG, ZIP, OLE = (
    b"%PDF-",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
)
TEXT = b""
STARTS = {
    "pdf": PDF,
    "png": PNG,
    "jpg": JPEG,
    "jpeg": JPEG,
    "docx": ZIP,
    "xlsx": ZIP,
    "pptx": ZIP,
    "odt": ZIP,
    "ods": ZIP,
    "msg": OLE,
    "eml": TEXT,
    "csv": TEXT,
    "txt": TEXT,
    "md": TEXT,
}
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "md": "text/plain; charset=utf-8",
    "json": "application/json",
}
EVIDENCE_KINDS = tuple(STARTS)
TABLE_KINDS = ("csv", "xlsx")


def suffix_of(name: str) -> str:
    """Return the ending of a file name without its dot, in small letters."""
    return PurePath(name).suffix.lower().removeprefix(".")


def safe_name(name: str) -> str:
    """Return a file name without folders or control characters, at most 120 long."""
    plain = "".join(
        char for char in PurePath(name.replace("\\", "/")).name if char.isprintable()
    ).strip(" .")
    path = PurePath(plain or "file")
    return path.stem[: 120 - len(path.suffix)] + path.suffix


def check(upload: UploadedFile, *, kinds: Collection[str], megabytes: int | None = None) -> None:
    """Refuse a file that is empty, too large, of another kind, or not what its name says."""
    limit = megabytes or settings.MAX_UPLOAD_MB
    kind = suffix_of(upload.name or "")
    if not upload.size:
        raise ValidationError("The file is empty.")
    if upload.size > limit * MEGABYTE:
        raise ValidationError(
            f"The file has {upload.size / MEGABYTE:.1f} MB. The limit is {limit} MB."
        )
    if kind not in kinds:
        raise ValidationError(
            f"A file ending in “.{kind or '?'}” cannot be used here. Use {_listed(kinds)}."
        )
    upload.seek(0)
    head = upload.read(8192)
    upload.seek(0)
    expected = STARTS[kind]
    fits = head.startswith(expected) if expected else _is_text(head)
    if not fits or (expected == ZIP and not zipfile.is_zipfile(upload)):
        upload.seek(0)
        raise ValidationError(
            f"The name ends in “.{kind}”, but the content is something else. Save it as {kind}."
        )
    upload.seek(0)


def _is_text(head: bytes) -> bool:
    return b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff"))


def _listed(kinds: Collection[str]) -> str:
    names = list(dict.fromkeys(kind.upper() for kind in kinds if kind != "jpeg"))
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" or {names[-1]}"


def logo(upload: UploadedFile) -> ContentFile:
    """Return the picture drawn anew, so that neither metadata nor hidden parts stay in it."""
    if upload.size > LOGO_MEGABYTES * MEGABYTE:
        raise ValidationError(
            f"The logo has {upload.size / MEGABYTE:.1f} MB. The limit is {LOGO_MEGABYTES} MB."
        )
    not_a_picture = ValidationError("This file is no picture. Use a PNG or JPEG file.")
    try:
        with warnings.catch_warnings():
            # A picture that is small as a file and huge as pixels is refused, not unpacked.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            upload.seek(0)
            picture = Image.open(upload, formats=("PNG", "JPEG"))
            if max(picture.size) > LOGO_PIXELS:
                raise ValidationError(
                    f"The logo is {picture.width} × {picture.height} pixels. "
                    f"The limit is {LOGO_PIXELS} on either side."
                )
            picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise not_a_picture from None
    except (OSError, SyntaxError, ValueError):
        raise not_a_picture from None
    kind = "jpeg" if picture.format == "JPEG" else "png"
    clean = picture.convert("RGB" if kind == "jpeg" else "RGBA")
    clean.info.clear()
    out = io.BytesIO()
    clean.save(out, kind.upper(), **({"quality": 92} if kind == "jpeg" else {"optimize": True}))
    return ContentFile(out.getvalue(), name=f"logo.{'jpg' if kind == 'jpeg' else 'png'}")


def serve(stored, name: str, *, is_inline: bool = False) -> FileResponse:
    """Return a private file as an answer that a browser will neither guess at nor run."""
    response = FileResponse(
        stored.open("rb"),
        as_attachment=not is_inline,
        filename=safe_name(name),
        content_type=CONTENT_TYPES.get(suffix_of(name), "application/octet-stream"),
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=300" if is_inline else "private, no-store"
    return response
