"""Plans that patients buy, the memberships they give, and by which gateways a practice takes money."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import bookings.models.ranges


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_erased_patients"),
        ("bookings", "0008_lists_of_staff"),
        ("meetings", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Plan",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=500, verbose_name="description")),
                ("price", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="price")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "months",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(24),
                        ],
                        verbose_name="months",
                    ),
                ),
                ("is_offered", models.BooleanField(default=True, verbose_name="for sale")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "plan",
                "verbose_name_plural": "plans",
                "ordering": ["months", "price", "id"],
            },
        ),
        migrations.CreateModel(
            name="PlanService",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "member_price",
                    models.DecimalField(
                        decimal_places=3, default=0, max_digits=14, verbose_name="price for members"
                    ),
                ),
                (
                    "times",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="how often",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="bookingpolicy",
            name="gateways",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                blank=True,
                default=list,
                size=None,
                verbose_name="ways to pay",
            ),
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                ("next_notice_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
            },
        ),
        migrations.AddField(
            model_name="booking",
            name="membership",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bookings",
                to="bookings.membership",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="professional",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="accounts.professional"
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="bookings.plan"
            ),
        ),
        migrations.AddField(
            model_name="planservice",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="included", to="bookings.plan"
            ),
        ),
        migrations.AddField(
            model_name="planservice",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="in_plans", to="bookings.service"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(condition=models.Q(("price__gt", 0)), name="plan_price"),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("months__range", (1, 24))), name="plan_months"
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["user", "-ends_at"], name="membership_of_user"),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("next_notice_at__isnull", False)),
                fields=["next_notice_at"],
                name="membership_notice",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ends_at", None), ("starts_at", None)),
                    ("ends_at__gt", models.F("starts_at")),
                    _connector="OR",
                ),
                name="membership_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cancelled_at", None), ("starts_at", None)),
                fields=("user", "plan"),
                name="membership_one_unpaid",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("cancelled_at", None), ("starts_at__isnull", False)),
                expressions=[
                    ("user", "="),
                    ("plan", "="),
                    (
                        bookings.models.ranges.TsTzRange(
                            "starts_at", "ends_at", django.contrib.postgres.fields.ranges.RangeBoundary()
                        ),
                        "&&",
                    ),
                ],
                name="membership_no_overlap",
            ),
        ),
        migrations.AddConstraint(
            model_name="planservice",
            constraint=models.UniqueConstraint(fields=("plan", "service"), name="plan_service_once"),
        ),
        migrations.AddConstraint(
            model_name="planservice",
            constraint=models.CheckConstraint(
                condition=models.Q(("member_price__gte", 0)), name="plan_member_price"
            ),
        ),
        migrations.AddConstraint(
            model_name="planservice",
            constraint=models.CheckConstraint(
                condition=models.Q(("times", None), ("times__gte", 1), _connector="OR"), name="plan_times"
            ),
        ),
    ]
