"""The school's own print forms filled in: docx and html (R42). Imported only where something is printed or checked."""
