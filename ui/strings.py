"""All text of the window, in English and Korean. Texts of the page itself go to the browser, which can switch them."""

from datetime import date

LANGUAGES = ("en", "ko")

_TEXT: dict[str, tuple[str, str]] = {
    # the page
    "title": ("Northbrief", "Northbrief"),
    "skip": ("Skip to the question", "질문란으로 건너뛰기"),
    "loading": ("Opening the library …", "자료실을 여는 중 …"),
    "warming": (
        "The encoder is still loading; a question asked now waits for it.",
        "인코더를 불러오는 중입니다. 지금 질문하면 준비가 끝난 뒤 답합니다.",
    ),
    "holds": ("The library holds {briefs}{institutions}{days}.", "자료실에 {briefs}{institutions}{days} 있습니다."),
    "brief_one": ("1 brief", "브리프 1건이"),
    "brief_many": ("{n} briefs", "브리프 {n}건이"),
    "institution_one": (" from 1 institution", ""),
    "institution_many": (" from {n} institutions", ""),
    "from_institutions": ("", "기관 {n}곳의 "),
    "holds_empty": (
        "The library is empty. Add briefs with `northbrief add PATH`.",
        "자료실이 비어 있습니다. `northbrief add PATH`로 브리프를 추가하세요.",
    ),
    "silence": (
        "Every answer is quoted from a brief. When the briefs are silent, it says so.",
        "모든 답은 브리프에서 그대로 인용합니다. 브리프에 없으면 없다고 답합니다.",
    ),
    "welcome": ("What do the briefs say?", "브리프는 무엇이라고 말하나요?"),
    "try": ("Worth asking", "이렇게 물어보세요"),
    "question": ("Question", "질문"),
    "placeholder": ("Ask the briefs a question", "브리프에 질문하기"),
    "ask": ("Ask", "질문하기"),
    "stop": ("Stop", "중지"),
    "thinking": ("Reading the briefs …", "브리프를 읽는 중 …"),
    "stopped": ("Stopped. The answer is not whole.", "중지했습니다. 답이 완전하지 않습니다."),
    "lost": (
        "The connection to Northbrief was lost, so this answer is not whole. Your question is kept: ask again.",
        "Northbrief와 연결이 끊겨 답이 완전하지 않습니다. 질문은 남아 있으니 다시 물어보세요.",
    ),
    "busy": (
        "Too many questions are waiting. Ask again in a moment.",
        "대기 중인 질문이 너무 많습니다. 잠시 뒤 다시 물어보세요.",
    ),
    "failed": ("This question could not be answered: {reason}", "이 질문에는 답할 수 없습니다: {reason}"),
    "again": ("Ask again", "다시 질문하기"),
    "edit": ("Edit and ask again", "고쳐서 다시 묻기"),
    "editing": (
        "Editing a question; later turns of this conversation go.",
        "질문을 고치는 중입니다. 이후의 대화는 지워집니다.",
    ),
    "cancel": ("Cancel", "취소"),
    "close": ("Close", "닫기"),
    "language": ("Language", "언어"),
    "pages": ("Pages", "페이지"),
    "read_page": ("Ask", "질문"),
    # conversations
    "conversations": ("Conversations", "대화 목록"),
    "new": ("New conversation", "새 대화"),
    "search": ("Search conversations", "대화 검색"),
    "delete": ("Delete “{name}”", "“{name}” 삭제"),
    "delete_sure": ("Delete?", "삭제할까요?"),
    "none_yet": ("Conversations are kept in this browser only.", "대화는 이 브라우저에만 저장됩니다."),
    "none_found": ("No conversation holds these words.", "이 말이 들어 있는 대화가 없습니다."),
    "full": (
        "This browser's storage is full: the oldest conversation was removed.",
        "브라우저 저장 공간이 가득 차 가장 오래된 대화를 지웠습니다.",
    ),
    "not_kept": (
        "This browser keeps nothing, so the conversation ends with the page.",
        "이 브라우저는 저장을 허용하지 않아, 창을 닫으면 대화가 사라집니다.",
    ),
    "unreadable": ("A saved answer could not be read.", "저장된 답 하나를 읽을 수 없습니다."),
    # filters
    "filters": ("Filters", "필터"),
    "filters_on": ("Filters ({n})", "필터 ({n})"),
    "since": ("Published since", "발행일 시작"),
    "until": ("Published until", "발행일 끝"),
    "institution": ("Institution", "기관"),
    "author": ("Author", "저자"),
    "brief_language": ("Language of the brief", "브리프의 언어"),
    "brief": ("Brief", "브리프"),
    "any": ("Any", "전체"),
    "add": ("Add", "추가"),
    "clear_filters": ("Clear filters", "필터 지우기"),
    "filters_done": ("Done", "완료"),
    "filters_hint": ("They hold for the next questions.", "다음 질문부터 적용됩니다."),
    "bad_date": (
        "“{value}” is no date. Write it as 2025-08-08.",
        "“{value}”은(는) 날짜가 아닙니다. 2025-08-08처럼 써 주세요.",
    ),
    "bad_order": (
        "The first day, {since}, is after the last, {until}.",
        "시작일 {since}이 종료일 {until}보다 늦습니다.",
    ),
    "remove": ("Remove: {chip}", "빼기: {chip}"),
    "restore": ("Put back: {chip}", "되돌리기: {chip}"),
    "chips": ("Read from your words", "이렇게 읽었습니다"),
    "chip_filter": ("Filter", "필터"),
    "chip_time": ("Time", "기간"),
    "chip_side": ("Side", "비교 대상"),
    "chip_latest": ("Newest first", "최신 순"),
    "chip_history": ("Read as", "이렇게 읽음"),
    "chip_time_off": ("Any time", "기간 무관"),
    "chip_sides_off": ("Not compared", "비교하지 않음"),
    "chip_latest_off": ("Newest not preferred", "최신 우선 안 함"),
    "chip_history_off": ("Read by itself", "질문만 읽음"),
    "from_to": ("{since} to {until}", "{since}–{until}"),
    "from_on": ("since {since}", "{since} 이후"),
    "up_to": ("until {until}", "{until}까지"),
    # the answer
    "answer": ("Answer", "답"),
    "your_question": ("You asked", "질문"),
    "partial": ("Not quite what was asked", "질문에 꼭 맞는 답은 아님"),
    "sources": ("Sources", "출처"),
    "show_source": ("Source {n}: {title}", "출처 {n}: {title}"),
    "nothing_on_side": ("The briefs read for this side do not say.", "이 항목에 대해 읽은 브리프에는 내용이 없습니다."),
    "supported": ("Supported by the quote", "인용문이 뒷받침함"),
    "partly": ("Only partly supported", "일부만 뒷받침됨"),
    "unsupported": ("Not supported", "뒷받침되지 않음"),
    "timeline": ("Timeline", "연대표"),
    "timeline_label": ("Passages read, by date and institution", "읽은 대목: 날짜와 기관별"),
    "timeline_cited": ("cited", "인용됨"),
    "timeline_read": ("read, not cited", "읽었으나 인용하지 않음"),
    "undated": ("undated", "날짜 없음"),
    "no_institution": ("No institution", "기관 없음"),
    "good": ("Good answer", "좋은 답"),
    "bad": ("Bad answer", "나쁜 답"),
    "note": ("What was good or missing? (optional)", "무엇이 좋았거나 부족했나요? (선택)"),
    "send_note": ("Save the note", "메모 저장"),
    "thanks": ("Saved on this machine.", "이 컴퓨터에 저장했습니다."),
    "not_saved": ("It could not be saved: {reason}", "저장하지 못했습니다: {reason}"),
    # sources
    "no_sources": ("The passages that an answer quotes are shown here.", "답이 인용한 대목이 여기에 표시됩니다."),
    "no_citations": ("This answer cites nothing.", "이 답에는 인용이 없습니다."),
    "show_read": ("Show the nearest passages", "가장 가까운 대목 보기"),
    "also_read": ("Read, not cited ({n})", "읽었으나 인용하지 않음 ({n})"),
    "original": ("Original", "원문"),
    "whole": ("Whole brief", "브리프 전체"),
    "back": ("Back to the sources", "출처로 돌아가기"),
    "previous": ("Previous citation", "이전 인용"),
    "next": ("Next citation", "다음 인용"),
    "place": ("{n} of {all}", "{n} / {all}"),
    "page": ("page {n}", "{n}쪽"),
    "from_address": ("date from the address", "주소에서 얻은 날짜"),
    "from_file": ("date from the file", "파일에서 얻은 날짜"),
    "from_header": ("date from the head of the text", "본문 머리에서 얻은 날짜"),
    "brief_gone": (
        "This brief is no longer in the library. What the answer kept of it is shown.",
        "이 브리프는 더 이상 자료실에 없습니다. 답이 보관한 부분만 표시합니다.",
    ),
    "brief_changed": (
        "This brief has changed since the answer. What the answer kept of it is shown.",
        "답한 뒤에 이 브리프가 바뀌었습니다. 답이 보관한 부분만 표시합니다.",
    ),
    "keys": ("n and p: next and previous citation · Esc: close", "n, p: 다음·이전 인용 · Esc: 닫기"),
    "model": ("Language model", "언어 모델"),
    "model_at": ("{model} at {address}", "{model}, {address}"),
    "model_use": ("Use for the next question", "다음 질문에 사용"),
    # taking away
    "copy": ("Copy with notes", "각주와 함께 복사"),
    "copied": ("Copied, with its notes.", "각주와 함께 복사했습니다."),
    "not_copied": ("This browser does not allow copying here.", "이 브라우저에서는 여기서 복사할 수 없습니다."),
    "export": ("Export", "내보내기"),
    "export_talk": ("Export conversation", "대화 내보내기"),
    "export_report": ("Export report", "보고서 내보내기"),
    "not_exported": ("It could not be exported: {reason}", "내보내지 못했습니다: {reason}"),
    "exported": ("Saved as {name}", "{name}(으)로 저장했습니다"),
    "into_report": ("Put into the report", "보고서에 넣기"),
    "in_report": ("In the report", "보고서에 들어 있음"),
    "report_page": ("Report", "보고서"),
    "report_title": ("Title of the report", "보고서 제목"),
    "report_untitled": ("Questions to the briefs", "브리프에 물은 질문"),
    "report_notes": ("Notes", "주"),
    "report_answers": ("Answers, in order", "답의 순서"),
    "report_empty": (
        "The report is empty. Put answers into it with the page sign under each answer.",
        "보고서가 비어 있습니다. 답 아래의 문서 단추로 답을 넣으세요.",
    ),
    "report_clear": ("Empty the report", "보고서 비우기"),
    "move_up": ("Move up: {name}", "위로: {name}"),
    "move_down": ("Move down: {name}", "아래로: {name}"),
    "take_out": ("Take out: {name}", "빼기: {name}"),
    # waiting
    "waiting": ("Busy: your question is number {n} in line.", "사용자가 많습니다. 대기 순서 {n}번입니다."),
    # the library page
    "library_page": ("Library", "자료실"),
    "read_only": ("The library is read-only here.", "이 자료실은 읽기 전용입니다."),
    "drop_here": ("Drop files here, or choose them", "파일을 여기에 놓거나 선택하세요"),
    "by_address": ("Add a web address", "웹 주소 추가"),
    "search_library": ("Search titles, authors, institutions", "제목, 저자, 기관 검색"),
    "order": ("Order", "정렬"),
    "newest": ("Newest first", "최신 순"),
    "oldest": ("Oldest first", "오래된 순"),
    "by_title": ("By title", "제목 순"),
    "by_institution": ("By institution", "기관 순"),
    "more": ("Show more", "더 보기"),
    "found": ("{shown} of {found} briefs shown; the library holds {all}", "{found}건 중 {shown}건 표시, 전체 {all}건"),
    "was_corrected": ("corrected", "고침"),
    "correct": ("Correct", "고치기"),
    "corrected": (
        "Corrected. It stays so when the document is added again.",
        "고쳤습니다. 문서를 다시 추가해도 유지됩니다.",
    ),
    "save": ("Save", "저장"),
    "remove_one": ("Remove", "삭제"),
    "remove_brief": ("Remove “{title}”", "“{title}” 삭제"),
    "removed": (
        "Removed: “{title}”. It can be put back until the window is started again.",
        "삭제함: “{title}”. 창을 다시 시작하기 전까지 되돌릴 수 있습니다.",
    ),
    "undo": ("Undo", "되돌리기"),
    "undo_late": (
        "This can no longer be undone: the window was started again, or twenty others were removed. "
        "Add the document again.",
        "더 이상 되돌릴 수 없습니다. 창이 다시 시작되었거나 스무 건이 더 삭제되었습니다. 문서를 다시 추가해 주세요.",
    ),
    "put_back": ("Back in the library: “{title}”", "자료실로 되돌림: “{title}”"),
    "field_title": ("Title", "제목"),
    "field_authors": ("Authors, separated by ;", "저자 (;로 구분)"),
    "field_institution": ("Institution", "기관"),
    "field_published": ("Published", "발행일"),
    "by_year": ("Briefs by year", "연도별 브리프"),
    "by_body": ("Briefs by institution", "기관별 브리프"),
    "other_bodies": ("Others", "기타"),
    "brief_missing": ("There is no such brief in the library.", "자료실에 그런 브리프가 없습니다."),
    "back_to_list": ("Back to the list", "목록으로"),
    "upload_queued": ("Waiting", "대기 중"),
    "upload_sends": ("Sending, {n} %", "보내는 중, {n} %"),
    "upload_waits": ("Waiting, number {n} in line", "대기 순서 {n}번"),
    "upload_reads": ("Reading", "읽는 중"),
    "upload_adds": ("Adding, {n} passages so far", "추가하는 중, 지금까지 {n}개 대목"),
    "upload_added": ("Added: {names}.", "추가함: {names}."),
    "upload_replaced": ("Replaced: {names}.", "새 판으로 바꿈: {names}."),
    "upload_unchanged": ("Unchanged: {names}.", "바뀌지 않음: {names}."),
    "upload_copy": ("Its text is there already, as {names}.", "같은 글이 이미 있음: {names}."),
    "upload_nothing": ("Nothing new.", "새로운 것이 없음."),
    "upload_failed": ("Not added.", "추가하지 못함."),
    "upload_cancelled": ("Cancelled.", "취소함."),
    "upload_cancel": ("Cancel: {name}", "취소: {name}"),
    "upload_broken": (
        "The file did not arrive whole; send it again.",
        "파일이 온전히 도착하지 않았습니다. 다시 보내 주세요.",
    ),
    "upload_signed_out": ("Sign in again, then send the file.", "다시 로그인한 뒤 보내 주세요."),
    "upload_foreign": ("Files are taken from this window only.", "이 창에서 보낸 파일만 받습니다."),
    "upload_type": (
        "This kind of file is not read; expected {kinds}.",
        "읽을 수 없는 형식입니다. 가능한 형식: {kinds}.",
    ),
    "upload_large": (
        "The file is larger than {size} MB; split or convert it.",
        "파일이 {size} MB보다 큽니다. 나누거나 변환하세요.",
    ),
    "upload_many": (
        "Too much was sent within an hour; more than {files} files or their bytes wait until later.",
        "한 시간 안에 너무 많이 보냈습니다(최대 {files}개). 나중에 다시 보내 주세요.",
    ),
    "upload_busy": (
        "Waiting: as many files are here as fit; yours is sent as soon as one of them is read.",
        "대기 중: 받아 둘 수 있는 파일이 다 찼습니다. 자리가 나는 대로 보냅니다.",
    ),
    "upload_full": (
        "Not added: too many documents wait already, or too many of yours. Try again when some are done.",
        "추가하지 못함: 기다리는 문서가 너무 많습니다. 몇 개가 끝난 뒤 다시 해 주세요.",
    ),
    "left_library": ("This brief has left the library.", "이 브리프는 자료실에서 빠졌습니다."),
    # questions drawn from the library
    "draw_topic": ("What do the briefs say about {topic}?", "{topic}에 대해 브리프는 무엇이라고 하나요?"),
    "draw_change": (
        "What changed in {topic} between {first} and {last}?",
        "{first}년과 {last}년 사이에 {topic} 관련해 무엇이 달라졌나요?",
    ),
    "draw_known": ("What is known about {topic}?", "{topic}에 대해 알려진 것은 무엇인가요?"),
    "draw_latest": ("What is the latest on {topic}?", "{topic}의 최신 동향은 무엇인가요?"),
}

