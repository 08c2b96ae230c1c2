"""Files through a mapping: every way to fill a column, grouping, and what goes wrong."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from tests.connectors.sources.table_reading import Read, read

from zhanggui.basics.errors import DataError, DefinitionError
from zhanggui.connectors.sources.mapped import SOURCE

LINES = """fills = "order_lines"
[table.columns]
order_id = "order"
line_no = { number_in = "order" }
product_id = "sku"
"""


@pytest.fixture
def mapped(tmp_path: Path):
    """Reads one file (its text or bytes) through a mapping; more files by name."""

    def _mapped(mapping: str, content: str | bytes = "", **files: str) -> Read:
        paths = []
        for name, text in {"data.csv": content, **{f"{name}.csv": text for name, text in files.items()}}.items():
            if text:
                path = tmp_path / name
                path.write_bytes(text.encode() if isinstance(text, str) else text)
                paths.append(path)
        path = tmp_path / "shop.map.toml"
        path.write_text(mapping, encoding="utf-8")
        return read(SOURCE, *paths, mapping=path, currency="CNY", timezone="Asia/Shanghai")

    return _mapped


def customers(columns: str) -> str:
    return f'[[table]]\nfills = "customers"\n[table.columns]\ncustomer_id = "id"\n{columns}'


@pytest.mark.parametrize(
    ("spec", "cell"),
    [
        ('city = "town"', "Köln"),
        ('city = { column = "town" }', "Köln"),
        ('city = { const = "Bonn" }', "Bonn"),
        ('city = { join = ["town", "empty", "zip"], with = "/" }', "Köln/0123"),
        ('city = { join = ["town", "zip"] }', "Köln 0123"),
        ('city = { line = "row-" }', "row-2"),
        ('email_hash = { column = "mail", hash = true }', hashlib.sha256(b"ann@x.de").hexdigest()),
        ('email_hash = { column = "empty", hash = true }', None),
        ('city = { number_in = "town" }', "1"),
        ('city = { column = "town", map = { "Köln" = "Cologne" } }', "Cologne"),
        ('city = { column = "town", map = { "X" = "Y" } }', "Köln"),
        ('city = { column = "town", map = { "X" = "Y" }, else = "other" }', "other"),
        ('city = { column = "empty", default = "unknown" }', "unknown"),
        ('city = { column = "empty", map = { "" = "none" } }', "none"),
        ('city = "empty"', None),
        ('birth_year = { formula = "2020 - age" }', "1990"),
        ('birth_year = { formula = "2020 - empty" }', None),
        ('birth_year = { column = "cents", per = 100 }', "19.5"),
        ('birth_year = { column = "comma", decimal = "," }', "1234.50"),
        ('birth_year = "word"', "old"),
        ('email_consent = "yes"', "true"),
        ('email_consent = { column = "word", map = { "old" = "否" } }', "false"),
        ('email_consent = "word"', "old"),
        ('first_seen_at = "at"', "2020-02-01T00:30:00+00:00"),
        ('first_seen_at = { column = "at", zone = "UTC" }', "2020-02-01T08:30:00+00:00"),
        ('first_seen_at = { column = "dotted", date = "%d.%m.%y" }', "2020-01-31T16:00:00+00:00"),
        ('first_seen_at = { column = "word", date = "%d.%m.%y" }', "old"),
        ('first_seen_at = "word"', "old"),
        ('first_seen_at = "empty"', None),
    ],
)
def test_every_way_to_fill_a_column(mapped, spec, cell):
    text = (
        "id;town;zip;empty;age;cents;comma;word;yes;at;dotted;mail\n"
        "1;Köln;0123;;30;1950;1.234,50;old;是;2020-02-01 08:30;01.02.20; Ann@X.de\n"
    )
    (row,) = mapped(customers(spec), text)["customers"]
    assert row[spec.split(" = ")[0]] == cell


def test_category_levels_are_split_or_joined(mapped):
    mapping = """[[table]]
