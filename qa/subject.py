"""What a request is about, without the words that ask for it: "Summarise what the briefs say on X" is about X.

The wrapping would be searched for as well, and no passage meets it; so short requests looked off topic.
"""

import re

_FORM = r"(?:summary|overview|outline|recap|account|description|sketch|report|review|paragraph|note)s?"
_LIBRARY = r"(?:the |your |these |our )?(?:briefs?|shelf|sources?|documents?|library|texts?|collection|materials?)"
_WRAPPER = re.compile(
    r"^(?:please |kindly |(?:can|could|would|will) you (?:please )?"
    r"|i(?:['’]d| would) like you to |i (?:need|want) you to |i (?:need|want|would like) )*"
    rf"(?:(?:(?:write(?: up)?|draft|prepare|give|make|produce|provide|show|put together)(?: me| us)? )?"
    rf"(?:a |an |the )?(?:(?:very |one-paragraph |two-paragraph )?(?:short|brief|quick|concise|one-paragraph) )?{_FORM}"
    r" (?:of|on|about)"
    r"|write(?: me| us)? (?:(?:something|(?:a few|some|two|three|four|five|ten|\d+) (?:lines|sentences|words)) )?"
    r"(?:about|on)"
    r"|let['’]s (?:talk|speak|chat) about|(?:let['’]s|let us) (?:discuss|look at)"
    r"|(?:confirm|verify|check|find out|see|establish|determine|tell (?:me|us)) (?:whether|if)|(?:verify|check) that"
    r"|summari[sz]e|sum up|recap|recount|outline|describe|elaborate on|discuss|sketch|review"
    r"|(?:explain|clarify)(?: (?:to|for) (?:me|us|a \w+))?(?= (?:what|why|how|who|when|where)\b)"
    r"|(?:tell|inform|brief|update|teach) (?:me|us) (?:more )?(?:about|on)|fill me in on"
    r"|(?:walk|take|run) (?:me|us) through|get me up to speed on|help (?:me|us) understand"
    r"|tell (?:me|us)(?= (?:who|when|where|why|how|what|which)\b))\s+",
    re.IGNORECASE,
)
_SAID = re.compile(rf"^what {_LIBRARY} (?:say|hold|have|tell|report|write|contain)s?(?: us| me)? (?:on|about)\s+", re.I)
_FROM = re.compile(
    rf"^(?:(?:using|from|in|according to|based on|going by)(?: only)? {_LIBRARY}(?: only)?,?\s+)"
    rf"|,? (?:using|from|according to|based on|going by) {_LIBRARY}(?: only)?(?=[.?!]?$)",
    re.IGNORECASE,
)
_DEFINE = re.compile(
    r"^(?:please )?(?:define|explain|clarify)(?: the (?:term|word))? (?P<term>(?:\S+ ){0,4}?\S+?)[.!]?$", re.IGNORECASE
)
_CLAUSE = re.compile(r"\b(?:what|why|how|who|when|where|which|that|and|to)\b", re.IGNORECASE)


def subject(text: str) -> str:
    """Return the request without its wrapping, or the text as it is.

    >>> subject("Summarise what the briefs say on donju."), subject("Explain the byungjin line.")
    ('donju.', 'What is the byungjin line?')
    """
    bare = _FROM.sub("", text)
    defined = _DEFINE.match(bare)
    if defined and not _CLAUSE.search(defined["term"]):
        return f"What is {defined['term']}?"
    bare = _SAID.sub("", _WRAPPER.sub("", bare))
    return bare if len(re.findall(r"\w+", bare)) and bare.strip(" .?!") else text
