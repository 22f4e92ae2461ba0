/* The source pane: the passages that an answer cites, or one brief whole. */

import { $, NARROW, element, fragment, say, state, toast } from "./base.js";
import { call } from "./server.js";
import { recordOf } from "./talks.js";

function openSources() {
  $("sources").hidden = false;
  $("nb").classList.add("reading");
}

export function closeSources() {
  if (!$("sources")) return;
  const inside = $("sources").contains(document.activeElement);
  $("sources").hidden = true;
  $("nb").classList.remove("reading");
  backToCards();
  if (inside) (state.from?.isConnected ? state.from : $("question")).focus();
}

/* Shows the evidence of one turn: where a link was followed, or on a wide screen if the answer cites anything. */
export function evidence(turn, follow = false) {
  let any = false;
  for (const section of $("cards").children) {
    section.hidden = section.dataset.turn !== turn;
    any ||= !section.hidden && section.querySelector(follow ? ".src" : ".src:not(.read)");
  }
  if (any && (follow || !NARROW.matches)) openSources();
  else if (!any) closeSources();
  backToCards();
  if (!follow) $("pane").scrollTop = 0;
  placed();
}

export function openSource(id, link) {
  const source = $(id);
  if (!source) return;
  if (link && !$("sources").contains(link)) state.from = link;
  const turn = source.closest(".evidence").dataset.turn;
  evidence(turn, true);
  source.closest("details")?.setAttribute("open", "");
  for (const other of document.querySelectorAll(".src.open, a.cite.open")) other.classList.remove("open");
  source.classList.add("open");
  for (const each of $("turns").querySelectorAll(`a.cite[href="#${id}"]`)) each.classList.add("open");
  source.focus({ preventScroll: true });
  const mark = source.querySelector("mark") || source;
  $("pane").scrollTop += source.getBoundingClientRect().top - $("pane").getBoundingClientRect().top - 8;
  if (mark.getBoundingClientRect().bottom > $("pane").getBoundingClientRect().bottom - 24) into(mark);
  placed();
  markGone();
}

/* Scrolls the pane alone, so that the conversation stays where it is. */
function into(node) {
  const pane = $("pane");
  const [outer, inner] = [pane.getBoundingClientRect(), node.getBoundingClientRect()];
  pane.scrollTop += inner.top - outer.top - Math.max(0, (outer.height - inner.height) / 2);
}

export const reading = () => !$("reader").hidden;
const places = () =>
  reading()
    ? [...$("reader").querySelectorAll("mark[id]")]
    : [...$("cards").querySelectorAll(".evidence:not([hidden]) .src:not(.read)")];

function at(all) {
  return all.findIndex((each) => each.classList.contains("open"));
}

function placed() {
  const all = places();
  const n = at(all);
  $("place").textContent = n >= 0 ? say("place", { n: n + 1, all: all.length }) : "";
  for (const name of ["previous", "next"]) $("sources").querySelector(`[data-do="${name}"]`).disabled = all.length < 2;
}

export function move(step) {
  const all = places();
  if (!all.length || $("sources").hidden) return;
  const n = at(all);
  const next = all[n < 0 ? (step > 0 ? 0 : all.length - 1) : (n + step + all.length) % all.length];
  if (!reading()) return openSource(next.id);
  openPlace(next);
}

function openPlace(next) {
  const number = next.dataset.number;
  for (const each of $("reader").querySelectorAll("mark")) each.classList.toggle("open", each.dataset.number === number);
  next.focus({ preventScroll: true });
  into(next);
  placed();
}

export async function whole(button) {
  const turn = button.dataset.turn;
  const [record] = recordOf(button);
  if (!record) return;
  try {
    const made = await call("whole", { language: state.language, record, number: Number(button.dataset.number) });
    if (made.error) return toast(made.error);
    $("reader").replaceChildren(fragment(made.html));
    $("reader").dataset.back = `src-${turn}-${button.dataset.number}`;
    $("reader").hidden = false;
    $("cards").hidden = true;
    const first = $("reader").querySelector(`mark[data-number="${button.dataset.number}"]`);
    if (first) openPlace(first);
  } catch (error) {
    toast(say(error.message === "busy" ? "busy" : "lost"));
  }
}

export function backToCards() {
  const back = reading() && $("reader").dataset.back;
  $("reader").hidden = true;
  $("reader").replaceChildren();
  $("cards").hidden = false;
  return back;
}

export function tip(link) {
  const id = link?.getAttribute("href")?.slice(1);
  const source = id && $(id);
  if (!source || $("sources").contains(link)) {
    $("tip").hidden = true;
    return;
  }
  const words = [...source.querySelectorAll("mark")].map((mark) => mark.textContent).join(" ");
  const quote = words || source.querySelector("blockquote").textContent.slice(0, 300);
  $("tip").replaceChildren(
    element("q", {}, quote),
    element("small", {}, `${source.querySelector("h3").lastChild.textContent.trim()} · ${source.querySelector(".facts").textContent}`),
  );
  $("tip").hidden = false;
  const [box, mine] = [link.getBoundingClientRect(), $("tip").getBoundingClientRect()];
  const left = Math.max(8, Math.min(box.left, innerWidth - mine.width - 8));
  const above = box.top - mine.height - 8;
  $("tip").style.left = `${left}px`;
  $("tip").style.top = `${above > 8 ? above : box.bottom + 8}px`;
  link.setAttribute("aria-describedby", "tip");
}

/* Says of each brief shown that has left the library that it has; the answer keeps its evidence all the same. */
export async function markGone() {
  const sources = [...$("cards").querySelectorAll(".src[data-brief]")];
  const briefs = [...new Set(sources.map((source) => source.dataset.brief))];
  if (!briefs.length) return;
  let gone;
  try {
    ({ gone } = await call("gone", { briefs }));
  } catch {
    return; // asked again before long
  }
  const cited = new Map();
  for (const source of sources) {
    const left = gone.includes(source.dataset.brief);
    const told = source.querySelector(".left");
    if (left && !told) source.querySelector(".facts").after(element("p", { class: "left changed", role: "status" }, say("left_library")));
    if (!left) told?.remove();
    cited.set(`#${source.id}`, left);
  }
  for (const entry of $("turns").querySelectorAll(".references li")) {
    const left = cited.get(entry.querySelector("a.cite")?.getAttribute("href"));
    const told = entry.querySelector(".left");
    if (left && !told) entry.append(element("span", { class: "left" }, ` ${say("left_library")}`));
    if (left === false) told?.remove();
  }
}
