"""Search the built site for what people type, and see whether the right page is found.

The ranking is that of ``searchtools.js`` of Sphinx, over the same index, with the same stems::

    python docs/check_search.py docs/_build/html

Build the site from nothing before: where pages are left as they were, Sphinx forgets their index
entries.
"""

import json
import math
import pathlib
import re
import sys

from sphinx.search.en import SearchEnglish

# How many results a person looks at.
N_SEEN = 3

FAQ, CHOOSING, GUIDE = "faq", "user_guide/choosing", "user_guide/"

# Query -> the pages of which one has to be among the first results.
QUERIES = {
    "duplicates": [FAQ],
    "near duplicates": [FAQ],
    "class imbalance": [FAQ],
    "imbalanced": [FAQ],
    "imbalance": [FAQ],
    "rare class": [FAQ, CHOOSING, GUIDE + "strategies"],
    "cold start": [FAQ, GUIDE + "learner"],
    "unknown categories": [FAQ],
    "missing values": [FAQ],
    "nan": [FAQ],
    "OneHotEncoder": [FAQ],
    "XGBoost": [FAQ],
    "LightGBM": [FAQ],
    "CatBoost": [FAQ],
    "gradient boosting": [FAQ],
    "images": [FAQ],
    "image classification": [FAQ],
    "embeddings": [FAQ, "reference/generated/skal.embeddings"],
    "language model": [FAQ],
    "embeddings of a language model": [FAQ],
    "sentence embeddings": [FAQ],
    "LLM": [FAQ],
    "SVM": [FAQ],
    "SVM without probabilities": [FAQ],
    "SVC": [FAQ],
    "huge pools": [FAQ, GUIDE + "large_pools"],
    "large pools": [FAQ, GUIDE + "large_pools"],
    "millions of rows": [FAQ, GUIDE + "large_pools"],
    "memory map": [FAQ, GUIDE + "large_pools"],
    "Parquet": [FAQ, GUIDE + "large_pools"],
    "dask": [FAQ, GUIDE + "large_pools", "reference/generated/skal.dask"],
    "when to stop": [GUIDE + "stopping"],
    "multi label": [GUIDE + "multilabel"],
    "tags": [GUIDE + "multilabel"],
    "compare strategies": [GUIDE + "simulation"],
    "write own strategy": [GUIDE + "own_strategy"],
    "changelog": ["changelog"],
    "what is new": ["changelog"],
    "license": ["citing"],
    "stopping": [GUIDE + "stopping", FAQ],
    "stopping criterion": [GUIDE + "stopping", FAQ],
    "noisy labels": [FAQ, GUIDE + "label_quality"],
    "label noise": [FAQ, GUIDE + "label_quality"],
    "wrong labels": [FAQ, GUIDE + "label_quality"],
    "annotators": [FAQ, GUIDE + "label_quality"],
    "several annotators": [FAQ, GUIDE + "label_quality"],
    "multi-label": [GUIDE + "multilabel"],
    "multilabel": [GUIDE + "multilabel"],
    "regression": [FAQ, GUIDE + "regression"],
    "reproducibility": [FAQ],
    "random_state": [FAQ],
    "random seed": [FAQ],
    "better than random": [FAQ],
    "is it better than random": [FAQ],
    "sample weights": [FAQ],
    "sample_weight": [FAQ],
    "metadata": [FAQ],
    "save": [FAQ],
    "pickle": [FAQ],
    "save a learner": [FAQ],
    "GPU": [FAQ],
    "PyTorch": [FAQ, GUIDE + "deep_learning"],
    "neural network": [GUIDE + "deep_learning"],
    "text": [FAQ],
    "streaming": [FAQ],
    "data stream": [FAQ],
    "online learning": [FAQ],
    "batch size": [FAQ],
    "how many labels": [FAQ],
    "initial labels": [FAQ],
    "test set": [FAQ],
    "budget": [FAQ],
    "prices": [FAQ],
    "deep ensemble": [FAQ],
    "MC dropout": [FAQ],
    "semi-supervised": [FAQ],
    "self-training": [FAQ],
    "without a model": [FAQ],
    "custom model": [FAQ],
    "API": [FAQ, "reference/index"],
    "which strategy": [CHOOSING, FAQ],
    "best strategy": [CHOOSING],
    "choose a strategy": [CHOOSING],
    "uncertainty sampling": [GUIDE + "strategies"],
    "core-set": [GUIDE + "strategies"],
    "query by committee": [
        "reference/generated/skal.strategies.QueryByCommittee",
        GUIDE + "committee",
    ],
    "committee": [GUIDE + "committee"],
    "own strategy": [GUIDE + "own_strategy"],
    "custom strategy": [GUIDE + "own_strategy"],
    "Label Studio": [GUIDE + "label_studio", FAQ],
    "label a table": [GUIDE + "command_line", FAQ],
    "CSV": [GUIDE + "command_line", FAQ],
    "learning curve": [GUIDE + "simulation", GUIDE + "plotting"],
    "benchmark": ["results"],
}

