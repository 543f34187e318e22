from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = "Phê duyệt"

    def ready(self) -> None:
        # Models are there only now.
        from approvals.decision_numbers import numbers_of  # noqa: PLC0415
        from gradebook.number_register import also_from  # noqa: PLC0415

        also_from(numbers_of)
