"""Imports run downwards only (design.md, section 1): what keeps five apps from becoming one."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("accounts", "students", "gradebook", "approvals", "reports")
PURE = (
    "accounts/powers.py",
    "students/names.py",
    "students/paper_dates.py",
    "students/movement_rules.py",
    "gradebook/regulation.py",
    "gradebook/regulation_2016.py",
    "gradebook/old_year_cells.py",
    "gradebook/grading.py",
    "gradebook/labels.py",
    "gradebook/move_table.py",
    "approvals/workflow.py",
    "approvals/inquiry_workflow.py",
    "approvals/inspection_workflow.py",
    "approvals/reconciliation_workflow.py",
    "approvals/sampling.py",
    "approvals/announcement_workflow.py",
    "approvals/data_rules.py",
    "approvals/data_workflow.py",
    "approvals/retention.py",
    "reports/figures.py",
)
TYPESETTING = {"pdf.py", "set_lines.py", "laid_out_boxes.py", "learned_forms.py", "composed_form.py"}
ONLY_HERE = {"weasyprint": {f"reports/{name}" for name in TYPESETTING}, "guardian": {"accounts/grants.py"}}


def sources(app: str) -> list[Path]:
    return [path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]


def imported_modules(path: Path) -> set[str]:
    """Every module that a file imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def packages(path: Path) -> set[str]:
    return {module.partition(".")[0] for module in imported_modules(path)}


@pytest.mark.parametrize("app", LAYERS)
def test_an_app_imports_only_apps_below_it(app):
    above = {*LAYERS[LAYERS.index(app) + 1 :], "kimdong"}
    wrong = {str(path.relative_to(ROOT)): packages(path) & above for path in sources(app)}
    assert {path: modules for path, modules in wrong.items() if modules} == {}


@pytest.mark.parametrize("path", PURE)
def test_the_rules_are_pure(path):
    assert packages(ROOT / path) & {"django", "accounts", "students", "simple_history"} == set()


@pytest.mark.parametrize(("library", "homes"), ONLY_HERE.items())
def test_a_library_is_known_to_one_file(library, homes):
    users = {
        str(path.relative_to(ROOT))
        for app in (*LAYERS, "kimdong")
        for path in sources(app)
        if library in packages(path)
    }
    assert users == homes


def test_no_template_holds_script_or_style():
    """The content security policy forbids them; the browser would drop them silently."""
    guilty = []
    for template in (ROOT / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8").lower()
        if " style=" in text or "<style" in text or " onclick=" in text or "javascript:" in text:
            guilty.append(template.name)
        for tag in text.split("<script")[1:]:
            opening = tag.partition(">")[0]
            if "src=" not in opening and "application/json" not in opening:
                guilty.append(template.name)
    assert guilty == []
