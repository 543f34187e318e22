"""Puts signatures under the audit chain, refuses their change and removal, and a digest that is not their content's."""

from django.db import migrations

OF_THE_CLASS = "(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)"
DIGEST_IS_RIGHT = """
ALTER TABLE approvals_booksignature ADD CONSTRAINT signature_digest_is_of_its_content
    CHECK (digest = encode(sha256(convert_to(content, 'UTF8')), 'hex'))
"""
STATEMENTS = [
    "SELECT audit_watch('approvals_booksignature')",
    "SELECT history_keep('approvals_booksignature')",
    f"SELECT closed_year_guard('approvals_booksignature', '{OF_THE_CLASS}')",
    DIGEST_IS_RIGHT,
]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0070_audit_by_another_key"),
        ("approvals", "0045_book_signatures"),
        ("students", "0070_more_of_closed_years"),
    ]
    operations = [migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop)]
