"""Encodings of text files: recognized where that is certain, and refused where it is not.

UTF-8 and the marks of UTF-16 are certain. Other bytes are read as Windows-1252 only if that gives
words, and if every other encoding in which they are words gives the same text, or is ruled out by
the words that read differently: they are no words in it, or they are French.
"""

import codecs
import itertools
import re
import unicodedata

from ._languages import is_french
from ._messages import CommandError, listed, note

BY_EXCEL = "utf-8-sig"  # with the mark by which Excel recognizes UTF-8
# UTF-32 comes first, since its mark begins like that of UTF-16.
MARKS = {
    codecs.BOM_UTF8: BY_EXCEL,
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
SHIFT = b"\x1b$"  # the change to another alphabet, in the encodings of old mail
WESTERN = "cp1252"
# Encodings that can be mistaken for each other, and the codecs that recognize them: the small
# versions of the East Asian ones, in which rare characters are errors.
RIVALS = {
    **dict.fromkeys(("cp1250", "cp1254", "cp1257", "mac_roman", "cp850", "cp1251", "koi8_r")),
    **dict.fromkeys(("cp1253", "cp1255", "cp1256", "iso8859_2", "cp866", "cp874")),
    **dict.fromkeys(("big5", "shift_jis", "euc_jp", "euc_kr")),
    "gb18030": "gb2312",
}
# Fields and words, cut only where no East Asian character has its second byte.
WORD = re.compile(rb"""[^\s,;"']*[\x80-\xff][^\s,;"']*""")
LETTERS = re.compile(r"[^\W\d_]+")
N_WORDS = 2000  # distinct words by which an encoding is recognized
MOSTLY = 0.9
SIGNS = set("€£§°²³µ«»¿¡½¼¾·’‘“”„‚…•–—™©®×÷±ªº´\N{NO-BREAK SPACE}¥¢")
WITHIN_WORDS = set("’·–—")
WORDS_OF_ONE_LETTER = set("àáåäæèéêìíîòóöøùúü")
EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "HALFWIDTH")


def decode(path, data, encoding=None):
    """Return the text of a file, and the encoding for what is written in its place.

    Parameters
    ----------
    path : Path
        For messages.
    data : bytes
    encoding : str, default=None
        None: it is recognized.

    Raises
    ------
    CommandError
        If the file is not text in this encoding, or its encoding is not certain.
    """
    mark = next((name for start, name in MARKS.items() if data.startswith(start)), None)
    if encoding is not None:
        return _decoded(path, data, encoding), mark or BY_EXCEL
    if mark is not None:
        return _decoded(path, data, mark), mark
    if b"\0" in data:
        raise CommandError(
            f"{path} holds zero bytes: it is not a text file, or text in UTF-16 without a mark. "
            "In the second case, use --encoding utf-16-le or --encoding utf-16-be."
        )
    if SHIFT in data:
        raise CommandError(
            f"{path} is text in an old encoding, such as iso2022_jp. Name it: --encoding NAME."
        )
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError as error:
        line = _line(data, error.start)
    # New labels may hold what a smaller encoding cannot write.
    return _certain(path, data, line), BY_EXCEL


def _decoded(path, data, encoding):
    try:
        text = data.decode(encoding)
    except (UnicodeError, LookupError) as error:
        place = f", line {_line(data, error.start)}" if hasattr(error, "start") else ""
        raise CommandError(
            f"{path}{place}: the file is not text in {encoding} ({error}). Name the encoding in "
            "which it was saved: --encoding NAME."
        ) from error
    return text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")


def _line(data, place):
    return data.count(b"\n", 0, place) + 1


def _certain(path, data, line):
    """Return bytes that are not UTF-8 as text, or refuse them if they can be read in two ways."""
    words = list(itertools.islice(_distinct_words(data), N_WORDS))
    candidates = [name for name in (WESTERN, *RIVALS) if _fits(words, name)]
    text = data.decode(WESTERN, errors="replace")
    if candidates[:1] == [WESTERN] and "\N{REPLACEMENT CHARACTER}" not in text:
        if all(_is_ruled_out(name, data, text, words) for name in candidates[1:]):
            note(
                f"{path}, line {line} is not UTF-8; the file is read as Windows-1252. If that is "
                "wrong, use --encoding NAME."
            )
            return text
    ways = _ways(words, candidates)
    raise CommandError(
        f"{path}, line {line}: the file is not text in UTF-8, and its encoding is not certain. "
        f"Name it: --encoding NAME{ways}."
    )


