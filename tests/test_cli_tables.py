"""How the command line reads tables: encodings, separators, numbers, dates and missing values."""

import bz2
import csv
import gzip
import io
import lzma
import math
import random
import re
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skal._cli._dialect import MISSING, Dialect
from skal._cli._features import make_features
from skal._cli._files import read_table, write_table
from skal._cli._messages import CommandError
from skal._cli._spelling import Spellings
from skal._cli._table import Table
from skal._cli._tell_apart import tell_apart
from skal._cli._typed import typed_frame


def column(values, separator=",", **dialect):
    return Table("t.csv", {"x": list(values)}, separator=separator, dialect=Dialect(**dialect))


def numbers(values, separator=",", **dialect):
    return column(values, separator, **dialect).numbers("x").values.tolist()


def days(values, **dialect):
    found = column(values, **dialect).dates("x").values
    return [
        None if math.isnan(day) else str(np.datetime64(0, "s") + int(day * 86_400))
        for day in found
    ]


def save(tmp_path, data, name="t.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    return path


def words_in(tmp_path, words, encoding):
    """Write a table of words in an encoding."""
    lines = ["n,word,kind", *(f"{i},{word}," for i, word in enumerate(words))]
    return save(tmp_path, "\n".join(lines) + "\n", encoding=encoding)


WORDS = {
    "cp1251": ["кошка", "собака в саду", "птица"],
    "koi8_r": ["кошка", "собака в саду", "птица"],
    "cp866": ["кошка", "собака в саду", "птица"],
    "gb18030": ["猫坐在垫子上", "狗在花园里", "今天天气很好"],
    "big5": ["貓坐在墊子上", "狗在花園裡", "今天天氣很好"],
    "shift_jis": ["猫がいる", "テスト", "東京タワー", "日本"],
    "euc_jp": ["猫がいる", "東京タワー", "日本"],
    "iso2022_jp": ["猫がいる", "東京タワー", "日本"],
    "euc_kr": ["고양이", "강아지", "서울 타워"],
    "mac_roman": ["élève", "Grün", "señor", "don’t", "“fine”"],
    "cp850": ["élève", "Grün", "señor"],
    "cp1250": ["Příliš", "žluťoučký", "źdźbło", "gęś"],
    "iso8859_2": ["Příliš", "žluťoučký", "źdźbło", "gęś"],
    "cp1253": ["γάτα", "σκύλος"],
    "cp1254": ["ışık", "doğru", "İstanbul"],
    "cp1255": ["חתול", "כלב"],
    "cp1256": ["قطة", "كلب في"],
    "cp1257": ["kaķis", "sūnīte", "ābols"],
    "cp874": ["แมว", "หมา"],
    "utf-16-le": ["plain", "Grün"],
    "utf-16-be": ["plain", "Grün"],
}


@pytest.mark.parametrize("encoding", WORDS)
def test_an_encoding_that_is_not_certain_is_refused_unless_it_is_named(tmp_path, encoding):
    path = words_in(tmp_path, WORDS[encoding], encoding)
    with pytest.raises(CommandError, match="--encoding") as refused:
        read_table(path)
    assert str(path) in str(refused.value)
    table = read_table(path, Dialect(encoding=encoding))
    assert table.columns["word"] == WORDS[encoding]
    # What is written in its place can be read by everybody.
    write_table(tmp_path / "new.csv", table.columns, encoding=table.encoding)
    assert read_table(tmp_path / "new.csv").columns == table.columns


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "cp1250", "cp1254", "cp1251"])
@pytest.mark.parametrize("word", ["Gescoopt", "é", "país", "naïve", "Öl", "ñ", "àé", "„so“", "m²"])
def test_one_word_is_never_read_as_another(tmp_path, encoding, word):
    try:
        path = words_in(tmp_path, [word], encoding)
    except UnicodeEncodeError:
        return
    try:
        assert read_table(path).columns["word"] == [word]
    except CommandError as error:
        assert "--encoding" in str(error)


