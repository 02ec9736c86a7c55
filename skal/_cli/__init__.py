"""The command line: a table with its labeling session, one command in each file."""
