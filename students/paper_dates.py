"""Days as official papers write them (Nghị định 30/2020; rule R94). Pure."""

from datetime import date


def long_date(day: date | None) -> str:
    """Return "ngày 05 tháng 01 năm 2026" (zero before days under 10 and months 1 and 2), dots for None."""
    if day is None:
        return "ngày ...... tháng ...... năm .........."
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"
