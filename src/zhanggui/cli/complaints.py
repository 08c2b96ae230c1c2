"""What the parser of the command line complains about, in Chinese."""

from __future__ import annotations

import re

_CHINESE = (
    (r"the following arguments are required: (.*)", r"缺少参数：\1"),
    (r"unrecognized arguments: (.*)", r"无法识别的参数：\1"),
    (r"argument (.*?): expected one argument", r"参数 \1 需要一个值"),
    (r"argument (.*?): expected at most one argument", r"参数 \1 最多只能有一个值"),
    (r"argument (.*?): expected at least one argument", r"参数 \1 至少需要一个值"),
    (r"argument (.*?): invalid choice: (.*) \(choose from (.*)\)", r"参数 \1 的值 \2 不可用（可选 \3）"),
    (r"argument (.*?): ignored explicit argument (.*)", r"参数 \1 不接受值 \2"),
    (r"ambiguous option: (.*) could match (.*)", r"选项 \1 不明确，可能是 \2"),
)


def in_chinese(complaint: str) -> str:
    """The complaint of argparse in Chinese; one that is not known stays as it is.

    >>> in_chinese("argument --top: expected one argument")
    '参数 --top 需要一个值'
    """
    for english, chinese in _CHINESE:
        found = re.fullmatch(english, complaint, re.DOTALL)
        if found:
            return found.expand(chinese)
    return complaint
