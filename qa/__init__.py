"""Questions answered from passages, every sentence quoted, or refused."""

from .assistant import Assistant
from .types import Answer, Citation, Claim, Verdict, reference
from .verify import check
from .wording import REFUSAL, REFUSAL_KO

__all__ = ["REFUSAL", "REFUSAL_KO", "Answer", "Assistant", "Citation", "Claim", "Verdict", "check", "reference"]
