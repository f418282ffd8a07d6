"""A link is read as it was meant, whatever was hung onto it or done to it on its way."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.by_hand import link as by_hand_link
from lab.link import Parameters, belongs, capped, packed, parameters, unpacked
from lab.registry import SpecError
from lab.spec_link import FREE_TEXT, is_own

LINK = {"preset": "lenet5", "train.epochs": "3", "title": "100 % mine, 50%25"}
TRACKERS = (
    *("fbclid", "gclid", "gbraid", "wbraid", "dclid", "msclkid", "yclid", "twclid", "ttclid", "igshid", "si"),
    *("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id", "mc_cid", "mc_eid"),
    *("_ga", "_gl", "ref", "source", "hl", "lang", "token", "share", "page", "id", "t", "v", "q", ""),
)


def read(query: str) -> Parameters:
    return parameters(parse_qs(query, keep_blank_values=True), is_own, FREE_TEXT)


@pytest.mark.parametrize("name", TRACKERS)
def test_what_others_hang_onto_a_link_belongs_to_no_page(name: str) -> None:
    assert not is_own(name)
    assert not by_hand_link.is_own(name)
    found = read(f"{urlencode(LINK)}&{name}=a&{name}=b")
    assert found == Parameters(own=LINK, foreign={name: ("a", "b")})


def test_a_link_of_the_lab_arrives_as_it_was_made() -> None:
    assert read(urlencode(LINK)) == Parameters(own=LINK)


def test_a_link_encoded_as_a_whole_is_decoded_once_more_and_it_is_said() -> None:
    found = read(quote(urlencode(LINK), safe=""))
    assert found.own == LINK
    assert "was encoded twice and was decoded once more" in str(found.repairs[0])


@pytest.mark.parametrize("times", [2, 3])
def test_values_encoded_twice_are_decoded_once_more(times: int) -> None:
    link = {"x": "1,2,3", "w1": "1,2;3,4"}
    query = urlencode(link)
    for _ in range(times - 1):
        query = query.replace("%", "%25")
    found = parameters(parse_qs(query), by_hand_link.is_own)
    assert found.own == link
    assert len(found.repairs) == 2


def test_an_ampersand_as_web_pages_write_it_is_taken_for_one() -> None:
    found = read("preset=lenet5&amp;train.epochs=3")
    assert found.own == {"preset": "lenet5", "train.epochs": "3"}
    assert "&amp;" in str(found.repairs[0])


def test_a_title_keeps_its_per_cent_signs() -> None:
    assert read("title=50%2525").own == {"title": "50%25"}


def test_what_stands_twice_is_named_and_its_last_value_taken() -> None:
    found = read("train.epochs=3&train.epochs=4")
    assert found.own == {"train.epochs": "4"}
    assert "stands 2 times" in str(found.problems[0])


@given(st.dictionaries(st.text(max_size=30), st.lists(st.text(max_size=60), max_size=3), max_size=5))
def test_nothing_in_an_address_breaks_its_reading_or_is_lost(given_: dict[str, list[str]]) -> None:
    found = parameters(given_, is_own, FREE_TEXT)
    assert all(map(is_own, found.own))
    for name, values in given_.items():
        if "=" not in name and not is_own(name.removeprefix("amp;")):
            assert found.foreign[name] == tuple(values)


def test_a_name_without_end_belongs_to_nobody() -> None:
    assert not belongs("x" * 500_000, ["x"])


@given(st.binary(max_size=2000))
def test_what_is_packed_comes_back(content: bytes) -> None:
    assert unpacked("spec", packed(content), most=10_000, most_bytes=2000) == content


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (packed(b"x" * 900)[:-4], "cut off"),
        ("@@@", "'@@@' is cut off or altered; copy the whole link again"),
        (packed(b" " * 50_000_000), "unpacks to more than the 1,000 bytes"),
        ("A" * 200_000, "200,000 letters; at most 100,000 are allowed"),
    ],
)
def test_what_cannot_be_unpacked_is_named(text: str, named: str) -> None:
    with pytest.raises(SpecError, match=named):
        unpacked("spec", text, most=100_000, most_bytes=1000)


def test_what_is_too_long_is_named_with_its_length() -> None:
    with pytest.raises(SpecError, match="x: 7 letters; at most 6 are allowed"):
        capped("x", "1234567", 6)
