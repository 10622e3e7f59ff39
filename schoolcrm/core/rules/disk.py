"""Why the system refused to read or write a file, in the language in use."""

import errno

from schoolcrm.core.language import _


def reason_of(trouble: OSError) -> str:
    """Return why the system refused, in the language in use where it is a usual reason."""
    if trouble.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return _("the disk is full")
    if trouble.errno == errno.EROFS:
        return _("the disk is read-only")
    if trouble.errno in (errno.EACCES, errno.EPERM):
        return _("it is not permitted")
    if trouble.errno == errno.EISDIR:
        return _("there is a folder of that name")
    if trouble.errno == errno.ENAMETOOLONG:
        return _("the name is too long")
    return trouble.strerror or type(trouble).__name__
