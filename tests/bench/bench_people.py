"""How fast the map answers with 1,000 people, against an empty picture in the same browser."""

import random
import statistics

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import sync_playwright

from assessments.models import Group, Stakeholder
from tests.bench.bench_pages import median_ms, server_for
from tests.e2e.conftest import CHROMIUM

PEOPLE = 1_000
LIMIT_MS = 100

# Each move is timed until the browser has painted it: after the frame, not only before it.
TIMED = """
const painted = () => new Promise((done) => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => done();
  channel.port2.postMessage(0);
}));
const timed = async (count, step) => {
  const times = [];
  for (let n = 0; n < count; n += 1) {
    await new Promise((done) => setTimeout(done, 7 + n % 11));
    const start = performance.now();
    step(n);
    await painted();
    times.push(performance.now() - start);
  }
  return times;
};
"""
DRAG = """async () => { TIMED
  const svg = document.getElementById("people-svg");
  const mark = svg.querySelector(".dot .mark");
  const box = mark.getBoundingClientRect();
  const send = (name, n) => (name === "pointerdown" ? mark : document).dispatchEvent(
    new PointerEvent(name, {bubbles: true, button: 0, pointerId: 1, pointerType: "mouse",
      clientX: box.x + 4 + (n * 13) % 300, clientY: box.y + 4 + (n * 7) % 200}));
  send("pointerdown", 0);
  const times = await timed(60, (n) => send("pointermove", n + 1));
  const begun = performance.now();
  for (let n = 1; n <= 200; n += 1) send("pointermove", n);
  const work = (performance.now() - begun) / 200;
  const start = performance.now();
  send("pointerup", 61);
  await painted();
  return {times, work, asked: performance.now() - start};
}""".replace("TIMED", TIMED)
EMPTY = """async () => { TIMED
  document.body.innerHTML = '<svg viewBox="0 0 540 600" width="540"><circle r="5.5"/></svg>';
  const dot = document.querySelector("circle");
  return timed(60, (n) =>
    dot.setAttribute("transform", `translate(${(n * 13) % 300} ${(n * 7) % 200})`));
}""".replace("TIMED", TIMED)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found on the path")


@pytest.fixture
def crowd(transactional_db, project):
    rng = random.Random(1)
    groups = Group.objects.bulk_create(
        Group(project=project, name=f"Group {n}", headcount=60) for n in range(12)
    )
    return Stakeholder.objects.bulk_create(
        Stakeholder(
            project=project,
            name=f"Person Number {n}",
            group=rng.choice(groups),
            influence=rng.choices([1, 2, 3, 4, 5], [8, 8, 6, 2, 1])[0],
            support_now=rng.randint(-2, 2),
            support_needed=rng.randint(0, 2),
        )
        for n in range(PEOPLE)
    )


def p95(times):
    return statistics.quantiles(times, n=20)[-1]


def test_map_of_a_thousand_people(project, crowd, alice, live_server):
    browser = Client()
    browser.force_login(alice)
    url = reverse("assessments:people-map", args=[project.pk])
    statements, taken = median_ms(server_for(browser), url)
    _, bare = median_ms(server_for(Client()), reverse("account_login"))
    size = len(browser.get(url).content)
    print(f"\n{PEOPLE} people: {statements} SQL, {size / 1024:.0f} kB, {taken:.0f} ms of the")
    print(f"processor, {taken / bare:.1f} × the sign-in page ({bare:.1f} ms)")

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        context = chromium.new_context(viewport={"width": 1280, "height": 800})
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies(
            [{"name": name, "value": browser.cookies[name].value, "url": live_server.url}]
        )
        page = context.new_page()
        page.goto("about:blank")
        empty = page.evaluate(EMPTY)
        page.goto(live_server.url + url)
        assert page.locator(".dot").count() == PEOPLE
        page.wait_for_load_state("networkidle")
        found = page.evaluate(DRAG)
        chromium.close()
    drag = found["times"]
    for label, times in (("empty picture", empty), ("drag on the map", drag)):
        print(f"{label:<18}median {statistics.median(times):5.1f} ms  p95 {p95(times):5.1f} ms")
    ratio = statistics.median(drag) / statistics.median(empty)
    print(f"ratio {ratio:.2f}; script alone {found['work']:.3f} ms a move; ", end="")
    print(f"question open after {found['asked']:.1f} ms")
    assert p95(drag) < LIMIT_MS
