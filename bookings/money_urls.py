from __future__ import annotations

from django.urls import path

from bookings.views import payments, receipts

urlpatterns = [
    path("b/<str:token>/receipt", receipts.manage_receipt, name="manage_receipt"),
    path("b/<str:token>/receipt.pdf", receipts.manage_receipt_pdf, name="manage_receipt_pdf"),
    path("me/receipts/<uuid:payment_id>/", receipts.my_receipt, name="my_receipt"),
    path("me/receipts/<uuid:payment_id>/receipt.pdf", receipts.my_receipt_pdf, name="my_receipt_pdf"),
    path("doctor/payments/", payments.doctor_payments, name="doctor_payments"),
    path("doctor/payments/payments.csv", payments.doctor_payments_csv, name="doctor_payments_csv"),
    path("doctor/payments/<uuid:payment_id>/", payments.doctor_payment, name="doctor_payment"),
    path(
        "doctor/payments/<uuid:payment_id>/refund",
        payments.doctor_payment_refund,
        name="doctor_payment_refund",
    ),
    path("doctor/payments/<uuid:payment_id>/receipt.pdf", receipts.doctor_receipt, name="doctor_receipt"),
]
