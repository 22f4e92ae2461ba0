"""The sentences that stand around the quotes, in English and in Korean. All words of an answer that are not quoted."""

from collections.abc import Sequence
from datetime import date

from ..corpus import Brief
from .question import Kind

REFUSAL = "The briefs do not say."
"""Every refusal of an English question begins with this sentence, in one form everywhere."""
REFUSAL_KO = "브리프에는 답이 없습니다."
"""And every refusal of a Korean one with this."""

_SOUGHT = {
    Kind.WHO: ("who", "누구인지"),
    Kind.WHEN: ("when", "언제인지"),
    Kind.WHERE: ("where", "어디인지"),
    Kind.AMOUNT: ("how much or how many", "얼마인지"),
    Kind.WHY: ("why", "왜인지"),
}


_FAILED = {
    "it took too long": "시간이 초과되었습니다",
    "it cannot be reached": "모델에 연결할 수 없습니다",
    "the server is too busy": "서버가 바쁩니다",
    "its reply broke off": "답변이 중간에 끊겼습니다",
    "neither yes nor no came back": "예나 아니요로 답하지 않았습니다",
    "the request is longer than the model reads; lower llm_context": "요청이 너무 깁니다(llm_context를 낮추십시오)",
    "the server does not accept the key": "서버가 키를 받아들이지 않습니다",
    "the server knows no such model or address": "서버에 그런 모델이나 주소가 없습니다",
    "the server lists no model; set llm_model": "서버에 모델 목록이 없습니다(llm_model을 정하십시오)",
    "the server's reply is not of the protocol's form": "서버의 답이 프로토콜 형식에 맞지 않습니다",
    "no passage could be given to it": "모델에 줄 수 있는 본문이 없습니다",
    "it cites nothing": "출처를 밝히지 않았습니다",
    "it answered in another language": "다른 언어로 답했습니다",
    "it finds no answer in the passages": "모델이 본문에서 답을 찾지 못했습니다",
    "it wrote nothing that could be checked": "확인할 수 있는 답을 쓰지 않았습니다",
    "no sentence of its answer is supported by the passages": "본문이 답변의 어느 문장도 뒷받침하지 않습니다",
    "half of its answer or more is not supported by the passages": "본문이 답변의 절반 이상을 뒷받침하지 않습니다",
}
"""Why a language model's answer is not given, in Korean."""


def refusal_text(korean: bool, missing: Sequence[str], nearest: Sequence[str]) -> str:
    """Return the refusal: what is missing, and the briefs that come nearest."""
    parts = [REFUSAL_KO if korean else REFUSAL]
    if missing:
        parts.append(f"없는 내용: {', '.join(missing)}." if korean else f"Missing: {'; '.join(missing)}.")
    if nearest:
        parts.append(f"{'가장 가까운 브리프' if korean else 'Nearest'}: {'; '.join(nearest)}.")
    else:
        parts.append("아직 찾아볼 브리프가 없습니다." if korean else "There are no briefs to search yet.")
    return " ".join(parts)


def order_refused(korean: bool) -> str:
    """Return the refusal of what asks the briefs nothing."""
    if korean:
        return f"{REFUSAL_KO} 브리프에 무엇이 적혀 있는지 묻는 질문에만 답합니다."
    return f"{REFUSAL} Only questions about what the briefs say are answered."


def question_alone(korean: bool) -> str:
    """Return the note that what was said beside the question was not followed."""
    if korean:
        return "질문에만 답했습니다. 함께 적은 지시는 따르지 않습니다."
    return "Only the question was answered; instructions beside it are not followed."


def silent_on(korean: bool, label: str) -> str:
    """Return what stands before the nearest quote of a side on which the briefs are silent."""
    if korean:
        return f"{label}: 브리프에서 찾지 못함. 가장 가까운 내용:"
    return f"Nothing found on {label} in the briefs; nearest:"


def not_stated(korean: bool, missing: Sequence[str]) -> str:
    """Return the line above quotes that come near and do not answer."""
    if korean:
        return f"명시되지 않음: {', '.join(missing) or '물은 내용'}. 가장 가까운 내용:"
    return f"Not stated: {'; '.join(missing) or 'what was asked'}. Nearest:"


def unanswered(korean: bool, kinds: Sequence[Kind]) -> str:
    """Return the note on the parts of a question that nothing quoted answers."""
    words = ", ".join(sought(kind, korean) for kind in kinds)
    return f"찾지 못한 부분: {words}." if korean else f"Not found in what is quoted: {words}."


