"""NOT NULL is fine where the database knows what to put: PostgreSQL rewrites no row for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("living", "0002_column_that_may_be_empty")]
    operations = [
        migrations.AddField("note", "copies", models.IntegerField(default=1, db_default=1)),
    ]
