"""Puts signatures under the audit chain, refuses their change and removal, and a digest that is not their content's.

Who has looked at what a signature is about is kept for ever: no signature without a look of its signer. So is who was
reminded of books to sign, once a day and person.
"""

from django.db import migrations

GUARDS = """
SELECT audit_watch('approvals_booksignature');
SELECT history_keep('approvals_booksignature');
SELECT closed_year_guard('approvals_booksignature', '(SELECT year_id FROM students_schoolclass WHERE id = r.school_class_id)');
ALTER TABLE approvals_booksignature ADD CONSTRAINT signature_digest_is_of_its_content
    CHECK (digest = encode(sha256(convert_to(content, 'UTF8')), 'hex'));

CREATE FUNCTION signature_is_of_what_was_seen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM approvals_booklook l
                   WHERE l.person_id = NEW.signer_id AND l.period = NEW.period AND l.digest = NEW.digest) THEN
        RAISE EXCEPTION 'signer % has not looked at these contents', NEW.signer_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signature_is_of_what_was_seen BEFORE INSERT ON approvals_booksignature
    FOR EACH ROW EXECUTE FUNCTION signature_is_of_what_was_seen();

SELECT history_keep('approvals_booklook');
SELECT audit_watch('approvals_signingreminder'), history_keep('approvals_signingreminder'),
    closed_year_guard('approvals_signingreminder', 'r.year_id');
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0004_inquiries_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
