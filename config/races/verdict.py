"""Questions to the database whose every answer is a broken promise."""

from __future__ import annotations

from django.db import connection

# For this connection only; the statuses are the table's, written out once.
VIEWS = """
    CREATE OR REPLACE TEMP VIEW holding AS SELECT * FROM bookings_booking
        WHERE status IN ('pending_payment', 'waiting_for_professional', 'confirmed', 'in_progress', 'completed');
    CREATE OR REPLACE TEMP VIEW freed AS SELECT * FROM bookings_booking
        WHERE status IN ('cancelled', 'rejected', 'expired', 'no_show');
    CREATE OR REPLACE TEMP VIEW owed AS SELECT * FROM payments_payment WHERE subject_type = 'booking'
"""
QUESTIONS = {
    "two bookings at one professional's time, buffers included": """
        SELECT a.id, b.id FROM holding a JOIN holding b
            ON a.professional_id = b.professional_id AND a.id < b.id
            AND a.blocked_from < b.blocked_until AND b.blocked_from < a.blocked_until""",
    "one patient in two places": """
        SELECT a.id, b.id FROM holding a JOIN holding b
            ON a.patient_identity = b.patient_identity AND a.patient_identity <> '' AND a.id < b.id
            AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at""",
    "a booking whose patient's identity is another": """
        SELECT b.id FROM holding b JOIN accounts_patient p ON p.id = b.patient_id
        WHERE b.patient_identity <> p.email_index""",
    "a booking of another practice's patient, or of one merged away": """
        SELECT b.id FROM bookings_booking b JOIN accounts_patient p ON p.id = b.patient_id
        WHERE p.professional_id <> b.professional_id OR p.merged_into_id IS NOT NULL""",
    "more bookings on a day than the practice takes": """
        SELECT professional_id, starts_at::date FROM holding
            JOIN bookings_bookingpolicy p USING (professional_id)
        GROUP BY 1, 2, p.max_bookings_per_day HAVING count(*) > p.max_bookings_per_day""",
    "a booking that holds its time, and its room is void": """
        SELECT b.id FROM holding b JOIN meetings_meeting m ON m.id = b.meeting_id
        WHERE m.state = 'void'""",
    "a booking that freed its time, and its room is open": """
        SELECT b.id FROM freed b JOIN meetings_meeting m ON m.id = b.meeting_id
        WHERE m.state <> 'void'""",
    "a room at another time than its booking": """
        SELECT b.id FROM holding b JOIN meetings_meeting m ON m.id = b.meeting_id
        WHERE m.opens_at <> b.starts_at - interval '10 minutes' OR m.closes_at <> b.ends_at""",
    "a call without a room, or a room without a call": """
        SELECT id FROM bookings_booking
        WHERE (modality IN ('video', 'audio')) <> (meeting_id IS NOT NULL)""",
    "a room that is nobody's": """
        SELECT m.id FROM meetings_meeting m LEFT JOIN bookings_booking b ON b.meeting_id = m.id
        WHERE b.id IS NULL AND m.state <> 'void'""",
    "a hold without something to pay": """
        SELECT b.id FROM holding b LEFT JOIN owed p ON p.subject_id = b.id
        WHERE b.status = 'pending_payment' AND (p.id IS NULL OR p.status = 'closed')""",
    "something to pay for a time that is free again": """
        SELECT b.id FROM freed b JOIN owed p ON p.subject_id = b.id WHERE p.status = 'pending'""",
    "a paid booking that waits for its money": """
        SELECT b.id FROM holding b JOIN owed p ON p.subject_id = b.id
        WHERE b.status = 'pending_payment' AND p.status = 'paid' AND p.told_at IS NOT NULL""",
    "money kept for a time that is free again": """
        SELECT b.id FROM freed b JOIN owed p ON p.subject_id = b.id
            JOIN payments_attempt a ON a.payment_id = p.id AND a.settles
            LEFT JOIN payments_refund r ON r.attempt_id = a.id
        WHERE p.status = 'paid' AND p.told_at IS NOT NULL AND r.id IS NULL""",
    "a request without a time to answer it, or a settled booking without a moment": """
        SELECT id FROM bookings_booking
        WHERE (status = 'waiting_for_professional' AND (answer_due_at IS NULL OR settled_at IS NULL))
            OR (status = 'confirmed' AND (accepted_at IS NULL OR settled_at IS NULL))""",
    "a booking that is over without a moment, or not over with one": """
        SELECT id FROM freed WHERE closed_at IS NULL
        UNION SELECT id FROM holding WHERE closed_at IS NOT NULL AND status <> 'completed'""",
    "a reminder of what is not confirmed": """
        SELECT id FROM bookings_booking WHERE status <> 'confirmed' AND next_reminder_at IS NOT NULL""",
    "a history that does not begin with the booking, or does not end where it stands": """
        SELECT b.id FROM bookings_booking b LEFT JOIN LATERAL (
            SELECT (array_agg(e.verb ORDER BY e.id))[1] AS first,
                (array_agg(e.to_status ORDER BY e.id DESC))[1] AS last
            FROM bookings_bookingevent e WHERE e.booking_id = b.id) story ON true
        WHERE story.first IS DISTINCT FROM 'book' OR story.last IS DISTINCT FROM b.status""",
    "a history with a gap": """
        SELECT booking_id FROM (SELECT booking_id, from_status,
            lag(to_status, 1, '') OVER (PARTITION BY booking_id ORDER BY id) AS before
            FROM bookings_bookingevent) steps
        WHERE from_status <> before""",
    "a booking that was told of never, or more than once": """
        SELECT b.id FROM bookings_booking b LEFT JOIN core_outboxevent o
            ON o.topic = 'AppointmentBooked' AND o.payload->>'booking_id' = b.id::text
        GROUP BY b.id HAVING count(o.id) <> 1""",
    "a move or a cancellation that was told of never, or more than once": """
        SELECT e.booking_id, e.verb FROM bookings_bookingevent e WHERE e.verb IN ('reschedule', 'cancel')
        GROUP BY 1, 2 HAVING count(*) <> (SELECT count(*) FROM core_outboxevent o
            WHERE o.payload->>'booking_id' = e.booking_id::text AND o.topic =
                CASE e.verb WHEN 'cancel' THEN 'AppointmentCancelled' ELSE 'AppointmentRescheduled' END)""",
    "a wish that was granted without a booking at that practice": """
        SELECT r.id FROM bookings_bookingrequest r LEFT JOIN bookings_booking b ON b.id = r.booking_id
        WHERE r.status = 'accepted' AND (b.id IS NULL OR b.professional_id <> r.professional_id)""",
}


def broken_promises() -> dict[str, int]:
    """How often which promise was broken; empty when all is well."""
    broken = {}
    with connection.cursor() as cursor:
        cursor.execute(VIEWS)
        for promise, sql in QUESTIONS.items():
            cursor.execute(sql)
            if rows := cursor.fetchall():
                broken[promise] = len(rows)
    return broken
