"""The language of an answer: ``?language=en`` or ``zh``, else what the browser accepts, else English."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from zhanggui.basics.errors import UnknownNameError
from zhanggui.basics.words import LANGUAGES, Words

PARAM = "language"
WORDS = Words("language of messages and reasons", "提示与原因的语言")


def language_of(query: str, accepted: str) -> str:
    """The language that a query string or an Accept-Language header asks for; never fails.

    >>> language_of("language=zh", ""), language_of("", "zh-CN,zh;q=0.9"), language_of("", "de")
    ('zh', 'zh', 'en')
    """
    asked = parse_qs(query).get(PARAM, [""])[0]
    if asked in LANGUAGES:
        return asked
    return "zh" if accepted.partition(",")[0].strip().lower().startswith("zh") else "en"


def check_language(query: Mapping[str, str]) -> None:
    """Refuse a language that there is not.

    Raises:
        UnknownNameError: with the languages there are.
    """
    asked = query.get(PARAM)
    if asked is not None and asked not in LANGUAGES:
        raise UnknownNameError.of(Words("language", "语言"), asked, LANGUAGES)
