"""Passages ranked: the index that holds them and the retriever that searches it."""

from .index import Index
from .retriever import Retriever
from .types import AddReport, Encoder, EncoderSpec, Encoding, Filter, Hit

__all__ = ["AddReport", "Encoder", "EncoderSpec", "Encoding", "Filter", "Hit", "Index", "Retriever"]
