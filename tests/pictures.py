"""Photograph every main screen of the demo into docs/pictures: python -m tests.pictures

Sows a demo of its own in a temporary folder, serves it on a free port, signs in as the right
people and drives a real Chromium. Ends with an error when a page does not answer with 200.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
WIDTHS = {"wide": (1280, 800, 1), "phone": (390, 844, 1.5)}
TALLEST = {"wide": 2400, "phone": 1800}  # CSS pixels; longer pages are cut
COLOURS = 96  # in a picture, of which
FREQUENT = 40  # are kept exactly
BUDGET_MB = 7

GROUPS_CSV = """\
name,people,site,shift,audience
Field sales,74,Halle and at home,day,users
Dealers’ support,9,Halle,day,users
Inside sales Leeds,forty,Leeds,day,users
"""
PEOPLE_CSV = """\
Name,Identifier,Group,Job title,Influence,Support now,Support needed,Reason,Source
Ralf Öztürk,B1008,Sales managers,Head of sales,5,+1,+2,I watched two quotes.,self
Ewa Świątek,,Inside sales Leeds,Clerk,2,0,+1,Asks good questions.,observed
Tilda Brink,,Dealers’ support,Dealer clerk,2,0,0,,guess
Mark Firth,,Field sales,Field representative,seven,0,0,,guess
"""


@dataclass(frozen=True)
class Shot:
    """One screen: who looks at it, where it is, and what is done before the picture."""

    name: str
    who: str
    path: str
    has_dark: bool = False
    prepare: Callable | None = None


def shots() -> list[Shot]:
    """Return every screen to photograph; needs Django and the sown database."""
    from django.urls import reverse

    from assessments.models import Assessment, NominationLink, Organisation, Project, User

    halden = Organisation.objects.get(name="Halden Group").pk
    project = Project.objects.get(name="Quoting platform")
    quoting = project.pk
    others = dict(Project.objects.values_list("name", "pk"))
    current = project.assessments.latest("number")
    ralf = project.stakeholders.get(name="Ralf Öztürk").pk
    leeds = project.groups.get(name="Inside sales Leeds").pk
    field = project.groups.get(name="Field sales").pk
    sabine = project.champions.get(person__name="Sabine Koch").pk
    waiting = NominationLink.objects.filter(project=project, round__closed_at=None)
    silent = waiting.filter(person__group=leeds).order_by("person__key").first()
    closed = project.nominationrounds.exclude(closed_at=None).get().pk
    signed = project.assessments.filter(status=Assessment.Status.SIGNED_OFF).latest("number")
    email = {user.name.split()[0].lower(): user.email for user in User.objects.all()}

    def shot(name: str, who: str, url: str, *args, query: str = "", **more) -> Shot:
        return Shot(name, email[who], reverse(url, args=args) + query, **more)

    return [
        Shot("sign-in", "", reverse("account_login"), has_dark=True),
        shot("portfolio", "ingrid", "reports:portfolio", halden, has_dark=True),
        shot("portfolio-client", "helga", "reports:portfolio", halden),
        shot("overview", "jonas", "reports:overview", quoting, has_dark=True),
        shot(
            "overview-cannot-tell",
            "jonas",
            "reports:overview",
            others["AI drafting assistant"],
        ),
        shot("overview-ready", "jonas", "reports:overview", others["ERP finance module"]),
        shot("score", "jonas", "reports:score", quoting, has_dark=True),
        shot("score-dimension", "jonas", "reports:score-dimension", quoting, "TRN", has_dark=True),
        shot("runs", "jonas", "reports:run-list", quoting),
        shot("my-work", "priya", "assessments:my-work", halden),
        shot("rounds", "jonas", "assessments:round-list", quoting),
        shot(
            "assessment-card",
            "priya",
            "assessments:round-card",
            quoting,
            current.pk,
            query="?item=TRN-3",
            has_dark=True,
        ),
        shot("assessment-table", "jonas", "assessments:round-table", quoting, current.pk, "TRN"),
        shot("agreed-answers", "jonas", "assessments:consensus", quoting, current.pk),
        shot("agreed-answers-signed", "jonas", "assessments:consensus", quoting, signed.pk),
        shot("groups", "jonas", "assessments:group-list", quoting),
        shot(
            "groups-import",
            "jonas",
            "assessments:group-import",
            quoting,
            prepare=upload_groups,
        ),
        shot("group", "jonas", "assessments:group-detail", quoting, field),
        shot("calendar", "jonas", "assessments:change-calendar", quoting),
        shot("heat-map", "jonas", "reports:group-heat-map", quoting),
        shot("people-map", "jonas", "assessments:people-map", quoting, has_dark=True),
        shot(
            "people-table",
            "jonas",
            "assessments:people-table",
            quoting,
            query="?sort=-influence",
        ),
        shot("person", "jonas", "assessments:person-detail", quoting, ralf),
        shot("people-history", "jonas", "assessments:people-history", quoting),
        shot(
            "people-import",
            "jonas",
            "assessments:people-import",
            quoting,
            prepare=upload_people,
        ),
        shot(
            "people-network",
            "jonas",
            "assessments:people-network",
            quoting,
            has_dark=True,
            prepare=wait_for_study,
        ),
        shot("champions", "jonas", "assessments:champion-list", quoting),
        shot("champion", "jonas", "assessments:champion-edit", quoting, sabine),
        shot("recommender", "jonas", "assessments:recommender", quoting, prepare=wait_for_study),
        shot("nomination-round", "jonas", "assessments:nomination-detail", quoting, closed),
        Shot("nomination-form", "", reverse("assessments:nomination-answer", args=[silent.token])),
        shot("decisions", "ingrid", "assessments:decision-list", quoting),
        shot("project-new", "jonas", "assessments:project-create", halden),
        shot("project-settings", "jonas", "assessments:project-edit", quoting),
        shot("organisation-settings", "jonas", "assessments:organisation-settings", halden),
        shot("question-bank", "jonas", "assessments:bank-list", halden),
        shot("reports", "jonas", "reports:edition-list", quoting),
        shot("library", "jonas", "reports:library", halden),
    ]


def upload_groups(page) -> None:
    upload(page, "groups.csv", GROUPS_CSV)


def upload_people(page) -> None:
    upload(page, "people.csv", PEOPLE_CSV)


def wait_for_study(page) -> None:
    """Wait for the numbers that a task calculates."""
    # Not by a function: the page's policy refuses text as script.
    for waiting in page.get_by_text("being calculated").all():
        waiting.wait_for(state="hidden", timeout=150_000)


def upload(page, name: str, text: str) -> None:
    """Send a file with one mistake, so that the preview has something to show."""
    earlier = page.locator("main button[name=go][value=discard]")
    if earlier.count():
        with page.expect_navigation():
            earlier.first.click()
    page.set_input_files(
        "main input[type=file]",
        {"name": name, "mimeType": "text/csv", "buffer": text.encode()},
    )
    with page.expect_navigation():
        page.locator("main form:has(input[type=file]) button[type=submit]").first.click()


@contextmanager
def served(environment: dict[str, str], port: int) -> Iterator[str]:
    """Give the address of a product that serves the sown demo until the block ends."""
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            if server.poll() is not None:
                raise SystemExit("The server ended before it was ready.")
            try:
                urllib.request.urlopen(f"{address}/readyz", timeout=2)
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.5)
        else:
            raise SystemExit("The server was not ready after a minute.")
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Photographer:
    """Signs people in once and takes their pictures."""

    def __init__(self, browser, address: str, password: str) -> None:
        self.browser, self.address, self.password = browser, address, password
        self.cookies: dict[str, dict] = {}
        self.problems: list[str] = []
        self.remarks: list[str] = []

    def sign_in(self, email: str) -> dict | None:
        """Return the browser state of a signed-in person, or None for a stranger."""
        if not email:
            return None
        if email not in self.cookies:
            context = self.browser.new_context(base_url=self.address)
            page = context.new_page()
            page.goto("/accounts/login/")
            page.fill("input[name=login]", email)
            page.fill("input[name=password]", self.password)
            with page.expect_navigation():
                page.press("input[name=password]", "Enter")
            self.cookies[email] = context.storage_state()
            context.close()
        return self.cookies[email]

    def take(self, shot: Shot, size: str, scheme: str) -> None:
        """Save one picture, and note a page that is not 200, says errors or is too wide."""
        width, height, scale = WIDTHS[size]
        label = f"{shot.name}-{size}" + ("-dark" if scheme == "dark" else "")
        context = self.browser.new_context(
            base_url=self.address,
            storage_state=self.sign_in(shot.who),
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            color_scheme=scheme,
            reduced_motion="reduce",
            locale="en-GB",
        )
        page = context.new_page()
        page.on("pageerror", lambda error: self.problems.append(f"{label}: {error}"))
        page.on("console", lambda line: self._hear(label, line))
        answer = page.goto(shot.path, wait_until="networkidle")
        if answer is None or answer.status != 200:
            self.problems.append(f"{label}: {shot.path} answered {answer and answer.status}")
        else:
            try:
                if shot.prepare:
                    shot.prepare(page)
                self._save(page, label, size)
            except Exception as error:
                self.problems.append(f"{label}: {str(error).splitlines()[0]}")
        context.close()

    def _hear(self, label: str, line) -> None:
        if line.type == "error":
            self.problems.append(f"{label}: {line.text}")

    def _save(self, page, label: str, size: str) -> None:
        width, height, _ = WIDTHS[size]
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(150)
        wide, tall = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        if wide > width:
            self.remarks.append(f"{label}: {wide} pixels wide on a screen of {width}")
        # As tall as the page, so that what sticks to the window's edges sits at the page's.
        page.set_viewport_size({"width": width, "height": max(height, min(tall, TALLEST[size]))})
        page.wait_for_timeout(250)
        target = PICTURES / f"{label}.png"
        page.screenshot(path=target)
        shrink(target)


def shrink(path: Path) -> None:
    """Save the picture with few colours: the frequent ones exactly, the rest by their nearest."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    colours, where, counts = np.unique(
        np.asarray(picture).reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    frequent = colours[np.argsort(-counts)[:FREQUENT]]
    spread = picture.quantize(COLOURS - FREQUENT, Image.Quantize.MAXCOVERAGE).getpalette()
    palette = np.vstack([frequent, np.array(spread).reshape(-1, 3)])
    distances = ((colours[:, None].astype(int) - palette[None].astype(int)) ** 2).sum(axis=2)
    nearest = distances.argmin(axis=1).astype(np.uint8)
    small = Image.fromarray(nearest[where.ravel()].reshape(picture.height, picture.width), "P")
    small.putpalette(palette.astype(np.uint8).tobytes())
    small.save(path, optimize=True)


