"""Questions answered from passages, every sentence quoted, or refused."""

from .assistant import REFUSAL, Assistant
from .types import Answer, Citation, Claim, Verdict, reference

__all__ = ["REFUSAL", "Answer", "Assistant", "Citation", "Claim", "Verdict", "reference"]
