"""Where the nodes of a small network stand."""

from __future__ import annotations

import pytest

from lab.figures.by_hand.geometry import geometry


@pytest.mark.parametrize("sizes", [(3, 4, 2), (1, 1, 1), (8, 8, 8, 8, 8), (2, 5, 3, 4)])
@pytest.mark.parametrize("narrow", [False, True])
def test_no_two_nodes_of_the_picture_overlap_and_all_lie_inside(sizes: tuple[int, ...], narrow: bool) -> None:
    drawn = geometry(sizes, narrow)
    boxes = list(drawn.nodes.values())
    for place, box in enumerate(boxes):
        assert box.width / 2 <= box.x <= drawn.width - box.width / 2
        assert box.height / 2 <= box.y <= drawn.height - box.height / 2
        assert all(box.overlap(other) == 0 for other in boxes[:place])


def test_the_labels_of_the_document_s_network_hardly_touch() -> None:
    drawn = geometry((3, 4, 2))
    places = list(drawn.labels.values())
    crowded = [
        (a, b)
        for at, a in enumerate(places)
        for b in places[:at]
        if abs(a[0] - b[0]) < 40 and abs(a[1] - b[1]) < 20
    ]
    assert crowded == []
