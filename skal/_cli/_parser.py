"""What can be typed."""

import argparse

from .. import __version__

EXAMPLES = """\
examples:
  skal label reviews.csv --label sentiment                       answer in the terminal
  skal next reviews.csv --label sentiment -n 20 -o batch.csv     rows to fill in elsewhere
  skal add reviews.csv batch.csv                                 take them back
  skal export reviews.csv -o labeled.csv                        the table with all labels
  skal compare reviews.csv --label sentiment --strategies margin,badge -o report/

The data (CSV, TSV or Parquet) are never written to; labels are kept beside them in DATA.skal.
Models: logistic, svc, forest, boosting, naive_bayes, or package.module:object.
Strategies: margin, entropy, least_confidence, simple_margin, committee, bald, batch_bald, coreset,
kmeans, diverse, cluster_margin, badge, random.
Exit codes: 0 done, also when nothing is left to label; 2 input or usage wrong; 1 anything else.
"""


def make_parser():
    """Return the parser of the command line; each command leaves its name in `command`."""
    parser = argparse.ArgumentParser(
        prog="skal",
        description="Label a table, the rows first from which a model learns most.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"skal {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_label(commands)
    _add_next(commands)
    _add_add(commands)
    _add_export(commands)
    _add_compare(commands)
    return parser


def _command(commands, name, help):
    parser = commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
    parser.add_argument("data", metavar="DATA", help="the table: CSV, TSV or Parquet")
    return parser


def _add_label(commands):
    parser = _command(commands, "label", "ask for labels in the terminal, one row at a time")
    _add_session_options(parser)


def _add_next(commands):
    parser = _command(commands, "next", "write the rows to be labeled next to a file")
    parser.add_argument("-n", type=_count, default=20, help="how many rows (default: 20)")
    parser.add_argument("-o", "--output", required=True, metavar="BATCH", help="the new file")
    parser.add_argument(
        "--pending", action="store_true", help="write the rows that wait for labels once more"
    )
    _add_session_options(parser)


def _add_add(commands):
    parser = _command(commands, "add", "take labels that were filled in a file")
    parser.add_argument("batch", metavar="BATCH", help="a file that skal next wrote")
    parser.add_argument("--annotator", metavar="NAME", help="whose labels they are")
    parser.add_argument("--relabel", action="store_true", help="change labels that differ")
    parser.add_argument(
        "--unasked", action="store_true", help="take labels of rows that were not asked for"
    )


def _add_export(commands):
    parser = _command(commands, "export", "write the table with all labels to a file")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the file")


def _add_compare(commands):
    parser = _command(commands, "compare", "simulate strategies on the rows that are labeled")
    _add_reading_options(parser)
    parser.add_argument("--model", default="logistic", help="the model (default: logistic)")
    parser.add_argument(
        "--strategies",
        default="margin,badge,coreset",
        help="names (default: margin,badge,coreset)",
    )
    parser.add_argument("--budget", type=_count, default=100, help="labels (default: 100)")
    parser.add_argument("--initial", type=_count, default=10, help="first labels (default: 10)")
    parser.add_argument(
        "--batch-size", type=_count, help="labels a round (default: a twentieth of the budget)"
    )
    parser.add_argument("--folds", type=_folds, default=5, help="parts of the rows (default: 5)")
    parser.add_argument("--repeats", type=_count, default=2, help="with other folds (default: 2)")
    parser.add_argument("--scoring", default="accuracy", help="a scikit-learn scorer")
    parser.add_argument("--seed", type=int, default=0, help="(default: 0)")
    parser.add_argument("--jobs", type=int, help="processes (default: 1)")
    parser.add_argument("-o", "--output", required=True, metavar="FOLDER", help="for the report")


def _add_reading_options(parser):
    parser.add_argument(
        "--label", metavar="COLUMN", help="the column of the labels; remembered by the session"
    )
    parser.add_argument("--id", metavar="COLUMN", help="a column of ids (default: row numbers)")
    parser.add_argument(
        "--columns",
        action="append",
        metavar="ROLE:COLUMN,...",
        help="read columns as number, category, date, text, or drop them",
    )


def _add_session_options(parser):
    _add_reading_options(parser)
    parser.add_argument("--model", help="the model that learns (default: logistic)")
    parser.add_argument("--strategy", help="how rows are chosen (default: margin)")
    parser.add_argument("--classes", metavar="A,B,...", help="the only classes there are")
    parser.add_argument("--annotator", metavar="NAME", help="who labels")


def _count(text):
    return _at_least(1, text)


def _folds(text):
    return _at_least(2, text)


def _at_least(least, text):
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"must be a whole number, at least {least}, got {text!r}")
    return int(text)
