/* The page for asking and reading: questions go out, turns come back, buttons and keys do what they say. */

import { $, KEY, LISTS, NARROW, element, fragment, newId, say, state, toast } from "./base.js";
import { chosen, filterChanged, offered, without } from "./filters.js";
import { bring, browser, cancelUpload, correct, corrected, listenForFiles, more, openBrief, remove, searched, showLibrary, toList, undo } from "./library.js";
import { Failure, call } from "./server.js";
import { backToCards, closeSources, evidence, markGone, move, openSource, reading, tip, whole } from "./sources.js";
import { clearReport, collect, copy, counted, markCollected, reorder, showReport, take, titled } from "./taking.js";
import { fresh, kept, list, recordOf, save } from "./talks.js";

async function show(next) {
  if (state.running) stop();
  state.talk = next;
  state.talk.filter ||= {};
  state.editing = null;
  $("editing").hidden = true;
  $("turns").replaceChildren();
  $("cards").replaceChildren();
  closeSources();
  chosen();
  list();
  if (state.talk.turns.length) kept.set("open", state.talk.id);
  else kept.remove("open");
  $("opening").hidden = state.talk.turns.length > 0;
  $("talk-export").hidden = true;
  if (!state.talk.turns.length) return;
  const current = state.talk;
  const whole = state.talk.turns.filter((turn) => turn.answer);
  let shown = [];
  try {
    if (whole.length) shown = (await call("reopen", { language: state.language, turns: whole })).turns;
  } catch (error) {
    toast(say(error.message === "busy" ? "busy" : "lost"));
  }
  if (state.talk !== current) return;
  for (const record of state.talk.turns) {
    const made = record.answer ? shown[whole.indexOf(record)] : null;
    if (made) place(record, made);
    else pending(record.turn, record.question, "");
    if (record.answer && !made) note(record.turn, say("unreadable"));
    else if (record.ended) note(record.turn, say(record.ended));
    else if (record.error) failed(record.turn, record.error);
  }
  const last = whole[whole.length - 1];
  if (last && !NARROW.matches) evidence(last.turn);
  $("turns").lastElementChild.scrollIntoView({ block: "start" });
}

/* Asks; `at` is the place of the turn that the answer takes, by default the next one. */
async function ask({ question, filter = state.talk.filter, without = [], at = state.talk.turns.length }) {
  if (state.running || !question.trim()) return;
  const current = state.talk;
  const record = { turn: newId(), question, filter: { ...filter }, without: [...without], at: Date.now() };
  const before = state.talk.turns[at];
  state.talk.turns[at] = record;
  pending(record.turn, question, say("thinking"), before?.turn);
  if (before) $("cards").querySelector(`[data-turn="${before.turn}"]`)?.remove();
  $("opening").hidden = true;
  save();
  state.running = { abort: new AbortController(), turn: record.turn };
  busy(true);
  const history = state.talk.turns.slice(0, at).map((turn) => turn.question);
  const asked = { ...record, language: state.language, history, model: state.useModel, browser: browser() };
  record.history = history;
  const job = state.running;
  const part = (made) => {
    if (state.talk !== current || !made || made.error || made.busy) return;
    if (made.waiting) {
      const line = $(`turn-${record.turn}`)?.querySelector(".waiting");
      if (line) line.textContent = made.waiting;
      return;
    }
    Object.assign(record, made.record, { history });
    place(record, made);
  };
  try {
    const made = await call("ask", asked, part, job.abort.signal);
    if (made?.busy) throw new Failure("busy");
    if (made?.error) {
      record.error = made.error;
      if (state.talk === current) failed(record.turn, made.error);
    } else {
      part(made);
      delete record.ended;
      if (state.talk === current) {
        mark(record);
        evidence(record.turn);
        announce(record.turn);
      }
    }
  } catch (error) {
    record.ended = error.name === "AbortError" ? "stopped" : error.message;
    if (state.talk === current) {
      note(record.turn, say(record.ended));
      if (record.ended !== "stopped" && !$("question").value) {
        $("question").value = question;
        grow();
      }
    }
  }
  if (state.running === job) {
    state.running = null;
    busy(false);
  }
  if (state.talk === current) save();
  else kept.set(`talk:${current.id}`, current);
}

function stop() {
  state.running?.abort.abort();
}

