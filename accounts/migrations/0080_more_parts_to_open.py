"""Names two more parts that can be opened to somebody beyond their post (PLAN IV.2)."""

from django.db import migrations

PARTS = (
    (
        "access_log",
        "part",
        "Nhật kí truy cập",
        "nhật kí truy cập của mọi tài khoản: xem, tìm, tải về Excel",
    ),
    (
        "training",
        "report",
        "Tập huấn",
        "tỉ lệ đã tập huấn của toàn trường và bản ghi tập huấn của từng người (chỉ xem)",
    ),
)


def name_the_parts(apps, schema_editor):
    part = apps.get_model("accounts", "SystemPart")
    part.objects.bulk_create(
        part(code=code, kind=kind, name=name, opens=opens) for code, kind, name, opens in PARTS
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0070_audit_by_another_key")]
    operations = [migrations.RunPython(name_the_parts, migrations.RunPython.noop)]
