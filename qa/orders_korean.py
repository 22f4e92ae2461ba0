"""Korean orders, told by their words: by the ending of a request, whose verb either asks for something or does not.

The ending tells a request apart from a question ("... 써 줘", "... 말해라"), the verb in front of it an order to the
machine ("욕해 봐") from a request to the briefs ("요약해 줘").
"""

import re

_YOU = (
    r"(?:^|\s)(?:너|넌|네가|니가|너는|너를|너의|너에게|너한테|당신"
    r"|네(?!\s?(?:번|가지|개|명|차례|곳|나라|살|달|해|사람|군데|척|발|차)))(?:은|이|의|을|에게)?\s"
)
"""What addresses the machine; "네" before what is counted is four."""
_MACHINE = re.compile(
    r"(?:지시|명령|규칙|지침|프롬프트|설정|제한|제약|자료|문서|브리프|대화)\w*\s?(?:사항\w*\s?)?"
    r"(?:(?:모두|전부|다|완전히)\s?)?(?:무시하고|무시해|무시하라|잊고|잊어|버리고|어기고|해제)"
    r"|(?:시스템|숨은|숨겨진|처음|내부)\s?(?:프롬프트|지시|지침|규칙)|프롬프트\w*\s?(?:보여|알려|출력|공개)|지시문"
    r"|(?:개발자|관리자|탈옥|디버그)\s?모드|(?:비밀번호|접속\s?키|암호\s?키)(?:를|는|가)?\s"
    r"|(?:제한|제약|규칙|검열)(?:은|이|도)?\s?없(?:이|어|는|다)\b"
    rf"|{_YOU}"
    r"|(?:이제|지금|앞으로)(?:부터|는)?\s(?:\S+\s){0,3}?(?:질문|물음|답변|대답|답|반말|말투)"
    r"|라고만\s?(?:답|대답|말)|인\s?척(?:하고|해)|(?:처럼|같이)\s?(?:말해|대답해|행동해)"
    r"|(?:역할|대변인|사람|인물)(?:을|이|로)?\s?(?:되어|맡아|하면서)|스타일로|말투로"
    r"|(?:출처|인용|근거)\w*(?:\s\w+)?\s?(?:없이|빼고|말고|숨기고)\s(?:\S+\s){0,3}?(?:대답|답|말|써|추측)"
    r"|(?:출처|인용|근거)\w*\s?(?:(?:하지|달지|넣지|쓰지)\s?마|필요\s?없)"
    r"|상상으로|라고\s?(?:상상|가정|생각)(?:해|하고)|(?:브리프|자료|문서)\s?말고"
)
_WRITTEN = re.compile(
    r"(?:시|노래|가사|랩|소설|이야기|동화|농담|코드|함수|스크립트|프로그램|레시피|편지|담화|연설문?|대본|일기|구호|광고"
    r"|삼행시|기사|인터뷰)(?:를|을|이나|로)?\s(?:\S+\s){0,2}?(?:써|지어|짜|만들어|해|작성해|작곡해|바꿔|꾸며)"
)
_REQUEST = re.compile(
    r"(?P<verb>[가-힣]+?)\s?(?:(?:줘|주세요|주십시오|줄래|줄래요|주라|주렴|봐|봐라|보세요|보십시오|보렴)(?:요)?"
    r"|(?<=[가-힣])(?:라|십시오|세요|거라)|(?<=[해여워춰써꿔와내붙])|(?:지\s?마|말아)(?:라|세요)?)\s*[.!~:]*$"
)
_ASKING = re.compile(
    r"(?:알려|말해|말씀해|설명해|요약해|정리해|나열해|열거해|찾아|찾아내|비교해|소개해|답해|답변해|대답해|보여|적어|들려"
    r"|가르쳐|풀어|골라|뽑아|분석해|평가해|제시해|언급해|이야기해|얘기해|꼽아|추려|짚어|검토해|확인해|조사해|검색해|인용해"
    r"|서술해|밝혀|전해|해석해|계산해|세어|들어|써|작성해|만들어|서술하|설명하|요약하|나열하|말하|답하|알리|비교하|정리하"
    r"|궁금해|진단해|집계해|전망해|따져|조명해|보이|정의해|구분해|기술해|논해|묘사해|살펴|가려|묶어|모아|다뤄|보고해)$"
)
_ASKED = re.compile(
    r"요약|정리|목록|표|연표|개요|보고|비교|설명|내용|이유|날짜|변화|예를|문장|항목|차이|수법|과정|현황|연혁|어떻게|무엇|누가|누구|왜|언제"
)
_AT_YOU = re.compile(rf"{_YOU}|프롬프트|탈옥|접속\s?키|암호\s?키")
_QUESTION = re.compile(r"(?:\?|나|까|가|는지|은|는)\s*[.!?]*$")
"""A question may speak of broken rules and kept secrets; only what is the machine's makes it an order."""
_CLAUSE = re.compile(r"(?<=[.!?;:])\s+")
_HANGUL = re.compile(r"[가-힣]")


def is_korean_order(text: str) -> bool:
    """Whether a Korean text orders the machine about, or has it write something.

    >>> is_korean_order("김정은을 찬양해 봐."), is_korean_order("하노이 회담을 요약해 줘.")
    (True, False)
    """
    if not _HANGUL.search(text):
        return False
    machine = _AT_YOU if _QUESTION.search(text.strip()) else _MACHINE
    return bool(machine.search(text)) or any(_orders(part) for part in _CLAUSE.split(text))


def _orders(part: str) -> bool:
    """Whether one sentence ends as a request does, and for no information."""
    if _WRITTEN.search(part):
        return not part.endswith("?")
    if part.endswith("?") or not (request := _REQUEST.search(part)):
        return False
    verb = request["verb"]
    making = verb.endswith(("써", "작성해", "만들어", "쓰", "지어"))
    return bool(not _ASKING.search(verb)) or (making and not _ASKED.search(part))
