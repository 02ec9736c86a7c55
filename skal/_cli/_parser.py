"""Command-line parser and the table of commands."""

import argparse
import importlib
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from .. import __version__
from ._arguments import (
    Parser,
    a_decimal_sign,
    a_label_separator,
    a_name,
    a_separator,
    a_share,
    an_encoding,
    at_least_one,
    at_least_two,
    at_least_zero,
)
from ._names import MODELS, REGRESSORS, STRATEGIES, TASKS

N_ROWS = 20  # of a batch, where nothing is said
AUDIT = 0.1  # the share of rows drawn at random, in new sessions
EXAMPLES = """\
examples:
  skal label reviews.csv --label sentiment                       label in the terminal
  skal next reviews.csv --label sentiment -n 20 -o batch.csv     write rows to label elsewhere
  skal add reviews.csv batch.csv                                 read their labels
  skal status reviews.csv                                        see how far you are
  skal review reviews.csv                                        look at labels that may be wrong
  skal export reviews.csv -o labeled.csv --predict               write all labels and predictions
  skal sync reviews.csv --label sentiment --label-studio http://localhost:8080
  skal compare reviews.csv --label sentiment --strategies uncertainty_herding,margin -o report/

The data file (CSV, TSV, Parquet, .jsonl or .xlsx) is never changed. Labels are stored beside it in
DATA.skal.
"""
EXIT_CODES = """\
Exit codes: 0 success, also when nothing is left to label; 2 wrong input or usage; 1 other errors
and Ctrl-C.
"""


@dataclass(frozen=True)
class Command:
    """A command.

    Attributes
    ----------
    summary : str
        What the command does, in a few words.
    function : str
        The function that runs it, as "module:function" within this package. It takes the parsed
        options, returns the exit code, and is imported when the command is called, so that the
        help does not wait for pandas.
    add_options : callable
        Adds the options to a parser.
    """

    summary: str
    function: str
    add_options: Callable

    def run(self, options):
        """Run the command and return the exit code."""
        module, _, function = self.function.partition(":")
        return getattr(importlib.import_module(f".{module}", __package__), function)(options)


