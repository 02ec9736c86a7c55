"""Several labels a row, and numbers, between a session and a project of Label Studio."""

import re

import pandas as pd
import pytest
from fake_label_studio import ANNA, BOB, TOKEN, parsed
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from skal import ActiveLearner
from skal.label_studio import LabelStudioError, sync
from skal.session import LabelingSession

TEXTS = [f"{'a good' if i % 3 else 'an ugly'} thing, number {i}" for i in range(40)]
TAGS = ["cheap", "quiet", "new"]


def choices(kind, names=TAGS, name="label"):
    tags = "".join(f'<Choice value="{one}"/>' for one in names)
    return f'<Choices name="{name}" toName="text" choice="{kind}">{tags}</Choices>'


def config(*tags):
    return f'<View><Text name="text" value="$text"/>{"".join(tags)}</View>'


@pytest.fixture
def several(tmp_path):
    model = make_pipeline(TfidfVectorizer(), OneVsRestClassifier(LogisticRegression()))
    learner = ActiveLearner(model, random_state=0)
    path = tmp_path / "several.skal"
    with LabelingSession(path, learner, TEXTS, classes=TAGS, several_labels=True) as session:
        yield session


@pytest.fixture
def numbers(tmp_path):
    learner = ActiveLearner(make_pipeline(TfidfVectorizer(), Ridge()), random_state=0)
    with LabelingSession(tmp_path / "numbers.skal", learner, TEXTS) as session:
        yield session


def once(session, server, project=None, n=5, **arguments):
    return sync(session, server, project, n=n, once=True, **arguments)


def task_of(studio, row):
    return next(key for key, one in studio.tasks.items() if one["data"]["skal_id"] == row)


def values(studio, done=()):
    """Return the values that are predicted, by row."""
    return {
        one["data"]["skal_id"]: [result["value"] for result in one["predictions"][-1]["result"]]
        for one in studio.tasks.values()
        if one["data"]["skal_id"] not in done
    }


# Several labels


def test_a_project_is_made_that_takes_several_choices(studio, server, several):
    project = once(several, server).project
    (tag,) = parsed(studio.projects[project]["label_config"]).iter("Choices")
    assert tag.get("choice") == "multiple" and tag.get("required") is None
    assert [one.get("value") for one in tag] == TAGS


def test_several_choices_become_lists_and_none_of_them_is_a_list(studio, server, several):
    once(several, server)
    first, second, third, *_ = several.pending()
    studio.annotate(task_of(studio, first), ["quiet", "cheap"])
    studio.annotate(task_of(studio, second), [])
    studio.annotate(task_of(studio, third), None)
    once(several, server)
    assert several.verdicts() == {first: ["cheap", "quiet"], second: []}
    assert several.skipped() == [third]
    assert {one["annotator"] for one in several.records()} == {"anna@example.org"}
    once(several, server)
    assert len(several.records()) == 2


def test_several_choices_are_changed_and_taken_back(studio, server, several):
    studio.users[BOB] = "bob@example.org"
    once(several, server)
    row, other, *_ = several.pending()
    mine = studio.annotate(task_of(studio, row), ["quiet"])
    studio.annotate(task_of(studio, row), ["quiet", "new"], BOB)
    studio.annotate(task_of(studio, other), "cheap", BOB)
    once(several, server)
    assert several.disagreements() == {
        row: {"anna@example.org": ["quiet"], "bob@example.org": ["quiet", "new"]}
    }
    studio.change(mine, ["new", "quiet"])
    once(several, server)
    assert several.verdicts() == {row: ["quiet", "new"], other: ["cheap"]}
    studio.change(mine, None)
    once(several, server)
    assert [one["annotator"] for one in several.records() if one["id"] == row] == [
        "bob@example.org"
    ]
    studio.change(mine, [])
    once(several, server)
    assert several.disagreements()[row]["anna@example.org"] == []