function busy(yes) {
  const had = document.activeElement;
  $("ask").hidden = yes;
  $("stop").hidden = !yes;
  if (had === $("ask") || had === $("stop")) (yes ? $("stop") : $("question")).focus();
}

/* A turn that has no answer yet; it takes the place of the turn `instead`, if that is shown. */
function pending(turn, question, waiting, instead) {
  const article = element("article", { class: "turn pending", id: `turn-${turn}`, "data-turn": turn });
  const asked = element("div", { class: "asked" });
  asked.append(element("h2", { class: "question", "data-testid": "user" }, question));
  article.append(asked);
  if (waiting) article.append(element("p", { class: "waiting" }, waiting));
  const old = instead && $(`turn-${instead}`);
  if (old) old.replaceWith(article);
  else $("turns").append(article);
  if (waiting) $("log").scrollTop += article.getBoundingClientRect().top - $("log").getBoundingClientRect().top;
}

/* Shows a turn as the server made it, and its evidence in the pane. */
function place(record, made) {
  const node = fragment(made.html);
  const old = $(`turn-${record.turn}`);
  if (old) old.replaceWith(node);
  else $("turns").append(node);
  const cards = fragment(made.sources);
  const before = $("cards").querySelector(`[data-turn="${record.turn}"]`);
  cards.hidden = before ? before.hidden : true;
  if (before) before.replaceWith(cards);
  else $("cards").append(cards);
  mark(record);
}

function note(turn, words) {
  const article = $(`turn-${turn}`);
  article.querySelector(".waiting")?.remove();
  const line = element("p", { class: "ended", role: "status" }, `${words} `);
  line.append(element("button", { type: "button", class: "quiet", "data-do": "again" }, say("again")));
  article.append(line);
}

function failed(turn, words) {
  const article = $(`turn-${turn}`);
  article.querySelector(".waiting")?.remove();
  article.append(element("p", { class: "ended error", role: "alert", "data-testid": "bot" }, words));
}

function announce(turn) {
  const words = $(`turn-${turn}`).querySelector(".claim, .refusal")?.textContent || "";
  $("said").textContent = `${say("answer")}: ${words.slice(0, 300)}`;
}

