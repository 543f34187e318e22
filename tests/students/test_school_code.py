"""What a school's papers are signed with until it has written a sign of its own."""

import pytest

from students.school_code import code_of


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Trường Tiểu học Kim Đồng", "THKĐ"),
        ("Trường Tiểu học Lê Văn Tám", "THLVT"),
        ("TRƯỜNG TIỂU HỌC ĐẠI PHƯỚC 2", "THĐP2"),
        ("Trường TH và THCS Hoà Bình", "THTHCSHB"),
        ("Trường Tiểu học số 2 Ea Súp", "THS2ES"),
        ("Trường Tiểu học Kim Đồng (cơ sở 1)", "THKĐCS1"),
        ("Trường PTDTBT Tiểu học Sín Chải (điểm A)", "PTDTBTTHSCĐA"),
        ("Trường Tiểu học – THCS «Nguyễn Du»", "THTHCSND"),
        ("Trường Tiểu học Ea H’leo", "THEH"),
        ("TRƯỜNG TIỂU HỌC EA H'LEO", "THEH"),
        ("Trường", "TH"),
        ("Trường (…)", "TH"),
        ("", "TH"),
    ],
)
def test_it_is_the_initials_of_the_schools_name(name, code):
    assert code_of(name) == code