def test_predictions_of_several_labels_are_choices(studio, server, several):
    once(several, server, n=12)
    for row in several.pending():
        good = row % 3 > 0
        studio.annotate(task_of(studio, row), ["cheap", "quiet"] if good else ["new"])
    once(several, server, n=12)
    predicted = several.model().predict([TEXTS[row] for row in several.pending()])
    found = values(studio, done=several.verdicts())
    for row, indicator in zip(several.pending(), predicted, strict=True):
        names = [name for name, is_in in zip(TAGS, indicator, strict=True) if is_in]
        assert found[row] == ([{"choices": names}] if names else [])
    assert any(found.values())


def test_a_label_that_is_no_choice_there_is_told(studio, server, several):
    project = studio.add_project(config(choices("multiple", TAGS)))
    said = []
    once(several, server, project)
    studio.annotate(next(iter(studio.tasks)), ["cheap", "other"])
    once(several, server, project, report=said.append)
    assert any("y must be one of the classes" in one for one in said) and not several.records()


def test_labels_of_several_may_be_whole_numbers(studio, server, tmp_path):
    learner = ActiveLearner(
        make_pipeline(TfidfVectorizer(), OneVsRestClassifier(LogisticRegression()))
    )
    path = tmp_path / "whole.skal"
    with LabelingSession(path, learner, TEXTS, classes=[1, 2, 3], several_labels=True) as session:
        once(session, server)
        (row, *_) = session.pending()
        mine = studio.annotate(task_of(studio, row), ["3", "1"])
        once(session, server)
        assert session.verdicts() == {row: [1, 3]}
        studio.change(mine, ["2"])
        once(session, server)
        assert session.verdicts() == {row: [2]}


# Numbers


def test_numbers_come_from_the_tag_number(studio, server, numbers):
    project = once(numbers, server).project
    root = parsed(studio.projects[project]["label_config"])
    assert [one.get("required") for one in root.iter("Number")] == ["true"]
    first, second, third, *_ = numbers.pending()
    mine = studio.annotate(task_of(studio, first), 4)
    studio.annotate(task_of(studio, second), -0.5)
    studio.annotate(task_of(studio, third), [])
    once(numbers, server)
    assert numbers.verdicts() == {first: 4.0, second: -0.5} and numbers.skipped() == [third]
    studio.change(mine, 7.25)
    once(numbers, server)
    assert numbers.verdicts()[first] == 7.25
    studio.withdraw(mine)
    once(numbers, server)
    assert numbers.verdicts() == {second: -0.5} and first in numbers.pending()


def test_predicted_numbers_are_written_as_the_tag_shows_them(studio, server, numbers):
    once(numbers, server, n=8)
    for row in numbers.pending():
        studio.annotate(task_of(studio, row), 3.0 if row % 3 else 9.0)
    once(numbers, server, n=8)
    predicted = numbers.model().predict([TEXTS[row] for row in numbers.pending()])
    found = values(studio, done=numbers.verdicts())
    for row, number in zip(numbers.pending(), predicted, strict=True):
        assert found[row] == [{"number": pytest.approx(number, rel=1e-5)}]


def test_ratings_are_numbers_too(studio, server, numbers):
    rating = '<Rating name="stars" toName="text" maxRating="5"/>'
    project = studio.add_project(config(rating))
    once(numbers, server, project, n=8)
    for row in numbers.pending():
        studio.annotate(task_of(studio, row), {"rating": 2 if row % 3 else 5}, name="stars")
    once(numbers, server, project, n=8)
    assert set(numbers.verdicts().values()) == {2.0, 5.0}
    found = values(studio, done=numbers.verdicts())
    results = [one["value"] for task in studio.tasks.values() for one in _results(task)]
    assert all(isinstance(one["rating"], int) and 1 <= one["rating"] <= 5 for one in results)
    assert any(found.values())


def _results(task):
    return [result for one in task["predictions"] for result in one["result"]]


def test_a_prediction_beyond_the_range_of_the_tag_is_left_out(studio, server, numbers):
    project = studio.add_project(config('<Number name="n" toName="text" min="100" max="200"/>'))
    once(numbers, server, project, n=6)
    for row in numbers.pending():
        studio.annotate(task_of(studio, row), 3.0, name="n")
    once(numbers, server, project, n=6)
    assert set(map(tuple, values(studio, done=numbers.verdicts()).values())) == {()}


