"""The chat window: a question in, the answer with its numbered citations, and beside it every cited passage."""

import os
import threading
from collections.abc import Iterator
from typing import Any

from ..corpus import NorthbriefError
from ..index import Index
from ..qa import Assistant
from .api import with_api
from .sources import answer_html, question_html, sources_html

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported: nothing leaves the machine

import gradio as gr

QUEUE_SIZE = 64  # questions that may wait; more are told to come back
CONCURRENCY = 2  # questions answered at once
NO_SOURCES = '<p class="empty">The passages that an answer quotes are shown here.</p>'

CSS = """
footer { display: none !important; }
.gradio-container { width: 100% !important; max-width: 1280px !important; margin: 0 auto; }
#title h1 { margin: 0 0 .25rem; }
#chat .top-panel { display: none; }
#chat .placeholder { text-align: center; padding: 0 1rem; }
#chat a.cite { color: #1d4ed8; font-weight: 600; text-decoration: none; }
.dark #chat a.cite, .dark #sources .facts a { color: #93c5fd; }
#chat a.cite:hover, #chat a.cite:focus-visible { text-decoration: underline; }
#chat .notes { list-style: none; padding: .6rem 0 0; margin: .75rem 0 0; font-size: .85rem;
  border-top: 1px solid var(--border-color-primary); }
#question { gap: .5rem; flex-wrap: nowrap; }
#chat, #question textarea { border: 1px solid var(--border-color-primary) !important; }
#question textarea::placeholder { color: var(--body-text-color); opacity: .65; }
#sources { max-height: calc(68vh + 60px); overflow-y: auto !important; padding: 2px .5rem 2px 2px; }
#sources h2 { font-size: .95rem; font-weight: 600; margin: 0 0 .5rem; color: var(--body-text-color); }
#sources h3 { font-size: 1rem; margin: 0 0 .25rem; color: var(--body-text-color); }
#sources .turn { display: flow-root; }
#sources .turn + .turn { border-top: 1px solid var(--border-color-primary); padding-top: .75rem; margin-top: .25rem; }
#sources .src { border: 1px solid var(--border-color-primary); border-radius: 8px; padding: .75rem .9rem;
  margin: 0 0 .75rem; background: var(--block-background-fill); overflow-wrap: anywhere; }
#sources .src.open { border-color: var(--color-accent); outline: 1px solid var(--color-accent); }
#sources .facts, #sources .heading { font-size: .8rem; color: var(--body-text-color); opacity: .8; margin: 0 0 .5rem; }
#sources .facts a { color: #1d4ed8; }
#sources blockquote { margin: 0 !important; padding: 0; border: 0; line-height: 1.55; color: var(--body-text-color); }
#sources mark { background: #ffe58a; color: #1c1917; padding: 0 .1em; border-radius: 2px; }
#sources .empty { color: var(--body-text-color); opacity: .8; }
@media (max-width: 768px) { #sources { max-height: none; overflow-y: visible !important; } }
"""

HEAD = """
<script>
addEventListener("click", (event) => {
  const link = event.target.closest && event.target.closest('a[href^="#src-"]');
  if (!link) return;
  event.preventDefault();
  event.stopPropagation();
  const source = document.getElementById(link.getAttribute("href").slice(1));
  if (!source) return;
  document.querySelectorAll(".src.open").forEach((other) => other.classList.remove("open"));
  source.classList.add("open");
  source.focus({ preventScroll: true });
  const mark = source.querySelector("mark") || source;
  const pane = document.getElementById("sources");
  if (pane.scrollHeight > pane.clientHeight + 1) {  // the pane scrolls by itself, and the chat stays in view
    const [outer, inner] = [pane.getBoundingClientRect(), mark.getBoundingClientRect()];
    pane.scrollTop += inner.top - outer.top - (outer.height - Math.min(inner.height, outer.height)) / 2;
  } else {
    mark.scrollIntoView({ block: "center" });
  }
}, true);
</script>
"""

READY = """() => {
  document.getElementById("sources").scrollTop = 0;  // the newest is on top
  document.querySelector("#question textarea, #question input").focus();
}"""

Message = dict[str, Any]