TITLE, PARTIAL_TITLE, TERM, PARTIAL_TERM = 15, 7, 5, 2
NAME, PARTIAL_NAME = 11, 6
PRIORITY = {0: 15, 1: 5, 2: -5}


class Search:
    """The search of a site that Sphinx has built.

    Parameters
    ----------
    site : path
        The folder with ``searchindex.js``.
    """

    def __init__(self, site):
        text = pathlib.Path(site, "searchindex.js").read_text(encoding="utf-8")
        self.index = json.loads(text[text.index("(") + 1 : text.rindex(")")])
        self.language = SearchEnglish({})

    def __call__(self, query):
        """Return the results for what is typed, as pairs of page and title, best first."""
        words = re.findall(r"\w+", query)
        objects = list(dict.fromkeys(re.findall(r"\w+", query.lower())))
        terms = [word for word in words if word.lower() not in self.language.stopwords]
        terms = [self.language.stem(term) for term in terms if not term.isdigit()]
        main, others = self._by_entries(query.lower().strip())
        results = self._by_titles(query.lower().strip()) + main
        for word in objects:
            results += self._by_objects(word, set(objects) - {word})
        results += self._by_terms(list(dict.fromkeys(terms)))
        found = {}
        for group in (results, others):
            # Alphabetical order decides between equal scores.
            for page, title, anchor, about, _ in sorted(
                group, key=lambda r: (-r[4], r[1].lower())
            ):
                found.setdefault((page, title, anchor, about))
        return [(page, title) for page, title, _, _ in found]

    def _page(self, number):
        return self.index["docnames"][number], self.index["titles"][number]

    def _by_titles(self, query):
        results = []
        for title, places in self.index["alltitles"].items():
            if query not in title.lower().strip() or len(query) < len(title) / 2:
                continue
            for number, anchor in places:
                page, of_page = self._page(number)
                score = _rounded(TITLE * len(query) / len(title)) + (of_page == title)
                shown = title if of_page == title else f"{of_page} > {title}"
                results.append((page, shown, anchor or "", "", score))
        return results

    def _by_entries(self, query):
        """Find entries of ``index`` directives: those with "!", and others, which come last."""
        main, others = [], []
        for entry, places in self.index["indexentries"].items():
            if query not in entry or len(query) < len(entry) / 2:
                continue
            score = _rounded(100 * len(query) / len(entry))
            for number, anchor, is_main in places:
                result = (*self._page(number), anchor or "", "", score)
                (main if is_main else others).append(result)
        return main, others

    def _by_objects(self, word, others):
        results = []
        for prefix, entries in self.index["objects"].items():
            for number, kind, priority, anchor, name in entries:
                full = f"{prefix}.{name}" if prefix else name
                lower, last = full.lower(), full.lower().split(".")[-1]
                if word not in lower:
                    continue
                page, of_page = self._page(number)
                about = f"{self.index['objnames'][str(kind)][2]}, in {of_page}"
                haystack = f"{prefix} {name} {about.split(',')[0]} {of_page}".lower()
                if any(other not in haystack for other in others):
                    continue
                score = PRIORITY.get(priority, 0)
                score += NAME if word in (lower, last) else PARTIAL_NAME if word in last else 0
                results.append((page, full, anchor, about, score))
        return results

    def _by_terms(self, terms):
        scores = {}
        for word in terms:
            for number, score in self._scores_of(word).items():
                scores.setdefault(number, {})[word] = score
        long = sum(len(term) > 2 for term in terms)
        return [
            (*self._page(number), "", "", max(of_word.values()))
            for number, of_word in scores.items()
            if len(of_word) in (len(terms), long)
        ]

    def _scores_of(self, word):
        """Return the score of each page for a stem; the last rule that fits a page counts."""
        text, titles = self.index["terms"], self.index["titleterms"]
        matches = [(text.get(word), TERM), (titles.get(word), TITLE)]
        if len(word) > 2:
            for table, score in ((text, PARTIAL_TERM), (titles, PARTIAL_TITLE)):
                if word not in table:
                    matches += [(table[term], score) for term in table if word in term]
        scores = {}
        for pages, score in matches:
            for number in [] if pages is None else pages if isinstance(pages, list) else [pages]:
                scores[number] = score
        return scores


def _rounded(number):
    """Round as JavaScript does, halves up."""
    return math.floor(number + 0.5)


def failures(site, queries=QUERIES, n_seen=N_SEEN):
    """Return a sentence for each query whose pages are not among the first results."""
    search, wrong = Search(site), []
    for query, pages in queries.items():
        found = search(query)[:n_seen]
        if not {page for page, _ in found}.intersection(pages):
            shown = ", ".join(f"{page} ({title})" for page, title in found) or "nothing"
            wrong.append(f"{query!r} must find {' or '.join(pages)}, but finds {shown}.")
    return wrong


if __name__ == "__main__":
    wrong = failures(sys.argv[1])
    print(
        "\n".join([*wrong, f"{len(QUERIES) - len(wrong)} of {len(QUERIES)} queries find a page."])
    )
    sys.exit(bool(wrong))
