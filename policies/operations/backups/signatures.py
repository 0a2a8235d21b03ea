"""Whether a backup was made by a site with this site's SECRET_KEY, and is as it was made.

Anyone who can change the file can also change the hashes in its manifest. The ledger and the audit
prove most of a site by themselves, but not its accounts.
"""

import hashlib
import hmac

from django.conf import settings

from policies.operations.backups.archive import BackupRefused, Manifest, signature


def key() -> bytes:
    """Return the key that this site signs its backups with."""
    secret = "\n".join(["policies.operations.backups", settings.SECRET_KEY])
    return hashlib.sha256(secret.encode()).digest()


def is_signed(manifest: Manifest) -> bool:
    return hmac.compare_digest(manifest.signature.encode(), signature(manifest, key()).encode())


def require_signed(manifest: Manifest) -> None:
    """Raise BackupRefused unless a backup is signed with this site's key."""
    if is_signed(manifest):
        return
    if manifest.signature:
        raise BackupRefused(
            "The signature of this backup does not fit: the backup was altered, or made with "
            "another SECRET_KEY. If you have that key, name it: SECRET_KEY=… manage.py restore …. "
            "If it is lost, and you know who had the file since, add --unsigned."
        )
    raise BackupRefused(
        "This backup has no signature. Version 1.0 signed none, and whoever alters one can remove "
        "it. If you know who had the file since, add --unsigned."
    )
