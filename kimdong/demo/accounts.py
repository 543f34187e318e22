"""The accounts of the demo school, printed at its start. Imports nothing: the bench logs in with them too."""

PASSWORD = "kimdong.trinhdien"  # noqa: S105 - printed on purpose: invented people, demo mode only

# The office's second factor, for an authenticator app or its like: base32, as apps take it by hand.
SECOND_FACTOR_SECRET = "KIMDONGTRINHDIENKIMDONGTRINHDIEN"  # noqa: S105 - as the password
SECOND_FACTOR_NAMES = ("hieutruong", "phohieutruong", "vanthu")

ACCOUNT_TABLE = """\
  Vai trò                        Tên đăng nhập
  Hiệu trưởng                    hieutruong
  Phó Hiệu trưởng                phohieutruong
  Văn thư                        vanthu
  Tổ (khối) trưởng               khoitruong1 … khoitruong5 (cũng là gvcn.1a … gvcn.5a)
  Giáo viên chủ nhiệm            gvcn.1a, gvcn.1b, … gvcn.5g (30 lớp: A B C D E G)
  Giáo viên Tiếng Anh            gvbm.tienganh.1 … 5
  Giáo viên Tin học              gvbm.tinhoc.1 … 3
  Giáo viên Giáo dục thể chất    gvbm.theduc.1 … 5
  Giáo viên Âm nhạc, Mĩ thuật    gvbm.amnhac.1 … 3, gvbm.mithuat.1 … 3

  Hiệu trưởng, Phó Hiệu trưởng, văn thư đăng nhập bằng hai lớp: trang đăng nhập của bản trình diễn
  hiện sẵn mã của lúc đó (hoặc thêm khoá KIMD ONGT RINH DIEN KIMD ONGT RINH DIEN vào ứng dụng xác thực)."""
