"""Slow, obvious versions of confident learning: one sample, one class at a time."""

import math

import numpy as np


def self_confidence(proba, y):
    return [row[label] for row, label in zip(proba, y, strict=True)]


def normalized_margin(proba, y):
    scores = []
    for row, label in zip(proba, y, strict=True):
        others = [p for c, p in enumerate(row) if c != label] or [0.0]
        scores.append((row[label] - max(others) + 1) / 2)
    return scores


def confident_class(row, thresholds):
    """Return the class that a sample confidently belongs to, None if there is none."""
    confident = [c for c, p in enumerate(row) if p >= thresholds[c] - 1e-6]
    if len(confident) > 1:
        return max(range(len(row)), key=lambda c: (row[c], -c))
    return confident[0] if confident else None


def confident_joint(proba, y):
    n_classes = len(proba[0])
    thresholds = []
    for c in range(n_classes):
        own = [row[c] for row, label in zip(proba, y, strict=True) if label == c]
        thresholds.append(max(sum(own) / len(own), 2e-6) if own else 2.0)
    counts = [[0] * n_classes for _ in range(n_classes)]
    for row, label in zip(proba, y, strict=True):
        belongs_to = confident_class(row, thresholds)
        if belongs_to is not None:
            counts[label][belongs_to] += 1
    for c in range(n_classes):
        counts[c][c] = max(counts[c][c], 1)
    scaled = [
        [count / sum(row) * list(y).count(label) for count in row]
        for label, row in enumerate(counts)
    ]
    # The last digits decide between equal fractions: added up by NumPy, column by column.
    total = float(np.sum(np.array(list(zip(*scaled, strict=True)))))
    return [rounded([value / total * len(y) for value in row]) for row in scaled]


def rounded(values):
    """Round to integers with the same sum; the sum of the values is a whole number."""
    whole = [round(value) for value in values]
    while sum(whole) != round(sum(values)):
        off = [value - w for value, w in zip(values, whole, strict=True)]
        if sum(whole) < round(sum(values)):
            # The last of those that lost most.
            whole[max(range(len(off)), key=lambda i: (off[i], i))] += 1
        else:
            whole[min(range(len(off)), key=lambda i: (off[i], i))] -= 1
    return whole


def find_label_issues(proba, y):
    n_classes = len(proba[0])
    joint = confident_joint(proba, y)
    found = set()
    for given in range(n_classes):
        samples = [i for i, label in enumerate(y) if label == given]
        if len(samples) < 2:
            continue
        counts = list(joint[given])
        if counts[given] == 0:  # one sample has to stay
            n_others = max(sum(count != 0 for count in counts) - 1, 1)
            counts = [max(count - 1 / n_others, 0) for count in counts]
        for other in range(n_classes):
            if other != given:
                ranked = sorted(samples, key=lambda i: (proba[i][given] - proba[i][other], i))
                found |= set(ranked[: math.floor(counts[other])])
    found = [i for i in found if is_contradicted(proba[i], y[i])]
    return sorted(found, key=lambda i: (proba[i][y[i]], i))


def is_contradicted(row, label):
    raised = [p + 1e-6 * (c == label) for c, p in enumerate(row)]
    return raised.index(max(raised)) != label


# Several annotators. Labels are a list of rows of codes, None where there is no label.


def dawid_skene(labels, n_classes, smoothing, n_iter):
    """Return probabilities and confusion matrices after some rounds."""
    n_annotators = len(labels[0])
    given = [label for row in labels for label in row if label is not None]
    overall = [given.count(c) / len(given) for c in range(n_classes)]
    proba = []
    for row in labels:
        own = [label for label in row if label is not None]
        shares = [own.count(c) / len(own) for c in range(n_classes)] if own else overall
        proba.append(shares)
    for _ in range(n_iter):
        prior = [
            (sum(row[c] for row in proba) + smoothing / n_classes) / (len(proba) + smoothing)
            for c in range(n_classes)
        ]
        confusion = _confusion(labels, proba, n_annotators, n_classes, smoothing)
        proba = [_bayes(row, prior, confusion) for row in labels]
    return proba, confusion


