"""Static files with a hash in their name, compressed, and kept by browsers for good."""

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class PortalStaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed names; without a manifest (tests, a first start) plain ones instead of an error."""

    manifest_strict = False

    def url(self, name: str, force: bool = False) -> str:  # noqa: FBT001, FBT002 - Django's signature
        """Return the hashed address, or the plain one while nothing has been collected."""
        if not self.hashed_files and not settings.DEBUG:
            return f"{self.base_url}{name}"
        return super().url(name, force)
