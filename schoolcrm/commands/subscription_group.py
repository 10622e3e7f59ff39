"""What the modules of `schoolcrm subscription` share: the group its commands are added to."""

from schoolcrm.core.language import _
from schoolcrm.lazy import group

app = group(_("Plans, and subscriptions sold to students."))
