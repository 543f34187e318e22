from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Sổ và báo cáo"

    def ready(self) -> None:
        # Models are there only now.
        from accounts import start_page  # noqa: PLC0415
        from reports.reprint_tasks import reprint_tasks  # noqa: PLC0415

        start_page.prints_also_from(reprint_tasks)
