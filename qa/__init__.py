"""Questions answered from passages, every sentence quoted, or refused."""

from .assistant import REFUSAL, Assistant
from .types import Answer, Citation, Claim, Verdict, reference
from .verify import check

__all__ = ["REFUSAL", "Answer", "Assistant", "Citation", "Claim", "Verdict", "check", "reference"]
