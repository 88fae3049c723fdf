"""Of the embedded demo alone (`config.urls`): what its accounts' apps would show."""

from django.urls import path

from accounts.views.demo_codes import demo_codes

urlpatterns = [path("codes", demo_codes, name="demo_codes")]