def photograph_document(environment: dict[str, str], folder: Path) -> list[str]:
    """Save the pages of the client's PDF, and return what went wrong."""
    from assessments.models import Project

    slug = Project.objects.get(name="Quoting platform").slug
    pdf = folder / "diagnostic.pdf"
    subprocess.run(
        [sys.executable, "manage.py", "export", slug, "--format", "pdf", "--out", str(pdf)],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    pdftoppm = shutil.which("pdftoppm")
    if pdftoppm is None:
        return ["pdf: pdftoppm is not here; install poppler-utils for the document's pages"]
    for old in PICTURES.glob("pdf-*.png"):
        old.unlink()
    subprocess.run([pdftoppm, "-r", "80", "-png", str(pdf), str(PICTURES / "pdf")], check=True)
    for page in PICTURES.glob("pdf-*.png"):
        shrink(page)
    return []


def main() -> int:
    """Take the pictures and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="only these screens; without it all and the PDF")
    names = set(parser.parse_args().names)
    if CHROMIUM is None:
        print("No Chromium found; install the package chromium to take pictures.")
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="adoption-pictures-") as folder:
        port = free_port()
        os.environ.update(
            VAR_DIR=folder,
            PORT=str(port),
            SECURE="0",
            LOG_LEVEL="WARNING",
            DJANGO_SETTINGS_MODULE="adoption.settings",
            # Playwright's event loop runs in this thread; Django would refuse its queries.
            DJANGO_ALLOW_ASYNC_UNSAFE="true",
        )
        for name in ("DATABASE_URL", "REDIS_URL", "DEBUG", "SITE_URL"):
            os.environ.pop(name, None)
        environment = dict(os.environ)
        for command in (["migrate", "--verbosity", "0"], ["seed_demo", "--verbosity", "0"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True)
        problems, remarks = take_all(environment, Path(folder), port, names)
    for line in remarks:
        print(f"Remark. {line}")
    for line in problems:
        print(f"PROBLEM {line}")
    size = sum(path.stat().st_size for path in PICTURES.glob("*.png")) / 1e6
    print(f"{len(list(PICTURES.glob('*.png')))} pictures, {size:.1f} MB, in {PICTURES}")
    if size > BUDGET_MB:
        problems.append(f"the pictures have {size:.1f} MB, more than {BUDGET_MB}")
    return 1 if problems else 0


def take_all(
    environment: dict[str, str], folder: Path, port: int, names: set[str]
) -> tuple[list[str], list[str]]:
    """Take the wanted pictures; return problems and remarks."""
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    from reports.demo.people import PASSWORD

    problems: list[str] = []
    if not names:
        # First, so that the reports' pages have an edition to show.
        problems += photograph_document(environment, folder)
    wanted = [shot for shot in shots() if not names or shot.name in names]
    with served(environment, port) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--lang=en-GB"],
        )
        photographer = Photographer(browser, address, PASSWORD)
        for shot in wanted:
            for size in WIDTHS:
                photographer.take(shot, size, "light")
                if shot.has_dark:
                    photographer.take(shot, size, "dark")
        browser.close()
    return problems + photographer.problems, photographer.remarks


if __name__ == "__main__":
    sys.exit(main())
