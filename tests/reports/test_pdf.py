"""The PDF: what is in it, how it is tagged, and that words stay words."""

import io
import re
from dataclasses import replace

import pytest
from PIL import Image
from pypdf import PdfReader

from reports.content import build_report
from reports.content.blocks import Logo
from reports.content.facts import NextStep, People
from reports.exports import pdf
from tests.reports import samples

HOSTILE = '#read("/etc/passwd") *bold* $x$ <script>alert(1)</script> @ref \\ [x] // y'


def read(card, context) -> PdfReader:
    return PdfReader(io.BytesIO(pdf.render(build_report(card, context))))


def text_of(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def squeezed(text: str) -> str:
    """Return the text without any space, as lines break where they like."""
    return re.sub(r"[\s\u200b]+", "", text)


@pytest.fixture(scope="module")
def card():
    return samples.not_ready()


@pytest.fixture(scope="module")
def reader(card):
    return read(card, samples.context())


def test_it_is_tagged_titled_and_in_a_language(reader):
    catalog = reader.trailer["/Root"]

    assert catalog["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalog
    assert catalog["/Lang"].startswith("en")
    assert reader.metadata.title == "Adoption readiness diagnostic: Quoting platform"


def test_it_declares_archive_and_accessibility_standards(reader):
    declared = reader.trailer["/Root"]["/Metadata"].get_data().decode()

    assert "pdfaid:part>2<" in declared
    assert "pdfaid:conformance>A<" in declared
    assert "pdfuaid:part>1<" in declared


def test_every_font_is_inside(reader):
    fonts = set()
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            fonts.add(font.get_object()["/BaseFont"])

    assert fonts
    assert all("Inter" in name for name in fonts)


def test_bookmarks_lead_to_every_section(reader):
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]

    assert "Not ready for 18\u00a0January" in titles
    assert sum(title.startswith("Appendix") for title in titles) == 6


def test_the_contents_name_the_pages_where_sections_begin(reader):
    contents = reader.pages[1].extract_text()
    for entry in reader.outline:
        if isinstance(entry, list) or not entry.title.startswith("Appendix"):
            continue
        page = reader.get_destination_page_number(entry) + 1
        assert re.search(rf"{re.escape(entry.title)}\s+{page}\b", contents), entry.title


def test_pages_say_edition_day_run_reader_and_number(reader):
    count = len(reader.pages)
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        if number == 1:
            assert "Client version, confidential" in text
            continue
        line = "Edition 3, 20\u00a0November 2026, score run 14, client version"
        assert squeezed(line) in squeezed(text)
        assert f"{number} of {count}" in text


@pytest.mark.parametrize("name", samples.CARDS)
def test_the_summary_keeps_to_one_page(name):
    many = tuple(
        NextStep(item.code, "Do what takes two lines to say in a narrow column " * 2, "A", d)
        for item in samples.BANK.items
        for d in [samples.AS_OF]
    )
    found = read(samples.CARDS[name](), samples.context(steps=many, audience="internal"))
    pages = {
        entry.title: found.get_destination_page_number(entry)
        for entry in found.outline
        if not isinstance(entry, list)
    }
    first, second = list(pages.values())[:2]

    assert second == first + 1


def test_the_header_of_a_long_table_repeats(card):
    groups = tuple(People(f"Ward number {n}", 10) for n in range(90))
    found = read(card, samples.context(groups=groups))
    with_rows = [text for page in found.pages if "Ward number" in (text := page.extract_text())]

    assert len(with_rows) > 2
    assert all("Their part" in text for text in with_rows)


def test_what_people_typed_is_printed_as_they_typed_it(card):
    rollout = replace(samples.context().rollout, name=HOSTILE, outcome=HOSTILE, client=HOSTILE)
    found = text_of(
        read(
            card,
            samples.context(
                rollout=rollout,
                audience="internal",
                groups=(People(HOSTILE, 3),),
                steps=(NextStep("TRN-3", HOSTILE, HOSTILE, samples.AS_OF),),
            ),
        )
    )

    assert squeezed(found).count(squeezed(HOSTILE)) >= 5
    assert "root:" not in found


@pytest.mark.parametrize(
    "name",
    ["Škoda Łódź Ñandú Þór", "מערכת הצעות מחיר", "منصة عروض الأسعار", "Ελλάδα Київ"],
)
def test_names_in_other_scripts_are_printed(card, name):
    rollout = replace(samples.context().rollout, name=name)
    found = read(card, samples.context(rollout=rollout))

    assert "pdfuaid:part" in found.trailer["/Root"]["/Metadata"].get_data().decode()
    # Extraction turns right-to-left words round; their letters are what counts.
    assert set(name.replace(" ", "")) <= set(text_of(found))


@pytest.mark.parametrize("name", ["漢字プロジェクト", "Rollout 🚀", "a\x00b\x07c\ue000d\u202ee"])
def test_a_character_that_no_font_has_does_not_stop_the_document(card, name):
    rollout = replace(samples.context().rollout, name=name)

    assert len(read(card, samples.context(rollout=rollout)).pages) > 5


def test_a_name_without_a_space_stays_on_the_page(card):
    name = "Kraftfahrzeughaftpflichtversicherung" * 3 + "-" + "x" * 20
    rollout = replace(samples.context().rollout, name=name[:120], client=name[:120])
    found = read(
        card, samples.context(rollout=rollout, groups=(People(name[:120], 12, name[:100]),))
    )

    for page in found.pages:
        width = float(page.mediabox.width)
        edges = []
        page.extract_text(
            visitor_text=lambda text, cm, tm, font, size, edges=edges: edges.append(
                (text, tm[4] * cm[0] + cm[4])
            )
        )
        assert all(x < width - 20 for text, x in edges if text.strip())
    assert squeezed(text_of(found)).count(name[:60]) >= 2


def test_the_clients_logo_is_on_the_cover_with_its_words(card):
    out = io.BytesIO()
    Image.new("RGB", (900, 120), "#1d63d8").save(out, "PNG")
    context = samples.context(logo=Logo(out.getvalue(), "image/png"), colour="#1D63D8")
    found = read(card, context)

    assert len(found.pages[0].images) == 1
    assert not found.pages[1].images
    assert "Brandt Pumps" in found.pages[0].extract_text()


def test_the_page_count_is_counted_right(card):
    data = pdf.render(build_report(card, samples.context()))

    assert pdf.page_count(data) == len(PdfReader(io.BytesIO(data)).pages)


def test_the_same_report_gives_the_same_bytes(card):
    report = build_report(card, samples.context())

    assert pdf.render(report) == pdf.render(report)