fills = "products"
[table.columns]
product_id = "id"
category = { column = "path", split = "/" }
name = { join = ["a", "b"] }
[[table]]
fills = "products"
[table.columns]
product_id = "id"
category = { join = ["a", "b"] }
"""
    result = mapped(mapping, "id,path,a,b\n1,Home / Kitchen//Cups ,x,y\n2,,,y\n")
    assert result.column("products", "category") == ["Home > Kitchen > Cups", None, "x > y", "y"]


def test_rates_may_be_percents_and_days_are_those_of_the_zone(mapped):
    mapping = """[[table]]
fills = "ad_spend"
[table.columns]
day = "at"
campaign_id = { const = "c" }
spend = "cost"
"""
    result = mapped(mapping, "at,cost\n2020-01-31T20:00:00Z,¥5.00\n2020年2月3日,6\n")
    assert [(row["day"], row["spend"]) for row in result["ad_spend"]] == [("2020-02-01", "5.00"), ("2020-02-03", "6")]


def test_computed_prices_have_four_decimals_and_given_ones_are_left(mapped):
    mapping = (
        f"[[table]]\n{LINES}" + 'quantity = "n"\nunit_price = { formula = "amount / n" }\ndiscount_amount = "off"\n'
    )
    (row,) = mapped(mapping, "order,sku,n,amount,off\n1,A,3,10,0.12345\n")["order_lines"]
    assert (row["unit_price"], row["discount_amount"]) == ("3.3333", "0.12345")


def test_a_formula_over_a_word_is_left_for_the_store_to_refuse(mapped):
    mapping = f"[[table]]\n{LINES}" + 'quantity = "n"\nunit_price = { formula = "amount / n" }\n'
    (row,) = mapped(mapping, "order,sku,n,amount\n1,A,3,free\n")["order_lines"]
    assert row["unit_price"] == "'free' is not an amount"


def test_rows_are_kept_by_all_conditions_and_numbered_after_that(mapped):
    mapping = f"""[[table]]
fills = "order_lines"
keep = ["n > 0", "sku <> 'TEST'", "not deleted"]
{LINES.partition(chr(10))[2]}quantity = "n"
unit_price = {{ const = "1" }}
"""
    result = mapped(mapping, "order,sku,n,deleted\n1,TEST,1,\n1,A,0,\n1,B,2,x\n1,C,3,\n1,D,x,\n2,E,1,\n")
    assert [(row["product_id"], row["line_no"], row["_line"]) for row in result["order_lines"]] == [
        ("C", "1", 5),
        ("E", "1", 7),
    ]


def test_lines_become_one_order_as_each_column_picks(mapped):
    mapping = """[[table]]
fills = "orders"
group_by = ["order"]
[table.columns]
order_id = "order"
placed_at = { column = "at", pick = "min" }
paid_at = { column = "at", pick = "max" }
status = { const = "paid" }
city = "town"
region = { column = "town", pick = "last" }
total_amount = { column = "amount", pick = "sum" }
fx_rate = { column = "order", pick = "count" }
"""
    result = mapped(
        mapping,
        "order,at,town,amount\n1,2020-01-02 10:00,,5\n2,2020-01-01 10:00,Ulm,1.5\n1,2020-01-01 09:00,Bonn,\n"
        "1,,Jena,2.5\n,2020-01-01,X,1\n",
    )
    first, second, alone = result["orders"]
    assert (first["placed_at"], first["paid_at"]) == ("2020-01-01T01:00:00+00:00", "2020-01-02T02:00:00+00:00")
    assert (first["city"], first["region"], first["total_amount"], first["fx_rate"], first["_line"]) == (
        "Bonn",
        "Jena",
        "7.5",
        "3",
        2,
    )
    assert (second["order_id"], second["total_amount"]) == ("2", "1.5")
    assert (alone["order_id"], alone["_line"]) == (None, 6)


def test_a_cell_that_cannot_be_added_is_left_for_the_store_to_refuse(mapped):
    mapping = """[[table]]
fills = "ad_spend"
group_by = ["day"]
[table.columns]
day = "day"
campaign_id = { const = "c" }
spend = { column = "cost", pick = "sum" }
"""
    assert mapped(mapping, "day,cost\n2020-01-01,5\n2020-01-01,much\n2020-01-01,6\n").column("ad_spend", "spend") == [
        "much"
    ]


def test_tables_come_from_the_files_they_name(mapped):
    mapping = """[[table]]
