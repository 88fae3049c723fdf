from __future__ import annotations

from django.urls import path

from bookings.api import (
    availability,
    bookings,
    catalog,
    catalog_own,
    guests,
    lists,
    meetings,
    memberships,
    own_data,
    patients,
    paying,
    payments,
    plans,
    record_access,
    requests,
    settings,
    slots,
    time_off,
)
from bookings.api.staff import bookings as staff_bookings
from bookings.api.staff import patients as staff_patients
from bookings.api.staff import professionals as staff_professionals
from bookings.api.staff import stats

public = [
    path("professionals", catalog.ProfessionalList.as_view(), name="api_professionals"),
    path("professionals/<slug:slug>", catalog.ProfessionalDetail.as_view(), name="api_professional"),
    path("professionals/<slug:slug>/bookings", guests.GuestBooking.as_view(), name="api_guest_booking"),
    path("availability/slots", slots.SlotList.as_view(), name="api_slots"),
    path("availability/why", slots.Why.as_view(), name="api_why"),
    path("manage/<str:token>", guests.ManagedBooking.as_view(), name="api_manage"),
    path("manage/<str:token>/cancel", guests.ManagedCancel.as_view(), name="api_manage_cancel"),
    path("manage/<str:token>/reschedule", guests.ManagedReschedule.as_view(), name="api_manage_reschedule"),
    path("manage/<str:token>/payment", guests.ManagedPayment.as_view(), name="api_manage_payment"),
]

own = [
    path("bookings", bookings.BookingList.as_view(), name="api_bookings"),
    path(
        "bookings/professional/waiting-bookings",
        lists.WaitingBookings.as_view(),
        name="api_waiting_bookings",
    ),
    path("bookings/professional/meetings", lists.ProfessionalMeetings.as_view(), name="api_meetings"),
    path("me/membership", memberships.MyMemberships.as_view(), name="api_my_memberships"),
    path("me/export", own_data.ExportView.as_view(), name="api_own_data"),
    path("me/erase", own_data.EraseView.as_view(), name="api_erase"),
    path("me/record-access", record_access.RecordAccess.as_view(), name="api_record_access"),
    path("bookings/client/my-bookings", lists.MyBookings.as_view(), name="api_my_bookings"),
    path("bookings/<uuid:booking_id>", bookings.BookingDetail.as_view(), name="api_booking"),
    path("bookings/<uuid:booking_id>/cancel", bookings.BookingCancel.as_view(), name="api_cancel"),
    path("bookings/<uuid:booking_id>/reject", bookings.BookingReject.as_view(), name="api_reject"),
    path("bookings/<uuid:booking_id>/no-show", bookings.BookingNoShow.as_view(), name="api_no_show"),
    path(
        "bookings/<uuid:booking_id>/reschedule", bookings.BookingReschedule.as_view(), name="api_reschedule"
    ),
    path("bookings/<uuid:booking_id>/accept-meeting", bookings.BookingAccept.as_view(), name="api_accept"),
    path("bookings/<uuid:booking_id>/payment", paying.BookingPayment.as_view(), name="api_payment"),
    path("payments/checkout-session", paying.CheckoutSession.as_view(), name="api_checkout_session"),
]

live = [
    path("bookings/<uuid:booking_id>/join-meeting", meetings.JoinMeeting.as_view(), name="api_join"),
    path("bookings/<uuid:booking_id>/start-meeting", meetings.StartMeeting.as_view(), name="api_start"),
    path("bookings/<uuid:booking_id>/end-meeting", meetings.EndMeeting.as_view(), name="api_end"),
    path(
        "bookings/<uuid:booking_id>/meeting-status",
        meetings.MeetingStatusView.as_view(),
        name="api_meeting_status",
    ),
]