def one_sided(korean: bool, labels: Sequence[str]) -> str:
    """Return the note on sides of a comparison that no passage serves."""
    words = ", ".join(labels)
    return f"다음에 관한 내용은 찾지 못했습니다: {words}." if korean else f"Nothing was found on: {words}."


def sought(kind: Kind, korean: bool) -> str:
    """Return what a kind asks for, as words in a sentence."""
    english, hangul = _SOUGHT[kind]
    return hangul if korean else english


def missing_name(korean: bool, name: str) -> str:
    """Return that no passage read names this."""
    return f"{name}에 관한 언급" if korean else f"anything that names {name}"


def missing_word(korean: bool, word: str) -> str:
    """Return that nothing is said about this word of the question."""
    return f"'{word}'에 관한 내용" if korean else f"anything on “{word}”"


def missing_period(korean: bool, period: str, newest: date | None) -> str:
    """Return that nothing is of the period asked about."""
    if newest is None:
        return f"{period}의 내용" if korean else f"anything of {period}"
    if korean:
        return f"{period}의 내용(가장 최근 브리프: {month(newest, korean)})"
    return f"anything of {period} (the newest brief that was read is of {month(newest, korean)})"


def missing_count(korean: bool, noun: str) -> str:
    """Return that no amount of what was asked is given."""
    if korean:
        return f"{noun or '해당'} 수치"
    return f"a figure for {noun}" if noun else "the figure asked for"


def older(korean: bool, newest: date, period: str) -> str:
    """Return the note on evidence from before the time asked about."""
    if korean:
        return f"인용한 브리프는 늦어도 {month(newest, korean)}의 것으로, 물은 시기({period})보다 앞섭니다."
    return f"The newest brief quoted is of {month(newest, korean)}, before the time asked about ({period})."


def as_of(korean: bool, newest: date) -> str:
    """Return the note on how new the newest evidence is, for a question on the present."""
    if korean:
        return f"인용한 가장 최근 브리프는 {month(newest, korean)}의 것입니다."
    return f"The newest brief quoted is of {month(newest, korean)}."


def revised(korean: bool, later: Brief) -> str:
    """Return the note on a later brief that gives other figures or dates."""
    if korean:
        return f"나중 브리프({dated(later, korean)})는 다르게 적고 있습니다."
    return f"A later brief puts it otherwise: {dated(later, korean)}."


def later_version(korean: bool, newer: Brief, quoted: str = "") -> str:
    """Return the note that a brief quoted, named where several are, has a version published later."""
    when = f"{newer.published.day} {newer.published:%B %Y}" if newer.published else "undated"
    if korean:
        day = newer.published
        when = f"{day.year}년 {day.month}월 {day.day}일" if day else "날짜 없음"
        return f"{f'“{quoted}”' if quoted else '인용한 브리프'}의 나중 판이 있습니다: “{newer.title}”, {when}."
    return f"A later version of {f'“{quoted}”' if quoted else 'this brief'} exists: “{newer.title}”, {when}."


def differing(korean: bool) -> str:
    """Return the note on briefs that give different figures or dates."""
    return "브리프마다 다르게 적고 있어 함께 인용합니다." if korean else "The briefs differ; both are quoted."


def referent(pronoun: str, name: str) -> str:
    """Return what stands before a quote that begins with a pronoun."""
    return f"[{pronoun}: {name}]"


def dated(brief: Brief, korean: bool) -> str:
    """Return whose brief this is and of when: "PISM, January 2020"."""
    whose = brief.institution or " and ".join(brief.authors) or f"“{brief.title}”"
    _, bracket, short = whose.partition("(")
    name = short.rstrip(") ") if bracket and short.rstrip(") ").isupper() else whose
    when = month(brief.published, korean) if brief.published else "날짜 없음" if korean else "undated"
    return f"{name}, {when}"


def month(day: date, korean: bool) -> str:
    """Return month and year."""
    return f"{day.year}년 {day.month}월" if korean else f"{day:%B %Y}"


def without_model(korean: bool, reason: str) -> str:
    """Return the line on an answer that was to be a language model's and is not."""
    if korean:
        status = reason.removeprefix("the server answered with error ")
        known = _FAILED.get(reason, f"서버가 오류 {status}을 돌려주었습니다" if status != reason else reason)
        return f"언어 모델 없이 답합니다: {known}."
    return f"Answered without the language model: {reason}."