def build_app(index: Index, assistant: Assistant) -> Any:
    """Return the window (gr.Blocks) over this index; nothing of one conversation is seen by another."""

    def answer(question: str, messages: list[Message], asked: list[str], shown: str) -> Iterator[tuple[Any, ...]]:
        question = question.strip()
        if not question:
            yield "", messages, asked, shown, shown or NO_SOURCES
            return
        turn = len(asked) + 1
        messages = [*messages, {"role": "user", "content": question_html(question)}]
        evidence = shown
        # Closed until the answer is whole: what is typed into it meanwhile would be lost.
        yield gr.update(value="", interactive=False), messages, asked, shown, shown or NO_SOURCES
        try:
            for part in assistant.stream(question, history=asked):
                evidence = sources_html(part, turn, question) + shown  # the newest on top
                reply = {"role": "assistant", "content": answer_html(part, turn)}
                yield gr.update(), [*messages, reply], [*asked, question], evidence, evidence or NO_SOURCES
        except NorthbriefError as error:
            reply = {"role": "assistant", "content": f"This question could not be answered: {error}"}
            yield gr.update(value=question), [*messages, reply], asked, shown, shown or NO_SOURCES

    with gr.Blocks(title="Northbrief", fill_width=True) as app:
        asked, shown = gr.State([]), gr.State("")
        gr.Markdown(
            "# Northbrief\nEvery sentence of an answer is quoted from a brief. When the briefs are silent, it says so.",
            elem_id="title",
        )
        with gr.Row():
            with gr.Column(scale=3, min_width=320):
                chat = gr.Chatbot(
                    elem_id="chat",
                    label="Conversation",
                    show_label=False,
                    height="68vh",
                    placeholder=holdings(index),
                    feedback_options=None,
                    buttons=[],  # one of Gradio's sends the conversation to another host
                    latex_delimiters=[],  # a "$$" in a brief is money
                )
                with gr.Row(elem_id="question", equal_height=True):
                    box = gr.Textbox(
                        label="Question",
                        show_label=False,
                        container=False,
                        placeholder="Ask a question",
                        scale=5,
                        min_width=120,
                        autofocus=True,
                    )
                    ask = gr.Button("Ask", variant="primary", scale=0, min_width=72)
                    clear = gr.Button("Clear", scale=0, min_width=72)
            with gr.Column(scale=2, min_width=320):
                sources = gr.HTML(NO_SOURCES, elem_id="sources", label="Sources")
        inputs, outputs = [box, chat, asked, shown], [box, chat, asked, shown, sources]
        answered = gr.on([box.submit, ask.click], answer, inputs, outputs, api_visibility="private")
        opened = answered.then(lambda: gr.update(interactive=True), None, box, api_visibility="private")
        opened.then(None, js=READY)
        clear.click(lambda: ([], [], "", NO_SOURCES), None, [chat, asked, shown, sources], api_visibility="private")
    return app


def holdings(index: Index) -> str:
    """Return one line on what the library holds: briefs, institutions, from when to when."""
    briefs = index.briefs()
    days = sorted(brief.published for brief in briefs if brief.published)
    institutions = {brief.institution for brief in briefs if brief.institution}
    parts = [f"{len(briefs)} brief{'' if len(briefs) == 1 else 's'}"]
    if institutions:
        parts.append(f"{len(institutions)} institution{'s' if len(institutions) > 1 else ''}")
    if days:
        first, last = f"{days[0]:%B %Y}", f"{days[-1]:%B %Y}"
        parts.append(first if first == last else f"{first} to {last}")
    return "The library holds " + ", ".join(parts) + ".\n\nAsk a question to begin."


def serve(index: Index, assistant: Assistant, host: str, port: int) -> None:
    """Serve the window until interrupted; the encoder warms up meanwhile."""
    threading.Thread(target=lambda: index.encoder, daemon=True).start()
    app = with_api(build_app(index, assistant), assistant)
    app.queue(max_size=QUEUE_SIZE, default_concurrency_limit=CONCURRENCY)
    app.launch(**launch_options(host, port))


def launch_options(host: str, port: int, **more: Any) -> dict[str, Any]:
    """Return the options of `launch`: ours for look and privacy, and where to listen."""
    fonts = ["system-ui", "Noto Sans CJK KR", "sans-serif"]  # Gradio's own default is fetched from another host
    return {
        "server_name": host,
        "server_port": port,
        "theme": gr.themes.Soft(font=fonts, font_mono=["ui-monospace", "monospace"], primary_hue="blue"),
        "css": CSS,
        "head": HEAD,
        "footer_links": [],
        "share": False,
        "quiet": True,
        **more,
    }