@pytest.mark.parametrize("value", [{"number": "many"}, {"number": True}])
def test_what_is_not_a_number_is_told_and_left_out(studio, server, numbers, value):
    once(numbers, server)
    studio.annotate(next(iter(studio.tasks)), value)
    said = []
    once(numbers, server, report=said.append)
    assert any("is not a number" in one for one in said) and numbers.records() == []


def test_two_people_measure_the_same_row(studio, server, numbers):
    studio.users[BOB] = "bob@example.org"
    once(numbers, server)
    (row, *_) = numbers.pending()
    studio.annotate(task_of(studio, row), 1.0, ANNA)
    studio.annotate(task_of(studio, row), 2.0, BOB)
    once(numbers, server)
    assert numbers.verdicts() == {row: 1.5} and len(numbers.records()) == 2


# Projects that do not fit


@pytest.mark.parametrize(
    ("kind", "tags", "message"),
    [
        ("several", [choices("single")], 'choice="single".*Write choice="multiple"'),
        ("several", [choices("multiple", TAGS[:2])], "not 'new'.*Add <Choice"),
        ("several", ['<Number name="n" toName="text"/>'], "no Choices tag.*asks for 'Number'"),
        ("numbers", [choices("single")], "no Number or Rating tag.*asks for 'Choices'"),
        (
            "numbers",
            ['<Number name="n" toName="text"/>', '<Rating name="r" toName="text"/>'],
            "several Number or Rating tags, 'n', 'r'.*question.*number",
        ),
    ],
)
def test_a_project_that_asks_for_something_else_is_refused(
    request, studio, server, kind, tags, message
):
    session = request.getfixturevalue(kind)
    project = studio.add_project(config(*tags))
    with pytest.raises(LabelStudioError, match=message):
        once(session, server, project)
    assert session.pending() == [] and studio.tasks == {}


def test_of_two_questions_the_one_that_fits_is_taken(studio, server, several, numbers):
    both = config(choices("single", name="one"), choices("multiple", name="any"))
    project = studio.add_project(both)
    once(several, server, project)
    studio.annotate(next(iter(studio.tasks)), ["new"], name="any")
    once(several, server, project)
    assert list(several.verdicts().values()) == [["new"]]
    named = studio.add_project(
        config('<Number name="n" toName="text"/>', '<Number name="m" toName="text"/>')
    )
    assert once(numbers, server, named, question="m").n_open == 5
    with pytest.raises(LabelStudioError, match="name of a Number or Rating tag.*'n', 'm', got"):
        once(numbers, server, named, question="k")


# The command line


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", TOKEN)
    frame = pd.DataFrame({"text": [f"{text}, and so on" for text in TEXTS], "answer": [""] * 40})
    frame.to_csv(tmp_path / "texts.csv", index=False)
    return str(tmp_path / "texts.csv")


@pytest.mark.parametrize("task", ["multilabel", "regression"])
def test_the_command_takes_what_the_task_says(studio, run, table, tmp_path, task):
    command = ["sync", table, "--label-studio", studio.url, "--once", "-n", 6]
    start = ["--label", "answer", "--task", task]
    start += ["--classes", ",".join(TAGS)] if task == "multilabel" else []
    given = [["cheap", "new"], []] if task == "multilabel" else [1.5, 2.5]
    code, said = run(*command, *start)
    assert code == 0 and re.search("Made project 1.*\nNew tasks: 6", said), said
    for place, key in enumerate(list(studio.tasks)):
        studio.annotate(key, given[place % 2])
    code, said = run(*command)
    assert code == 0 and "Answers: 6, new tasks: 6, open: 6; 6 of 40 rows" in said, said
    assert run("export", table, "-o", tmp_path / "out.csv")[0] == 0
    cells = pd.read_csv(tmp_path / "out.csv", dtype=str)["answer"].dropna()
    assert sorted(set(cells)) == (["cheap|new", "|"] if task == "multilabel" else ["1.5", "2.5"])