function translate() {
  document.documentElement.lang = state.language;
  $("nb").lang = state.language;
  for (const node of $("nb").querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
  for (const node of $("nb").querySelectorAll("[data-say-label]")) {
    node.setAttribute("aria-label", say(node.dataset.sayLabel));
    if (node.matches("button")) node.title = say(node.dataset.sayLabel);
  }
  for (const node of $("nb").querySelectorAll("[data-say-placeholder]")) node.placeholder = say(node.dataset.sayPlaceholder);
  const other = state.language === "ko" ? "en" : "ko";
  $("language").textContent = other === "ko" ? "한국어" : "English";
  $("language").lang = other;
}

async function start(tries = 0) {
  const asked = state.language;
  try {
    const made = await call("start", { language: state.language });
    if (asked !== state.language) return;
    state.known = made;
    $("holds").textContent = made.holds;
    $("warming").hidden = made.warm;
    $("warming").textContent = say("warming");
    offered();
    chosen();
    suggest(made.questions || []);
    model(made.model);
    if ((!made.warm || !made.questions) && tries < 100) setTimeout(() => asked === state.language && start(tries + 1), 600);
  } catch {
    if (tries < 100) setTimeout(() => start(tries + 1), 1500);
  }
}

function suggest(questions) {
  $("try").hidden = !questions.length;
  $("suggested").replaceChildren(
    ...questions.map((question) => {
      const item = element("li");
      item.append(element("button", { type: "button", class: "suggestion", "data-do": "suggested" }, question));
      return item;
    }),
  );
}

function model(set) {
  $("model").hidden = !set;
  if (!set) return;
  const named = set.address ? say("model_at", { model: set.name, address: set.address }) : set.name;
  $("model").replaceChildren(element("span", {}, `${say("model")}: ${named}`));
  if (!set.switch) return;
  const box = element("input", { type: "checkbox", id: "use-model" });
  box.checked = state.useModel;
  const label = element("label", {}, say("model_use"));
  label.prepend(box);
  $("model").append(label);
}

function mark(record) {
  const article = $(`turn-${record.turn}`);
  for (const [name, good] of [["up", true], ["down", false]])
    article?.querySelector(`[data-do="${name}"]`)?.setAttribute("aria-pressed", String(record.good === good));
  markCollected(record);
  $("talk-export").hidden = !state.talk.turns.some((turn) => turn.answer && !turn.ended);
}

async function judge(button, words = "") {
  const [record] = recordOf(button);
  const article = $(`turn-${record.turn}`);
  if (button.dataset.do) record.good = button.dataset.do === "up";
  mark(record);
  article.querySelector("form.note").hidden = false;
  const said = article.querySelector(".saved");
  try {
    const made = await call("feedback", { language: state.language, record, good: record.good, note: words, history: record.history || [] });
    said.textContent = made.error || made.said;
  } catch (error) {
    said.textContent = say(error.message === "busy" ? "busy" : "lost");
  }
  save();
}

function menu(open = $("conversations").hidden) {
  $("conversations").hidden = !open;
  $("nb").classList.toggle("menu", open);
  $("top").querySelector('[data-do="menu"]').setAttribute("aria-expanded", String(open));
  if (open && NARROW.matches) $("search").focus();
}

function filters(open = $("filters").hidden) {
  $("filters").hidden = !open;
  $("filters-button").setAttribute("aria-expanded", String(open));
  if (open) $("filters").querySelector("input").focus();
  else $("filters-button").focus();
}

function grow() {
  const box = $("question");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
}

function submit() {
  const question = $("question").value;
  if (state.running || !question.trim()) return;
  $("question").value = "";
  grow();
  const place = state.editing ?? state.talk.turns.length;
  for (const gone of state.talk.turns.splice(place)) {
    $(`turn-${gone.turn}`)?.remove();
    $("cards").querySelector(`[data-turn="${gone.turn}"]`)?.remove();
  }
  if (place === 0) state.talk.name = "";
  state.editing = null;
  $("editing").hidden = true;
  ask({ question });
}

const actions = {
  skip: () => $("question").focus(),
  menu: () => menu(),
  fresh: () => {
    show(fresh());
    if (NARROW.matches) menu(false);
    $("question").focus();
  },
  open: (button) => {
    const chosen = kept.get(`talk:${button.dataset.id}`);
    if (chosen) show(chosen);
    if (NARROW.matches) menu(false);
  },
  delete: (button) => {
    if (!button.classList.contains("sure")) {
      button.classList.add("sure");
      button.textContent = say("delete_sure");
      setTimeout(() => button.isConnected && list(), 4000);
      return;
    }
    kept.remove(`talk:${button.dataset.id}`);
    if (button.dataset.id === state.talk.id) show(fresh());
    else list();
    $("search").focus();
  },
  language: () => {
    state.language = state.language === "ko" ? "en" : "ko";
    kept.set("language", state.language);
    translate();
    start();
    counted();
    turnTo();
    show(state.talk);
  },
  suggested: (button) => ask({ question: button.textContent }),
  filters: () => filters(),
  clear: () => {
    state.talk.filter = {};
    chosen();
  },
  unfilter: (chip) => {
    state.talk.filter = without(state.talk.filter, chip.dataset.key, chip.dataset.value);
    chosen();
    $("question").focus();
  },
  stop,
  edit: (button) => {
    if (state.running) return;
    const [record, at] = recordOf(button);
    state.editing = at;
    $("editing").hidden = at === state.talk.turns.length - 1;
    $("question").value = record.question;
    grow();
    $("question").focus();
  },
  cancel: () => {
    state.editing = null;
    $("editing").hidden = true;
    $("question").value = "";
    grow();
  },
  again: (button) => {
    const [record, at] = recordOf(button);
    if ($("question").value === record.question) $("question").value = "";
    ask({ question: record.question, filter: record.filter, without: record.without, at });
  },
  drop: (chip) => {
    const [record, at] = recordOf(chip);
    const { key, value } = chip.dataset;
    const filtering = key === "since" || key === "until" || LISTS.includes(key);
    ask({
      question: record.question,
      filter: filtering ? without(record.filter, key, value) : record.filter,
      without: filtering ? record.without : [...record.without, key],
      at,
    });
    if (filtering) {
      state.talk.filter = without(state.talk.filter, key, value);
      chosen();
    }
  },
  restore: (chip) => {
    const [record, at] = recordOf(chip);
    ask({ question: record.question, filter: record.filter, without: record.without.filter((key) => key !== chip.dataset.key), at });
  },
  more,
  brief: openBrief,
  toList,
  correct,
  remove,
  undo,
  cancelUpload,
  copy,
  export: take,
  collect,
  reorder,
  clearReport,
  up: (button) => judge(button),
  down: (button) => judge(button),
  close: closeSources,
  previous: () => move(-1),
  next: () => move(1),
  whole,
  back: () => {
    const back = backToCards();
    if (back) openSource(back);
  },
};

function listen() {
  const nb = $("nb");
  nb.addEventListener("click", (event) => {
    for (const menu of nb.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    const link = event.target.closest('a[href^="#src-"]');
    if (link) {
      event.preventDefault();
      $("tip").hidden = true;
      return openSource(link.getAttribute("href").slice(1), link);
    }
    const button = event.target.closest("[data-do]");
    if (button) {
      event.preventDefault();
      actions[button.dataset.do]?.(button);
    }
  });
  for (const [on, off] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    nb.addEventListener(on, (event) => tip(event.target.closest("a.cite")));
    nb.addEventListener(off, (event) => event.target.closest("a.cite") && ($("tip").hidden = true));
  }
  nb.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.id === "composer") submit();
    else if (event.target.matches("form.correction")) corrected(event.target);
    else if (event.target.id === "by-address") {
      const address = $("address").value.trim();
      if (address) bring([{ name: address, address }]);
      $("address").value = "";
    }
    else if (event.target.matches("form.note")) judge(event.target, event.target.querySelector("input").value);
  });
  nb.addEventListener("input", (event) => {
    if (event.target.id === "question") grow();
    if (event.target.id === "search") list();
    if (event.target.id === "library-search") searched();
    if (event.target.id === "report-title") titled(event.target.value);
  });
  nb.addEventListener("change", (event) => {
    if (event.target.closest("#filters")) filterChanged(event.target);
    if (event.target.id === "order") showLibrary(true);
    if (event.target.id === "use-model") state.useModel = event.target.checked;
  });
  $("log").addEventListener("scroll", () => ($("tip").hidden = true));
  listenForFiles();
  addEventListener("keydown", keyed);
  setInterval(() => document.hidden || markGone(), 15000);
  addEventListener("hashchange", turnTo);
  addEventListener("storage", (event) => event.key?.startsWith(KEY) && list());
}

