"""A school with a certificate signs its final books; what they declare stays true, and a changed byte shows."""

import datetime
from functools import partial
from pathlib import Path
from zipfile import ZipFile

import pytest
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.urls import reverse
from django.utils.timezone import localtime
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from gradebook.regulation import Period
from kimdong.environment import BadEnvironmentError, read_environment
from reports.models import PrintJob
from reports.pdf_signing import _beside
from reports.print_batches import ask_for_batch, run_batch
from reports.print_jobs import ask_for_book, run_job
from reports.pupil_files import class_zip, is_being_packed, pupil_pdf, pupils_of
from students.models import Enrolment
from tests.conforming import faults_of_file
from tests.gradebook.school import make_school
from tests.reports.papers import as_confirmed, printed
from tests.reports.school_books import approve, fill

PASSWORD = "mat-khau-cua-tep"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def identity():
    """A certificate of the school by its own hand."""
    return certified(KEY, from_day=-1, to_day=365)


def certified(key, *, from_day, to_day):
    """Valid between two days, counted from now."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Trường Tiểu học Kim Đồng")])
    now = datetime.datetime.now(datetime.UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=from_day))
        .not_valid_after(now + datetime.timedelta(days=to_day))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )


@pytest.fixture
def install(settings, tmp_path):
    return partial(put_in_place, settings, tmp_path)


def put_in_place(settings, tmp_path, made):
    file = tmp_path / "school.p12"
    lock = serialization.BestAvailableEncryption(PASSWORD.encode())
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"truong", KEY, made, None, lock))
    settings.SIGNING = (file, PASSWORD)
    return made


@pytest.fixture
def school(settings, tmp_path: Path, identity, db):
    """With a certificate, and 4A's year approved."""
    settings.MEDIA_ROOT = tmp_path
    put_in_place(settings, tmp_path, identity)
    school = make_school(pupils=2)
    fill(school.class_4a, school.pupils)
    return school


def transcripts(school):
    return printed(
        ask_for_book(
            book=PrintJob.Book.TRANSCRIPTS,
            school_class=school.class_4a,
            period=Period.YEAR_END,
            by=school.tuan,
        )
    )


def approved(school):
    approve(school.class_4a, school.pupils, by=school.hoa, on=datetime.date(2027, 5, 25))
    return Path(transcripts(school).file.path)


def signatures_in(file):
    with file.open("rb") as content:
        return len(PdfFileReader(content).embedded_signatures)


def test_a_final_book_carries_the_schools_signature_over_the_whole_file(school, identity):
    file = approved(school)
    root = Certificate.load(identity.public_bytes(serialization.Encoding.DER))
    with file.open("rb") as content:
        [signature] = PdfFileReader(content).embedded_signatures
        found = validate_pdf_signature(signature, ValidationContext(trust_roots=[root]))
    assert found.bottom_line
    assert found.coverage.name == "ENTIRE_FILE"
    assert faults_of_file(file) == []


def test_a_byte_that_somebody_changes_breaks_the_signature(school, identity):
    file = approved(school)
    content = bytearray(file.read_bytes())
    content[content.index(b"x-default") + 3] ^= 1
    file.write_bytes(content)
    root = Certificate.load(identity.public_bytes(serialization.Encoding.DER))
    with file.open("rb") as changed:
        [signature] = PdfFileReader(changed, strict=False).embedded_signatures
        assert not validate_pdf_signature(signature, ValidationContext(trust_roots=[root])).intact


def test_the_file_of_each_pupil_is_signed_too_alone_and_out_of_the_class(school, tmp_path):
    approve(school.class_4a, school.pupils, by=school.hoa, on=datetime.date(2027, 5, 25))
    job = transcripts(school)
    first, *_others = pupils = pupils_of(job)
    own = tmp_path / "own.pdf"
    own.write_bytes(pupil_pdf(job, first, pupils))
    assert signatures_in(own) == 1
    assert faults_of_file(own) == []
    with ZipFile(class_zip(job)) as packed:
        for name in packed.namelist():
            own.write_bytes(packed.read(name))
            assert signatures_in(own) == 1
        assert len(packed.namelist()) == len(pupils) == 2


def test_the_file_of_a_grade_is_signed_once_and_says_so(school, settings):
    others = [seat.student for seat in Enrolment.objects.roster(school.class_4b)]
    fill(school.class_4b, others)
    for school_class, pupils in ((school.class_4a, school.pupils), (school.class_4b, others)):
        approve(school_class, pupils, by=school.hoa, on=datetime.date(2027, 5, 25))
    batch = ask_for_batch(
        book=PrintJob.Book.TRANSCRIPTS,
        year=school.year,
        grade_level=4,
        period=Period.YEAR_END,
        by=school.tuan,
    )
    for job in batch.jobs.all():
        run_job(job.pk)
    run_batch(batch.pk)
    batch.refresh_from_db()
    file = Path(batch.file.path)
    assert signatures_in(file) == 1
    assert faults_of_file(file) == []
    client = as_confirmed(school.tuan)
    page = client.get(reverse("reports:batch", args=[batch.pk])).content.decode()
    assert "Tệp đã kí số bằng chứng thư của trường" in page
    settings.SIGNING = (settings.SIGNING[0], "khac")
    asked = client.post(reverse("reports:batch_files", args=[batch.pk]), follow=True)
    assert "không mở được bằng mật khẩu đã đặt" in asked.content.decode()
    assert not is_being_packed(batch)


