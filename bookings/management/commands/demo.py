from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from bookings import demo
from core.errors import DomainError


class Command(BaseCommand):
    help = "Makes the demo practice on the first start and says what to try."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = demo.seed()
        except DomainError as error:
            raise CommandError(str(error)) from error
        url = settings.PUBLIC_URL
        self.stdout.write(
            f"""
  Vicita demo{" (data made just now)" if made else ""}

    Book as a visitor       {url}/p/lucia-pena/   (on call, day and night: join at once)
    Find a professional     {url}/
    Mail that was sent      {url}/mailbox/
    API documentation       {url}/api/v1/docs

    Sign in at {url}/login with the password {demo.PASSWORD}
      {demo.DOCTOR:<20} professional   {url}/doctor/
      {demo.PATIENT:<20} patient        {url}/me/
      {demo.IT:<20} IT             {url}/admin/
      {demo.ADMIN:<20} administration {url}/admin/
    IT and administration are asked for a code: {url}/demo/codes
"""
        )
