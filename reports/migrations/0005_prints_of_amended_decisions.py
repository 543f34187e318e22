"""A print of a decision, and of its certificates, is outdated too: by a later decision, by results re-opened. Its title
may name the classes that the decision lists. A batch for the sector database says which periods had never been open.
"""

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q

from reports.outdated import create_function


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_outbox_and_archives"), ("gradebook", "0001_initial")]
    operations = [
        migrations.RemoveConstraint("printjob", "print_of_a_paper_says_of_what"),
        migrations.AddConstraint(
            "printjob",
            models.CheckConstraint(
                condition=(Q(book="baocao") & ~Q(paper={}) & ~Q(paper_title=""))
                | (Q(book__in=["quyetdinh", "giaykhen"]) & Q(paper={}))
                | (~Q(book__in=["baocao", "quyetdinh", "giaykhen"]) & Q(paper={}, paper_title="")),
                name="print_of_a_paper_says_of_what",
            ),
        ),
        migrations.AddField(
            "syncbatch",
            "unopened",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=6),
                blank=True,
                default=list,
                size=None,
                verbose_name="thời điểm chưa mở nhập",
            ),
        ),
        migrations.RunPython(lambda _apps, editor: create_function(editor), migrations.RunPython.noop),
    ]
