from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = "Phê duyệt"

    def ready(self) -> None:
        from approvals.decision_numbers import numbers_of  # models are there only now
        from gradebook.number_register import also_from

        also_from(numbers_of)
