"""All that a person reads: one catalogue for each language, and the rules by which values are written in it.

`text(key, **values)` is the sentence in the language of whoever reads; `Text` is one that is said later.
Knows no page, and no sentence's use.
"""

from __future__ import annotations

from lab.texts.catalogue import Name, Text, Words, said, text
from lab.texts.languages import LANGUAGES, language, speaking

__all__ = ["LANGUAGES", "Name", "Text", "Words", "language", "said", "speaking", "text"]
