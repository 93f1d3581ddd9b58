"""Tables as spreadsheets write and read them: the user's own key figures in, results out."""

from screening.sheets.example import example_text, write_example
from screening.sheets.typed_table import TypedTable, read_typed_table
from screening.sheets.writing import write_corrections, write_table

__all__ = [
    "TypedTable",
    "example_text",
    "read_typed_table",
    "write_corrections",
    "write_example",
    "write_table",
]
