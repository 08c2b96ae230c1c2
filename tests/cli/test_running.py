"""Whole command lines in this process: output, exit codes, no tracebacks."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.small_shop import SmallShops, write_csv

from zhanggui.app.main import main
from zhanggui.basics.progress import Progress, Stopped
from zhanggui.cli.run import run
from zhanggui.loop.verb import Verb


@dataclass
class Said:
    """What a command line printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")
Say = Callable[..., Said]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Runs a command line."""
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.delenv("ZHANGGUI_LANG", raising=False)

    def run_it(*argv: object) -> Said:
        code = main([str(word) for word in argv])
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        return Said(code, told.out, told.err)

    return run_it


def test_a_shop_is_made_filled_and_asked(say: Say, tmp_path: Path, small: SmallShops) -> None:
    folder = tmp_path / "new"
    made = say("init", folder, "--name", "New", "--currency", "CNY", "--timezone", "Asia/Shanghai", "--format", "json")
    assert made.code == 0
    assert made.json["currency"] == "CNY"
    taken = say("import", folder, "tables", *small.files, "--format", "json")
    assert taken.code == 0
    assert set(taken.json) >= {"batch", "tables", "seconds"}
    for counts in taken.json["tables"].values():
        assert counts["read"] == counts["accepted"] + counts["updated"] + counts["unchanged"] + counts["rejected"]
    asked = say(
        "kpi", folder, "sales", "aov", "--by", "month", "--from", "2026-03-01", "--to", "2026-05-01", "--format", "json"
    )
    assert asked.code == 0
    assert set(asked.json) >= {"window", "against", "by", "rows", "total", "not_measurable", "batch", "sql"}
    assert asked.json["window"] == {"from": "2026-03-01", "to": "2026-05-01"}
    assert asked.json["batch"] == taken.json["batch"]
    assert set(asked.json["rows"][0]["sales"]) == {"value", "against", "change", "change_rate"}


def test_the_same_import_again_is_unchanged_and_still_ends_with_zero(say: Say, filled: Path, small: SmallShops) -> None:
    again = say("import", filled, "tables", *small.files, "--format", "json")
    assert again.code == 0
    assert sum(counts["accepted"] for counts in again.json["tables"].values()) == 0


def test_an_import_without_a_good_row_ends_with_one(say: Say, empty: Path, tmp_path: Path) -> None:
    bad = write_csv(tmp_path / "orders.csv", [{"order_id": "1", "placed_at": "never", "status": "paid"}])
    taken = say("import", empty, "tables", bad, "--format", "json")
    assert taken.code == 1
    assert taken.json["tables"]["orders"]["rejected"] == 1
    kept = say("rejects", empty, taken.json["batch"], "--format", "json")
    assert kept.code == 0
    assert set(kept.json["rejects"][0]) >= {"batch", "table", "file", "line", "column", "value", "reason", "rejected"}


def test_the_reason_of_a_rejected_row_is_in_the_language_of_the_reader(say: Say, empty: Path, tmp_path: Path) -> None:
    rows = [{"order_id": "1", "placed_at": "never", "status": "paid"}]
    say("import", empty, "tables", write_csv(tmp_path / "orders.csv", rows))
    english = say("rejects", empty, "--format", "json").json["rejects"][0]
    chinese = say("rejects", empty, "--format", "json", "--language", "zh").json["rejects"][0]
    assert not CHINESE.search(english["reason"])
    assert CHINESE.search(chinese["reason"])
    assert {**english, "reason": ""} == {**chinese, "reason": ""}
    assert chinese["reason"] in say("rejects", empty, "--language", "zh").out


def test_the_reason_why_a_kpi_cannot_be_measured_is_too(say: Say, reading: tuple[Path, Path]) -> None:
    argv = ("kpi", reading[0], "sales", "visitors")
    assert say(*argv, "--format", "json").json["not_measurable"]["visitors"].startswith("needs ")
    assert say(*argv, "--format", "json", "--language", "zh").json["not_measurable"]["visitors"].startswith("需要 ")
    assert "需要 " in say(*argv, "--language", "zh").out


def test_explain_and_trees_follow_the_contract(say: Say, reading: tuple[Path, Path]) -> None:
    told = say("explain", reading[0], "sales", "--from", "2026-04-01", "--to", "2026-04-15", "--format", "json")
    assert told.code == 0
    names = {"kpi", "window", "against", "before", "after", "change", "tree", "drivers", "words"}
    assert set(told.json) >= names
    assert set(told.json["drivers"][0]) >= {"name", "kind", "before", "after", "contribution", "children"}
    total = sum(driver["contribution"] for driver in told.json["drivers"])
    assert total == pytest.approx(
        told.json["change"], abs=1e-9 * max(abs(told.json["before"]), abs(told.json["after"]))
    )
    trees = say("trees", "sales", "--format", "json")
    assert told.json["tree"] in trees.json["names"]
    assert trees.code == 0


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("kpi", "SHOP", "salse"), "unknown_name"),
        (("kpi", "SHOP", "sales", "--by", "contry"), "unknown_name"),
        (("kpi", "SHOP", "sales", "--where", "country=Atlantis"), "unknown_name"),
        (("kpi", "SHOP", "sales", "--against", "tomorrow"), "definition"),
        (("kpi", "SHOP", "sales", "--from", "2026-04-02", "--to", "2026-04-01"), "definition"),
        (("explain", "SHOP", "visitors"), "not_measurable"),
        (("explain", "SHOP", "sales", "--tree", "oak"), "unknown_name"),
        (("trees", "salse"), "unknown_name"),
        (("rejects", "SHOP", "none"), "unknown_name"),
        (("import", "SHOP", "tabels", "SHOP"), "unknown_name"),
        (("import", "SHOP", "tables", "/nowhere/orders.csv"), "data"),
        (("import", "SHOP", "auto", "SHOP"), "data"),
        (("suggest-map", "/nowhere/orders.csv"), "data"),
        (("suggest-map", "SHOP"), "data"),
        (("kpi", "/nowhere", "sales"), "data"),
        (("init", "SHOP", "--name", "A", "--currency", "CNY", "--timezone", "Asia/Shanghai"), "refused"),
        (("init", "SHOP/x", "--name", "A", "--currency", "yuan", "--timezone", "Asia/Shanghai"), "definition"),
        (("init", "SHOP/x", "--name", "A", "--currency", "CNY", "--timezone", "Mars"), "definition"),
    ],
)  # fmt: skip
def test_what_is_refused_ends_with_one_and_says_why(
    say: Say, reading: tuple[Path, Path], words: tuple[str, ...], kind: str
) -> None:
    argv = [word.replace("SHOP", str(reading[0])) for word in words]
    told = say(*argv, "--format", "json")
    assert told.code == 1
    assert told.json["error"]["kind"] == kind
    assert told.json["error"]["message"]
    assert isinstance(told.json["error"]["suggestions"], list)
    spoken = say(*argv)
    assert spoken.code == 1
    assert spoken.out == ""
    assert spoken.err.startswith("zhanggui: ")
    chinese = say(*argv, "--language", "zh")
    assert CHINESE.search(chinese.err), chinese.err
    in_json = say(*argv, "--language", "zh", "--format", "json").json["error"]
    assert f"zhanggui: {in_json['message']}\n" == chinese.err
    assert in_json["kind"] == kind


def test_near_names_are_suggested(say: Say, reading: tuple[Path, Path]) -> None:
    assert "sales" in say("kpi", reading[0], "salse", "--format", "json").json["error"]["suggestions"]
    assert (
        "country" in say("kpi", reading[0], "sales", "--by", "contry", "--format", "json").json["error"]["suggestions"]
    )


@pytest.mark.parametrize("argv", [["kpi"], ["nothing"], ["kpi", "x", "sales", "--top", "x"], ["--nothing"]])
def test_wrong_usage_ends_with_two(say: Say, argv: list[str]) -> None:
    told = say(*argv, "--format", "json")
    assert told.code == 2
    assert told.json["error"]["kind"] == "usage"
    assert say(*argv).code == 2
    assert CHINESE.search(say(*argv, "--language", "zh").err)


def test_no_command_shows_the_overview_and_ends_with_two(say: Say) -> None:
    told = say()
    assert told.code == 2
    assert "usage: zhanggui" in told.out


@pytest.mark.parametrize("verb", ["batches", "bridge", "rejects", "data", "catalogue", "products", "today"])
@pytest.mark.parametrize("form", ["table", "json", "csv"])
@pytest.mark.parametrize("state", ["filled", "empty"])
def test_reading_verbs_answer_in_every_format_with_and_without_data(
    say: Say, reading: tuple[Path, Path], verb: str, form: str, state: str
) -> None:
    told = say(verb, reading[0] if state == "filled" else reading[1], "--format", form, "--language", "zh")
    if (verb, state) == ("products", "empty"):
        assert told.code in (0, 1)
        return
    assert told.code == 0
    assert told.err == ""


def test_values_are_words_in_a_table_and_themselves_in_files(say: Say, reading: tuple[Path, Path]) -> None:
    asked = ("kpi", reading[0], "sales", "--by", "weekday", "--by", "customer_type")
    assert "Monday" in say(*asked).out
    assert {"星期一", "老客"} <= set(say(*asked, "--language", "zh").out.split())
    lines = say(*asked, "--format", "csv").out.splitlines()
    assert any(line.startswith("1,returning,") for line in lines)
    rows = say(*asked, "--format", "json").json["rows"]
    assert {row["customer_type"] for row in rows} <= {"new", "returning", "anonymous"}


def test_verbs_without_a_shop_answer(say: Say, small: SmallShops) -> None:
    assert say("sources").code == 0
    assert say("catalogue", "--format", "csv").out.startswith("name,")
    drafted = say("suggest-map", small.files[0])
    assert drafted.code == 0
    assert drafted.out.strip()


def test_the_language_changes_the_words(say: Say, reading: tuple[Path, Path]) -> None:
    assert "销售额" in say("kpi", reading[0], "sales", "--language", "zh").out
    assert "Sales" in say("kpi", reading[0], "sales").out


def test_the_others_row_and_the_total_are_shown(say: Say, reading: tuple[Path, Path]) -> None:
    told = say("kpi", reading[0], "sales", "--by", "product", "--top", "2", "--share", "--against", "previous")
    assert "(all others)" in told.out
    assert "Total" in told.out
    document = say("kpi", reading[0], "sales", "--by", "product", "--top", "2", "--format", "json").json
    assert document["rows"][-1]["others"] is True


def _ending(error: BaseException) -> Callable[[Verb, Path | None, Any, Progress], Any]:
    def ask(_verb: Verb, _shop: Path | None, _params: Any, _progress: Progress) -> Any:
        raise error

    return ask


def test_ctrl_c_ends_with_130_and_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    for error in (KeyboardInterrupt(), Stopped()):
        assert run(["sources"], _ending(error), {}, "1") == 130
        assert "nothing was changed" in capsys.readouterr().err


def test_a_fault_of_ours_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sources"], _ending(ZeroDivisionError("oops")), {}, "1") == 1
    told = capsys.readouterr().err
    assert "ZeroDivisionError: oops" in told
    assert "Traceback" not in told


class _Closed(io.StringIO):
    def write(self, _text: str, /) -> int:
        raise BrokenPipeError

    def fileno(self) -> int:
        raise OSError("no file")


@pytest.mark.parametrize("argv", [["sources"], ["nothing", "--format", "json"]])
def test_a_reader_that_goes_away_is_no_error(argv: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", _Closed())
    assert main(argv) in (0, 2)
