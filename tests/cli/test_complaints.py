"""What the parser complains about, in Chinese."""

from __future__ import annotations

import pytest

from zhanggui.cli.complaints import in_chinese
from zhanggui.cli.usage import UsageError, understand
from zhanggui.loop.verbs import verbs


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("kpi", "缺少参数：SHOP, NAME"),
        ("kpi shop sales --nothing", "无法识别的参数：--nothing"),
        ("kpi shop sales --top", "参数 --top 需要一个值"),
        ("kpi shop sales --format xml", "参数 --format 的值 'xml' 不可用（可选 'table', 'json', 'csv'）"),
        ("kpi shop sales --share=yes", "参数 --share 不接受值 'yes'"),
    ],
)
def test_every_complaint_of_the_parser_is_translated(line: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        understand(line.split(), verbs(), "zh", "1.2.3")
    assert caught.value.zh == f"{says}。zhanggui kpi --help 查看用法。"
    assert caught.value.message.endswith("zhanggui kpi --help shows how.")


def test_an_unknown_command_is_told_in_chinese() -> None:
    with pytest.raises(UsageError) as caught:
        understand(["kip"], verbs(), "zh", "1.2.3")
    assert caught.value.zh == "没有叫 'kip' 的命令；是否指 kpi？zhanggui --help 列出全部命令。"


def test_what_is_not_known_stays_as_it_is() -> None:
    assert in_chinese("something new") == "something new"
