"""Gives each year the code of the rules that hold in it; the years that are there, by their number.

The column is filled as it is made: an UPDATE would be refused for closed years and for the history, which are kept.
"""

from django.db import migrations, models

BY_NUMBER = """
ALTER TABLE {table} ALTER COLUMN rule_set TYPE varchar(4)
    USING CASE WHEN year >= 2026 THEN '2026' WHEN year >= 2020 THEN '2020' ELSE '' END;
"""
TABLES = ("students_schoolyear", "students_historicalschoolyear")


class Migration(migrations.Migration):
    dependencies = [
        ("students", "0070_more_of_closed_years"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalschoolyear",
            name="rule_set",
            field=models.CharField(default="2026", max_length=4, verbose_name="bộ quy định"),
        ),
        migrations.AddField(
            model_name="schoolyear",
            name="rule_set",
            field=models.CharField(default="2026", max_length=4, verbose_name="bộ quy định"),
        ),
        migrations.RunSQL([BY_NUMBER.format(table=table) for table in TABLES], migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="schoolyear",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("rule_set", ""), ("year__lt", 2020)),
                    models.Q(("rule_set", "2020"), ("year__gte", 2020)),
                    models.Q(("rule_set", "2026"), ("year__gte", 2026)),
                    _connector="OR",
                ),
                name="school_year_rule_set_was_there",
            ),
        ),
    ]
