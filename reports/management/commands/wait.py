from django.core.management.base import BaseCommand, CommandError

from reports import health


class Command(BaseCommand):
    help = "Wait until database, migrations and broker are ready."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--for", dest="parts", action="append", choices=health.PARTS)
        parser.add_argument("--seconds", type=float, default=60)

    def handle(self, *, parts, seconds, **options):
        if problems := health.wait(parts or health.PARTS, seconds=seconds):
            raise CommandError(health.in_words(problems))
        self.stdout.write("Ready.")