def test_a_refusal_shows_how_a_word_reads(tmp_path):
    path = words_in(tmp_path, WORDS["cp1251"], "cp1251")
    with pytest.raises(CommandError, match="in cp1251 '.*[а-я].*', in koi8_r"):
        read_table(path)


@pytest.mark.parametrize(
    "words", [["süß", "Grün", "Äpfel", "Öl", "Fußball"], ["I don’t know", "it’s “fine”", "we’re"]]
)
def test_words_of_western_windows_are_read(tmp_path, capsys, words):
    assert read_table(words_in(tmp_path, words, "cp1252")).columns["word"] == words
    assert "is read as Windows-1252" in capsys.readouterr().err


FRENCH = """
    Une élève très sérieuse préfère le café crème. Où est la fenêtre ? À côté de la forêt, près de
    l'hôtel. Le père et la mère de Zoé fêtent Noël en décembre. Ma sœur a mangé un œuf et du bœuf.
    Ça coûte 50 € au marché. Le garçon naïf rêve d’un château déjà brûlé. C'est le problème : la
    dernière pièce du théâtre français n'a pas plu. Voilà le modèle complet, après la première
    scène. Le règlement intérieur a été modifié au mois d'août. Être bête, c'est gênant. Le cœur a
    ses raisons. Les élèves reçoivent les mêmes crêpes à la crème. La règle générale : lire.
""".replace(",", "").split()
GERMAN = """
    Übung macht den Meister. Grüße aus Köln, schöne Straßen, süße Äpfel, für fünf Häuser, „gut“.
    Die Bäckerei öffnet um acht. Das Mädchen möchte ein großes Stück Käse. Ärger über Österreich.
""".replace(",", "").split()
IN_CP1250 = {
    "polish": """
        Ręka, gęś i źdźbło. Pięć księżniczek śpi. Się boję węża. Kobieta będzie tańczyć. Łódź jest
        piękna, święta są długie. Proszę zamknąć okno, dziękuję. Bardzo chętnie, do zobaczenia.
        """,
    "czech": """
        Kočka leží na koberci, pes běží. Červený, modrý, žlutý kůň. Černá káva, mléčný koktejl.
        Člověk večer počká. Děkuji, prosím. Mlčky krčil rameny. Ředitel řekl, že přijde později.
        """,
    "hungarian": """
        A fű zöld, a tűz meleg. Ő nő és erős. Kétszer kettő négy. A kék ég alatt repülő madár.
        Jó reggelt, köszönöm szépen. Győr és Pécs között. Hűvös őszi idő, szép esős délután.
        """,
    "slovak": """
        Mačka pije mlieko. Člen je funkčné slovo. Dobrý deň, ďakujem. Večer počkám na priateľa.
        Konfiguračné súbory, vôňa kávy, čierny čaj, ľahká práca. Učiteľ číta, žiak kričí.
        """,
    "croatian": """
        Čovjek čita knjigu. Točnost i rječnik. Kuća, žena, šuma, đak. Član društva piše pjesmu.
        """,
    "romanian": "Ţara mea e frumoasă. Roşu şi galben, pâine, mâncare, în grădină. Bună dimineaţa.",
}


@pytest.mark.parametrize("words", [FRENCH, GERMAN], ids=["french", "german"])
def test_western_text_is_read(tmp_path, words, capsys):
    rng = random.Random(0)
    for size in (len(words), 100):
        for _ in range(5):
            some = rng.sample(words, min(size, len(words)))
            assert read_table(words_in(tmp_path, some, "cp1252")).columns["word"] == some
    assert "is read as Windows-1252" in capsys.readouterr().err


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_a_few_words_of_french_are_read_or_refused(tmp_path, n):
    rng, n_read = random.Random(n), 0
    words = [word for word in FRENCH if not word.isascii()]
    for _ in range(60):
        some = rng.sample(words, n)
        try:
            assert read_table(words_in(tmp_path, some, "cp1252")).columns["word"] == some
            n_read += 1
        except CommandError as error:
            assert "--encoding" in str(error)
    assert n_read >= 10


