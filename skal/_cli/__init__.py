"""The command line: tables in, batches out, questions in the terminal, comparisons."""
