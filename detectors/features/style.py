"""The style of one answer, as numbers."""

from typing import Final, NamedTuple

__all__ = ["NAMES", "Style"]


class Style(NamedTuple):
    """Style of one text. "Per 100" means per 100 words; a share is of characters or lines."""

    log_chars: float
    log_words: float
    word_length: float
    log_sentences: float
    log_sentence_words: float
    commas: float
    """Per 100, as all marks that follow."""
    periods: float
    exclamations: float
    questions: float
    semicolons: float
    colons: float
    dashes: float
    quotes: float
    parentheses: float
    digits: float
    """Share of characters."""
    capitals: float
    paragraphs: float
    log_lines: float
    bullets: float
    """Share of lines, as the two that follow."""
    numbered: float
    headings: float
    bold: float
    fenced: float
    backticks: float
    is_json: float
    opens_brace: float
    opens_fence: float
    hedges: float
    first_person: float
    second_person: float
    contractions: float
    refusal_phrases: float
    opener: float
    """Which of the usual openers, 0 for none."""
    distinct_words: float
    not_ascii: float
    stop_words: float
    emoji: float
    links: float
    mathematics: float
    tags: float
    opens_capital: float
    ends_question: float


NAMES: Final = Style._fields
