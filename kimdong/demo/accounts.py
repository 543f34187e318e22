"""The accounts of the demo school, printed at its start. Imports nothing: the bench logs in with them too."""

PASSWORD = "kimdong.trinhdien"  # noqa: S105 - printed on purpose: invented people, demo mode only

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
  Giáo viên Âm nhạc, Mĩ thuật    gvbm.amnhac.1 … 3, gvbm.mithuat.1 … 3"""
