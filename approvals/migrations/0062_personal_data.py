"""Personal data: purposes, consents, requests, incidents, and what the database refuses about them."""

import approvals.data_rules
import approvals.data_workflow
import datetime
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import simple_history.models
from django.conf import settings
from django.db import migrations, models

GUARDS = r"""
SELECT moves_only('approvals_processingpurpose', 'in_force', 'in_force>ended', 'state ends_on end_reason', '');
SELECT moves_only('approvals_datarequest', 'received',
    'received>answered received>granted received>refused received>cancelled'
    ' answered>granted answered>refused answered>cancelled granted>done granted>cancelled',
    'state answered_at answered_by_id answer decided_at decided_by_id decision closed_at closed_by_id reply', '');
SELECT moves_only('approvals_dataincident', 'open', 'open>notified open>closed notified>closed',
    'state notified_at notified_by_id notified_to notice late_reason closed_at closed_by_id conclusion',
    'what categories people consequences measures contact');

-- What is said of an incident may grow while it is looked into, and stands once it is closed.
CREATE FUNCTION data_incident_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'closed' THEN
        RAISE EXCEPTION 'incident % is closed', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER data_incident_end BEFORE UPDATE ON approvals_dataincident
    FOR EACH ROW EXECUTE FUNCTION data_incident_end();

-- People agree to what the register asks for today, and withdraw what they have agreed to.
CREATE FUNCTION consent_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.said = 'withdrawn' THEN
        IF (SELECT said FROM approvals_consent WHERE student_id = NEW.student_id AND purpose_id = NEW.purpose_id
                AND giver = NEW.giver ORDER BY id DESC LIMIT 1) IS DISTINCT FROM 'given' THEN
            RAISE EXCEPTION 'nothing was given that could be withdrawn' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NOT EXISTS (SELECT 1 FROM approvals_processingpurpose
            WHERE id = NEW.purpose_id AND needs_consent AND state = 'in_force') THEN
        RAISE EXCEPTION 'purpose % asks for no consent', NEW.purpose_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_follows BEFORE INSERT ON approvals_consent
    FOR EACH ROW EXECUTE FUNCTION consent_follows();
"""
WATCHED = ("processingpurpose", "consent", "datarequest", "dataincident")
KEPT = ("consent", "historicalprocessingpurpose", "historicaldatarequest", "historicaldataincident")