def _confusion(labels, proba, n_annotators, n_classes, smoothing):
    counts = [[[0.0] * n_classes for _ in range(n_classes)] for _ in range(n_annotators)]
    for row, p in zip(labels, proba, strict=True):
        for a, label in enumerate(row):
            for true in range(n_classes if label is not None else 0):
                counts[a][true][label] += p[true]
    n_right = [sum(matrix[c][c] for c in range(n_classes)) for matrix in counts]
    n_labels = [sum(map(sum, matrix)) for matrix in counts]
    overall = sum(n_right) / sum(n_labels)
    confusion = []
    for a, matrix in enumerate(counts):
        right = None
        if n_labels[a] + smoothing > 0:
            right = (n_right[a] + smoothing * overall) / (n_labels[a] + smoothing)
        rows = []
        for true, row in enumerate(matrix):
            if sum(row) + smoothing == 0:
                rows.append([1 / n_classes] * n_classes)
                continue
            wrong = (1 - right) / max(n_classes - 1, 1)
            prior = [right if c == true else wrong for c in range(n_classes)]
            total = sum(row) + smoothing
            rows.append([(n + smoothing * p) / total for n, p in zip(row, prior, strict=True)])
        confusion.append(rows)
    return confusion


def _bayes(row, prior, confusion):
    likelihood = [
        prior[true]
        * math.prod(confusion[a][true][label] for a, label in enumerate(row) if label is not None)
        for true in range(len(prior))
    ]
    return [p / sum(likelihood) for p in likelihood]


def majority(labels, proba):
    """Return the most frequent label of each row; ties as `crowd_lab` breaks them."""
    n_classes = len(proba[0])
    everything = [label for row in labels for label in row if label is not None]
    clear = []
    for row in labels:
        counts = [row.count(c) for c in range(n_classes)]
        first = counts.index(max(counts))
        clear.append(first if counts.count(max(counts)) == 1 else None)
    reliability = _filled(
        [
            [row[a] == c for row, c in zip(labels, clear, strict=True) if None not in (c, row[a])]
            for a in range(len(labels[0]))
        ]
    )
    chosen = []
    for row, p in zip(labels, proba, strict=True):

        def rank(c, row=row, p=p):
            voters = [reliability[a] for a, label in enumerate(row) if label == c]
            mean = sum(voters) / len(voters) if voters else 0.0
            return (row.count(c), p[c], -everything.count(c), mean, -c)

        chosen.append(max(range(n_classes), key=rank))
    return chosen


def _filled(lists):
    """Return the mean of each list, and the mean of these where it is empty."""
    means = [sum(one) / len(one) if one else None for one in lists]
    known = [mean for mean in means if mean is not None]
    fallback = sum(known) / len(known) if known else 1.0
    return [fallback if mean is None else mean for mean in means]


def crowd_lab(labels, proba):
    """Return consensus, its quality, annotator weights and model weight."""
    best = majority(labels, proba)
    mixed, *_ = _mixture(labels, proba, best)
    consensus = []
    for row, vote in zip(mixed, best, strict=True):
        top = [c for c, p in enumerate(row) if p >= max(row) - 1e-12]
        consensus.append(top[0] if len(top) == 1 else vote)
    mixed, weights, model_weight = _mixture(labels, proba, consensus)
    quality = [row[c] for row, c in zip(mixed, consensus, strict=True)]
    return consensus, quality, weights, model_weight


