"""The times of a year at which is assessed, as choices of a field."""

from gradebook.regulation import Period

PERIOD_CHOICES = [(period.value, period.label) for period in Period]
# What may be opened for entry: the four times of the year, and the assessment of the failing again (R41).
ENTRY_PERIODS = (*Period, Period.SUPPLEMENTARY)
ENTRY_CHOICES = [(period.value, period.label) for period in ENTRY_PERIODS]
