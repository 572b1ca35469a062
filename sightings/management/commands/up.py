"""python manage.py up: the whole site on this machine, with one command."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from anpr_site.supervisor import CannotStart, Part, Supervisor, child_environment
from sightings.processing.sweep import release_all, sweep
from sightings.services.demo_trip import wanted
from sightings.services.first_start import FirstUser, make_first_user


class Command(BaseCommand):
    help = "Start web, workers, beat and (without REDIS_URL) our own Redis, and keep them running until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine alone)")
        parser.add_argument("--no-demo", action="store_true", help="do not draw and read the demo trip on first start")
        parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: ./data, or DATA_DIR)")

    def handle(self, *args: Any, **options: Any) -> None:
        supervisor = Supervisor(options["host"], options["port"])
        try:
            supervisor.check()
            supervisor.catch_signals()
            child_environment()
            first = self._prepare(supervisor, demo=not options["no_demo"])
            supervisor.run(_demo(), lambda: self._greet(options, first))
        except CannotStart as error:
            raise CommandError(str(error)) from error
        finally:
            supervisor.stop()

    def _prepare(self, supervisor: Supervisor, *, demo: bool) -> FirstUser | None:
        """Schema, Redis, first user."""
        call_command("migrate", interactive=False, verbosity=0)
        supervisor.start_redis()
        if settings.REDIS_IS_OURS:
            release_all()  # ours is the only place that workers of this data folder run in
            sweep()  # and what they left unfinished goes on at once
        first = make_first_user(password=settings.ADMIN_PASSWORD)
        if first is not None and demo:
            wanted().parent.mkdir(parents=True, exist_ok=True)
            wanted().touch()
        return first

    def _greet(self, options: dict[str, Any], first: FirstUser | None) -> None:
        if first is not None:
            told = "the one in ADMIN_PASSWORD" if settings.ADMIN_PASSWORD else f"{first.password}  (shown this once)"
            self.stdout.write(f"First user: {first.name}  Password: {told}")
        host = f"[{options['host']}]" if ":" in options["host"] else options["host"]
        self.stdout.write(f"Open http://{host}:{options['port']}/   (Ctrl-C stops)")
        self.stdout.flush()


def _demo() -> list[Part]:
    """Draws a drive whose plates are known, and then brings it in as a person would, beside everything else."""
    if not wanted().exists():
        return []
    folder = wanted().parent
    # A program of its own: what draws belongs to training, and the site knows nothing of that.
    drawing = [sys.executable, "-m", "recognition", "draw", str(folder)]
    bringing = [sys.executable, str(settings.BASE_DIR / "manage.py"), "ingest", str(folder / "drive.mp4")]
    options = ["--gpx", str(folder / "drive.gpx"), "--vehicle", "Demo car", "--quiet"]
    draw = Part("drawing the demo trip", drawing, once=True, nice=10)
    bring = Part("bringing in the demo trip", [*bringing, *options], once=True, after=draw, then=wanted().unlink)
    return [draw, bring]