def _is_ruled_out(rival, data, text, words):
    """Whether another encoding in which the words are words leaves no doubt about the text."""
    if data.decode(rival, errors="replace") == text:
        return True
    other = [
        word for word in words if word.decode(rival, "replace") != word.decode(WESTERN, "replace")
    ]
    # Words that read alike in both say nothing about which of them it is.
    return _fits(other, WESTERN) and (not _fits(other, rival) or is_french(other, rival))


def _distinct_words(data):
    seen = set()
    for match in WORD.finditer(data):
        word = match.group()
        if word not in seen:
            seen.add(word)
            yield word


def _ways(words, candidates):
    """Return how one word reads in the encodings that are possible."""
    if not candidates:
        return ", such as cp1251 for Russian, gb18030 for Chinese or mac_roman for an old Mac"
    # The word that is read in the most ways tells most.
    word = max(words, key=lambda word: len(set(_readings(word, candidates).values())))
    readings = _readings(word, candidates)
    first = {text: name for name, text in reversed(readings.items())}
    ways = [f"in {name} {text!r}" for text, name in sorted(first.items(), key=_place_in(readings))]
    return f". One of its words is {listed(ways)}"


def _readings(word, candidates):
    return {name: word.decode(name, errors="replace") for name in candidates}


def _place_in(readings):
    return lambda item: list(readings).index(item[1])


def _fits(words, name):
    """Whether bytes are words in an encoding."""
    n_fit = sum(_is_text_in(word, RIVALS.get(name) or name) for word in words)
    return bool(words) and n_fit >= MOSTLY * len(words)


def _is_text_in(word, codec):
    try:
        text = word.decode(codec)
    except UnicodeDecodeError:
        return False
    return _signs_fit(text) and all(map(_is_word, LETTERS.findall(text)))


def _signs_fit(text):
    """Whether what is no letter is common, and stands where it may."""
    for i, sign in enumerate(text):
        before, after = text[i - 1 : i], text[i + 1 : i + 2]
        if sign.isascii():
            continue
        if sign.isalpha():
            # Letters that stand at digits are symbols of another encoding; 1月 and 5号 are not.
            if _script(sign) == "LATIN" and (before.isdigit() or after.isdigit()):
                return False
        elif unicodedata.category(sign) == "Mn":
            # A mark stands on a letter of its own alphabet, or on another mark.
            if not before or _script(before) != _script(sign):
                return False
        elif not _may_stand(sign, before, after):
            return False
    return True


def _may_stand(sign, before, after):
    if "\u3000" <= sign <= "\u303f" or "\uff00" <= sign <= "\uffef":  # East Asian punctuation
        return True
    between_letters = before.isalpha() and after.isalpha()
    return sign in SIGNS and (not between_letters or sign in WITHIN_WORDS)


def _is_word(letters):
    """Whether letters that stand together look like a word, or a part of one."""
    if letters.isascii():
        return True
    scripts = [_script(letter) for letter in letters]
    n_eastern = scripts.count("EAST ASIAN")
    if n_eastern:
        return set(scripts) <= {"EAST ASIAN", "LATIN"} and (n_eastern > 1 or len(letters) == 1)
    if len(set(scripts)) > 1:
        return False
    return scripts[0] != "LATIN" or _is_latin_word(letters)


def _is_latin_word(letters):
    if len(letters) == 1:
        return letters.lower() in WORDS_OF_ONE_LETTER
    # Words of other alphabets have no ASCII letters, and words of the Mac have large letters in
    # the middle, or the Mac's i with an accent in place of quotation marks.
    return (
        any(letter.isascii() for letter in letters)
        and unicodedata.normalize("NFKC", letters) == letters
        and not any(map(_turns_large, letters, letters[1:]))
        and re.search(r"^ì|î$|[a-z]í(t|re|ll|ve|m)$", letters) is None
    )


def _turns_large(before, after):
    return before.islower() and after.isupper() and not (before + after).isascii()


def _script(letter):
    name = unicodedata.name(letter, "?").split()[0]
    return "EAST ASIAN" if name in EAST_ASIAN else name