@pytest.mark.parametrize("words", [["é", "café"], ["été", "année", "marché"], ["père", "mère"],
                                   ["élève", "problème", "thème", "chèque"]])  # fmt: skip
def test_french_words_are_not_taken_for_czech(tmp_path, words):
    path = words_in(tmp_path, [*words, "café", "année"], "cp1252")
    assert read_table(path).columns["word"] == [*words, "café", "année"]


@pytest.mark.parametrize("language", IN_CP1250)
@pytest.mark.parametrize("encoding", ["cp1250", "iso8859_2"])
def test_central_european_text_is_not_taken_for_french(tmp_path, language, encoding):
    words = [word.strip(",.") for word in IN_CP1250[language].split()]
    with pytest.raises(CommandError, match="--encoding"):
        read_table(words_in(tmp_path, words, encoding))
    rng = random.Random(0)
    for n in (1, 1, 2, 3, 5, 10):
        for _ in range(40):
            some = rng.sample(words, n)
            try:
                assert read_table(words_in(tmp_path, some, encoding)).columns["word"] == some
            except CommandError as error:
                assert "--encoding" in str(error)


def test_marks_stand_on_letters_of_their_alphabet(tmp_path):
    """In Thai, Arabic and Hebrew encodings, some letters of the West are marks."""
    for word in ("café", "schön", "señor".replace("ñ", "ö"), "Zoé"):
        assert read_table(words_in(tmp_path, [word], "cp1252")).columns["word"] == [word]


def test_utf8_with_a_damaged_line_is_not_read_as_something_else(tmp_path):
    data = "a,b\nsüß,1\nGrün,2\n".encode() + "schön,3\n".encode("cp1252")
    with pytest.raises(CommandError, match="line 4: the file is not text in UTF-8"):
        read_table(save(tmp_path, data))


def test_a_wrong_encoding_is_refused(tmp_path):
    path = words_in(tmp_path, WORDS["cp1251"], "cp1251")
    for encoding in ("utf-8", "ascii", "gb18030", "utf-16"):
        with pytest.raises(CommandError, match=f"not text in {encoding}"):
            read_table(path, Dialect(encoding=encoding))
    odd = save(tmp_path, "a,b\n1,2\n".encode("utf-16")[:-1])
    with pytest.raises(CommandError, match="not text in utf-16"):
        read_table(odd)


def test_utf32_is_not_taken_for_utf16(tmp_path):
    path = save(tmp_path, "a,b\nä,2\n", encoding="utf-32")
    assert read_table(path).columns == {"a": ["ä"], "b": ["2"]}


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz"])
def test_compressed_text_is_read_and_written(tmp_path, ending):
    data = b"a;b\n1;x\n2;y\n"
    module = {".gz": gzip, ".bz2": bz2, ".xz": lzma}[ending]
    path = save(tmp_path, module.compress(data), "t.csv" + ending)
    table = read_table(path)
    assert table.columns == {"a": ["1", "2"], "b": ["x", "y"]}
    out = tmp_path / f"out.tsv{ending}"
    write_table(out, table.columns)
    assert module.decompress(out.read_bytes()).decode("utf-8-sig") == "a\tb\r\n1\tx\r\n2\ty\r\n"
    with pytest.raises(CommandError, match="cannot be unpacked"):
        read_table(save(tmp_path, data, "u.csv" + ending))