hours = [
    path("availability/blocks", availability.BlockList.as_view(), name="api_blocks"),
    path("availability/blocks/<uuid:block_id>", availability.BlockDetail.as_view(), name="api_block"),
    path("availability/time-off", time_off.TimeOffList.as_view(), name="api_times_off"),
    path("availability/time-off/<uuid:time_off_id>", time_off.TimeOffDetail.as_view(), name="api_time_off"),
    path("availability/holidays", availability.HolidayList.as_view(), name="api_holidays"),
]

asked = [
    path(
        "professionals/<slug:slug>/booking-requests",
        requests.MakeRequest.as_view(),
        name="api_guest_request",
    ),
    path("booking-requests", requests.RequestList.as_view(), name="api_requests"),
    path("booking-requests/<uuid:request_id>", requests.RequestDetail.as_view(), name="api_request"),
    path(
        "booking-requests/<uuid:request_id>/accept",
        requests.RequestAccept.as_view(),
        name="api_request_accept",
    ),
    path(
        "booking-requests/<uuid:request_id>/reject",
        requests.RequestReject.as_view(),
        name="api_request_reject",
    ),
]

money = [
    path("payments", payments.PaymentList.as_view(), name="api_payments"),
    path("payments/export", payments.PaymentFile.as_view(), name="api_payments_export"),
    path("payments/<uuid:payment_id>", payments.PaymentDetail.as_view(), name="api_payment_of_practice"),
    path("payments/<uuid:payment_id>/refund", payments.PaymentRefund.as_view(), name="api_payment_refund"),
    path("payments/<uuid:payment_id>/receipt", payments.PaymentReceipt.as_view(), name="api_payment_receipt"),
]

practice = [
    path("services", catalog_own.OwnServiceList.as_view(), name="api_services"),
    path("services/<uuid:service_id>", catalog_own.OwnServiceDetail.as_view(), name="api_service"),
    path("plans", plans.PlanList.as_view(), name="api_plans"),
    path("plans/<uuid:plan_id>", plans.PlanDetail.as_view(), name="api_plan"),
    path("plans/<uuid:plan_id>/members", plans.PlanMembers.as_view(), name="api_plan_members"),
    path("plans/<uuid:plan_id>/subscribe", memberships.PlanSubscribe.as_view(), name="api_plan_subscribe"),
    path("settings", settings.PracticeSettings.as_view(), name="api_settings"),
]

patients_of_practice = [
    path("patients", patients.PatientList.as_view(), name="api_patients"),
    path("patients/search", patients.PatientSearch.as_view(), name="api_patients_search"),
    path("patients/<uuid:patient_id>", patients.PatientDetail.as_view(), name="api_patient"),
    path("patients/<uuid:patient_id>/merge", patients.PatientMerge.as_view(), name="api_patient_merge"),
]

of_staff = [
    path(
        "admin/professionals",
        staff_professionals.StaffProfessionalList.as_view(),
        name="api_admin_professionals",
    ),
    path(
        "admin/professionals/<uuid:professional_id>",
        staff_professionals.StaffProfessionalDetail.as_view(),
        name="api_admin_professional",
    ),
    path(
        "admin/professionals/<uuid:professional_id>/status",
        staff_professionals.StaffProfessionalStatus.as_view(),
        name="api_admin_professional_status",
    ),
    path("admin/patients", staff_patients.StaffPatientList.as_view(), name="api_admin_patients"),
    path(
        "admin/patients/search", staff_patients.StaffPatientSearch.as_view(), name="api_admin_patients_search"
    ),
    path(
        "admin/patients/<uuid:patient_id>",
        staff_patients.StaffPatientDetail.as_view(),
        name="api_admin_patient",
    ),
    path("admin/bookings", staff_bookings.StaffBookingList.as_view(), name="api_admin_bookings"),
    path(
        "admin/bookings/<uuid:booking_id>",
        staff_bookings.StaffBookingDetail.as_view(),
        name="api_admin_booking",
    ),
    path("admin/stats", stats.Stats.as_view(), name="api_admin_stats"),
]

urlpatterns = [*practice, *money, *asked, *hours, *public, *own, *live, *patients_of_practice, *of_staff]
