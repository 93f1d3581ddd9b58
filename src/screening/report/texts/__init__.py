"""The report's words and number forms in Danish and English."""

from screening.report.texts.texts import LANGUAGES, Texts, load_texts

__all__ = ["LANGUAGES", "Texts", "load_texts"]
