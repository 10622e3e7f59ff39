"""The school's desk: tasks, messages, files, forms, automations, settings, undoing."""
