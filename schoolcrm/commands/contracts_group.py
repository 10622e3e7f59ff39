"""What the modules of `schoolcrm contracts` share: the group its commands are added to, and how one is named."""

from typing import Annotated

import typer

from schoolcrm.core.language import _
from schoolcrm.lazy import group

app = group(_("Contracts with clients: period, visits, sum."))

Client = Annotated[str, typer.Argument(metavar="CLIENT", help=_("Client, or a student of theirs."))]
Ref = Annotated[str, typer.Argument(metavar="CONTRACT", help=_("The contract's id or number, or its client."))]
