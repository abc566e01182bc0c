"""How a server keeps its static files: with a digest in the name, compressed, and without the source maps."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

# What `manage.py up` does not collect: maps of sources, and a page of the schema that we do not serve.
NOT_COLLECTED = ["*.map", "redoc", "rest_framework"]


def _names_a_map(pattern: str | tuple[str, str]) -> bool:
    return "sourceMappingURL" in (pattern if isinstance(pattern, str) else pattern[0])


class StaticFiles(CompressedManifestStaticFilesStorage):
    """References to source maps stay as they are, since the maps themselves are not there to be renamed."""

    patterns = tuple(
        (extension, tuple(pattern for pattern in patterns if not _names_a_map(pattern)))
        for extension, patterns in HashedFilesMixin.patterns
    )
