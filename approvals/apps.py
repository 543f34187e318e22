from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = "Phê duyệt"

    def ready(self) -> None:
        # Models are there only now.
        from approvals.cell_requests import acts_about  # noqa: PLC0415
        from approvals.data_purposes import begin_for_new_school  # noqa: PLC0415
        from approvals.decision_numbers import numbers_of  # noqa: PLC0415
        from gradebook import cell_history, first_run, number_register  # noqa: PLC0415

        number_register.also_from(numbers_of)
        cell_history.also_from(acts_about)
        first_run.also_founding(begin_for_new_school)
