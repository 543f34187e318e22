"""Comments and what is to be said of them: tried on gradebook.comment_checks and on its twin in the browser."""

AN, BINH, THAO, HOA, NAM, ANH = (
    "Nguyễn Minh An",
    "Trần Gia Bình",
    "Lê Thị Thảo",
    "Phạm Ngọc Hòa",
    "Hoàng Quốc Nam",
    "Võ Lan Anh",
)
CLASS = [(AN, "male"), (BINH, "male"), (THAO, "female"), (HOA, "female"), (NAM, "male"), (ANH, "")]
OTHER = "«Bình» là tên bạn khác trong lớp (Trần Gia Bình), không phải tên em."

# Whose comment, the comment, what is remarked on it.
REMARKS = [
    (AN, "Em đọc to, rõ ràng, biết giúp bạn.", []),
    (AN, "An chăm học. Em An đọc tốt, Minh An viết đẹp.", []),
    (AN, "Nguyễn Minh An đã tiến bộ.", []),
    (AN, "Bình đã tiến bộ nhiều.", [OTHER]),
    (AN, "Em Bình đã tiến bộ nhiều.", [OTHER]),
    (AN, "Em hay giúp bạn Bình học bài.", [OTHER]),
    (
        AN,
        "Em chăm học. Trần Gia Bình đọc tốt.",
        ["«Trần Gia Bình» là tên bạn khác trong lớp (Trần Gia Bình), không phải tên em."],
    ),
    (AN, "Bình tĩnh, tự tin khi phát biểu.", []),
    (AN, "Em thuộc bảng nhân; Bình thường em tính chậm.", []),
    (AN, "Em học tốt tiếng Anh, yêu đất nước Việt Nam.", []),
    (AN, "Em học tốt môn Tiếng Việt và môn Toán ở Hà Nội.", []),
    (THAO, "Thảo luận nhóm sôi nổi, em biết lắng nghe.", []),
    (THAO, "Thao đã đọc trôi chảy.", ["Tên em là «Thảo», ở đây viết «Thao»."]),
    (THAO, "Em Thào đọc trôi chảy.", ["Tên em là «Thảo», ở đây viết «Thào»."]),
    (THAO, "Em đọc tốt, Thị Thao viết đẹp.", ["Tên em là «Thị Thảo», ở đây viết «Thị Thao»."]),
    (THAO, "Thao tác với máy tính nhanh.", []),
    (HOA, "Em Hoà đọc tốt; Hòa đã tiến bộ.", []),
    (AN, "Hoà đã tiến bộ.", ["«Hoà» là tên bạn khác trong lớp (Phạm Ngọc Hòa), không phải tên em."]),
    (THAO, "Em lê thị thảo học tốt.", ["Tên riêng phải viết hoa: «Lê Thị Thảo»."]),
    (THAO, "Em LÊ THỊ THẢO học tốt.", []),
    (AN, "Em là một cô bé ngoan.", ["«cô bé» nói về nữ, mà em là nam."]),
    (AN, "Cô bé ngoan, biết vâng lời.", ["«cô bé» nói về nữ, mà em là nam."]),
    (AN, "Em là cậu bé ngoan, giúp các bạn gái.", []),
    (
        THAO,
        "Cậu bé ngoan. Em là nam sinh.",
        ["«cậu bé» nói về nam, mà em là nữ.", "«nam sinh» nói về nam, mà em là nữ."],
    ),
    (ANH, "Em là cậu bé, cô bé ngoan.", []),
    (AN, "Chị ấy học tốt.", ["«chị ấy» nói về nữ, mà em là nam."]),
    (THAO, "Các bạn quý vì anh ấy ngoan.", ["«anh ấy» nói về nam, mà em là nữ."]),
    (ANH, "Lan An học tốt.", ["Tên em là «Lan Anh», ở đây viết «Lan An»."]),
    (ANH, "Võ Lan Ahn đã tiến bộ.", ["Tên em là «Võ Lan Anh», ở đây viết «Võ Lan Ahn»."]),
    (ANH, "Ahn tiến bộ nhiều, em Ahn ngoan.", ["Tên em là «Anh», ở đây viết «Ahn»."]),
    (NAM, "Em Na đọc tốt.", ["Tên em là «Nam», ở đây viết «Na»."]),
    (NAM, "Con Nham đọc tốt.", ["Tên em là «Nam», ở đây viết «Nham»."]),
    (HOA, "Em thích Khoa học, yêu môn Khoa học.", []),
    (THAO, "Thao chăm đọc sách.", ["Tên em là «Thảo», ở đây viết «Thao»."]),
    (NAM, "Nắm chắc bài, em đã tiến bộ.", []),
    (
        AN,
        "{tên} học tốt, {trai/gái} ngoan.",
        ["Còn chỗ chưa điền: «{tên}».", "Còn chỗ chưa điền: «{trai/gái}»."],
    ),
    (AN, "", []),
]

# A ready comment, the pupil's name and gender, the comment for that pupil.
PLACES = [
    ("{tên} tính nhanh.", AN, "male", "An tính nhanh."),
    ("Em { Họ  tên } ngoan.", THAO, "female", "Em Lê Thị Thảo ngoan."),
    ("{tên} là {cậu bé/cô bé} ngoan.", AN, "male", "An là cậu bé ngoan."),
    ("{tên} là {cậu bé / cô bé} ngoan.", THAO, "female", "Thảo là cô bé ngoan."),
    ("{tên} là {cậu bé/cô bé} ngoan.", ANH, "", "Anh là {cậu bé/cô bé} ngoan."),
    ("Em ngoan.", AN, "male", "Em ngoan."),
]