def statements() -> list[str]:
    return [
        GUARDS,
        *(f"SELECT history_keep('approvals_{table}')" for table in KEPT),
        *(f"SELECT audit_watch('approvals_{table}')" for table in WATCHED),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0061_asked_again_and_waived"),
        ("students", "0142_next_schools"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalDataIncident",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("acting_role", models.CharField(blank=True, max_length=60)),
                ("source", models.CharField(blank=True, max_length=12)),
                ("window_id", models.BigIntegerField(null=True)),
                ("request_id", models.BigIntegerField(null=True)),
                ("year", models.PositiveSmallIntegerField(verbose_name="năm")),
                ("number", models.PositiveIntegerField(verbose_name="số")),
                ("happened", models.CharField(max_length=300, verbose_name="xảy ra khi nào, ở đâu")),
                ("discovered_at", models.DateTimeField(verbose_name="phát hiện lúc")),
                (
                    "discovered_by",
                    models.CharField(max_length=300, verbose_name="ai phát hiện, bằng cách nào"),
                ),
                ("what", models.TextField(max_length=3000, verbose_name="chuyện gì đã xảy ra")),
                ("categories", models.TextField(max_length=2000, verbose_name="dữ liệu bị ảnh hưởng")),
                ("people", models.PositiveIntegerField(verbose_name="số người bị ảnh hưởng")),
                ("consequences", models.TextField(max_length=2000, verbose_name="hậu quả đã có, có thể có")),
                ("measures", models.TextField(max_length=3000, verbose_name="biện pháp đã làm, sẽ làm")),
                ("contact", models.CharField(max_length=200, verbose_name="người liên hệ của trường")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Chưa thông báo"),
                            ("notified", "Đã thông báo cơ quan"),
                            ("closed", "Đã kết thúc"),
                        ],
                        default=approvals.data_workflow.IncidentState["OPEN"],
                        max_length=10,
                        verbose_name="trạng thái",
                    ),
                ),
                ("notified_at", models.DateTimeField(null=True, verbose_name="thông báo lúc")),
                ("notified_to", models.CharField(blank=True, max_length=200, verbose_name="cơ quan nhận")),
                ("notice", models.CharField(blank=True, max_length=200, verbose_name="số văn bản, cách gửi")),
                (
                    "late_reason",
                    models.TextField(blank=True, max_length=1000, verbose_name="lí do thông báo muộn"),
                ),
                ("closed_at", models.DateTimeField(null=True, verbose_name="kết thúc lúc")),
                ("conclusion", models.TextField(blank=True, max_length=3000, verbose_name="kết luận")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="ghi lúc"
                    ),
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
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người kết thúc",
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
                    "notified_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người thông báo",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ghi",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical data incident",
                "verbose_name_plural": "historical data incidents",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalDataRequest",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("acting_role", models.CharField(blank=True, max_length=60)),
                ("source", models.CharField(blank=True, max_length=12)),
                ("window_id", models.BigIntegerField(null=True)),
                ("request_id", models.BigIntegerField(null=True)),
                ("year", models.PositiveSmallIntegerField(verbose_name="năm")),
                ("number", models.PositiveIntegerField(verbose_name="số")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("access", "Xem, biết dữ liệu"),
                            ("provide", "Cung cấp bản sao dữ liệu"),
                            ("correct", "Chỉnh sửa dữ liệu"),
                            ("withdraw", "Rút lại đồng ý"),
                            ("restrict", "Hạn chế xử lí"),
                            ("object", "Phản đối xử lí"),
                            ("delete", "Xoá dữ liệu"),
                        ],
                        max_length=10,
                        verbose_name="yêu cầu",
                    ),
                ),
                ("requester", models.CharField(max_length=150, verbose_name="người yêu cầu")),
                ("relation", models.CharField(max_length=100, verbose_name="quan hệ với người có dữ liệu")),
                ("identity", models.CharField(max_length=200, verbose_name="đã xác minh bằng")),
                ("text", models.TextField(max_length=2000, verbose_name="nội dung yêu cầu")),
                ("received_on", models.DateField(verbose_name="ngày nhận")),
                ("answer_due_on", models.DateField(verbose_name="hạn phản hồi")),
                ("due_on", models.DateField(verbose_name="hạn thực hiện")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Mới nhận"),
                            ("answered", "Đã phản hồi tiếp nhận"),
                            ("granted", "Chấp nhận, chờ thực hiện"),
                            ("done", "Đã thực hiện, đã trả lời"),
                            ("refused", "Từ chối, đã trả lời"),
                            ("cancelled", "Người yêu cầu rút"),
                        ],
                        default=approvals.data_workflow.RequestState["RECEIVED"],
                        max_length=10,
                        verbose_name="trạng thái",
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True, verbose_name="phản hồi lúc")),
                ("answer", models.TextField(blank=True, max_length=2000, verbose_name="phản hồi tiếp nhận")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="quyết định lúc")),
                ("decision", models.TextField(blank=True, max_length=2000, verbose_name="quyết định")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="xong lúc")),
                (
                    "reply",
                    models.TextField(blank=True, max_length=2000, verbose_name="đã làm gì, trả lời thế nào"),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="ghi lúc"
                    ),
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
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người phản hồi",
                    ),
                ),
                (
                    "closed_by",
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
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người quyết định",
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
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ghi",
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="students.student",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical data request",
                "verbose_name_plural": "historical data requests",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalProcessingPurpose",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("acting_role", models.CharField(blank=True, max_length=60)),
                ("source", models.CharField(blank=True, max_length=12)),
                ("window_id", models.BigIntegerField(null=True)),
                ("request_id", models.BigIntegerField(null=True)),
                ("code", models.SlugField(max_length=40, verbose_name="mã")),
                ("title", models.CharField(max_length=200, verbose_name="mục đích")),
                ("categories", models.TextField(max_length=1000, verbose_name="dữ liệu")),
                ("basis", models.TextField(max_length=500, verbose_name="căn cứ")),
                ("recipients", models.TextField(max_length=1000, verbose_name="ai nhận")),
                ("kept_for", models.CharField(max_length=300, verbose_name="lưu đến khi nào")),
                ("needs_consent", models.BooleanField(default=False, verbose_name="cần đồng ý")),
                ("starts_on", models.DateField(verbose_name="áp dụng từ ngày")),
                (
                    "state",
                    models.CharField(
                        choices=[("in_force", "Đang áp dụng"), ("ended", "Đã thôi áp dụng")],
                        default="in_force",
                        max_length=10,
                        verbose_name="trạng thái",
                    ),
                ),
                ("ends_on", models.DateField(null=True, verbose_name="thôi áp dụng từ ngày")),
                (
                    "end_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="vì sao thôi áp dụng"),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="ghi lúc"
                    ),
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
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ghi",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical processing purpose",
                "verbose_name_plural": "historical processing purposes",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ProcessingPurpose",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, verbose_name="mã")),
                ("title", models.CharField(max_length=200, verbose_name="mục đích")),
                ("categories", models.TextField(max_length=1000, verbose_name="dữ liệu")),
                ("basis", models.TextField(max_length=500, verbose_name="căn cứ")),
                ("recipients", models.TextField(max_length=1000, verbose_name="ai nhận")),
                ("kept_for", models.CharField(max_length=300, verbose_name="lưu đến khi nào")),
                ("needs_consent", models.BooleanField(default=False, verbose_name="cần đồng ý")),
                ("starts_on", models.DateField(verbose_name="áp dụng từ ngày")),
                (
                    "state",
                    models.CharField(
                        choices=[("in_force", "Đang áp dụng"), ("ended", "Đã thôi áp dụng")],
                        default="in_force",
                        max_length=10,
                        verbose_name="trạng thái",
                    ),
                ),
                ("ends_on", models.DateField(null=True, verbose_name="thôi áp dụng từ ngày")),
                (
                    "end_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="vì sao thôi áp dụng"),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="ghi lúc"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ghi",
                    ),
                ),
            ],
            options={
                "ordering": ("needs_consent", "id"),
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "giver",
                    models.CharField(
                        choices=[("representative", "Người đại diện"), ("child", "Học sinh")],
                        max_length=14,
                        verbose_name="bên đồng ý",
                    ),
                ),
                (
                    "said",
                    models.CharField(
                        choices=[
                            ("given", "Đồng ý"),
                            ("refused", "Không đồng ý"),
                            ("withdrawn", "Đã rút lại"),
                        ],
                        max_length=9,
                        verbose_name="ý kiến",
                    ),
                ),
                ("signer", models.CharField(max_length=200, verbose_name="người kí")),
                ("said_on", models.DateField(verbose_name="ngày kí phiếu")),
                ("paper", models.CharField(max_length=200, verbose_name="phiếu lưu ở")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="ghi lúc"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ghi",
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="students.student",
                    ),
                ),
                (
                    "purpose",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="approvals.processingpurpose",
                        verbose_name="mục đích",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="DataIncident",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="năm")),
                ("number", models.PositiveIntegerField(verbose_name="số")),
                ("happened", models.CharField(max_length=300, verbose_name="xảy ra khi nào, ở đâu")),
                ("discovered_at", models.DateTimeField(verbose_name="phát hiện lúc")),
                (
                    "discovered_by",
                    models.CharField(max_length=300, verbose_name="ai phát hiện, bằng cách nào"),
                ),
                ("what", models.TextField(max_length=3000, verbose_name="chuyện gì đã xảy ra")),
                ("categories", models.TextField(max_length=2000, verbose_name="dữ liệu bị ảnh hưởng")),
                ("people", models.PositiveIntegerField(verbose_name="số người bị ảnh hưởng")),
                ("consequences", models.TextField(max_length=2000, verbose_name="hậu quả đã có, có thể có")),
                ("measures", models.TextField(max_length=3000, verbose_name="biện pháp đã làm, sẽ làm")),
                ("contact", models.CharField(max_length=200, verbose_name="người liên hệ của trường")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Chưa thông báo"),
                            ("notified", "Đã thông báo cơ quan"),
                            ("closed", "Đã kết thúc"),
                        ],
                        default=approvals.data_workflow.IncidentState["OPEN"],
                        max_length=10,
                        verbose_name="trạng thái",
                    ),
                ),
                ("notified_at", models.DateTimeField(null=True, verbose_name="thông báo lúc")),
                ("notified_to", models.CharField(blank=True, max_length=200, verbose_name="cơ quan nhận")),
                ("notice", models.CharField(blank=True, max_length=200, verbose_name="số văn bản, cách gửi")),
                (
                    "late_reason",
                    models.TextField(blank=True, max_length=1000, verbose_name="lí do thông báo muộn"),
                ),
                ("closed_at", models.DateTimeField(null=True, verbose_name="kết thúc lúc")),
                ("conclusion", models.TextField(blank=True, max_length=3000, verbose_name="kết luận")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="ghi lúc"
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người kết thúc",
                    ),
                ),
                (
                    "notified_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người thông báo",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ghi",
                    ),
                ),
            ],
            options={
                "ordering": ("-discovered_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("year", "number"), name="data_incident_number_once_a_year"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    approvals.data_workflow.IncidentState["OPEN"],
                                    approvals.data_workflow.IncidentState["NOTIFIED"],
                                    approvals.data_workflow.IncidentState["CLOSED"],
                                ],
                            )
                        ),
                        name="data_incident_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("what", ""), _negated=True),
                            models.Q(("categories", ""), _negated=True),
                            models.Q(("measures", ""), _negated=True),
                        ),
                        name="data_incident_is_told_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("notice", ""),
                                ("notified_at__isnull", True),
                                ("notified_by__isnull", True),
                                ("notified_to", ""),
                            ),
                            models.Q(
                                ("notified_at__gte", models.F("discovered_at")),
                                ("notified_by__isnull", False),
                                models.Q(("notified_to", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="data_incident_notified_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "notified"), _negated=True),
                            ("notified_at__isnull", False),
                            _connector="OR",
                        ),
                        name="data_incident_notified_has_a_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("notified_at__isnull", True),
                            (
                                "notified_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("discovered_at"), "+", models.Value(datetime.timedelta(days=3))
                                ),
                            ),
                            models.Q(("late_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="data_incident_late_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", False),
                                ("closed_by__isnull", False),
                                ("state", "closed"),
                                models.Q(("conclusion", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "closed"), _negated=True),
                                ("closed_at__isnull", True),
                                ("conclusion", ""),
                            ),
                            _connector="OR",
                        ),
                        name="data_incident_closed_with_a_conclusion",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DataRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="năm")),
                ("number", models.PositiveIntegerField(verbose_name="số")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("access", "Xem, biết dữ liệu"),
                            ("provide", "Cung cấp bản sao dữ liệu"),
                            ("correct", "Chỉnh sửa dữ liệu"),
                            ("withdraw", "Rút lại đồng ý"),
                            ("restrict", "Hạn chế xử lí"),
                            ("object", "Phản đối xử lí"),
                            ("delete", "Xoá dữ liệu"),
                        ],
                        max_length=10,
                        verbose_name="yêu cầu",
                    ),
                ),
                ("requester", models.CharField(max_length=150, verbose_name="người yêu cầu")),
                ("relation", models.CharField(max_length=100, verbose_name="quan hệ với người có dữ liệu")),
                ("identity", models.CharField(max_length=200, verbose_name="đã xác minh bằng")),
                ("text", models.TextField(max_length=2000, verbose_name="nội dung yêu cầu")),
                ("received_on", models.DateField(verbose_name="ngày nhận")),
                ("answer_due_on", models.DateField(verbose_name="hạn phản hồi")),
                ("due_on", models.DateField(verbose_name="hạn thực hiện")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Mới nhận"),
                            ("answered", "Đã phản hồi tiếp nhận"),
                            ("granted", "Chấp nhận, chờ thực hiện"),
                            ("done", "Đã thực hiện, đã trả lời"),
                            ("refused", "Từ chối, đã trả lời"),
                            ("cancelled", "Người yêu cầu rút"),
                        ],
                        default=approvals.data_workflow.RequestState["RECEIVED"],
                        max_length=10,
                        verbose_name="trạng thái",
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True, verbose_name="phản hồi lúc")),
                ("answer", models.TextField(blank=True, max_length=2000, verbose_name="phản hồi tiếp nhận")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="quyết định lúc")),
                ("decision", models.TextField(blank=True, max_length=2000, verbose_name="quyết định")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="xong lúc")),
                (
                    "reply",
                    models.TextField(blank=True, max_length=2000, verbose_name="đã làm gì, trả lời thế nào"),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="ghi lúc"
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người phản hồi",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người thực hiện",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người quyết định",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="data_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ghi",
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="data_requests",
                        to="students.student",
                    ),
                ),
            ],
            options={
                "ordering": ("-year", "-number"),
                "indexes": [models.Index(fields=["state", "due_on"], name="data_request_by_due_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("year", "number"), name="data_request_number_once_a_year"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    approvals.data_workflow.RequestState["RECEIVED"],
                                    approvals.data_workflow.RequestState["ANSWERED"],
                                    approvals.data_workflow.RequestState["GRANTED"],
                                    approvals.data_workflow.RequestState["DONE"],
                                    approvals.data_workflow.RequestState["REFUSED"],
                                    approvals.data_workflow.RequestState["CANCELLED"],
                                ],
                            )
                        ),
                        name="data_request_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    approvals.data_rules.RequestKind["ACCESS"],
                                    approvals.data_rules.RequestKind["PROVIDE"],
                                    approvals.data_rules.RequestKind["CORRECT"],
                                    approvals.data_rules.RequestKind["WITHDRAW"],
                                    approvals.data_rules.RequestKind["RESTRICT"],
                                    approvals.data_rules.RequestKind["OBJECT"],
                                    approvals.data_rules.RequestKind["DELETE"],
                                ],
                            )
                        ),
                        name="data_request_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person__isnull", True), ("student__isnull", False)),
                            models.Q(("person__isnull", False), ("student__isnull", True)),
                            _connector="OR",
                        ),
                        name="data_request_is_about_one_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True),
                            models.Q(("requester", ""), _negated=True),
                            models.Q(("identity", ""), _negated=True),
                        ),
                        name="data_request_is_told_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer_due_on__gt", models.F("received_on")),
                            ("due_on__gt", models.F("received_on")),
                        ),
                        name="data_request_is_due_later",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["granted", "done", "refused"]), _negated=True),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                models.Q(("decision", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="data_request_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["done", "cancelled"]), _negated=True),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("closed_by__isnull", False),
                                models.Q(("reply", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="data_request_closed_with_a_reply",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="processingpurpose",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "in_force")), fields=("code",), name="purpose_in_force_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="processingpurpose",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end_reason", ""), ("ends_on__isnull", True), ("state", "in_force")),
                    models.Q(
                        ("ends_on__gte", models.F("starts_on")),
                        ("state", "ended"),
                        models.Q(("end_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="purpose_ended_has_a_day_and_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="processingpurpose",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title", ""), _negated=True),
                    models.Q(("categories", ""), _negated=True),
                    models.Q(("basis", ""), _negated=True),
                    models.Q(("recipients", ""), _negated=True),
                    models.Q(("kept_for", ""), _negated=True),
                ),
                name="purpose_is_told_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(
                fields=["student", "purpose", "giver", "id"], name="consent_newest_of_a_pupil"
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("giver__in", ["representative", "child"])), name="consent_giver_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("said__in", ["given", "refused", "withdrawn"])),
                name="consent_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("signer", ""), _negated=True), models.Q(("paper", ""), _negated=True)
                ),
                name="consent_can_be_proven",
            ),
        ),
        migrations.RunSQL(statements(), migrations.RunSQL.noop),
    ]
