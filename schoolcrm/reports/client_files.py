"""The list of a client's files (R55)."""

from collections.abc import Iterable

from schoolcrm.core.language import _
from schoolcrm.core.office.client_files import ClientFile
from schoolcrm.reports.table import Column, Fact, Kind, Table


def files_table(files: Iterable[ClientFile], client: str) -> Table:
    """Return the files as a table; size in bytes."""
    return Table(
        report="client-files",
        title=_("Files"),
        parameters=[Fact("client", _("Client"), Kind.TEXT, client)],
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("name", _("Name")),
            Column("size", _("Size in bytes"), Kind.INTEGER),
            Column("type", _("Kind of file")),
            Column("added", _("Added"), Kind.DATE),
            Column("note", _("Note")),
            Column("sha256", _("Checksum"), hidden=True),
        ),
        rows=[
            (file.id, file.name, file.size, file.media_type, file.added_on, file.note, file.sha256) for file in files
        ],
    )
