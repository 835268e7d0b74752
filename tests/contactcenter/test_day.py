"""The day's file: read whole or refused with one sentence that names row and column."""

import csv
from pathlib import Path

import pytest

from contactcenter.drill import day

GOOD = {
    "call_no": "1", "arrive_s": "9", "src_date": "1999-10-06", "type": "PS", "priority": "0", "ivr_s": "9",
    "contained_in_ivr": "0", "service_s": "86", "service_x_s": "166", "wrap_s": "22", "service_obs": "0",
    "patience_s": "1139.8", "patience_obs": "0", "obs_outcome": "AGENT", "obs_wait_s": "0",
}  # fmt: skip


def write(path: Path, *rows: dict, columns=tuple(GOOD)) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(day.BadDay) as caught:
        day.read(path)
    return str(caught.value)


def test_a_good_row_in_microseconds(tmp_path):
    (caller,) = day.read(write(tmp_path / "day.csv", GOOD))
    assert (caller.number, caller.arrive, caller.menu, caller.patience) == (1, 9_000_000, 9_000_000, 1_139_800_000)
    assert (caller.service, caller.service_x, caller.wrap, caller.contained) == (
        86_000_000,
        166_000_000,
        22_000_000,
        False,
    )


def test_callers_come_in_order_of_arrival_whatever_the_order_of_rows(tmp_path):
    rows = [{**GOOD, "call_no": str(n), "arrive_s": str(at)} for n, at in ((1, 30), (2, 10), (3, 20))]
    assert [caller.number for caller in day.read(write(tmp_path / "day.csv", *rows))] == [2, 3, 1]


@pytest.mark.parametrize("column", day.COLUMNS)
def test_each_of_the_15_columns_is_required(tmp_path, column):
    path = write(tmp_path / "day.csv", GOOD, columns=[name for name in GOOD if name != column])
    assert refusal(path).startswith(f"row 1, column {column}: missing")


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("arrive_s", "nine", "is not a number"),
        ("patience_s", "", "is not a number"),
        ("wrap_s", "nan", "is not a number"),
        ("wrap_s", "1_0", "is not a number"),
        ("service_s", "inf", "is not a number"),
        ("ivr_s", "-1", "negative time"),
        ("arrive_s", "61200", "past midnight"),
        ("contained_in_ivr", "yes", "should be 0 or 1"),
        ("priority", "3", "should be 0 or 1 or 2"),
        ("call_no", "1.5", "not a whole number"),
        ("type", " ", "is empty"),
        ("type", "x" * 41, "longer than 40"),
    ],
)
def test_a_bad_field_is_named_by_row_and_column(tmp_path, column, value, says):
    path = write(tmp_path / "day.csv", GOOD, {**GOOD, "call_no": "2", column: value})
    message = refusal(path)
    assert message.startswith(f"row 3, column {column}:")
    assert says in message


def test_a_call_number_used_twice(tmp_path):
    assert refusal(write(tmp_path / "day.csv", GOOD, GOOD)) == "row 3, column call_no: 1 was used before, in row 2"


def test_a_short_row_and_a_long_row(tmp_path):
    path = write(tmp_path / "day.csv", GOOD)
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "2,9,1999-10-06\n", encoding="utf-8")
    assert refusal(path) == "row 3, column type: the row ends before it"
    path.write_text(text.rstrip() + ",more\n", encoding="utf-8")
    assert "row 2" in refusal(path)
    assert "more fields" in refusal(path)


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_an_empty_file(tmp_path, content):
    path = tmp_path / "day.csv"
    path.write_bytes(content)
    assert "empty" in refusal(path)


def test_a_heading_alone(tmp_path):
    assert "no call in this file" in refusal(write(tmp_path / "day.csv"))


def test_the_wrong_encoding_is_placed(tmp_path):
    path = write(tmp_path / "day.csv", GOOD)
    path.write_bytes(path.read_bytes().replace(b"PS", "Ñ".encode("latin-1")))
    assert refusal(path).startswith("row 2, column type: a letter that is not UTF-8")


def test_a_byte_order_mark_is_no_fault(tmp_path):
    path = write(tmp_path / "day.csv", GOOD)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(day.read(path)) == 1


def test_a_file_that_is_not_there(tmp_path):
    assert "No such file" in refusal(tmp_path / "none.csv")


def test_a_picture_is_not_a_day(tmp_path):
    path = tmp_path / "day.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    assert "row 1" in refusal(path)


def test_more_types_than_a_menu_has_keys(tmp_path):
    rows = [{**GOOD, "call_no": str(n), "type": f"T{n}"} for n in range(1, day.MOST_TYPES + 2)]
    assert "more than 900 types" in refusal(write(tmp_path / "day.csv", *rows))
