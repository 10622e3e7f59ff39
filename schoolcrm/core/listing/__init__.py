"""What is known about a client, student or lesson, field by field: columns, filters, sorting, names looked up."""