def test_json_lines_are_read(tmp_path):
    path = save(
        tmp_path, '{"a": 1.50, "b": "x\\u2028y"}\n\n{"a": null, "c": [1, true]}\n', "t.jsonl"
    )
    table = read_table(path)
    expected = {"a": ["1.50", ""], "b": ["x\u2028y", ""], "c": ["", '["1", true]']}
    assert table.columns == expected
    assert table.where(1) == f"{path}, line 3"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not an object in JSON"),
        ("[1]", "there must be an object"),
        ('{"a": 1, "a": 2}', "occurs twice"),
        ("[" * 100_000, "not an object in JSON"),
    ],
)
def test_json_lines_that_are_none_are_named(tmp_path, line, message):
    path = save(tmp_path, '{"a": 1}\n' + line, "t.jsonl")
    with pytest.raises(CommandError, match=re.escape(f"{path}, line 2: ") + ".*" + message):
        read_table(path)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("t.json", b"[]", "as .jsonl"),
        ("t.pkl", b"x", "may run code"),
        ("t.csv.zip", b"PK", "Unpack it first"),
        ("t.csv", b"PK\x03\x04", "an archive or a spreadsheet"),
        ("t.csv", b"\x1f\x8b", "compressed by gzip"),
        ("t.csv", b"PAR1", "is Parquet"),
        ("t.parquet.gz", b"", "compressed as a whole"),
        ("t.feather", b"", "Save it as Parquet"),
    ],
)
def test_other_kinds_of_files_are_refused_by_name(tmp_path, name, data, message):
    path = save(tmp_path, data, name)
    with pytest.raises(CommandError, match=message) as refused:
        read_table(path)
    assert str(path) in str(refused.value)


def test_a_spreadsheet_is_read_or_the_library_is_named(tmp_path):
    path = tmp_path / "t.xlsx"
    if find_spec("openpyxl") is None:
        with pytest.raises(CommandError, match="is a spreadsheet. To read it.*openpyxl"):
            read_table(save(tmp_path, b"", "t.xlsx"))
        return
    frame = pd.DataFrame(
        {"n": [1.0, None, 3.0], "word": ["01", "NA", "x"], "kind": ["a", None, "b"]}
    )
    frame.to_excel(path, index=False)
    table = read_table(path)
    expected = {"n": ["1", "", "3"], "word": ["01", "NA", "x"], "kind": ["a", "", "b"]}
    assert table.columns == expected
    assert table.where(1) == f"{path}, line 3"


def test_a_quote_is_named_under_the_separator_of_the_header(tmp_path):
    path = save(tmp_path, 'id;title;author;y\n7;"Gescoopt" risico;Jansen, H.;a\n')
    with pytest.raises(CommandError) as refused:
        read_table(path)
    assert f'{path}, line 2: the field "Gescoopt" risico has a quote' in str(refused.value)
    fixed = str(refused.value).rsplit("twice: ", 1)[1].removesuffix(".")
    path.write_text(f"id;title;author;y\n7;{fixed};Jansen, H.;a\n")
    assert read_table(path).columns["title"] == ['"Gescoopt" risico']


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("Report\n\nid;b;y\n1;a;\n2;b;\n", 1, "Is this a title"),
        ("Report;;\nid;b;y\n1;a;\n2;b;\n", 1, "Is this a title"),
        ("b,y\n1,a,\n2,b,\n3,c,x\n", 4, "there are 3 fields, but 2 columns"),
        ("r,y\n1,a,x\n2,b,x\n", 1, "name of a column missing"),
        ("a,b,y\n1,2,\n3\n4,5,\n6,7\n", 3, "it is in lines 3, 5"),
        ('a,b\n"1\n2",3\n4\n', 4, "there are 1 fields, but 2 columns"),
        ('a,b\nx,"y"z\n', 2, '"""y""z"'),
    ],
)
def test_lines_that_do_not_fit_are_named(tmp_path, text, line, message):
    path = save(tmp_path, text)
    with pytest.raises(CommandError, match=re.escape(f"{path}, line {line}: ")) as refused:
        read_table(path)
    assert message in str(refused.value)


