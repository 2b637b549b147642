"""Draw the clients' marks; their own shapes, so that no picture has to be shipped."""

from __future__ import annotations

import io

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

SIZE = 512


def draw_logo(mark: str, colour: str) -> ContentFile:
    """Return a square PNG with the client's mark in its colour on white."""
    picture = Image.new("RGB", (SIZE, SIZE), "white")
    MARKS[mark](ImageDraw.Draw(picture), colour)
    out = io.BytesIO()
    picture.resize((256, 256), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return ContentFile(out.getvalue(), name=f"{mark}.png")


def _drop(draw: ImageDraw.ImageDraw, colour: str) -> None:
    """A drop inside a pump's ring."""
    draw.ellipse((36, 36, 476, 476), outline=colour, width=44)
    draw.polygon([(256, 116), (176, 270), (336, 270)], fill=colour)
    draw.ellipse((166, 216, 346, 396), fill=colour)


def _arcs(draw: ImageDraw.ImageDraw, colour: str) -> None:
    """Two hands of a circle, open at the top."""
    draw.arc((36, 36, 476, 476), 290, 610, fill=colour, width=48)
    draw.arc((136, 136, 376, 376), 110, 430, fill=colour, width=48)
    draw.ellipse((220, 220, 292, 292), fill=colour)


def _leaf(draw: ImageDraw.ImageDraw, colour: str) -> None:
    """A leaf with its rib."""
    draw.pieslice((-160, 60, 440, 660), 270, 360, fill=colour)
    draw.pieslice((140, -240, 740, 360), 90, 180, fill=colour)
    draw.line((140, 360, 400, 100), fill="white", width=22)


MARKS = {"drop": _drop, "arcs": _arcs, "leaf": _leaf}
