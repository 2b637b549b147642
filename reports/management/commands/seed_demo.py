import time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.models import Organisation
from reports.demo import build
from reports.demo.people import PASSWORD


class Command(BaseCommand):
    help = "Save the demo: a consultancy with three clients and six rollouts, with history."

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="only where no organisation exists yet; else leave everything as it is",
        )

    def handle(self, *, if_empty, verbosity, **options):
        if not (if_empty and Organisation.objects.exists()):
            self._seed(verbosity)
        if build.is_there():
            self._show_sign_ins()

    def _seed(self, verbosity):
        begun = time.monotonic()
        self.stdout.write("Building the demo. Every score in it is calculated now.")
        try:
            count = build.seed(
                now=timezone.now(),
                say=lambda line: self.stdout.write(f"  {line}") if verbosity else None,
            )
        except build.DemoError as error:
            raise CommandError(str(error)) from error
        if count:
            seconds = time.monotonic() - begun
            self.stdout.write(f"Saved {count} rollouts in {seconds:.0f} s.")
        else:
            self.stdout.write("The demo is there already; nothing was added.")

    def _show_sign_ins(self):
        self.stdout.write(f"Demo sign-ins, all with the password {PASSWORD}")
        for email, text in build.sign_ins():
            self.stdout.write(f"  {email:34} {text}")