def test_the_separator_can_be_given(tmp_path, capsys):
    path = save(tmp_path, "a;b,c;y\n1;2,3;\n4;5,6;\n")
    assert list(read_table(path).columns) == ["a", "b,c", "y"]
    assert "although ',' fits, too" in capsys.readouterr().err
    assert list(read_table(path, Dialect(separator=",")).columns) == ["a;b", "c;y"]
    path = save(tmp_path, "text\nHello, world\n1, 2\nno\n")
    assert read_table(path, Dialect(separator="\t")).columns == {
        "text": ["Hello, world", "1, 2", "no"]
    }


NUMBERS = [
    (["900", "1.234", "950", "2.500"], ";", [900, 1234, 950, 2500]),
    (["900", "1.234", "950", "2.500"], ",", [900, 1.234, 950, 2.5]),
    (["900,5", "1.234", "950", "2.500"], ";", [900.5, 1234, 950, 2500]),
    (["900.5", "1.234", "950", "2.500"], ";", [900.5, 1.234, 950, 2.5]),
    (["0.042", "1.234"], ";", [0.042, 1.234]),
    (["1.234,50", "2"], ";", [1234.5, 2]),
    (["1,234.50", "2"], ",", [1234.5, 2]),
    (["1.234,50", "2"], ",", [1234.5, 2]),
    (["1,234", "5,678"], ",", [1234, 5678]),
    (["1.234.567", "8"], ";", [1234567, 8]),
    (["12,34,567", "8"], ",", [1234567, 8]),
    (["1 234,5", "1\u00a0234,5", "1\u202f234,5", "7"], ";", [1234.5, 1234.5, 1234.5, 7]),
    (["1'234.5", "1’234.5"], ",", [1234.5, 1234.5]),
    (["12%", "7 %", "0.5"], ",", [0.12, 0.07, 0.5]),
    (["$12.50", "USD 3", "7", "-$1", "$-2"], ",", [12.5, 3, 7, -1, -2]),
    (["12,50 €", "3 EUR", "7"], ";", [12.5, 3, 7]),
    (["$1", "$2", "€3"], ",", [1, 2, None]),
    (["(4.00)", "($5)", "\u22123", "4.00-", "+2"], ",", [-4, -5, -3, -4, 2]),
    (["14:30", "3:05 PM", "12:00 am", "1:00:36"], ",", [14.5, 15 + 5 / 60, 0, 1.01]),
    (["1e3", "1.5E-2", ".5", "5."], ",", [1000, 0.015, 0.5, 5]),
    (["1", "1_000", "inf", "nan", "0x10", "5 kg", "1,2,3", "(4", "-(4)", "--4", "1.2.3", "1e999"],
     ",", [1, *[None] * 11]),
]  # fmt: skip


@pytest.mark.parametrize(("values", "separator", "expected"), NUMBERS)
def test_numbers_are_read_by_the_whole_column(values, separator, expected):
    found = numbers(values, separator)
    expected = [math.nan if one is None else one for one in expected]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


@pytest.mark.parametrize(
    ("values", "separator", "doubt"),
    [
        (["900", "1.234"], ";", "'1.234' is read as 1234. Use --decimal . if it means 1.234"),
        (["900", "1.234"], ",", "'1.234' is read as 1.234. Use --decimal , if it means 1234"),
        (["900", "1,234"], ",", "'1,234' is read as 1234. Use --decimal , if it means 1.234"),
        (["900", "1234"], ";", ""),
        (["900,5", "1.234"], ";", ""),
        (["0.123", "1.234"], ",", ""),
    ],
)
def test_numbers_in_doubt_are_told(values, separator, doubt, capsys):
    table = column(values, separator)
    frame = typed_frame(table, tell_apart(table, ["x"]))
    said = capsys.readouterr().err
    assert said == (f"Note: t.csv, column 'x': {doubt}.\n" if doubt else "")
    assert frame["x"].tolist() == numbers(values, separator)
    for decimal in ".,":
        column(values, separator, decimal=decimal).numbers("x")
        assert column(values, separator, decimal=decimal).numbers("x").doubt == ""


