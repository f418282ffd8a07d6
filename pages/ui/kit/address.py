"""The address of a page: what it asks for, and that it says what the page shows.

Owns one protocol for all pages. A page takes up what the address asks for when a person arrives by a link, or goes
Back or Forward; in between the address only follows, for after an edit a browser may still send an older one.
What others hang onto an address stays there. Knows no page and no parameter by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import streamlit as st

from lab.link import Parameters, parameters
from lab.texts import text
from pages.ui.kit import language
from pages.ui.kit.controls import escaped
from pages.ui.kit.entry import by_history, visit

MOST_SAID = 8


@dataclass(frozen=True)
class _Seen:
    """What a session knows of the address of one page."""

    visit: int = 0
    written: Mapping[str, str] | None = None
    bare: Mapping[str, str] = field(default_factory=dict)  # what an address without parameters stands for
    came_bare: bool = False
    edited: bool = False  # by a control, in the run that begins
    repairs: tuple[object, ...] = ()  # what is said, by `str`
    problems: tuple[object, ...] = ()


@dataclass(frozen=True)
class Address:
    """The address of one room's page, with the parameters that `is_own` knows.

    Values under `free` names are a person's own words and may hold a per cent sign.
    """

    room: str
    is_own: Callable[[str], bool]
    free: tuple[str, ...] = ()

    def read(self) -> Parameters:
        """The parameters of the address as the browser sent it."""
        return parameters(_given(), self.is_own, self.free)

    def asked(self) -> Parameters | None:
        """What the address asks for in this run of the page, or None where it only follows; once in each run.

        Who arrives without parameters finds the page as it was left, and that is what going Back there means.
        """
        seen, arrived = self._seen, self._seen.visit != visit()
        self._note(replace(seen, visit=visit(), edited=False))
        if seen.edited or not (arrived or by_history()):
            return None  # what was typed in the same breath as Back was pressed must not be lost
        found = self.read()
        came_bare = not found.own and not by_history()
        self._note(
            replace(seen, visit=visit(), came_bare=came_bare, repairs=found.repairs, problems=found.problems)
        )
        if came_bare:
            return None
        return found if found.own else replace(found, own=seen.bare)

    def shown(self) -> Mapping[str, str]:
        """The page's own parameters, for a page that shows what its address says and keeps nothing beside it."""
        found, seen = self.read(), self._seen
        if seen.visit != visit() or seen.written != found.own:
            self._note(replace(seen, visit=visit(), repairs=found.repairs, problems=found.problems))
        self.write(found.own)
        return found.own

    def write(self, link: Mapping[str, str]) -> None:
        """Lets the address say what the page shows, beside what others put into it."""
        seen, theirs = self._seen, self.read().foreign
        foreign = {
            **theirs,
            **language.carried(),
        }  # in one step: each would be an entry of the browser's history
        own = {name: list(values) for name, values in _given().items() if name not in foreign}
        # What was written last may still be on its way; and a link that leads to the page it stands on leaves the
        # browser's address as it was (Streamlit 1.67). So both have to agree.
        if (
            own != {name: [value] for name, value in link.items()}
            or seen.written != link
            or foreign != theirs
        ):
            st.query_params.from_dict({**link, **foreign})
        bare = link if not link or (seen.came_bare and not own) else seen.bare
        self._note(replace(seen, written=dict(link), bare=dict(bare), came_bare=False, edited=False))

    def blame(self, problems: Iterable[object]) -> None:
        """Adds what of the link could not be used, to be said until the next edit."""
        self._note(replace(self._seen, problems=(*self._seen.problems, *problems)))

    def edited(self) -> None:
        """Lets nothing more be said of the link: what the page shows is no longer what it asked for."""
        self._note(replace(self._seen, repairs=(), problems=(), edited=True))

    def notice(self) -> None:
        """Says what the link had suffered and what of it could not be used."""
        if self._seen.problems:
            _say(text("kit.link.problems"), self._seen.problems)
        if self._seen.repairs:
            _say(text("kit.link.repairs"), self._seen.repairs)

    @property
    def _seen(self) -> _Seen:
        seen: _Seen = st.session_state.get(f"{self.room}/address", _Seen())
        return seen

    def _note(self, seen: _Seen) -> None:
        st.session_state[f"{self.room}/address"] = seen


def _given() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _say(heading: str, lines: tuple[object, ...]) -> None:
    listed = "\n".join(f"- {escaped(line)}" for line in lines[:MOST_SAID])
    st.warning(f"{heading}\n{listed}", icon=":material/link_off:")
