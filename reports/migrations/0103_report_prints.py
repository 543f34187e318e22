"""Reports and lists on paper that the worker draws: of what they are, kept with the print; the function that says
whether a print is outdated.
"""

from django.db import migrations, models

from reports.outdated import create_function


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0058_book_looks"),
        ("gradebook", "0160_results_without_needless_indexes"),
        ("reports", "0102_slip_of_one_pupil"),
        ("students", "0142_next_schools"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="printjob",
            name="print_is_of_a_class_or_a_decision",
        ),
        migrations.RemoveConstraint(
            model_name="printjob",
            name="print_of_a_teacher_is_an_own_book",
        ),
        migrations.AddField(
            model_name="printjob",
            name="paper",
            field=models.JSONField(default=dict, verbose_name="báo cáo, danh sách nào"),
        ),
        migrations.AddField(
            model_name="printjob",
            name="paper_title",
            field=models.CharField(blank=True, max_length=200, verbose_name="tên báo cáo, danh sách"),
        ),
        migrations.AlterField(
            model_name="printjob",
            name="book",
            field=models.CharField(
                choices=[
                    ("thkqgd", "Sổ THKQGD của lớp"),
                    ("hocba", "Học bạ của lớp"),
                    ("phieu", "Phiếu kết quả của lớp"),
                    ("canhan", "Sổ THKQGD cá nhân"),
                    ("chuyen", "Hồ sơ chuyển trường"),
                    ("quyetdinh", "Quyết định"),
                    ("giaykhen", "Giấy khen"),
                    ("baocao", "Báo cáo, danh sách"),
                ],
                max_length=10,
                verbose_name="loại sổ",
            ),
        ),
        migrations.AddConstraint(
            model_name="printjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("book__in", ["quyetdinh", "giaykhen"]), ("decision__isnull", False)),
                    models.Q(
                        ("book__in", ["canhan", "baocao"]),
                        ("decision__isnull", True),
                        ("school_class__isnull", True),
                    ),
                    models.Q(
                        models.Q(("book__in", ["quyetdinh", "giaykhen", "canhan", "baocao"]), _negated=True),
                        ("decision__isnull", True),
                        ("school_class__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="print_is_of_a_class_or_a_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="printjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("book", "canhan"), ("school_year__isnull", False), ("teacher__isnull", False)),
                    models.Q(("book", "baocao"), ("school_year__isnull", False), ("teacher__isnull", True)),
                    models.Q(
                        models.Q(("book__in", ["canhan", "baocao"]), _negated=True),
                        ("school_year__isnull", True),
                        ("teacher__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="print_of_a_teacher_is_an_own_book",
            ),
        ),
        migrations.AddConstraint(
            model_name="printjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("book", "baocao"),
                        models.Q(("paper", {}), _negated=True),
                        models.Q(("paper_title", ""), _negated=True),
                    ),
                    models.Q(models.Q(("book", "baocao"), _negated=True), ("paper", {}), ("paper_title", "")),
                    _connector="OR",
                ),
                name="print_of_a_paper_says_of_what",
            ),
        ),
        # The function as it is written down now: a later migration that creates it anew writes the same.
        migrations.RunPython(
            lambda _apps, editor: create_function(editor),
            lambda _apps, editor: editor.execute("DROP FUNCTION print_has_changed"),
        ),
    ]