def _mixture(labels, proba, consensus):
    n_classes = len(proba[0])
    n_labels = [sum(label is not None for label in row) for row in labels]
    several = [i for i, n in enumerate(n_labels) if n > 1]
    agreement = [labels[i].count(consensus[i]) / n_labels[i] for i in several]
    likely = sum(agreement) / len(agreement)
    unlikely = (1 - likely) / (n_classes - 1)
    among = [consensus[i] for i in several]
    frequent = max(range(n_classes), key=lambda c: (among.count(c), -c))
    base_error = max(sum(c != frequent for c in among) / len(among), 1e-6)
    agreements = _filled(
        [
            [
                row[a] == other
                for row in labels
                for b, other in enumerate(row)
                if b != a and None not in (row[a], other)
            ]
            for a in range(len(labels[0]))
        ]
    )
    weights = [max(1 - (1 - one) / base_error, 1e-6) for one in agreements]
    wrong = [
        max(range(n_classes), key=lambda c: (proba[i][c], -c)) != consensus[i] for i in several
    ]
    model_weight = max(1 - sum(wrong) / len(wrong) / base_error, 1e-6)
    model_weight *= math.sqrt(sum(n_labels) / len(n_labels))
    mixed = []
    for row, p in zip(labels, proba, strict=True):
        sums = [model_weight * one for one in p]
        total = model_weight
        for a, label in enumerate(row):
            if label is not None:
                total += weights[a]
                for c in range(n_classes):
                    sums[c] += weights[a] * (likely if c == label else unlikely)
        mixed.append([one / total for one in sums])
    return mixed, weights, model_weight


def best_temperature(labels, proba):
    """Return the temperature whose probabilities have the lowest cross-entropy with the votes."""
    coarse = [0.1, 0.2, 0.5, 0.8, 1, 2, 3, 5, 8]

    def loss(temperature):
        total = 0.0
        for row, p in zip(labels, proba, strict=True):
            own = [label for label in row if label is not None]
            powers = [one ** (1 / temperature) for one in p]
            for c, power in enumerate(powers):
                share = own.count(c) / len(own)
                total -= share * math.log(max(power / sum(powers), 1e-30))
        return total / len(labels)

    at = min(range(len(coarse)), key=lambda i: loss(coarse[i]))
    fine = []
    if at < len(coarse) - 1:
        step = (coarse[at + 1] - coarse[at]) / 4
        fine += [coarse[at] + i * step for i in range(5)]
    if at > 0:
        step = (coarse[at] - coarse[at - 1]) / 4
        fine += [coarse[at - 1] + i * step for i in range(4)]
    return min(fine, key=loss)


def active_lab(labels, proba, proba_unlabeled):
    """Return scores of rows with labels and without; larger where a label is worth more."""
    n_classes = len(proba[0])
    temperature, model_weight, weights = 1.0, 1.0, [1.0] * len(labels[0])
    if any(sum(label is not None for label in row) > 1 for row in labels):
        temperature = best_temperature(labels, proba)
        heated = [_heated(row, temperature) for row in proba]
        _, quality, weights, model_weight = crowd_lab(labels, heated)
    else:
        given = [next(label for label in row if label is not None) for row in labels]
        quality = [p[label] for p, label in zip(proba, given, strict=True)]
    one_more = sum(weights) / len(weights)
    scores = []
    for row, q in zip(labels, quality, strict=True):
        known = model_weight + sum(
            w for w, label in zip(weights, row, strict=True) if label is not None
        )
        scores.append(1 - (q * known + one_more / n_classes) / (known + one_more))
    new = [
        1
        - (max(_heated(row, temperature)) * model_weight + one_more / n_classes)
        / (model_weight + one_more)
        for row in proba_unlabeled
    ]
    return scores, new


def _heated(row, temperature):
    powers = [max(p, 1e-30) ** (1 / temperature) for p in row]
    return [power / sum(powers) for power in powers]


def multilabel_quality(label_proba, y, alpha=0.8):
    scores = []
    for row, given in zip(label_proba, y, strict=True):
        parts = sorted((p if one else 1 - p for p, one in zip(row, given, strict=True)))
        average = parts.pop()
        while parts:
            average = alpha * parts.pop() + (1 - alpha) * average
        scores.append(average)
    return scores


def find_multilabel_issues(label_proba, y):
    found = set()
    for label in range(len(y[0])):
        proba = [[1 - row[label], row[label]] for row in label_proba]
        found |= set(find_label_issues(np.array(proba), [int(row[label]) for row in y]))
    scores = multilabel_quality(label_proba, y)
    return sorted(found, key=lambda i: (scores[i], i))
