import signal
import threading
from contextlib import ExitStack, suppress

import waitress
from celery import beat, current_app
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management.base import BaseCommand, CommandError

from reports import health


class Command(BaseCommand):
    help = "Serve the product; embedded, its worker and its clock run in the same process."

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--threads", type=int, default=8)
        parser.add_argument(
            "--web-only",
            action="store_true",
            help="leave the work to `celery worker` and `celery beat` on the broker of REDIS_URL",
        )

    def handle(self, *, host, port, threads, web_only, **options):
        if web_only == settings.EMBEDDED:
            raise CommandError(
                "--web-only needs DATABASE_URL and REDIS_URL: nobody else could do the work."
                if web_only
                else "With DATABASE_URL and REDIS_URL set, use --web-only and start "
                "`celery -A adoption worker` and `celery -A adoption beat` beside it."
            )
        # Both, since a process started in the background inherits an ignored SIGINT.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _interrupt)
        with suppress(KeyboardInterrupt):
            self._serve(host, port, threads)
        self.stdout.write("Stopped.")

    def _serve(self, host, port, threads):
        self._wait(seconds=60)
        try:
            server = _web_server(host, port, threads)
        except OSError as error:
            raise CommandError(
                f"{host}:{port} cannot be served on: {error.strerror}. Choose another with PORT=."
            ) from error
        with ExitStack() as at_exit:
            at_exit.callback(server.close)
            if settings.EMBEDDED:
                at_exit.callback(_start_work())
            self._greet(server.effective_host, server.effective_port)
            server.run()

    def _wait(self, seconds):
        if problems := health.wait(seconds=0):
            self.stdout.write(f"Waiting up to {seconds} s: {health.in_words(problems)}")
            self.stdout.flush()
            if problems := health.wait(seconds=seconds):
                raise CommandError(health.in_words(problems))

    def _greet(self, host, port):
        self.stdout.write(f"Serving on http://{host}:{port}/ - Ctrl-C stops it.")
        self.stdout.flush()


def _interrupt(number, frame):
    raise KeyboardInterrupt


def _web_server(host, port, threads):
    proxy = settings.TRUSTED_PROXY
    proxied = {
        "trusted_proxy": proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
    }
    return waitress.create_server(
        WSGIHandler(),
        host=host,
        port=port,
        threads=threads,
        ident=None,
        clear_untrusted_proxy_headers=True,
        # A file that is too large for a form must reach it, which says so in words; what is
        # far larger is cut off with a bare line.
        max_request_body_size=settings.MAX_UPLOAD_MB * 5 * 1024 * 1024,
        **(proxied if proxy else {}),
    )


def _start_work():
    """Start worker and clock in threads; return the call that stops them."""
    worker = current_app.WorkController(
        pool_cls="threads",
        concurrency=4,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    clock = beat.Service(current_app, scheduler_cls="celery.beat:Scheduler", max_interval=1)
    threads = [
        threading.Thread(target=worker.start, name="worker", daemon=True),
        threading.Thread(target=clock.start, name="clock", daemon=True),
    ]
    for thread in threads:
        thread.start()
    # The queue lived in the memory of the process before this one; the rows did not.
    current_app.send_task("reports.tasks.sweep")

    def stop():
        clock.stop(wait=False)
        worker.stop()
        for thread in threads:
            thread.join()

    return stop
