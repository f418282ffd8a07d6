"""Which digits are taken for which."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from lab.figures.runs.confusion import confusion_data, confusion_figure

labelled = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=60)


@given(labelled)
def test_shares_and_largest_mistakes_are_those_of_the_counts(pairs: list[tuple[int, int]]) -> None:
    labels, answers = zip(*pairs, strict=True)
    counts = confusion_matrix(labels, answers, labels=range(10))
    data = confusion_data(counts.tolist())
    rows = counts.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(data.shares, counts / np.maximum(rows, 1))
    assert all(pairs.count((label, answer)) == often for label, answer, often in data.worst)
    mistakes = sorted((pairs.count(pair) for pair in set(pairs) if pair[0] != pair[1]), reverse=True)
    assert [often for _, _, often in data.worst] == mistakes[:3]


def test_right_answers_and_mistakes_have_opposite_tones_and_every_count_is_there() -> None:
    counts = [[90 if i == j else int(i == j + 1) for j in range(10)] for i in range(10)]
    (heat,) = confusion_figure(confusion_data(counts))["data"]
    tones = np.array(heat["z"])
    assert (np.diag(tones) > 0).all()
    assert (tones - np.diag(np.diag(tones)) <= 0).all()
    assert heat["customdata"] == counts
    assert (heat["text"][3][3], heat["text"][3][2], heat["text"][3][5]) == ("90", "1", "")
