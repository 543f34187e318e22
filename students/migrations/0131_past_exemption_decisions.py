"""Takes the decisions of before out of the reasons under which they were written: «Quyết định 12/QĐ-THKĐ ngày 05/9/2026».

Where a list set the flag without any, the number says so and the day is that of the list: the clerk has to mend it.
"""

from django.db import migrations

FILL = r"""
SELECT set_config('app.actor', 'system', true), set_config('app.role', 'Quản trị', true),
    set_config('app.source', 'system', true), set_config('app.under', '', true);

UPDATE students_student s SET
    exemption_decision_no = coalesce(substring(said.reason from '\d+\S*/\S*[[:alpha:]]\S*'), 'chưa ghi số (trước 11/2026)'),
    exemption_decision_on = coalesce(
        (SELECT make_date(m[3]::int, m[2]::int, m[1]::int)
         FROM regexp_match(said.reason, 'ngày (0?[1-9]|[12][0-9]|3[01])/(0?[1-9]|1[0-2])/(20[0-9]{2})') m
         WHERE m[1]::int <= 28 OR m[1]::int <= date_part('day', make_date(m[3]::int, m[2]::int, 1) + interval '1 month - 1 day')),
        (said.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)
FROM students_student exempt
LEFT JOIN LATERAL (
    SELECT h.history_change_reason AS reason, h.history_date AS at FROM students_historicalstudent h
    WHERE h.id = exempt.id AND h.is_exempt_from_assessment
        AND h.history_id > coalesce((SELECT max(b.history_id) FROM students_historicalstudent b
            WHERE b.id = exempt.id AND NOT b.is_exempt_from_assessment), 0)
    ORDER BY h.history_id LIMIT 1
) said ON true
WHERE s.id = exempt.id AND exempt.is_exempt_from_assessment AND said.at IS NOT NULL;

UPDATE students_student SET exemption_decision_no = 'chưa ghi số (trước 11/2026)', exemption_decision_on = current_date
WHERE is_exempt_from_assessment AND exemption_decision_on IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("students", "0130_exemption_decision")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
