"""Reading attendance lists: XLSX and CSV in, rows with their problems out."""

from meetings.lists.columns import KindMatcher, find_header, fold
from meetings.lists.opening import ListUnreadableError
from meetings.lists.parse import BLOCKING, Known, ListRow, People, problem_words, problems_of, read_list

__all__ = [
    "BLOCKING",
    "KindMatcher",
    "Known",
    "ListRow",
    "ListUnreadableError",
    "People",
    "find_header",
    "fold",
    "problem_words",
    "problems_of",
    "read_list",
]
