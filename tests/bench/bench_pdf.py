"""Time the PDF against an empty one-page compile in the same process.

Run by hand: .venv/bin/python -m tests.bench.bench_pdf [times]
"""

import os
import statistics
import sys
import time

import django


def timed(work, times: int) -> tuple[float, float]:
    """Return the median seconds of `work` by the clock and on the processor."""
    by_clock, on_processor = [], []
    for number in range(times):
        clock, processor = time.perf_counter(), time.process_time()
        work(number)
        by_clock.append(time.perf_counter() - clock)
        on_processor.append(time.process_time() - processor)
    return statistics.median(by_clock), statistics.median(on_processor)


def main(times: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    import typst

    from reports.content import build_report
    from reports.exports import html, json, pdf
    from tests.reports import samples

    card = samples.not_ready()
    fonts = [str(pdf.HERE / "fonts")]

    def empty(number: int) -> bytes:
        page = f'#set text(font: "Inter")\nPage {number}'
        return typst.compile(page.encode(), font_paths=fonts, ignore_system_fonts=True)

    # Another edition each time, so that nothing is taken from a cache.
    def report(number: int):
        return build_report(card, samples.context(edition=number + 1, audience="internal"))

    pdf.render(report(-1))
    results = {
        "empty page": timed(empty, times),
        "build_report": timed(report, times),
        "PDF": timed(lambda number: pdf.render(report(number)), times),
        "HTML": timed(lambda number: html.render(report(number)), times),
        "JSON": timed(lambda number: json.render(report(number)), times),
    }
    base = results["empty page"][0]
    for name, (clock, processor) in results.items():
        print(
            f"{name:<14}{clock * 1000:8.1f} ms, {processor * 1000:8.1f} ms of processor, "
            f"{clock / base:6.1f} x an empty page"
        )
    print(f"{pdf.page_count(pdf.render(report(0)))} pages, median of {times}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
