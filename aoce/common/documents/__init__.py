"""Long texts with tables and pictures: cleaned, compared, read from and written as DOCX."""

from aoce.common.documents.clean import blocks_of, clean_document, pictures_in, plain_words
from aoce.common.documents.compare import Change, compare_documents, counted
from aoce.common.documents.docx import DocxError, Imported, read_docx, write_docx

__all__ = [
    "Change",
    "DocxError",
    "Imported",
    "blocks_of",
    "clean_document",
    "compare_documents",
    "counted",
    "pictures_in",
    "plain_words",
    "read_docx",
    "write_docx",
]
