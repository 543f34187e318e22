"""Static files under names that carry their content's hash, the modules of our scripts included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites `import … from "./…"`, so that a new release never mixes with modules of the old one."""

    support_js_module_import_aggregation = True