def make_parser():
    """Return the parser of the command line; `options.command` is the name of the command."""
    parser = Parser(
        prog="skal",
        description="Label a table, starting with the rows from which a model learns most.",
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"skal {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        description = f"{command.summary[0].upper()}{command.summary[1:]}."
        options = commands.add_parser(name, help=command.summary, description=description)
        options.add_argument(
            "data", metavar="DATA", help="the table: CSV, TSV, Parquet, .jsonl or .xlsx"
        )
        command.add_options(options)
    return parser


def _epilog():
    lines = (
        f"Models: {', '.join(MODELS)}, or package.module:object.",
        f"Models for --task regression: {', '.join(REGRESSORS)}, or package.module:object.",
        f"Strategies: {', '.join(STRATEGIES)}.",
    )
    wrapped = [textwrap.fill(line, 99) for line in lines]
    return EXAMPLES + "\n".join([*wrapped, EXIT_CODES])


def _add_label_options(parser):
    _add_reading_options(parser)
    _add_session_options(parser)


def _add_next_options(parser):
    parser.add_argument(
        "-n",
        type=at_least_one,
        help=f"the number of rows (default: {N_ROWS}; with --pending, all that are pending)",
    )
    _add_output(parser, "BATCH", "the file to write")
    _add_formulas(parser)
    parser.add_argument(
        "--pending",
        action="store_true",
        help="write the pending rows again, at most -n of them, instead of new ones",
    )
    _add_reading_options(parser)
    _add_session_options(parser)


def _add_add_options(parser):
    parser.add_argument("batch", metavar="BATCH", help="a file that skal next wrote")
    _add_annotator(parser, "the person who gave the labels")
    parser.add_argument(
        "--relabel", action="store_true", help="change labels that differ from the file"
    )
    parser.add_argument(
        "--unasked", action="store_true", help="accept labels of rows that were not asked for"
    )
    _add_text_options(parser)


def _add_export_options(parser):
    _add_output(parser, "FILE", "the table to write", required=False)
    _add_formulas(parser)
    parser.add_argument(
        "--predict",
        action="store_true",
        help="add columns with the predictions and probabilities for the rows without a label",
    )
    parser.add_argument(
        "--model-out",
        metavar="FILE",
        help="write the model, to be read by joblib.load in Python",
    )
    _add_model(parser, "the model to predict with (default: that of the session)")
    parser.add_argument(
        "--salvage",
        action="store_true",
        help="read what is left of a session whose file was damaged",
    )


def _add_status_options(parser):
    _add_model(parser, "the model, where it is not built in (default: that of the session)")


def _add_relabel_options(parser):
    parser.add_argument("--row", metavar="ROW", help="the number of the row, or its id")
    parser.add_argument("--to", metavar="CLASS", help="the new label; without it, you are asked")
    _add_class(parser)
    _add_annotator(parser, "the person whose label is changed")


def _add_review_options(parser):
    parser.add_argument("-n", type=at_least_one, help="at most so many rows (default: all)")
    _add_model(parser, "the model that doubts labels (default: that of the session)")
    _add_annotator(parser, "the person who decides")


def _add_sync_options(parser):
    parser.add_argument(
        "--label-studio",
        required=True,
        metavar="URL",
        help="the address of the server; LABEL_STUDIO_API_KEY holds its token, or it is asked for",
    )
    parser.add_argument(
        "--project",
        type=at_least_one,
        metavar="N",
        help="the number of the project (default: that of the last time, or a new one)",
    )
    _add_default(parser, "-n", N_ROWS, "the number of open tasks", type=at_least_one)
    _add_default(
        parser, "--every", 5, "seconds between two looks at the server", type=at_least_one
    )
    parser.add_argument("--once", action="store_true", help="look once, and do not wait")
    parser.add_argument("--title", type=a_name, help="the title of a new project")
    parser.add_argument(
        "--prelabel",
        action="store_true",
        help="let a new project fill in the predictions where people answer",
    )
    parser.add_argument(
        "--question", metavar="NAME", help="the tag that asks, if the project has several"
    )
    _add_reading_options(parser)
    _add_session_options(parser)


def _add_compare_options(parser):
    _add_reading_options(parser)
    _add_model(parser, "the model to train (default: logistic, for numbers ridge)")
    parser.add_argument(
        "--strategies",
        metavar="A,B,...",
        help="the strategies to compare (default: uncertainty_herding,margin,badge, for numbers "
        "max_herding,improved_greedy,lcmd, for several labels multilabel,max_herding)",
    )
    _add_default(parser, "--budget", 100, "labels in a game", type=at_least_one)
    _add_default(
        parser, "--initial", 10, "labels drawn at random first, 0 or more", type=at_least_zero
    )
    parser.add_argument(
        "--batch-size",
        type=at_least_one,
        help="labels in a round (default: budget / 20)",
    )
    _add_default(parser, "--folds", 5, "folds of the cross-validation", type=at_least_two)
    _add_default(parser, "--repeats", 2, "repetitions with other folds", type=at_least_one)
    parser.add_argument(
        "--scoring",
        help="a scikit-learn scorer (default: accuracy, for numbers r2, for several labels "
        "f1_micro)",
    )
    _add_default(parser, "--seed", 0, "the random seed", type=int)
    parser.add_argument("--jobs", type=int, help="the number of parallel processes (default: 1)")
    _add_output(parser, "FOLDER", "the folder of the report")


def _add_reading_options(parser):
    """Add what says how the table is read."""
    parser.add_argument(
        "--label", metavar="COLUMN", help="the column of labels; the session remembers it"
    )
    parser.add_argument(
        "--task",
        choices=tuple(TASKS),
        help="what labels are: classes, numbers for a regression, or several labels a row "
        "(default: classes, unless the column tells; the session remembers it)",
    )
    parser.add_argument(
        "--label-separator",
        type=a_label_separator,
        metavar="SIGN",
        help="what separates the labels in a cell, with --task multilabel (default: recognized, "
        "else |)",
    )
    parser.add_argument(
        "--id", metavar="COLUMN", help="a column of unique ids (default: row numbers)"
    )
    parser.add_argument(
        "--columns",
        action="append",
        metavar="ROLE:COLUMN,...",
        help="read columns as number, category, date, text or image, or drop them",
    )
    _add_text_options(parser)
    parser.add_argument(
        "--decimal",
        type=a_decimal_sign,
        metavar="SIGN",
        help="what stands before the fraction of a number: . or , (default: recognized)",
    )
    parser.add_argument(
        "--date-order",
        choices=("dmy", "mdy", "ymd"),
        help="the order of day, month and year (default: recognized)",
    )


def _add_text_options(parser):
    """Add what says how the text of a table is written."""
    parser.add_argument(
        "--encoding", type=an_encoding, metavar="NAME", help="such as cp1252 (default: recognized)"
    )
    parser.add_argument(
        "--separator",
        type=a_separator,
        metavar="SIGN",
        help="what separates fields, such as ; or tab (default: recognized)",
    )
    parser.add_argument(
        "--missing",
        action="append",
        metavar="WORD",
        help="a word for missing values and labels, besides NA, null, ? and others",
    )


def _add_formulas(parser):
    parser.add_argument(
        "--neutralize-formulas",
        action="store_true",
        help="write an apostrophe before cells that spreadsheets take for formulas",
    )


def _add_session_options(parser):
    """Add what says how rows are chosen, and who labels them; the session remembers most of it."""
    # Without defaults: what is not said stays as the session remembers it.
    _add_model(parser, "the model to train (default: logistic, for numbers ridge)")
    parser.add_argument(
        "--strategy",
        help="the strategy that chooses rows (default: uncertainty_herding, for numbers "
        "max_herding, for several labels multilabel); relevance:CLASS asks for the rows that are "
        "most probably of a class",
    )
    parser.add_argument(
        "--classes", type=split_names, metavar="A,B,...", help="the only classes allowed"
    )
    _add_class(parser)
    parser.add_argument(
        "--audit",
        type=a_share,
        metavar="SHARE",
        help="the share of the rows that are drawn at random, to estimate how good the model is "
        f"(default: {AUDIT}; 0 for none)",
    )
    parser.add_argument(
        "--stop",
        action="append",
        metavar="GOAL",
        help="say when there are enough labels: score:0.95, recall:0.95:CLASS, stable, budget:500 "
        "or none; the first of several that is reached counts",
    )
    parser.add_argument(
        "--group-copies",
        action=argparse.BooleanOptionalAction,
        help="whether one answer is for all rows with the same content (default: no)",
    )
    _add_annotator(parser, "the person who labels")


def _add_class(parser):
    parser.add_argument(
        "--add-class", action="append", metavar="NAME", type=a_name, help="allow one more class"
    )


def _add_annotator(parser, description):
    parser.add_argument("--annotator", type=a_name, metavar="NAME", help=description)


def _add_default(parser, flag, default, description, **kind):
    """Add an option whose help ends with its default."""
    description = f"{description} (default: %(default)s)"
    parser.add_argument(flag, default=default, help=description, **kind)


def _add_model(parser, description):
    parser.add_argument("--model", help=description)


def _add_output(parser, metavar, description, required=True):
    parser.add_argument("-o", "--output", required=required, metavar=metavar, help=description)


# All commands, in the order of the help.
COMMANDS = {
    "label": Command(
        "ask for labels in the terminal, one row at a time", "_label:label", _add_label_options
    ),
    "next": Command(
        "write the rows to label next to a file", "_next:next_batch", _add_next_options
    ),
    "add": Command("read labels from a file that was filled in", "_add:add", _add_add_options),
    "status": Command(
        "say how far the labeling is, and how good the model is",
        "_status:status",
        _add_status_options,
    ),
    "relabel": Command("change labels", "_relabel:relabel", _add_relabel_options),
    "review": Command(
        "go through the labels that are probably wrong", "_review:review", _add_review_options
    ),
    "export": Command(
        "write the table with all labels to a file", "_export:export", _add_export_options
    ),
    "sync": Command(
        "let people label in Label Studio, and take their labels", "_sync:sync", _add_sync_options
    ),
    "compare": Command(
        "simulate strategies on the rows that are labeled",
        "_compare:compare",
        _add_compare_options,
    ),
}


def split_names(text):
    """Return the distinct names in a list with commas, None where there is no name."""
    names = [name.strip() for name in text.split(",")]
    return list(dict.fromkeys(name for name in names if name)) or None