def test_a_sign_of_percent_on_some_values_is_told(capsys):
    for values in (["12%", "5", "7 %"], ["0.5", "12%"]):
        table = column(values)
        typed_frame(table, tell_apart(table, ["x"]))
        assert "If both mean percent, give all values the sign or none." in capsys.readouterr().err
    for values in (["12%", "0", "-5 %"], ["12", "5"]):
        table = column(values)
        typed_frame(table, tell_apart(table, ["x"]))
        assert capsys.readouterr().err == ""


def test_the_decimal_sign_can_be_given_and_is_that_of_other_columns():
    assert numbers(["900", "1.234"], ";", decimal=".") == [900, 1.234]
    assert numbers(["900", "1,234"], ",", decimal=",") == [900, 1.234]
    assert numbers(["1,5", "2,5"], ",", decimal=",") == [1.5, 2.5]
    table = Table("t.tsv", {"x": ["1.234", "900"], "z": ["1,5", "2"]}, separator="\t")
    assert table.numbers("x").values.tolist() == [1234, 900]
    table = Table("t.csv", {"x": ["1.234", "900"], "z": ["1.5", "2"]}, separator=";")
    assert table.numbers("x").values.tolist() == [1.234, 900]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(-1e15, 1e15), min_size=1, max_size=5))
def test_numbers_that_python_writes_are_read_exactly(values):
    assert numbers([*map(repr, values), "0.5"])[:-1] == values
    written = [f"{value:,.2f}" for value in values]
    found = numbers([*written, "0.50"])[:-1]
    assert found == [float(text.replace(",", "")) for text in written]
    swap = str.maketrans(",.", ".,")
    assert numbers([*(text.translate(swap) for text in written), "0,50"], ";")[:-1] == found


DATES = [
    (["01.02.24", "31.12.23"], ["2024-02-01", "2023-12-31"]),
    (["1/2/2024 3:05 PM", "1/13/2024 12:00 AM"], ["2024-01-02T15:05", "2024-01-13"]),
    (["1/2/2024", "13/2/2024"], ["2024-02-01", "2024-02-13"]),
    (["1/2/24", "1/31/24"], ["2024-01-02", "2024-01-31"]),
    (["2024/01/05", "2024-01-05T10:30:15.5Z"], ["2024-01-05", "2024-01-05T10:30:15"]),
    (["2024-01-05 10:00+02:00", "2024-01-05 1:00-0130"], ["2024-01-05T08:00", "2024-01-05T02:30"]),
    (["3 Mar 2024", "March 3, 2024", "03-Mar-24", "3rd Mar 2024"], ["2024-03-03"] * 4),
    (["31.12.2024", "01.02.2025 10:30"], ["2024-12-31", "2025-02-01T10:30"]),
    (["30.02.2024", "1.2.3", "3.10.12", "99/99/2024", "3 Foo 2024", "1/1/0001"], [None] * 6),
]  # fmt: skip


@pytest.mark.parametrize(("values", "expected"), DATES)
def test_dates_are_read_by_the_whole_column(values, expected):
    assert days(values) == [day and str(np.datetime64(day, "s")) for day in expected]


@pytest.mark.parametrize(
    ("values", "doubt"),
    [
        (["01/02/2024"], "2024-01-02, with the month first. Use --date-order dmy if"),
        (["01.02.24"], "2024-02-01, with the day first. Use --date-order mdy if"),
        (["01/02/2024", "31/12/2024"], ""),
        (["2024-01-02"], ""),
        (["01/01/2024"], ""),
    ],
)
def test_dates_in_doubt_are_told(values, doubt, capsys):
    table = column([*values, *values, "", "n/a"])
    frame = typed_frame(table, tell_apart(table, ["x"])) if doubt else None
    parsed = table.dates("x")
    assert doubt in parsed.doubt and bool(doubt) == bool(parsed.doubt)
    assert doubt in capsys.readouterr().err
    assert frame is None or frame["x"].notna().tolist() == [True, True, False, False]
    order = re.search("--date-order (...)", parsed.doubt)
    if order:
        assert days(values, date_order=order[1]) != days(values)


