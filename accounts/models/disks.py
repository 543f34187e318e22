"""How much room a disk has that only the worker can see."""

from django.db import models


class DiskReading(models.Model):
    """The last reading of a place; `total` and `free` in bytes, null where the place could not be read."""

    class Place(models.TextChoices):
        BACKUPS = "backups", "kho sao lưu"

    place = models.CharField("nơi", max_length=10, choices=Place, primary_key=True)
    total = models.PositiveBigIntegerField("cỡ ổ đĩa", null=True)
    free = models.PositiveBigIntegerField("còn trống", null=True)
    read_at = models.DateTimeField("đo lúc")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(place__in=["backups"]), name="disk_reading_place"),
            models.CheckConstraint(
                condition=models.Q(total=None, free=None)
                | models.Q(total__gt=0, free__lte=models.F("total")),
                name="disk_reading_free_is_of_total",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.free} / {self.total}"
