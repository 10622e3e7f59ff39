"""The command line: one module a group of commands. Thin: options in, one call of the core, one answer out."""
