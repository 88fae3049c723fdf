from __future__ import annotations

from django.urls import include, path

from bookings.views import checkout, doctor, manage, patient, public

urlpatterns = [
    path("", include("bookings.room_urls")),
    path("", public.home, name="home"),
    path("p/<slug:slug>/", public.professional, name="professional"),
    path("p/<slug:slug>/<slug:service_slug>/", public.choose_time, name="choose_time"),
    path("p/<slug:slug>/<slug:service_slug>/book", public.book, name="book"),
    path("paid/<uuid:payment_id>/", checkout.paid, name="paid"),
    path("b/<str:token>/", manage.manage, name="manage"),
    path("b/<str:token>/pay", manage.manage_pay, name="manage_pay"),
    path("b/<str:token>/cancel", manage.manage_cancel, name="manage_cancel"),
    path("b/<str:token>/move", manage.manage_move, name="manage_move"),
    path("b/<str:token>/calendar.ics", manage.manage_calendar, name="manage_calendar"),
    path("me/", patient.my_bookings, name="my_bookings"),
    path("doctor/", doctor.doctor_today, name="doctor_today"),
    path("doctor/bookings/<uuid:booking_id>/accept", doctor.doctor_accept, name="doctor_accept"),
    path("doctor/bookings/<uuid:booking_id>/reject", doctor.doctor_reject, name="doctor_reject"),
    path("doctor/bookings/<uuid:booking_id>/cancel", doctor.doctor_cancel, name="doctor_cancel"),
    path("doctor/bookings/<uuid:booking_id>/no-show", doctor.doctor_no_show, name="doctor_no_show"),
    path("doctor/bookings/<uuid:booking_id>/complete", doctor.doctor_complete, name="doctor_complete"),
]
