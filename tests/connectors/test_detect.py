"""Finding out by itself which system an export is from."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.connectors.test_examples import inputs_of

from zhanggui.basics.errors import DataError, UnknownNameError
from zhanggui.basics.words import Words
from zhanggui.connectors import detect as detecting
from zhanggui.connectors import source as sourcing
from zhanggui.connectors.detect import detect_source, head_of
from zhanggui.connectors.source import Example, FileHead, Head, Source, source_named, sources


def a_source(**changes: object) -> Source:
    parts: dict[str, object] = {
        "words": Words("X", "某"),
        "doc": Words("x", "某"),
        "tables": ("orders",),
        "detect": lambda head: head.any_has("order_id"),
        "read": lambda inputs: iter(()),
        "examples": (Example(files={"a.csv": "order_id\n1\n"}, expect={}),),
    }
    return Source(**{**parts, **changes})  # type: ignore[arg-type]


@pytest.fixture
def only(monkeypatch):
    """Makes the given sources the only ones."""

    def _only(**known: Source) -> None:
        monkeypatch.setattr(detecting, "sources", lambda: known)

    return _only


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("name", "example"),
    [
        pytest.param(name, example, id=f"{name}-{number}")
        for name, source in sources().items()
        for number, example in enumerate(source.examples, 1)
        if example.mapping is None and example.files
    ],
)
def test_the_files_of_every_example_are_known_by_their_own_source_only(name: str, example: Example, tmp_path: Path):
    assert detect_source(inputs_of(example, tmp_path).paths) == name


def test_the_one_source_that_knows_the_files_is_found(tmp_path, only):
    only(mine=a_source(), other=a_source(detect=lambda head: False))
    assert detect_source([write(tmp_path, "a.csv", "order_id,x\n1,2\n")]) == "mine"


def test_several_are_refused_with_their_names(tmp_path, only):
    only(one=a_source(), two=a_source())
    with pytest.raises(DataError, match=r"a\.csv: this may be one or two; say which") as caught:
        detect_source([write(tmp_path, "a.csv", "order_id,x\n1,2\n")])
    assert caught.value.suggestions == ("one", "two")


def test_none_is_refused_with_the_columns_and_the_next_step(tmp_path, only):
    only(one=a_source())
    with pytest.raises(DataError) as caught:
        detect_source([write(tmp_path, "b.csv", "number,x\n1,2\n")])
    assert str(caught.value) == (
        "b.csv: no source knows a file with columns number, x. Name the source yourself (zhanggui sources lists them), "
        "or write a mapping: zhanggui suggest-map b.csv > b.map.toml"
    )


def test_files_of_a_folder_are_looked_at_and_hidden_ones_not(tmp_path):
    write(tmp_path, "B.CSV", "订单编号 ,x\n1,2\n".encode("gbk"))
    write(tmp_path, ".hidden", "a,b\n")
    write(tmp_path, "doc.json", '[{"id": 1}]')
    (tmp_path / "sub").mkdir()
    head = head_of([tmp_path])
    assert [file.name for file in head.files] == ["b.csv", "doc.json"]
    assert head.files[0].columns == ("订单编号", "x")
    assert head.files[0].rows == ({"订单编号": "1", "x": "2"},)
    assert head.files[1].text.startswith("[{")


def test_a_file_that_is_no_table_still_has_its_name(tmp_path):
    (file,) = head_of([write(tmp_path, "page.html", "<html><body>hello</body></html>")]).files
    assert (file.name, file.columns, file.text[:6]) == ("page.html", (), "<html>")


def test_an_empty_folder_and_no_path_and_a_missing_file_are_refused(tmp_path):
    with pytest.raises(DataError, match="holds no files"):
        head_of([tmp_path])
    with pytest.raises(DataError, match="No file is named"):
        head_of([])
    with pytest.raises(DataError, match=r"gone\.csv cannot be read"):
        head_of([tmp_path / "gone.csv"])


def test_columns_are_compared_without_case_and_spaces():
    head = Head((FileHead(Path("a"), "a", ("Order ID ", "x")),))
    assert head.any_has(" order id", "X")
    assert not head.any_has("order id", "y")


def test_an_unknown_source_is_refused_with_near_names():
    with pytest.raises(UnknownNameError) as caught:
        source_named("online_retail")
    assert "online-retail" in caught.value.suggestions


@pytest.mark.parametrize(("change", "says"), [({"examples": ()}, "no worked example"), ({"tables": ()}, "no table")])
def test_a_source_without_example_or_tables_is_refused(monkeypatch, change, says):
    monkeypatch.setattr(sourcing, "discover", lambda *_, **__: {"bad": a_source(**change)})
    with pytest.raises(sourcing.DefinitionError, match=f"Source 'bad' has {says}"):
        sourcing.sources.__wrapped__()
