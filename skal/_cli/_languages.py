"""Languages whose letters share the bytes of other letters, and how their words are spelled.

French in Windows-1252 and Czech or Polish in Windows-1250 are both words, letter by letter: è and
č are one byte. What tells them apart is where these letters may stand.
"""

import re
from dataclasses import dataclass

CONSONANT = "[b-df-hj-np-tv-xzç]"
HARD = "[bcdfghjkmnpqstvwxz]"  # consonants that cannot take the place of a vowel, as r and l can
# In French, è and ê stand before a consonant, à and ù at the end, and ï behind a vowel.
NOT_FRENCH = (
    rf"[èê](?!{CONSONANT})|û(?!{CONSONANT}|$)|à(?!$)|ù(?!$)|(?<!^o)ù|(?<![aeouyé])ï"
    r"|ç(?![aouàâôû])|œ(?!u|i|[dst]|cu|no)"
)
NOT_SLAVIC = (
    rf"[qwx]|{HARD}[čćđďňšťžź](?!n){CONSONANT}|([bcfglmprst])\1|^[ďľĺŕ]{HARD}|[aeiouy]{{3}}"
)


@dataclass(frozen=True)
class Language:
    """How the words of a language are spelled.

    Attributes
    ----------
    letters : str
        Those that are not ASCII.
    never : str
        A regular expression of what no word has.
    alone : str
        Letters that are words.
    """

    letters: str
    never: str
    alone: str = ""

    def has(self, text):
        """Whether each word of a text can be one of the language."""
        return all(map(self._has_word, re.findall(r"[^\W\d_]+", text.lower())))

    def _has_word(self, word):
        if word.isascii():
            return True
        if len(word) == 1:
            return word in self.alone
        others = {letter for letter in word if not letter.isascii()}
        return others <= set(self.letters) and re.search(self.never, word) is None


FRENCH = Language("àâçèéêëîïôœùûü", NOT_FRENCH, alone="àé")
CENTRAL = (
    Language("áäčďéěíĺľňóôŕřšťúůýž", NOT_SLAVIC),  # Czech, Slovak
    Language("ąćęłńóśźż", r"[qvx]|^[ąęń]|([bcfglmprst])\1|[aeiouy]{3}"),  # Polish
    Language("áéíóöőúüű", r"[qwx]|[aeiouáéíóöőúüű]{3}|ou|oű|eu|oi", alone="őé"),  # Hungarian
    Language("ăâîşţ", "[qwxy]"),  # Romanian
    Language("čćđšž", rf"y|{NOT_SLAVIC}"),  # Croatian, Slovene
)
BALTIC = (
    Language("ąčęėįšųūž", rf"{NOT_SLAVIC}|ou|eu"),  # Lithuanian
    Language("āčēģīķļņšūž", rf"y|{NOT_SLAVIC}|ou"),  # Latvian
    Language("äõöüšž", "[qwxy]"),  # Estonian
)
# What may be meant where the words are words in another encoding as well.
LANGUAGES = {"cp1250": CENTRAL, "iso8859_2": CENTRAL, "cp1257": BALTIC}
MOSTLY, RARELY = 0.9, 0.75


def is_french(words, rival):
    """Whether words are French in Windows-1252, and mostly of no language of another encoding.

    Parameters
    ----------
    words : list of bytes
        Words that read differently in the two encodings.
    rival : str
        The other encoding.
    """
    if rival not in LANGUAGES:
        return False
    texts = [
        (word.decode("cp1252", errors="replace"), word.decode(rival, errors="replace"))
        for word in words
    ]
    french = sum(FRENCH.has(text) for text, _ in texts)
    most = max(sum(one.has(other) for _, other in texts) for one in LANGUAGES[rival])
    return french >= MOSTLY * len(texts) and most <= RARELY * len(texts)
