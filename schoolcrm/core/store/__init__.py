"""The school's file: opened, migrated, written in one transaction, journalled, backed up."""
