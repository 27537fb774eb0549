"""Tables as an Excel workbook or as CSV that Excel opens right."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime

import xlsxwriter

from bot.reports.insight.tables import Cell, Table

EVERY = 5_000  # rows between two reports of progress
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula
WIDTH = 16
Progress = Callable[[int, int], None]
"""Called with the rows written so far, and all rows."""


def workbook(tables: Sequence[Table], progress: Progress) -> bytes:
    """One sheet for each table; instants are Excel's dates, texts are never formulas."""
    file = io.BytesIO()
    options: dict[str, bool | str] = {"in_memory": True, "strings_to_formulas": False}
    options |= {"strings_to_urls": False, "default_date_format": "yyyy-mm-dd hh:mm"}
    book = xlsxwriter.Workbook(file, options)
    bold = book.add_format({"bold": True})
    total, done = sum(len(table.rows) for table in tables), 0
    for table in tables:
        sheet = book.add_worksheet(table.name)
        sheet.write_row(0, 0, table.columns, bold)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.columns) - 1, WIDTH)
        for number, row in enumerate(table.rows, 1):
            sheet.write_row(number, 0, row)
            done += 1
            if done % EVERY == 0:
                progress(done, total)
        sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.columns) - 1)
    book.close()
    progress(total, total)
    return file.getvalue()


def comma_separated(table: Table, language: str) -> bytes:
    """UTF-8 with a BOM; in Russian with semicolons and decimal commas, as a Russian Excel reads them."""
    is_russian = language == "ru"
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if is_russian else ",", lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([_written(cell, is_russian) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _written(cell: Cell, is_russian: bool) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return cell.strftime("%Y-%m-%d %H:%M")
        case float():
            return f"{cell:.4f}".replace(".", "," if is_russian else ".")
        case str() if cell.startswith(FORMULA):
            return f"'{cell}"
    return str(cell)
