from django.urls import path

from notifications import mailbox_views as views

urlpatterns = [
    path("", views.mail_list, name="mailbox"),
    path("<uuid:mail_id>/", views.mail_detail, name="mailbox_mail"),
    path("<uuid:mail_id>/body", views.mail_body, name="mailbox_body"),
    path("<uuid:mail_id>/attachments/<int:number>", views.mail_attachment, name="mailbox_attachment"),
]
