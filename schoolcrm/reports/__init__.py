"""What is shown: one module a report or list, with one query and one neutral table; `writers` print it."""
