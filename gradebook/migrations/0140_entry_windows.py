"""Orders for a line or one teacher, locks of a part, orders carried out, and what the head of a tổ announces."""

import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gradebook", "0121_reasons_kept"),
        ("students", "0120_uploads_without_news"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EntryNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("grade_level", models.PositiveSmallIntegerField(verbose_name="khối")),
                (
                    "kind",
                    models.CharField(choices=[("announce", "Thông báo"), ("remind", "Nhắc")], max_length=8),
                ),
                ("text", models.CharField(blank=True, max_length=500, verbose_name="lời nhắn")),
                ("sent_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("day", models.DateField()),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entry_notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "window",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="gradebook.entrywindow",
                    ),
                ),
            ],
            options={
                "ordering": ("-sent_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("window", "grade_level", "kind", "day"), name="notice_once_a_day_at_most"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["announce", "remind"])), name="notice_kind_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("grade_level__range", (1, 5))), name="notice_grade_is_1_to_5"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntryNoticeRecipient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("missing", models.PositiveIntegerField(verbose_name="số ô còn thiếu")),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recipients",
                        to="gradebook.entrynotice",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="received_entry_notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "person"), name="notice_reaches_a_person_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalEntryNotice",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("acting_role", models.CharField(blank=True, max_length=60)),
                ("source", models.CharField(blank=True, max_length=12)),
                ("request_id", models.BigIntegerField(null=True)),
                ("grade_level", models.PositiveSmallIntegerField(verbose_name="khối")),
                (
                    "kind",
                    models.CharField(choices=[("announce", "Thông báo"), ("remind", "Nhắc")], max_length=8),
                ),
                ("text", models.CharField(blank=True, max_length=500, verbose_name="lời nhắn")),
                ("sent_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("day", models.DateField()),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "window",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="gradebook.entrywindow",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical entry notice",
                "verbose_name_plural": "historical entry notices",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalEntryNoticeRecipient",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("acting_role", models.CharField(blank=True, max_length=60)),
                ("source", models.CharField(blank=True, max_length=12)),
                ("window_id", models.BigIntegerField(null=True)),
                ("request_id", models.BigIntegerField(null=True)),
                ("missing", models.PositiveIntegerField(verbose_name="số ô còn thiếu")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="gradebook.entrynotice",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical entry notice recipient",
                "verbose_name_plural": "historical entry notice recipients",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalOrderExecution",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("acting_role", models.CharField(blank=True, max_length=60)),
                ("source", models.CharField(blank=True, max_length=12)),
                ("window_id", models.BigIntegerField(null=True)),
                ("request_id", models.BigIntegerField(null=True)),
                (
                    "done_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="lúc"
                    ),
                ),
                ("found", models.CharField(max_length=200, verbose_name="tình trạng lúc đó")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người thực hiện",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="gradebook.entryorder",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical order execution",
                "verbose_name_plural": "historical order executions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalWindowCut",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("acting_role", models.CharField(blank=True, max_length=60)),
                ("source", models.CharField(blank=True, max_length=12)),
                ("request_id", models.BigIntegerField(null=True)),
                ("shut_at", models.DateTimeField()),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="gradebook.entryorder",
                    ),
                ),
                (
                    "window",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="gradebook.entrywindow",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical window cut",
                "verbose_name_plural": "historical window cuts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="OrderExecution",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "done_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="lúc"
                    ),
                ),
                ("found", models.CharField(max_length=200, verbose_name="tình trạng lúc đó")),
                (
                    "done_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="executed_orders",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người thực hiện",
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="execution",
                        to="gradebook.entryorder",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WindowCut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shut_at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cuts",
                        to="gradebook.entryorder",
                    ),
                ),
                (
                    "window",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cuts",
                        to="gradebook.entrywindow",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("window", "order"), name="order_cuts_a_window_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="entryorder",
            name="line_code",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=10,
                verbose_name="môn học, hoạt động giáo dục",
            ),
        ),
        migrations.AddField(
            model_name="entryorder",
            name="teacher",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders_for_one",
                to=settings.AUTH_USER_MODEL,
                verbose_name="giáo viên",
            ),
        ),
        migrations.AddField(
            model_name="entrywindow",
            name="line_code",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="entrywindow",
            name="teacher",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="windows",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalentryorder",
            name="line_code",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=10,
                verbose_name="môn học, hoạt động giáo dục",
            ),
        ),
        migrations.AddField(
            model_name="historicalentryorder",
            name="teacher",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="giáo viên",
            ),
        ),
        migrations.AddField(
            model_name="historicalentrywindow",
            name="line_code",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="historicalentrywindow",
            name="teacher",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="entryorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closes_at__isnull", True), ("kind", "lock")),
                    models.Q(("closes_at__isnull", False), ("kind", "open")),
                    _connector="OR",
                ),
                name="order_to_open_ends_by_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="entryorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "line_code__in",
                        [
                            "",
                            "TV",
                            "TOAN",
                            "NN1",
                            "LSDL",
                            "KH",
                            "TH",
                            "CN",
                            "DD",
                            "TNXH",
                            "GDTC",
                            "AN",
                            "MT",
                            "HDTN",
                            "TDT",
                            "NLPC",
                        ],
                    )
                ),
                name="order_line_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="entrywindow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("grade_level__isnull", True), ("school_class__isnull", True), _connector="OR"
                ),
                name="window_has_one_scope",
            ),
        ),
        migrations.AddConstraint(
            model_name="entrywindow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "line_code__in",
                        [
                            "",
                            "TV",
                            "TOAN",
                            "NN1",
                            "LSDL",
                            "KH",
                            "TH",
                            "CN",
                            "DD",
                            "TNXH",
                            "GDTC",
                            "AN",
                            "MT",
                            "HDTN",
                            "TDT",
                            "NLPC",
                        ],
                    )
                ),
                name="window_line_is_known",
            ),
        ),
    ]