def slow_days(text, order):
    """Read a date by trying it with pandas."""
    form = {"dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}[order]
    return (pd.to_datetime(text, format=form) - pd.Timestamp(0)).days


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.dates(pd.Timestamp("1700-01-01").date(), pd.Timestamp("2200-01-01").date()), min_size=1
    )
)
def test_dates_are_those_of_pandas(dates):
    for order, form in (("dmy", "%d/%m/{}"), ("mdy", "%m/%d/{}")):
        texts = [date.strftime(form).format(f"{date.year:04}") for date in dates]
        found = column(texts, date_order=order).dates("x").values
        assert found.tolist() == [slow_days(text, order) for text in texts]


@pytest.mark.parametrize("word", sorted(MISSING))
def test_one_list_of_words_for_missing_values(word, capsys):
    for values in (["1", "2", "3.5"], ["a", "b"] * 3, ["2024-01-05", "2024-01-06"]):
        table = column([*values, word, f" {word.upper()} "])
        assert table.present("x") == values
        make_features(table, tell_apart(table, ["x"]))
    assert capsys.readouterr().err == ""
    table = column(["1", "2", "3.5", "-999", "Unknown"], missing=("-999", "unknown"))
    assert table.numbers("x").values[:3].tolist() == [1, 2, 3.5]
    assert table.present("x") == ["1", "2", "3.5"]


@pytest.mark.parametrize(
    ("classes", "label", "meant"),
    [
        (["1", "0"], "1.0", "1"),
        (["1", "0"], " 1,00".strip(), "1"),
        (["01"], "1", "01"),
        (["Yes"], "yes", "Yes"),
        (["very good"], "Very  good", "very good"),
        (["\u00e9t\u00e9"], "e\u0301te\u0301", "\u00e9t\u00e9"),
        (["Yes", "yes"], "yes", "yes"),
        (["Yes", "yes"], "YES", None),
        (["1e3"], "1000", None),
        (["1"], "1,000", None),  # a thousand to some
        (["10"], "10,50", None),
        (["10.5"], "10,50", "10.5"),
        (["90071992547409931"], "90071992547409930", None),  # equal as floats
        (["-1"], "\u22121", "-1"),
        (["yes"], "y", None),
    ],
)
def test_labels_that_are_spelled_alike(classes, label, meant):
    assert Spellings(classes).meant(label) == meant


def slow_records(text, separator):
    """Read a table with Python's reader and one record after the other."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found, line = [], 1
    for record in reader:
        if any(field.strip() for field in record):
            found.append((line, record))
        line = reader.line_num + 1
    return found


@pytest.mark.parametrize("seed", range(5))
def test_records_and_lines_are_those_of_a_slow_reader(tmp_path, seed):
    chance = random.Random(seed)
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator=chance.choice(["\n", "\r\n"]))
    writer.writerow(["a", "b", "c"])
    for i in range(200):
        file.write(chance.choice(["", "", "\n", " \n", ";;\n"]))
        writer.writerow([i, *chance.choices(["x", "", "two\nlines", 'a "b"', "c;d"], k=2)])
    path = save(tmp_path, file.getvalue())
    table, expected = read_table(path), slow_records(file.getvalue(), ";")
    assert table.lines == [line for line, _ in expected[1:]]
    assert list(map(list, zip(*table.columns.values(), strict=True))) == [
        row for _, row in expected[1:]
    ]