def test_a_preview_is_not_signed_nor_the_files_of_its_pupils(school, tmp_path):
    job = transcripts(school)
    assert signatures_in(Path(job.file.path)) == 0
    own = tmp_path / "own.pdf"
    own.write_bytes(pupil_pdf(job, pupils_of(job)[0], pupils_of(job)))
    assert signatures_in(own) == 0


def test_a_school_without_a_certificate_signs_nothing(school, settings):
    settings.SIGNING = None
    assert signatures_in(approved(school)) == 0


def page_of(job, school):
    return " ".join(
        as_confirmed(school.tuan).get(reverse("reports:print_job", args=[job.pk])).content.decode().split()
    )


def final(school):
    approve(school.class_4a, school.pupils, by=school.hoa, on=datetime.date(2027, 5, 25))
    return transcripts(school)


def test_the_page_of_a_print_says_that_its_file_is_signed(school):
    assert "Tệp đã kí số bằng chứng thư của trường" in page_of(final(school), school)


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ((-30, -2), "Tệp chưa kí số: chứng thư của trường hết hạn ngày {ends}. Thay chứng thư rồi in lại"),
        ((2, 30), "Tệp chưa kí số: chứng thư của trường có hiệu lực từ ngày {begins}. In lại từ ngày ấy"),
    ],
)
def test_a_certificate_out_of_its_time_signs_nothing_and_the_page_says_since_when(
    school, install, caplog, days, says
):
    made = install(certified(KEY, from_day=days[0], to_day=days[1]))
    job = final(school)
    assert signatures_in(Path(job.file.path)) == 0
    assert [record.name for record in caplog.records if "Not signed" in record.message] == [
        "reports.pdf_signing"
    ]
    ends, begins = (
        f"{localtime(each):%d/%m/%Y}" for each in (made.not_valid_after_utc, made.not_valid_before_utc)
    )
    assert says.format(ends=ends, begins=begins) in page_of(job, school)


def test_a_file_of_before_the_certificate_says_so(school, settings):
    kept, settings.SIGNING = settings.SIGNING, None
    job = final(school)
    assert "kí số" not in page_of(job, school)
    settings.SIGNING = kept
    assert "Tệp chưa kí số: in trước khi trường cài chứng thư đang dùng" in page_of(job, school)


def test_a_certificate_that_does_not_open_is_named_as_what_keeps_the_book_from_being_printed(
    school, settings, tmp_path
):
    approve(school.class_4a, school.pupils, by=school.hoa, on=datetime.date(2027, 5, 25))
    file, _password = settings.SIGNING
    for signing, fault in (
        ((file, "khac"), "không mở được bằng mật khẩu đã đặt"),
        ((tmp_path / "gone.p12", PASSWORD), "không đọc được"),
    ):
        settings.SIGNING = signing
        job = ask_for_book(
            book=PrintJob.Book.TRANSCRIPTS,
            school_class=school.class_4a,
            period=Period.YEAR_END,
            by=school.tuan,
        )
        run_job(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempts) == ("failed", 1)
        assert f"chứng thư số của trường (tệp {signing[0].name}) {fault}" in job.failure
        assert "bỏ cả hai để in không kí số" in job.failure


def test_the_file_of_a_pupil_is_refused_in_words_when_the_certificate_does_not_open(school, settings):
    job = final(school)
    settings.SIGNING = (settings.SIGNING[0], "khac")
    client = as_confirmed(school.tuan)
    for name, more in (("pupil_file", [1]), ("class_files", [])):
        page = client.get(reverse(f"reports:{name}", args=[job.pk, *more]), follow=True)
        assert "không mở được bằng mật khẩu đã đặt" in page.content.decode()


def environment(**more):
    return {
        "KIMDONG_MODE": "test",
        "KIMDONG_SECRET_KEY": "x" * 60,
        "DATABASE_URL": "postgresql://a:b@localhost/c",
        "KIMDONG_FILES": "/tmp",  # noqa: S108 - a name, nothing is written
        **more,
    }


def test_signing_is_off_unless_a_certificate_is_named():
    assert read_environment(environment()).signing is None


def test_a_certificate_that_is_not_there_is_said_at_the_start():
    with pytest.raises(BadEnvironmentError, match="there is no such file"):
        read_environment(environment(KIMDONG_SIGNING_CERTIFICATE="/nowhere/school.p12"))


def test_a_certificate_needs_its_password(tmp_path):
    file = tmp_path / "school.p12"
    file.write_bytes(b"x")
    with pytest.raises(BadEnvironmentError, match="KIMDONG_SIGNING_PASSWORD"):
        read_environment(environment(KIMDONG_SIGNING_CERTIFICATE=str(file)))


def test_files_are_signed_one_after_the_other_by_one_process_and_a_killed_one_is_started_again(
    school, tmp_path
):
    job = final(school)
    pupils = pupils_of(job)
    own = tmp_path / "own.pdf"
    beside = []
    for each in (*pupils, pupils[0]):
        own.write_bytes(pupil_pdf(job, each, pupils))
        assert signatures_in(own) == 1
        beside.append(_beside._process)
        if len(beside) == len(pupils):
            beside[-1].kill()
            beside[-1].wait()
    assert beside[0] is beside[1]
    assert beside[2] is not beside[1]
