"""Announcements with their readers, and kept documents with their versions and the management board."""

import approvals.models.announcements
import approvals.models.documents
import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0091_the_clerk_is_no_leader"),
        ("approvals", "0046_book_signatures_kept"),
        ("students", "0142_next_schools"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="tiêu đề")),
                ("text", models.TextField(max_length=4000, verbose_name="nội dung")),
                ("shown_until", models.DateField(null=True, verbose_name="hiện đến hết ngày")),
                ("role", models.CharField(max_length=60, verbose_name="chức vụ khi gửi")),
                ("told_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "file",
                    models.FileField(
                        blank=True, max_length=200, upload_to=approvals.models.announcements.announcement_path
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=150, verbose_name="tên tệp")),
                ("file_kind", models.CharField(blank=True, max_length=20)),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("token", models.UUIDField(help_text="of the form: sent twice, it is one announcement")),
                (
                    "state",
                    models.CharField(
                        choices=[("shown", "Đã thông báo"), ("withdrawn", "Đã thu hồi")],
                        default="shown",
                        max_length=10,
                        verbose_name="trạng thái",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "withdrawal_reason",
                    models.CharField(blank=True, max_length=500, verbose_name="lí do thu hồi"),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="announcements",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="announcements",
                        to="accounts.team",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="announcements",
                        to="students.schoolyear",
                    ),
                ),
            ],
            options={
                "ordering": ("-told_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="AnnouncementReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("read_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="approvals.announcement",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("read_at",),
            },
        ),
        migrations.CreateModel(
            name="DocumentVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="bản thứ")),
                ("number", models.CharField(max_length=60, verbose_name="số, kí hiệu")),
                ("dated", models.DateField(verbose_name="ngày kí")),
                ("title", models.CharField(max_length=300, verbose_name="trích yếu")),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="nội dung")),
                (
                    "note",
                    models.CharField(blank=True, max_length=500, verbose_name="thay đổi so với bản trước"),
                ),
                (
                    "file",
                    models.FileField(
                        blank=True, max_length=200, upload_to=approvals.models.documents.document_path
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=150, verbose_name="tên tệp")),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("role", models.CharField(max_length=60, verbose_name="chức vụ khi đưa lên")),
                ("uploaded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("token", models.UUIDField(help_text="of the form: sent twice, it is one version")),
                (
                    "on_behalf_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="students.schoolyear",
                    ),
                ),
            ],
            options={
                "ordering": ("-version",),
            },
        ),
        migrations.CreateModel(
            name="BoardMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(verbose_name="thứ tự")),
                ("post", models.CharField(blank=True, max_length=100, verbose_name="chức vụ ở trường")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("head", "Trưởng ban"),
                            ("deputy", "Phó Trưởng ban"),
                            ("secretary", "Thư kí"),
                            ("member", "Thành viên"),
                        ],
                        max_length=9,
                        verbose_name="nhiệm vụ trong Ban",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="từ ngày")),
                ("ends_on", models.DateField(null=True, verbose_name="đến hết ngày")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="approvals.documentversion",
                    ),
                ),
            ],
            options={
                "ordering": ("place",),
            },
        ),
        migrations.CreateModel(
            name="HistoricalAnnouncement",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("acting_role", models.CharField(blank=True, max_length=60)),
                ("source", models.CharField(blank=True, max_length=12)),
                ("window_id", models.BigIntegerField(null=True)),
                ("request_id", models.BigIntegerField(null=True)),
                ("title", models.CharField(max_length=200, verbose_name="tiêu đề")),
                ("text", models.TextField(max_length=4000, verbose_name="nội dung")),
                ("shown_until", models.DateField(null=True, verbose_name="hiện đến hết ngày")),
                ("role", models.CharField(max_length=60, verbose_name="chức vụ khi gửi")),
                ("told_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("file", models.TextField(blank=True, max_length=200)),
                ("file_name", models.CharField(blank=True, max_length=150, verbose_name="tên tệp")),
                ("file_kind", models.CharField(blank=True, max_length=20)),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("token", models.UUIDField(help_text="of the form: sent twice, it is one announcement")),
                (
                    "state",
                    models.CharField(
                        choices=[("shown", "Đã thông báo"), ("withdrawn", "Đã thu hồi")],
                        default="shown",
                        max_length=10,
                        verbose_name="trạng thái",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "withdrawal_reason",
                    models.CharField(blank=True, max_length=500, verbose_name="lí do thu hồi"),
                ),
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
                    "author",
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
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "withdrawn_by",
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
                    "year",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="students.schoolyear",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical announcement",
                "verbose_name_plural": "historical announcements",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalKeptDocument",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("plan", "Kế hoạch quản lí và sử dụng CSDL"),
                            ("board", "Quyết định thành lập Ban quản lí CSDL"),
                            ("other", "Văn bản khác"),
                        ],
                        max_length=5,
                        verbose_name="loại",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="tên văn bản")),
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
            ],
            options={
                "verbose_name": "historical kept document",
                "verbose_name_plural": "historical kept documents",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="KeptDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("plan", "Kế hoạch quản lí và sử dụng CSDL"),
                            ("board", "Quyết định thành lập Ban quản lí CSDL"),
                            ("other", "Văn bản khác"),
                        ],
                        max_length=5,
                        verbose_name="loại",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="tên văn bản")),
            ],
            options={
                "ordering": ("-kind", "name"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["plan", "board", "other"])),
                        name="document_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="document_has_a_name"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "other"), _negated=True),
                        fields=("kind",),
                        name="document_one_plan_and_one_board",
                    ),
                    models.UniqueConstraint(fields=("name",), name="document_name_once"),
                ],
            },
        ),
        migrations.AddField(
            model_name="documentversion",
            name="document",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="approvals.keptdocument",
            ),
        ),
        migrations.AddIndex(
            model_name="announcement",
            index=models.Index(fields=["year", "state"], name="announcement_of_a_year"),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.UniqueConstraint(
                fields=("author", "token"), name="announcement_form_sent_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title", ""), _negated=True), models.Q(("text", ""), _negated=True)
                ),
                name="announcement_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "shown"),
                        ("withdrawal_reason", ""),
                        ("withdrawn_at", None),
                        ("withdrawn_by", None),
                    ),
                    models.Q(
                        ("state", "withdrawn"),
                        ("withdrawn_at__isnull", False),
                        ("withdrawn_by__isnull", False),
                        models.Q(("withdrawal_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="announcement_withdrawn_says_by_whom_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("file", ""), ("file_kind", ""), ("file_name", ""), ("file_sha256", "")),
                    models.Q(
                        ("file_kind__in", ["image/jpeg", "image/png", "application/pdf"]),
                        models.Q(("file", ""), _negated=True),
                        models.Q(("file_name", ""), _negated=True),
                        models.Q(("file_sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="announcement_file_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcementreading",
            constraint=models.UniqueConstraint(
                fields=("announcement", "person"), name="announcement_read_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="boardmember",
            constraint=models.UniqueConstraint(fields=("version", "person"), name="board_has_a_person_once"),
        ),
        migrations.AddConstraint(
            model_name="boardmember",
            constraint=models.UniqueConstraint(fields=("version", "place"), name="board_has_a_place_once"),
        ),
        migrations.AddConstraint(
            model_name="boardmember",
            constraint=models.UniqueConstraint(
                condition=models.Q(("role", "head")), fields=("version",), name="board_has_one_head"
            ),
        ),
        migrations.AddConstraint(
            model_name="boardmember",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["head", "deputy", "secretary", "member"])),
                name="board_role_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="boardmember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="board_member_leaves_after_joining",
            ),
        ),
        migrations.AddConstraint(
            model_name="documentversion",
            constraint=models.UniqueConstraint(fields=("document", "version"), name="document_version_once"),
        ),
        migrations.AddConstraint(
            model_name="documentversion",
            constraint=models.UniqueConstraint(
                fields=("uploaded_by", "token"), name="document_form_sent_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="documentversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="document_versions_begin_at_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="documentversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("number", ""), _negated=True), models.Q(("title", ""), _negated=True)
                ),
                name="document_version_has_number_and_title",
            ),
        ),
        migrations.AddConstraint(
            model_name="documentversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("file", ""), ("file_name", ""), ("file_sha256", "")),
                    models.Q(
                        models.Q(("file", ""), _negated=True),
                        models.Q(("file_name", ""), _negated=True),
                        models.Q(("file_sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="document_file_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="documentversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("on_behalf_of", models.F("uploaded_by")), _negated=True),
                name="document_on_behalf_of_another",
            ),
        ),
    ]
