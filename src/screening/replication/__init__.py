"""Published against computed: the note's numbers, ours, and where the note contradicts itself."""

from screening.replication.checks import SOURCE_VERDICTS, source_checks
from screening.replication.compare import VERDICTS, compare_key_figures, replicate, summary
from screening.replication.document import to_markdown
from screening.replication.fit import fitted_lines
from screening.replication.margins import gaps, margins, readings, unpublished
from screening.replication.picture import FIGURES, figure_data, number_writer
from screening.replication.published import published, table_1, table_3

__all__ = [
    "FIGURES",
    "SOURCE_VERDICTS",
    "VERDICTS",
    "compare_key_figures",
    "figure_data",
    "fitted_lines",
    "gaps",
    "margins",
    "number_writer",
    "published",
    "readings",
    "replicate",
    "source_checks",
    "summary",
    "table_1",
    "table_3",
    "to_markdown",
    "unpublished",
]
