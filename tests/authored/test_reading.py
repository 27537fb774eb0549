"""Strict reading: what YAML would guess stays as written, and every fault has its place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.yamlfiles import (
    Complaint,
    Mark,
    as_json,
    explain,
    nearest,
    read,
    sentence,
    show,
    text_of,
    text_or_exit,
)
from bot.yamlfiles.complaint import codes


def faults(text: str) -> list[tuple[str, int, int]]:
    return [(c.code, c.mark.line, c.mark.column) for c in read("f.yaml", text).complaints]


def data(text: str):
    reading = read("f.yaml", text)
    assert reading.complaints == []
    assert reading.document is not None
    return reading.document.data


@pytest.mark.parametrize(
    "written",
    [
        "yes",
        "no",
        "on",
        "off",
        "да",
        "18:00",
        "2025-01-01",
        "012",
        "0x1F",
        "1_000",
        "True",
        "NULL",
        "1e3",
        ".5",
    ],
)
def test_what_yaml_would_guess_stays_the_text_it_looks_like(written):
    assert data(f"a: {written}\n") == {"a": written}


def test_only_true_false_numbers_and_null_are_more_than_text():
    text = "[true, false, 3, -2, 1.5, null, ~, ]\n"
    assert data(text) == [True, False, 3, -2, 1.5, None, None]


def test_keys_are_always_text_as_written():
    assert data("{no: 1, 2025-01-01: 2, 7: 3, true: 4}\n") == {"no": 1, "2025-01-01": 2, "7": 3, "true": 4}


def test_quoted_values_are_never_guessed_at():
    assert data("{a: '3', b: \"true\"}\n") == {"a": "3", "b": "true"}


def test_every_value_and_every_key_has_a_mark():
    document = read("f.yaml", "a:\n  - x: 1\n    yy: две\n").document
    assert document is not None
    assert document.mark(("a",)) == Mark(2, 3)
    assert document.mark(("a", 0, "yy")) == Mark(3, 9)
    assert document.mark(("a", 0, "yy"), of="key") == Mark(3, 5)
    assert document.mark(("a", 0, "missing")) == Mark(2, 5)


def test_marks_inside_a_text_follow_its_style():
    text = "plain: abc {{ x }}\nquoted: 'abc {{ x }}'\nblock: |\n    one\n    {{ x }}\nfolded: >\n  one\n"
    document = read("f.yaml", text).document
    assert document is not None
    assert document.within(("plain",), 1, 5) == Mark(1, 12)
    assert document.within(("quoted",), 1, 5) == Mark(2, 14)
    assert document.within(("block",), 2, 4) == Mark(5, 8)
    assert document.within(("folded",), 1, 2) == document.mark(("folded",))


def test_front_matter_keeps_the_lines_of_its_file():
    reading = read("a.md", "title: x\ntitle: y\n", first_line=2)
    assert [(c.code, c.mark) for c in reading.complaints] == [("E103", Mark(3, 1))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# nothing\n", [("E100", 1, 1)]),
        ("a: 1\nb: 2\na: 3\n", [("E103", 3, 1)]),
        ("a: &x 1\nb: *x\n", [("E105", 1, 4), ("E105", 2, 4)]),
        ("a: !!python/object:os.system x\n", [("E106", 1, 4)]),
        ("[" * 33 + "]" * 33, [("E107", 1, 33)]),
        ("a: 1\n---\nb: 2\n", [("E108", 2, 1)]),
        ("a:\n\t- b\n", [("E219", 2, 1)]),
        ("a: @home\n", [("E110", 1, 4)]),
        ("ask: Имя: какое?\n", [("E111", 1, 9)]),
        ("a: 1\nb\nc: 2\n", [("E112", 3, 1)]),
        ("a: 'x\nb: 1\n", [("E113", 1, 4)]),
        ("a: [1, 2\n", [("E113", 1, 4)]),
        ("a: [\n", [("E113", 1, 4)]),
        ("a:\n  - 1\n b: 2\n", [("E114", 3, 2)]),
        ('a: "C:\\q"\n', [("E115", 1, 7)]),
        ("a: 1\nb: x\x01\n", [("E116", 2, 5)]),
        ("{[a]: b}\n", [("E117", 1, 2)]),
        ("a: {{ x }}\n", [("E118", 1, 4)]),
    ],
)
def test_each_fault_is_named_at_its_place(text, expected):
    assert faults(text) == expected


def test_all_faults_of_a_readable_file_are_told_at_once():
    assert [code for code, _, _ in faults("a: &x 1\na: {{ y }}\nb: !t 2\n")] == [
        "E105",
        "E103",
        "E118",
        "E106",
    ]


def test_a_file_above_four_mebibytes_is_not_even_parsed():
    assert faults("# " + "я" * (2 * 1024 * 1024)) == [("E109", 1, 1)]


def test_a_billion_laughs_is_just_complaints():
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 30)]
    reading = read("f.yaml", "\n".join(lines))
    assert {c.code for c in reading.complaints} == {"E105"}


def test_very_deep_nesting_is_refused_without_recursion():
    assert faults("- " * 50_000 + "x")[0][0] == "E107"


@given(st.text(max_size=300))
def test_no_text_makes_reading_crash(text):
    for complaint in read("f.yaml", text).complaints:
        assert complaint.mark.line >= 1
        assert show([complaint], {"f.yaml": text}, "ru")


def test_the_caret_stands_under_the_column():
    text = "a: 1\nb: 🖨 x\n  c: 1\n"
    shown = show(read("f.yaml", text).complaints, {"f.yaml": text}, "en")
    assert shown.splitlines()[0].startswith("f.yaml:3:4: error[E111]: ")
    source, caret = shown.splitlines()[1:]
    assert source[caret.index("^")] == ":"


def test_a_long_line_is_cut_around_the_caret():
    text = "a: '" + "ж" * 300 + "' x\n"
    lines = show(read("f.yaml", text).complaints, {"f.yaml": text}, "ru").splitlines()
    assert all(len(line) < 125 for line in lines[1:])
    assert lines[1][lines[2].index("^")] == "x"


def test_json_counts_errors_and_warnings():
    shown = as_json(read("f.yaml", "a: 1\na: 2\n").complaints, "en")
    assert '"errors": 1' in shown
    assert '"line": 2' in shown


def test_every_code_has_its_sentence_and_cure_in_both_languages():
    for code in codes():
        for language in ("ru", "en"):
            assert explain(code, language), (code, language)
    assert explain("E999", "ru") is None
    assert explain("e104", "en") == explain("E104", "en")


def test_the_nearest_known_word_is_suggested():
    assert nearest("nxt", ["next", "goto"]) == "next"
    assert nearest("NEXT", ["next", "goto"]) == "next"
    assert nearest("zzz", ["next", "goto"]) is None


def test_a_complaint_with_a_hint_says_so_in_both_languages():
    complaint = read("f.yaml", "a: 1\na: 2\n").complaints[0]
    hinted = type(complaint)("E104", "f.yaml", Mark(1, 1), {"key": "nxt"}, "next")
    assert sentence(hinted, "ru") == "неизвестное поле 'nxt' — может быть, 'next'?"
    assert sentence(hinted, "en") == "unknown field 'nxt' - did you mean 'next'?"


@pytest.mark.parametrize(
    ("name", "ru", "en"),
    [
        ("missing.yaml", "такого файла нет", "there is no such file"),
        ("folder.yaml", "это папка", "it is a folder"),
        ("latin.yaml", "он сохранён не в UTF-8", "it is not saved as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained_in_the_words_of_the_reader(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, ru: str, en: str
):
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "latin.yaml").write_bytes("été".encode("latin-1"))
    complaint = text_of(tmp_path / name, name)
    assert isinstance(complaint, Complaint)
    assert sentence(complaint, "ru") == f"файл не читается: {ru}"
    for language in ("en", "de"):  # what has no translation is in English
        assert sentence(complaint, language) == f"the file cannot be read: {en}"
    with pytest.raises(SystemExit) as ended:
        text_or_exit(tmp_path / name, "en")
    assert ended.value.code == 2
    assert en in capsys.readouterr().err


def test_a_mark_of_the_byte_order_is_no_part_of_the_text(tmp_path: Path):
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfa: 1")
    assert text_of(tmp_path / "a.yaml") == "a: 1"
