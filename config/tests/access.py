"""Who gets which answer where: the table that the access matrix checks, and that people may read.

Each line: method, name of the route, what of the world it is asked about, and a status for each column.
`own` means the patient or the professional of that booking; the outsiders have the same roles.
401: sign in first (pages lead there); 403: you may not; 404: you may not know of it; 302: done, and led on.
"""

from __future__ import annotations

COLUMNS = (
    "nobody",
    "own_patient",
    "other_patient",
    "own_professional",
    "other_professional",
    "agent",
    "medical_admin",
    "it_admin",
)

TABLE = """
                                                   |no-   patient professl a-    med. it
                                                   |body  own oth own oth  gent  adm. adm.
# For everybody: finding, booking, the checks of the installation
GET   health                                       |  200   200 200   200 200   200   200   200
GET   health_ready                                 |  200   200 200   200 200   200   200   200
GET   home                                         |  200   200 200   200 200   200   200   200
GET   professional                                 |  200   200 200   200 200   200   200   200
GET   choose_time                                  |  200   200 200   200 200   200   200   200
GET   book                                         |  200   200 200   200 200   200   200   200
POST  book                                         |  302   302 302   302 302   302   302   302
GET   request_time                                 |  200   200 200   200 200   200   200   200
POST  request_time                                 |  302   302 302   302 302   302   302   302
GET   request_sent                                 |  302   302 302   302 302   302   302   302
POST  set_language                                 |  302   302 302   302 302   302   302   302
GET   schema                                       |  200   200 200   200 200   200   200   200
GET   api_docs                                     |  200   200 200   200 200   200   200   200
GET   api_unknown                                  |  404   404 404   404 404   404   404   404
GET   api_professionals                            |  200   200 200   200 200   200   200   200
GET   api_professional                             |  200   200 200   200 200   200   200   200
GET   api_slots                                    |  200   200 200   200 200   200   200   200
GET   api_why                                      |  200   200 200   200 200   200   200   200
POST  api_guest_booking                            |  201   201 201   201 201   201   201   201
POST  api_guest_request                            |  201   201 201   201 201   201   201   201
POST  payment_webhook                              |  401   401 401   401 401   401   401   401
GET   sandbox_checkout                             |  200   200 200   200 200   200   200   200
GET   mailbox                                      |  200   200 200   200 200   200   200   200
GET   mailbox_mail                                 |  404   404 404   404 404   404   404   404
GET   mailbox_body                                 |  404   404 404   404 404   404   404   404
GET   mailbox_attachment                           |  404   404 404   404 404   404   404   404

# Back from the checkout: on to the booking for whoever is known, else a page that opens nothing
GET   paid                                 unpaid  |  200   302 200   200 200   200   200   200

# By the private link, whoever has it
GET   manage                               waiting |  200   200 200   200 200   200   200   200
POST  manage_pay                           unpaid  |  302   302 302   302 302   302   302   302
POST  manage_cancel                        waiting |  302   302 302   302 302   302   302   302
GET   manage_move                          waiting |  200   200 200   200 200   200   200   200
POST  manage_move                          waiting |  302   302 302   302 302   302   302   302
GET   manage_calendar                      running |  200   200 200   200 200   200   200   200
GET   guest_room                           running |  200   200 200   200 200   200   200   200
GET   api_manage                           waiting |  200   200 200   200 200   200   200   200
POST  api_manage_cancel                    waiting |  200   200 200   200 200   200   200   200
POST  api_manage_reschedule                waiting |  200   200 200   200 200   200   200   200
POST  api_manage_payment                   unpaid  |  200   200 200   200 200   200   200   200

# Signing in and out
GET   account_login                                |  200   302 302   302 302   302   302   302
GET   account_inactive                             |  200   200 200   200 200   200   200   200
GET   account_logout                               |  302   200 200   200 200   200   200   200
POST  account_logout                               |  302   302 302   302 302   302   302   302
GET   account_signup                               |  200   302 302   302 302   302   302   302
GET   account_reset_password                       |  200   200 200   200 200   200   200   200
GET   account_reset_password_done                  |  200   200 200   200 200   200   200   200
GET   account_reset_password_from_key              |  200   200 200   200 200   200   200   200
GET   account_reset_password_from_key_done         |  200   200 200   200 200   200   200   200
GET   account_email_verification_sent              |  200   200 200   200 200   200   200   200
GET   account_confirm_email                        |  200   200 200   200 200   200   200   200
GET   home_of_role                                 |  401   302 302   302 302   302   302   302
POST  api_login                                    |  401   401 401   401 401   401   401   401
POST  api_refresh                                  |  401   401 401   401 401   401   401   401
POST  api_logout                                   |  204   204 204   204 204   204   204   204
GET   api_me                                       |  401   200 200   200 200   200   200   200

# One's own account
GET   account                                      |  401   200 200   200 200   200   200   200

# Pages of a patient
GET   my_bookings                                  |  401   200 200   200 200   200   200   200
GET   video_room                           running |  401   200 404   200 404   404   404   404
POST  end_for_both                         running |  401   404 404   302 404   404   404   404

# Pages of a professional
GET   doctor_today                                 |  401   403 403   200 200   403   403   403
GET   doctor_agenda                                |  401   403 403   200 200   403   403   403
GET   doctor_requests                              |  401   403 403   200 200   403   403   403
POST  doctor_request_reject                        |  401   403 403   302 404   403   403   403
POST  doctor_accept                        waiting |  401   403 403   302 404   403   403   403
POST  doctor_reject                        waiting |  401   403 403   302 404   403   403   403
POST  doctor_cancel                        waiting |  401   403 403   302 404   403   403   403
POST  doctor_no_show                       running |  401   403 403   302 404   403   403   403
POST  doctor_complete                      running |  401   403 403   302 404   403   403   403
GET   consultations                                |  401   403 403   200 200   403   403   403
GET   consultation                         waiting |  401   403 403   200 404   403   403   403
POST  consultation                         waiting |  401   403 403   302 404   403   403   403
GET   consultation_move                    waiting |  401   403 403   200 404   403   403   403
POST  consultation_move                    waiting |  401   403 403   302 404   403   403   403
GET   consultation_cancel                  waiting |  401   403 403   200 404   403   403   403
POST  consultation_cancel                  waiting |  401   403 403   302 404   403   403   403
GET   new_consultation                             |  401   403 403   200 200   403   403   403
POST  new_consultation                             |  401   403 403   200 200   403   403   403
GET   doctor_services                              |  401   403 403   200 200   403   403   403
GET   doctor_service_new                           |  401   403 403   200 200   403   403   403
POST  doctor_service_new                           |  401   403 403   400 400   403   403   403
GET   doctor_service                               |  401   403 403   200 404   403   403   403
POST  doctor_service                               |  401   403 403   400 404   403   403   403
POST  doctor_service_remove                        |  401   403 403   302 404   403   403   403
POST  doctor_service_restore                       |  401   403 403   302 404   403   403   403
GET   doctor_settings                              |  401   403 403   200 200   403   403   403
POST  doctor_settings                              |  401   403 403   400 400   403   403   403
GET   doctor_availability                          |  401   403 403   200 200   403   403   403
POST  doctor_holidays                              |  401   403 403   302 302   403   403   403
GET   doctor_hours_new                             |  401   403 403   200 200   403   403   403
POST  doctor_hours_new                             |  401   403 403   400 400   403   403   403
GET   doctor_date_new                              |  401   403 403   200 200   403   403   403
POST  doctor_date_new                              |  401   403 403   400 400   403   403   403
GET   doctor_hours                                 |  401   403 403   200 404   403   403   403
POST  doctor_hours                                 |  401   403 403   400 404   403   403   403
POST  doctor_hours_switch                          |  401   403 403   302 404   403   403   403
POST  doctor_hours_remove                          |  401   403 403   302 404   403   403   403
GET   doctor_hours_copy                            |  401   403 403   200 200   403   403   403
POST  doctor_hours_copy                            |  401   403 403   400 400   403   403   403
GET   doctor_time_off_new                          |  401   403 403   200 200   403   403   403
POST  doctor_time_off_new                          |  401   403 403   400 400   403   403   403
GET   doctor_time_off                              |  401   403 403   200 404   403   403   403
POST  doctor_time_off                              |  401   403 403   400 404   403   403   403
POST  doctor_time_off_remove                       |  401   403 403   302 404   403   403   403

# The API of a practice's hours
GET   api_blocks                                   |  401   403 403   200 200   403   403   403
POST  api_blocks                                   |  401   403 403   201 201   403   403   403
GET   api_block                                    |  401   403 403   200 404   403   403   403
PUT   api_block                                    |  401   403 403   200 404   403   403   403
PATCH api_block                                    |  401   403 403   200 404   403   403   403
DELETE api_block                                    |  401   403 403   204 404   403   403   403
GET   api_times_off                                |  401   403 403   200 200   403   403   403
POST  api_times_off                                |  401   403 403   201 201   403   403   403
GET   api_time_off                                 |  401   403 403   200 404   403   403   403
PUT   api_time_off                                 |  401   403 403   200 404   403   403   403
PATCH api_time_off                                 |  401   403 403   200 404   403   403   403
DELETE api_time_off                                 |  401   403 403   204 404   403   403   403
GET   api_holidays                                 |  401   403 403   200 200   403   403   403

# A practice's patients: pages and API
GET   doctor_patients                              |  401   403 403   200 200   403   403   403
POST  doctor_patients                              |  401   403 403   200 200   403   403   403
GET   doctor_patient_new                           |  401   403 403   200 200   403   403   403
POST  doctor_patient_new                           |  401   403 403   302 302   403   403   403
GET   doctor_patient                               |  401   403 403   200 404   403   403   403
POST  doctor_patient                               |  401   403 403   302 404   403   403   403
POST  doctor_patient_notes                         |  401   403 403   302 404   403   403   403
POST  doctor_patient_remove                        |  401   403 403   302 404   403   403   403
GET   doctor_patient_merge                         |  401   403 403   200 404   403   403   403
POST  doctor_patient_merge                         |  401   403 403   302 404   403   403   403
GET   api_patients                                 |  401   403 403   200 200   403   403   403
POST  api_patients                                 |  401   403 403   201 201   403   403   403
POST  api_patients_search                          |  401   403 403   200 200   403   403   403
GET   api_patient                                  |  401   403 403   200 404   403   403   403
PUT   api_patient                                  |  401   403 403   200 404   403   403   403
PATCH api_patient                                  |  401   403 403   200 404   403   403   403
DELETE api_patient                                 |  401   403 403   204 404   403   403   403
POST  api_patient_merge                            |  401   403 403   200 404   403   403   403

# The API of bookings
GET   api_bookings                                 |  401   200 200   200 200   200   200   200
POST  api_bookings                                 |  401   201 201   201 404   403   201   403
GET   api_waiting_bookings                         |  401   403 403   200 200   403   403   403
GET   api_meetings                                 |  401   403 403   200 200   403   403   403
GET   api_my_bookings                              |  401   200 200   403 403   403   403   403
GET   api_booking                          waiting |  401   200 404   200 404   404   404   404
PATCH api_booking                          waiting |  401   200 404   200 404   404   404   404
POST  api_cancel                           waiting |  401   200 404   200 404   404   404   404
POST  api_reschedule                       waiting |  401   200 404   200 404   404   404   404
POST  api_payment                          unpaid  |  401   200 404   403 404   404   404   404
POST  api_reject                           waiting |  401   403 404   200 404   404   404   404
POST  api_no_show                          running |  401   403 404   400 404   404   404   404
PATCH api_accept                           waiting |  401   403 403   200 403   403   403   403
GET   api_join                             running |  401   200 403   200 403   403   403   403
POST  api_start                            running |  401   200 403   200 403   403   403   403
POST  api_end                              running |  401   403 404   400 404   404   404   404
GET   api_meeting_status                   running |  401   200 404   200 404   404   404   404

# The API of requests for an appointment: one made to the own professional
GET   api_requests                                 |  401   403 403   200 200   403   403   403
GET   api_request                                  |  401   403 403   200 404   403   403   403
POST  api_request_accept                           |  401   403 403   201 404   403   403   403
POST  api_request_reject                           |  401   403 403   200 404   403   403   403

# The API of a practice's own services and rules
GET   api_services                                 |  401   403 403   200 200   403   403   403
POST  api_services                                 |  401   403 403   201 201   403   403   403
GET   api_service                                  |  401   403 403   200 404   403   403   403
PUT   api_service                                  |  401   403 403   200 404   403   403   403
PATCH api_service                                  |  401   403 403   200 404   403   403   403
DELETE api_service                                 |  401   403 403   204 404   403   403   403
GET   api_settings                                 |  401   403 403   200 200   403   403   403
PUT   api_settings                                 |  401   403 403   200 200   403   403   403
PATCH api_settings                                 |  401   403 403   200 200   403   403   403

# Notifications: one of the own patient
GET   api_notifications                            |  401   200 200   200 200   200   200   200
POST  api_notification_read                        |  401   200 404   404 404   404   404   404

# The admin (each model: accounts/tests/test_admin_access.py, bookings/tests/test_admin.py)
GET   admin:index                                  |  401   401 401   401 401   401   200   200
GET   it/medical-professionals                     |  302   302 302   302 302   302   302   302
"""
