"""Files: judged by their content, stored privately, shown to whom their owner's policy names."""

from aoce.common.files.inspect import Inspected, UploadRefusedError, inspect_upload
from aoce.common.files.store import (
    checked,
    files_of,
    may_view,
    register_owner,
    remove,
    store_bytes,
    store_picture,
    store_upload,
)

__all__ = [
    "Inspected",
    "UploadRefusedError",
    "checked",
    "files_of",
    "inspect_upload",
    "may_view",
    "register_owner",
    "remove",
    "store_bytes",
    "store_picture",
    "store_upload",
]