function keyed(event) {
  const typing = event.target.closest?.("input, textarea, select");
  if (event.key === "Enter" && event.target.id === "question" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    return submit();
  }
  if (event.key === "Enter" && event.target.closest?.("#filters input")) {
    event.preventDefault();
    return filterChanged(event.target);
  }
  if (event.key === "Escape") {
    const menu = event.target.closest?.("details.menu[open]");
    if (menu) return void (menu.open = false, menu.querySelector("summary").focus());
    if (!$("tip").hidden) return void ($("tip").hidden = true);
    if (!$("filters").hidden && $("composer").contains(event.target)) return filters(false);
    if (NARROW.matches && !$("conversations").hidden) return menu(false);
    if (reading()) return actions.back();
    return closeSources();
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const inside = $("sources").contains(event.target);
  if (event.key === "n" || (inside && event.key === "ArrowRight")) move(1);
  if (event.key === "p" || (inside && event.key === "ArrowLeft")) move(-1);
}

/* Shows the page that the address names; what goes on in the others goes on. */
function turnTo() {
  const name = ["library", "report"].find((each) => location.hash === `#${each}`) || "ask";
  $("nb").classList.toggle("apart", name !== "ask");
  $("report").hidden = name !== "report";
  $("library").hidden = name !== "library";
  for (const link of $("top").querySelectorAll("nav a")) {
    if (link.getAttribute("href") === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (name === "report") showReport();
  else if (name === "library") showLibrary();
  else if (turnTo.last && turnTo.last !== "ask") start(); // the library may hold more now
  turnTo.last = name;
}

function boot() {
  if (!$("nb") || $("nb").dataset.ready) return;
  $("nb").dataset.ready = "yes";
  state.text = JSON.parse($("nb").dataset.text);
  const wanted = kept.get("language") || navigator.language || "en";
  state.language = String(wanted).startsWith("ko") ? "ko" : "en";
  state.talk = fresh();
  translate();
  listen();
  menu(!NARROW.matches && kept.all().length > 0);
  const last = kept.get("open");
  show((last && kept.get(`talk:${last}`)) || state.talk);
  start();
  counted();
  turnTo();
  $("question").focus();
}

new MutationObserver(boot).observe(document.documentElement, { childList: true, subtree: true });
boot();
