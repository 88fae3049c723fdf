"""How the admin looks: its name, its colours, its menus."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Vicita",
    "SITE_HEADER": "Vicita",
    "SITE_SUBHEADER": _("Administration"),
    "SITE_SYMBOL": "video_camera_front",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/favicon.svg")}
    ],
    "STYLES": [lambda request: static("css/admin.css")],
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": {
        "show_all_applications": False,
        "show_search": False,
        "navigation": "accounts.admin_menu.menu",
    },
    "ACCOUNT": {
        "navigation": [{"title": _("Your account"), "link": lambda request: reverse("account")}],
    },
    "COLORS": {
        "primary": {
            "50": "#f0f9f6",
            "100": "#e0f1ec",
            "200": "#bfe5dc",
            "300": "#8fdfd0",
            "400": "#5fcbb8",
            "500": "#2ba392",
            "600": "#0b6a5f",
            "700": "#075047",
            "800": "#07403a",
            "900": "#06312c",
            "950": "#05211d",
        }
    },
}
