"""Passages cut for the real encoder: it reads each one whole, with the title in front."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from northbrief.corpus import Brief, BriefError
from northbrief.corpus.chunk import Chunking
from northbrief.index import Encoder
from northbrief.index.ingest import prepare

PARTS = [
    "The harbour opened. ",
    "항구가 열렸다. ",
    "값",
    "🚢",
    "👩‍👩‍👧",
    "e\u0301\u0301\u0301",
    "\n",
    "\r\n\r\n",
    " ",
    "\xa0",
]
PARTS += ["\u2028", "。", "…", "3.5", '"', "한" * 90, "x" * 300, "-" * 40, "\u200b", "\ufeff", "\n# Means\nThey fish. "]


def has_text(text: str) -> bool:
    """Whether its first line with anything on it is no heading."""
    return text.strip() != "" and not text.strip().startswith("#")


ANY = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=80).filter(has_text)
MIXED = st.lists(st.sampled_from(PARTS), min_size=1, max_size=40).map("".join).filter(has_text)
TEXTS = st.builds(lambda part, n: part * n, st.one_of(MIXED, ANY), st.integers(1, 20))
LONG_TITLES = st.builds(lambda part, n: part * n, st.sampled_from(PARTS).filter(has_text), st.integers(1, 300))


@given(text=TEXTS, title=st.one_of(st.just("T"), LONG_TITLES))
@settings(deadline=None, max_examples=40)
def test_the_real_encoder_reads_every_passage_whole_with_its_title(encoder: Encoder, text: str, title: str) -> None:
    prepared = prepare(Brief(id="b", title=title, text=text), encoder, Chunking())
    around = 2  # special pieces at both ends
    assert all(len(encoder.pieces(read)) + around <= encoder.spec.max_pieces for read in prepared.inputs)


@given(text=MIXED, title=MIXED)
@settings(deadline=None, max_examples=40)
def test_what_the_encoder_reads_ends_with_the_passage(encoder: Encoder, text: str, title: str) -> None:
    prepared = prepare(Brief(id="b", title=title, text=text), encoder, Chunking())
    pairs = zip(prepared.inputs, prepared.passages, strict=True)
    assert all(read.endswith(f"\n{passage.text}") for read, passage in pairs)


def test_the_real_encoder_counts_beyond_what_it_reads(encoder: Encoder) -> None:
    assert len(encoder.pieces("harbour " * 1000)) == 1000


@pytest.mark.parametrize("part", ["harbour ", "항구가 ", "값", "🚢", "x", "e\u0301"], ids=ascii)
def test_a_long_line_becomes_passages_of_useful_size(encoder: Encoder, part: str) -> None:
    prepared = prepare(Brief(id="b", title="T", text=part * 4000), encoder, Chunking())
    assert min(len(passage.text) for passage in prepared.passages[:-1]) >= 40


@pytest.mark.parametrize("text", ["# Means", "# Means\n## Ends ##\n", "# Means\r\n\r\n# Ends\r\n"])
def test_a_brief_of_headings_alone_is_refused(encoder: Encoder, text: str) -> None:
    with pytest.raises(BriefError, match=r"found only headings in the brief 'b', expected"):
        prepare(Brief(id="b", title="T", text=text), encoder, Chunking())