fills = "customers"
from = "PEOPLE*.csv"
[table.columns]
customer_id = "id"
[[table]]
fills = "products"
from = ["goods.csv", "nothing.csv"]
[table.columns]
product_id = "id"
"""
    result = mapped(mapping, "x\n1\n", people_1="id,n\n1,1\n", people_2="id,n\n2,1\n", goods="id,n\n9,1\n")
    assert result.column("customers", "customer_id") == ["1", "2"]
    assert result.column("products", "product_id") == ["9"]
    assert [note.words.en for note in result.notes] == ["The mapping does not use: data.csv"]


def test_files_of_a_folder_and_workbooks_are_found(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Kunde ", "Jahr"])
    book.active.append([7, 1990.0])
    book.save(tmp_path / "kunden.xlsx")
    mapping = tmp_path / "m.map.toml"
    mapping.write_text('[[table]]\nfills = "customers"\n[table.columns]\ncustomer_id = "Kunde"\nbirth_year = "Jahr"\n')
    result = read(SOURCE, tmp_path, mapping=mapping)
    assert [(row["customer_id"], row["birth_year"]) for row in result["customers"]] == [("7", "1990")]


def test_the_mapping_may_be_one_of_the_paths(tmp_path):
    (tmp_path / "a.csv").write_text("id,n\n1,2\n")
    mapping = tmp_path / "m.map.toml"
    mapping.write_text(customers(""))
    assert read(SOURCE, tmp_path / "a.csv", mapping).column("customers", "customer_id") == ["1"]


def test_without_a_mapping_the_next_step_is_told(tmp_path):
    (tmp_path / "a.csv").write_text("id,n\n1,2\n")
    with pytest.raises(DefinitionError, match=r"needs a mapping: zhanggui suggest-map a\.csv > shop\.map\.toml"):
        read(SOURCE, tmp_path / "a.csv")


def test_a_missing_file_is_told_with_the_line_of_the_mapping(mapped):
    mapping = '[[table]]\nfills = "customers"\nfrom = "people.csv"\n[table.columns]\ncustomer_id = "id"\n'
    with pytest.raises(
        DataError, match=r"line 2: customers comes from people\.csv, but the given files are: data\.csv"
    ):
        mapped(mapping, "id\n1\n")


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ('city = "town"', r"line 5: data\.csv has no column 'town'; it has id, n\. Correct the mapping"),
        ('birth_year = { formula = "n - x" }', r"line 5: data\.csv has no column 'x'"),
    ],
)
def test_a_missing_column_is_told_with_the_line_of_the_mapping(mapped, extra, says):
    with pytest.raises(DataError, match=says):
        mapped(customers(extra), "id,n\n1,2\n")


def test_a_missing_column_of_a_condition_is_told(mapped):
    mapping = customers("").replace("[table.columns]", 'keep = ["gone > 0"]\n[table.columns]')
    with pytest.raises(DataError, match=r"line 2: data\.csv has no column 'gone'"):
        mapped(mapping, "id,n\n1,2\n")


def test_cut_rows_and_destroyed_ids_are_refused(mapped):
    result = mapped(customers('city = "n"'), "id,n\n9.44E+18,x\n2,y\n3")
    assert [(reject.line, reject.column) for reject in result.rejects] == [(2, "customer_id"), (4, None)]
    assert result.column("customers", "customer_id") == ["2"]


def test_day_first_is_found_or_told(mapped):
    text = "id,at\n1,03/02/2020\n2,25/02/2020\n"
    assert (
        mapped(customers('first_seen_at = "at"'), text)
        .column("customers", "first_seen_at")[0]
        .startswith("2020-02-02T16")
    )
    told = "day_first = false\n" + customers('first_seen_at = "at"')
    assert mapped(told, text).column("customers", "first_seen_at") == ["2020-03-01T16:00:00+00:00", "25/02/2020"]


def test_times_without_offset_are_those_of_the_shop_or_of_the_mapping(mapped):
    for zone, hour in (("", 0), ('zone = "UTC"\n', 8)):
        result = mapped(zone + customers('first_seen_at = "at"'), "id,at\n1,2020-02-01 08:00\n")
        expected = datetime(2020, 2, 1, hour, tzinfo=UTC).isoformat()
        assert result.column("customers", "first_seen_at") == [expected]
