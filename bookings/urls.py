from __future__ import annotations

from django.urls import include, path

from bookings.views import (
    agenda,
    availability,
    checkout,
    consultation_changes,
    consultations,
    doctor,
    manage,
    new_consultation,
    patient,
    public,
    requests,
    time_off,
)

urlpatterns = [
    path("", include("bookings.room_urls")),
    path("", public.home, name="home"),
    path("p/<slug:slug>/", public.professional, name="professional"),
    path("p/<slug:slug>/<slug:service_slug>/", public.choose_time, name="choose_time"),
    path("p/<slug:slug>/<slug:service_slug>/book", public.book, name="book"),
    path("p/<slug:slug>/<slug:service_slug>/request", requests.request_time, name="request_time"),
    path("p/<slug:slug>/<slug:service_slug>/request/sent", requests.request_sent, name="request_sent"),
    path("paid/<uuid:payment_id>/", checkout.paid, name="paid"),
    path("b/<str:token>/", manage.manage, name="manage"),
    path("b/<str:token>/pay", manage.manage_pay, name="manage_pay"),
    path("b/<str:token>/cancel", manage.manage_cancel, name="manage_cancel"),
    path("b/<str:token>/move", manage.manage_move, name="manage_move"),
    path("b/<str:token>/calendar.ics", manage.manage_calendar, name="manage_calendar"),
    path("me/", patient.my_bookings, name="my_bookings"),
    path("doctor/", doctor.doctor_today, name="doctor_today"),
    path("doctor/agenda/", agenda.doctor_agenda, name="doctor_agenda"),
    path("doctor/requests/", requests.doctor_requests, name="doctor_requests"),
    path(
        "doctor/requests/<uuid:request_id>/reject",
        requests.doctor_request_reject,
        name="doctor_request_reject",
    ),
    path("doctor/consultations/", consultations.consultations, name="consultations"),
    path("doctor/consultations/<uuid:booking_id>/", consultations.consultation, name="consultation"),
    path(
        "doctor/consultations/<uuid:booking_id>/move",
        consultation_changes.consultation_move,
        name="consultation_move",
    ),
    path(
        "doctor/consultations/<uuid:booking_id>/cancel",
        consultation_changes.consultation_cancel,
        name="consultation_cancel",
    ),
    path("doctor/new-consultation/", new_consultation.new_consultation, name="new_consultation"),
    path("doctor/bookings/<uuid:booking_id>/accept", doctor.doctor_accept, name="doctor_accept"),
    path("doctor/bookings/<uuid:booking_id>/reject", doctor.doctor_reject, name="doctor_reject"),
    path("doctor/bookings/<uuid:booking_id>/cancel", doctor.doctor_cancel, name="doctor_cancel"),
    path("doctor/bookings/<uuid:booking_id>/no-show", doctor.doctor_no_show, name="doctor_no_show"),
    path("doctor/bookings/<uuid:booking_id>/complete", doctor.doctor_complete, name="doctor_complete"),
    path("doctor/availability/", availability.doctor_availability, name="doctor_availability"),
    path("doctor/availability/holidays", availability.doctor_holidays, name="doctor_holidays"),
    path("doctor/availability/hours/new", availability.doctor_hours_new, name="doctor_hours_new"),
    path("doctor/availability/dates/new", availability.doctor_date_new, name="doctor_date_new"),
    path("doctor/availability/hours/<uuid:block_id>", availability.doctor_hours, name="doctor_hours"),
    path(
        "doctor/availability/hours/<uuid:block_id>/switch",
        availability.doctor_hours_switch,
        name="doctor_hours_switch",
    ),
    path(
        "doctor/availability/hours/<uuid:block_id>/remove",
        availability.doctor_hours_remove,
        name="doctor_hours_remove",
    ),
    path(
        "doctor/availability/days/<int:weekday>/copy", availability.doctor_hours_copy, name="doctor_hours_copy"
    ),
    path("doctor/availability/time-off/new", time_off.doctor_time_off_new, name="doctor_time_off_new"),
    path(
        "doctor/availability/time-off/<uuid:time_off_id>", time_off.doctor_time_off, name="doctor_time_off"
    ),
    path(
        "doctor/availability/time-off/<uuid:time_off_id>/remove",
        time_off.doctor_time_off_remove,
        name="doctor_time_off_remove",
    ),
]
