"""The lines of a block into text: words joined across line ends as the rest of the document writes them."""

import re
from collections import Counter
from collections.abc import Sequence

from .pdf_blocks import NOTE, Block, ends_early
from .pdf_lines import HYPHEN, Line

HANGUL = re.compile(r"[\uac00-\ud7a3]")
"""A syllable of Korean."""
_CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_PUNCTUATION = ".,;:!?()[]'\"‘’“”·…「」『』<>"
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


class Joiner:
    """Joins the lines of a block, knowing the words of the whole document."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.words: Counter[str] = Counter()
        for line in lines:
            self.words.update(word.lower() for word in _WORD.findall(line.text))
            for word in line.text.split()[1:-1]:
                if HANGUL.search(word):
                    self.words[word.strip(_PUNCTUATION)] += 1
        hangul = [line for line in lines if HANGUL.search(line.text[-1:])]
        self.spaced = sum(line.spaced for line in hangul) >= 0.1 * len(hangul) if hangul else False

    def render(self, block: Block) -> str:
        """The text of the block."""
        text = self.joined(block, len(block.lines)).replace(HYPHEN, "-")
        if block.kind == "heading":
            return f"## {text}"
        if block.kind == "note":
            match = NOTE.match(text)
            return f"[Note {match[1] or match[2]}] {text[match.end() :].strip()}" if match else f"[Note] {text}"
        return f"\\{text}" if re.match(r"#{1,6}\s", text) else text

    def joined(self, block: Block, count: int) -> str:
        """The first `count` lines of the block, joined."""
        text = block.lines[0].text
        for number in range(1, count):
            text = self._join(text, block.lines[number - 1], block.lines[number], block)
        return text

    def _join(self, text: str, previous: Line, line: Line, block: Block) -> str:
        start = line.text
        if text.endswith(HYPHEN) or (
            text.endswith("-") and len(text) > 1 and text[-2].isalpha() and start[0].isalpha()
        ):
            return self._dehyphenate(text[:-1], start)
        if _CJK.search(text[-1:]) and _CJK.match(start):
            return text + start
        if self._row(previous, line, block):
            return f"{text}\n{start}"
        if HANGUL.search(text[-1:]) and HANGUL.match(start) and self._inside_word(previous, text, start):
            return text + start
        return f"{text} {start}"

    def _row(self, previous: Line, line: Line, block: Block) -> bool:
        """Whether the line ends here for a reason: it is short, and the next does not go on in lower case."""
        if block.kind != "text" or line.text[0].islower():
            return False
        number = block.lines.index(previous)
        return ends_early(previous, block.lines, number)

    def _dehyphenate(self, text: str, start: str) -> str:
        """ "coop-" + "eration" -> "cooperation"; "long-" + "term" stays hyphenated where the text writes it so."""
        before = re.search(r"[^\W_]+(?:-[^\W_]+)*$", text)
        after = re.match(r"[^\W_]+", start)
        if not before or not after:
            return f"{text}-{start}"
        whole = f"{before[0]}{after[0]}".lower()
        hyphenated = f"{before[0]}-{after[0]}".lower()
        if self.words[hyphenated] > self.words[whole] or not start[0].islower():
            return f"{text}-{start}"
        parts = before[0].lower().split("-")[-1], after[0].lower()
        if not self.words[whole] and all(self.words[part] >= 2 and len(part) > 3 for part in parts):
            return f"{text}-{start}"  # both are words of this text, together they are none
        return text + start

    def _inside_word(self, previous: Line, text: str, start: str) -> bool:
        """Whether the line broke inside a Korean word."""
        last, first = text.split()[-1].strip(_PUNCTUATION), start.split()[0].strip(_PUNCTUATION)
        if self.words[last + first]:
            return True
        if self.words[last] and self.words[first]:
            return False
        if self.spaced:
            return not previous.spaced
        return len(last) == 1 and not self.words[last]
