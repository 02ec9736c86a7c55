"""The labeling config of a project: which question it asks, and what it shows."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from ._asked import SINGLE
from ._errors import LabelStudioError

# Tags that show something may name a column of the task, such as value="$text".
VARIABLE = re.compile(r"\$([^\W\d]\w*)")
# The variables of tables that hold the short values of a row: all of them in the first, or as many
# as Label Studio shows at once in each.
ROW = "skal_row"
ROWS_OF_TABLE = 10
# Hotkeys of choices: the keys 1 to 9, then letters.
HOTKEYS = "123456789qwertyuiopasdfghjklzxcvbnm"


@dataclass(frozen=True)
class Question:
    """The question that people answer.

    Attributes
    ----------
    name : str
        The name of the tag that asks.
    shown : str
        The name of the tag that it is about.
    choices : list of str
        The answers, as they stand in annotations; none where numbers are asked for.
    variables : list of str
        What the config shows of a task.
    asked : OneClass, SeveralClasses or Numbers
        What is asked for.
    tag : Element
        The tag that asks.
    """

    name: str
    shown: str
    choices: list
    variables: list
    asked: object
    tag: object

    def answer(self, results):
        """Return the answer in the results of an annotation, and why it cannot be taken."""
        values = [one.get("value", {}) for one in results if one.get("from_name") == self.name]
        return self.asked.answer(values, self.tag)

    def result(self, predicted, probability=None):
        """Return a prediction as Label Studio writes it; one that it cannot show is empty."""
        known = predicted is not None
        value = self.asked.value(predicted, self.tag, self.choices) if known else None
        if value is None:
            return []
        score = {} if probability is None else {"score": probability}
        return [
            {
                "from_name": self.name,
                "to_name": self.shown,
                "type": self.asked.type_of(self.tag),
                "value": value,
                **score,
            }
        ]


def read_question(config, *, asked, project, question=None, classes=(), fixed=False):
    """Return the question of a labeling config.

    Parameters
    ----------
    config : str
        XML.
    asked : OneClass, SeveralClasses or Numbers
        What is asked for.
    project : str
        The project, for messages.
    question : str, default=None
        The name of the tag. None: the only one that fits.
    classes : list of str
        Classes that must be among the choices.
    fixed : bool, default=False
        Whether no other choices are allowed.

    Raises
    ------
    LabelStudioError
        If there is no such tag, or its choices are not the classes.
    """
    root = _parsed(config, project)
    tags = [tag for tag in root.iter() if tag.tag in asked.tags]
    kind = " or ".join(asked.tags)
    if not tags:
        kinds = sorted({tag.tag for tag in root.iter() if tag.get("toName")})
        raise LabelStudioError(
            f"{project} has no {kind} tag in its labeling config, so nobody can {asked.what} "
            f"there{f' (it asks for {_listed(kinds)})' if kinds else ''}. Give a project that "
            "has one, or no number, and a project is made."
        )
    tag = _chosen(tags, question, classes, project, asked)
    choices = _choices_of(tag)
    wrong = asked.why_wrong(tag)
    if wrong:
        raise LabelStudioError(f"The {tag.tag} tag {tag.get('name')!r} of {project} {wrong}")
    _check_choices(tag, choices, classes, fixed, project)
    return Question(tag.get("name"), tag.get("toName"), choices, _variables_of(root), asked, tag)


def _parsed(config, project):
    # A config comes from the server. Entities could make it grow without bounds.
    if "<!" in re.sub(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", "", config, flags=re.DOTALL):
        raise LabelStudioError(f"The labeling config of {project} holds a DOCTYPE. Remove it.")
    try:
        return ElementTree.fromstring(config)
    except ElementTree.ParseError as error:
        raise LabelStudioError(
            f"The labeling config of {project} cannot be read as XML: {error}. Set one up in "
            "Label Studio, in the settings of the project, under Labeling Interface."
        ) from None


def _chosen(tags, question, classes, project, asked):
    """Return the tag that is meant."""
    kind = " or ".join(asked.tags)
    names = [tag.get("name") for tag in tags]
    if question is not None:
        if question not in names:
            raise LabelStudioError(
                f"question must be the name of a {kind} tag of {project}, {_listed(names)}, got "
                f"{question!r}."
            )
        return tags[names.index(question)]
    fitting = [tag for tag in tags if set(classes) <= set(_choices_of(tag))]
    fitting = [tag for tag in fitting if asked.fits(tag)] or fitting
    if len(tags) > 1 and len(fitting) != 1:
        what = "number" if asked.choice is None else "class"
        raise LabelStudioError(
            f"{project} has several {kind} tags, {_listed(names)}. Say by question which of "
            f"them asks for the {what}."
        )
    return fitting[0] if fitting else tags[0]


def _choices_of(tag):
    # Where a choice has an alias, that is what annotations hold.
    choices = [one.get("alias") or one.get("value") for one in tag.iter("Choice")]
    return [choice for choice in choices if choice]


def _check_choices(tag, choices, classes, fixed, project):
    name = tag.get("name")
    missing = [one for one in classes if one not in choices]
    if missing:
        lines = "".join(f"<Choice value={_quoted(one)}/>" for one in missing)
        raise LabelStudioError(
            f"The Choices tag {name!r} of {project} has the choices {_listed(choices)}, but not "
            f"{_listed(missing)}, which the rows are labeled with. Add {lines} to the labeling "
            "config, in the settings of the project, or give another project."
        )
    extra = [one for one in choices if one not in classes] if fixed else []
    if extra:
        raise LabelStudioError(
            f"The Choices tag {name!r} of {project} has the choices {_listed(extra)}, which are "
            f"not among the classes that are allowed, {_listed(classes)}. Allow them as well, or "
            "remove them from the labeling config."
        )


def _variables_of(root):
    found = [name for tag in root.iter() for text in tag.attrib.values() for name in _names(text)]
    return list(dict.fromkeys(found))


def _names(text):
    return VARIABLE.findall(text)


def table_variable(number):
    """Return the variable of a table, counted from 0."""
    return ROW if number == 0 else f"{ROW}_{number + 1}"


def make_config(shown, classes, asked):
    """Return a labeling config that shows rows, and asks for their labels.

    Parameters
    ----------
    shown : list of tuple
        The tag, the variable and the title of everything that is shown, in order.
    classes : list of str
    asked : OneClass, SeveralClasses or Numbers
    """
    lines = ["<View>"]
    for tag, variable, title in shown:
        if title is not None:
            lines.append(f'  <Header value={_quoted(title)} size="5"/>')
        lines.append(f'  <{tag} name="{variable}" value="${variable}"/>')
    tag = f'name="label" toName="{shown[0][1]}"'
    if asked.choice is None:
        return "\n".join([*lines, f'  <Number {tag} required="true"/>', "</View>"])
    # A row may have none of several labels, which is an answer, too.
    required = ' required="true"' if asked.choice == SINGLE else ""
    lines.append(f'  <Choices {tag} choice="{asked.choice}"{required}>')
    keys = dict(zip(classes, HOTKEYS, strict=False))
    for name in classes:
        key = f' hotkey="{keys[name]}"' if name in keys else ""
        lines.append(f"    <Choice value={_quoted(name)}{key}/>")
    return "\n".join([*lines, "  </Choices>", "</View>"])


def _quoted(text):
    """Return text as an attribute of XML."""
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, name)
    # Line breaks in an attribute would be read as blanks.
    return '"' + "".join(f"&#{ord(c)};" if c in "\t\n\r" else c for c in text) + '"'


def _listed(names):
    return ", ".join(map(repr, names)) or "none"
