from __future__ import annotations

from django.urls import path

from bookings.views import room

urlpatterns = [
    path("video-room/<uuid:booking_id>/", room.video_room, name="video_room"),
    path("video-room/<uuid:booking_id>/end", room.end_for_both, name="end_for_both"),
    path("b/<str:token>/room/", room.guest_room, name="guest_room"),
]