_LANGUAGE_NAMES = {"en": ("English", "영어"), "ko": ("Korean", "한국어")}
"""Names of the languages that briefs are most often in; others are shown by their code."""


def language_of(value: object) -> str:
    """Return "ko" for Korean, else "en"."""
    return "ko" if isinstance(value, str) and value.startswith("ko") else "en"


def say(language: str, key: str, **values: object) -> str:
    """Return the text `key` in the language, its {places} filled; the caller escapes the whole for HTML."""
    text = _TEXT[key][LANGUAGES.index(language)]
    for name, value in values.items():  # not str.format: a value may hold braces
        text = text.replace(f"{{{name}}}", str(value))
    return text


def page_strings() -> dict[str, dict[str, str]]:
    """Return every text by language and key, as the browser gets them."""
    return {language: {key: texts[n] for key, texts in _TEXT.items()} for n, language in enumerate(LANGUAGES)}


def language_name(language: str, code: str) -> str:
    """Return the name of a brief's language, such as "Korean" for ko."""
    names = _LANGUAGE_NAMES.get(code)
    return names[LANGUAGES.index(language)] if names else code


def day(language: str, value: date) -> str:
    """Return a day as it is written: 8 August 2025, 2025년 8월 8일."""
    if language == "ko":
        return f"{value.year}년 {value.month}월 {value.day}일"
    return f"{value.day} {value:%B} {value.year}"


def month(language: str, value: date) -> str:
    """Return a month as it is written: August 2025, 2025년 8월."""
    return f"{value.year}년 {value.month}월" if language == "ko" else f"{value:%B} {value.year}"
