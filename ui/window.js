/* The page's own script: it asks the server, shows what comes back, and keeps the conversations in this browser.

The server makes all HTML of answers and sources, with everything from outside escaped. What this script itself puts
into the page goes in as text. */
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const KEY = "northbrief:";
  const LISTS = ["institutions", "authors", "languages", "briefs"];
  const NARROW = matchMedia("(max-width: 900px)");

  let text = {};
  let language = "en";
  let talk = null; // the conversation that is shown: {id, name, turns, filter}
  let running = null; // what is being answered: {abort, turn, stopped}
  let editing = null; // the place of the turn that is being edited
  let known = {}; // what the library holds, for the filter
  let useModel = true;
  let from = null; // the link that opened the source pane

  const say = (key, values = {}) =>
    Object.entries(values).reduce((made, [name, value]) => made.replace(`{${name}}`, () => value), text[language][key]);

  // --- the server ------------------------------------------------------------------------------------------------

  class Failure extends Error {}

  /* Calls a function of the server. `onPart` gets each part of an answer that grows; the last part is returned. */
  async function call(name, value, onPart, signal) {
    const address = new URL(`gradio_api/call/window_${name}`, document.baseURI);
    let last;
    try {
      const joined = await fetch(address, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ data: [value] }),
        signal,
      });
      if (joined.status === 401) location.reload();
      if (!joined.ok) throw new Failure(joined.status === 503 ? "busy" : "lost");
      const { event_id } = await joined.json();
      const stream = await fetch(`${address}/${event_id}`, { signal });
      if (!stream.ok) throw new Failure("lost");
      for await (const [event, data] of events(stream.body)) {
        if (event === "error") throw new Failure("lost");
        if (event !== "generating" && event !== "complete") continue;
        if (data && data[0]) last = data[0];
        if (event === "complete") return last;
        if (onPart) onPart(last);
      }
    } catch (error) {
      if (error instanceof Failure || error.name === "AbortError") throw error;
    }
    throw new Failure("lost"); // the stream ended before the answer did
  }

  async function* events(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let held = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      held += value;
      for (let end; (end = held.indexOf("\n\n")) >= 0; held = held.slice(end + 2)) {
        const [first, ...rest] = held.slice(0, end).split("\n");
        yield [first.replace("event: ", ""), JSON.parse(rest.join("\n").replace("data: ", "") || "null")];
      }
    }
  }

  // --- conversations, kept in this browser -------------------------------------------------------------------------

  const kept = {
    get(key) {
      try {
        return JSON.parse(localStorage.getItem(KEY + key));
      } catch {
        return null;
      }
    },
    all() {
      const found = [];
      try {
        for (const key of Object.keys(localStorage)) if (key.startsWith(`${KEY}talk:`)) found.push(this.get(key.slice(KEY.length)));
      } catch {
        return [];
      }
      return found.filter((each) => each && each.id && Array.isArray(each.turns)).sort((a, b) => b.changed - a.changed);
    },
    set(key, value) {
      for (;;) {
        try {
          localStorage.setItem(KEY + key, JSON.stringify(value));
          return;
        } catch (error) {
          const oldest = this.all().filter((each) => each.id !== talk.id).pop();
          if (error.name !== "QuotaExceededError" || !oldest) return toast(say("not_kept"));
          this.remove(`talk:${oldest.id}`);
          toast(say("full"));
        }
      }
    },
    remove(key) {
      try {
        localStorage.removeItem(KEY + key);
      } catch {
        /* nothing is kept, so nothing is left */
      }
    },
  };

  const fresh = () => ({ id: newId(), name: "", turns: [], filter: {}, changed: Date.now() });
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => (byte % 36).toString(36)).join("");

  function save() {
    talk.changed = Date.now();
    if (!talk.name && talk.turns.length) talk.name = talk.turns[0].question.slice(0, 200);
    kept.set(`talk:${talk.id}`, talk);
    kept.set("open", talk.id);
    list();
  }

  function list() {
    const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const all = kept.all();
    const found = all.filter((each) => {
      const held = [each.name, ...each.turns.flatMap((turn) => [turn.question, turn.answer?.text || ""])].join("\n").toLowerCase();
      return words.every((word) => held.includes(word));
    });
    $("list").replaceChildren(...found.map(listed));
    $("none").textContent = all.length && !found.length ? say("none_found") : say("none_yet");
  }

  function listed(each) {
    const open = element("button", { type: "button", "data-do": "open", "data-id": each.id, class: "talk" });
    if (each.id === talk.id) open.setAttribute("aria-current", "true");
    const when = new Date(each.changed).toLocaleDateString(language === "ko" ? "ko-KR" : "en-GB", { day: "numeric", month: "short" });
    open.append(element("span", {}, each.name), element("small", {}, when));
    const label = say("delete", { name: each.name });
    const gone = element("button", { type: "button", "data-do": "delete", "data-id": each.id, class: "icon", "aria-label": label, title: label }, "×");
    const item = element("li");
    item.append(open, gone);
    return item;
  }

  async function show(next) {
    if (running) stop();
    talk = next;
    talk.filter ||= {};
    editing = null;
    $("editing").hidden = true;
    $("turns").replaceChildren();
    $("cards").replaceChildren();
    closeSources();
    chosen();
    list();
    if (talk.turns.length) kept.set("open", talk.id);
    else kept.remove("open");
    $("opening").hidden = talk.turns.length > 0;
    if (!talk.turns.length) return;
    const current = talk;
    const whole = talk.turns.filter((turn) => turn.answer);
    let shown = [];
    try {
      if (whole.length) shown = (await call("reopen", { language, turns: whole })).turns;
    } catch (error) {
      toast(say(error.message === "busy" ? "busy" : "lost"));
    }
    if (talk !== current) return;
    for (const record of talk.turns) {
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

  // --- asking ------------------------------------------------------------------------------------------------------

  /* Asks; `at` is the place of the turn that the answer takes, by default the next one. */
  async function ask({ question, filter = talk.filter, without = [], at = talk.turns.length }) {
    if (running || !question.trim()) return;
    const current = talk;
    const record = { turn: newId(), question, filter: { ...filter }, without: [...without], at: Date.now() };
    const before = talk.turns[at];
    talk.turns[at] = record;
    pending(record.turn, question, say("thinking"), before?.turn);
    if (before) $("cards").querySelector(`[data-turn="${before.turn}"]`)?.remove();
    $("opening").hidden = true;
    save();
    running = { abort: new AbortController(), turn: record.turn };
    busy(true);
    const history = talk.turns.slice(0, at).map((turn) => turn.question);
    const asked = { ...record, language, history, model: useModel };
    record.history = history;
    const job = running;
    const part = (made) => {
      if (talk !== current || !made || made.error) return;
      Object.assign(record, made.record, { history });
      place(record, made);
    };
    try {
      const made = await call("ask", asked, part, job.abort.signal);
      if (made?.error) {
        record.error = made.error;
        if (talk === current) failed(record.turn, made.error);
      } else {
        part(made);
        delete record.ended;
        if (talk === current) {
          mark(record);
          evidence(record.turn);
          announce(record.turn);
        }
      }
    } catch (error) {
      record.ended = error.name === "AbortError" ? "stopped" : error.message;
      if (talk === current) {
        note(record.turn, say(record.ended));
        if (record.ended !== "stopped" && !$("question").value) {
          $("question").value = question;
          grow();
        }
      }
    }
    if (running === job) {
      running = null;
      busy(false);
    }
    if (talk === current) save();
    else kept.set(`talk:${current.id}`, current);
  }

  function stop() {
    running?.abort.abort();
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

  function fragment(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content.firstElementChild;
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

  function recordOf(node) {
    const id = node.closest("[data-turn]")?.dataset.turn;
    const at = talk.turns.findIndex((turn) => turn.turn === id);
    return [talk.turns[at], at];
  }

  // --- sources -----------------------------------------------------------------------------------------------------

  function openSources() {
    $("sources").hidden = false;
    $("nb").classList.add("reading");
  }

  function closeSources() {
    if (!$("sources")) return;
    const inside = $("sources").contains(document.activeElement);
    $("sources").hidden = true;
    $("nb").classList.remove("reading");
    backToCards();
    if (inside) (from?.isConnected ? from : $("question")).focus();
  }

  /* Shows the evidence of one turn: where a link was followed, or on a wide screen if the answer cites anything. */
  function evidence(turn, follow = false) {
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

  function openSource(id, link) {
    const source = $(id);
    if (!source) return;
    if (link && !$("sources").contains(link)) from = link;
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
  }

  /* Scrolls the pane alone, so that the conversation stays where it is. */
  function into(node) {
    const pane = $("pane");
    const [outer, inner] = [pane.getBoundingClientRect(), node.getBoundingClientRect()];
    pane.scrollTop += inner.top - outer.top - Math.max(0, (outer.height - inner.height) / 2);
  }

  const reading = () => !$("reader").hidden;
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

  function move(step) {
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

  async function whole(button) {
    const turn = button.dataset.turn;
    const [record] = recordOf(button);
    if (!record) return;
    try {
      const made = await call("whole", { language, record, number: Number(button.dataset.number) });
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

  function backToCards() {
    const back = reading() && $("reader").dataset.back;
    $("reader").hidden = true;
    $("reader").replaceChildren();
    $("cards").hidden = false;
    return back;
  }

  function tip(link) {
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

  // --- filters -----------------------------------------------------------------------------------------------------

  function setFilter(field, value) {
    if (LISTS.includes(field)) {
      if (value && !(talk.filter[field] || []).includes(value)) talk.filter[field] = [...(talk.filter[field] || []), value];
    } else if (value) talk.filter[field] = value;
    else delete talk.filter[field];
    chosen();
  }

  function without(filter, field, value) {
    const made = { ...filter };
    if (LISTS.includes(field)) made[field] = (made[field] || []).filter((each) => each !== value);
    if (!LISTS.includes(field) || !made[field].length) delete made[field];
    return made;
  }

  /* The chips of the filter that holds for the next question, and the fields set to it. */
  function chosen() {
    const chips = [];
    for (const field of ["since", "until"]) {
      $("filters").querySelector(`[name="${field}"]`).value = talk.filter[field] || "";
      if (talk.filter[field]) chips.push([field, talk.filter[field], `${say(field)} ${talk.filter[field]}`]);
    }
    for (const field of LISTS)
      for (const value of talk.filter[field] || []) {
        const name = field === "briefs" ? titleOf(value) : field === "languages" ? nameOf(value) : value;
        chips.push([field, value, name]);
      }
    $("chosen").replaceChildren(
      ...chips.map(([field, value, name]) => {
        const label = say("remove", { chip: name });
        const chip = element("button", { type: "button", class: "chip", "data-do": "unfilter", "data-key": field, "data-value": value, "aria-label": label, title: label });
        chip.append(element("span", {}, name), element("i", { "aria-hidden": "true" }, "×"));
        const item = element("li");
        item.append(chip);
        return item;
      }),
    );
    $("chosen").hidden = !chips.length;
    $("filters-button").textContent = chips.length ? say("filters_on", { n: chips.length }) : say("filters");
  }

  const titleOf = (id) => (known.briefs || []).find((each) => each[0] === id)?.[1] || id;
  const nameOf = (code) => new Intl.DisplayNames([language], { type: "language" }).of(code);

  function offered() {
    for (const field of ["institutions", "languages"]) {
      const options = (known[field] || []).map((value) => element("option", { value }, field === "languages" ? nameOf(value) : value));
      $("filters").querySelector(`[name="${field}"]`).replaceChildren(element("option", { value: "" }, say("any")), ...options);
    }
    $("known-authors").replaceChildren(...(known.authors || []).map((value) => element("option", { value })));
    $("known-briefs").replaceChildren(...(known.briefs || []).map(([value, title]) => element("option", { value, label: title }, title)));
  }

  function filterChanged(field) {
    const value = field.value.trim();
    if (!LISTS.includes(field.name)) return setFilter(field.name, field.validity.valid ? value : "");
    const match = (known[field.name] || []).find((each) =>
      [each].flat().some((name) => name.toLowerCase() === value.toLowerCase()),
    );
    if (match) {
      setFilter(field.name, [match].flat()[0]);
      field.value = "";
    }
    field.setAttribute("aria-invalid", String(Boolean(value && !match)));
  }

  // --- language, opening ---------------------------------------------------------------------------------------------

  function translate() {
    document.documentElement.lang = language;
    $("nb").lang = language;
    for (const node of $("nb").querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
    for (const node of $("nb").querySelectorAll("[data-say-label]")) {
      node.setAttribute("aria-label", say(node.dataset.sayLabel));
      if (node.matches("button")) node.title = say(node.dataset.sayLabel);
    }
    for (const node of $("nb").querySelectorAll("[data-say-placeholder]")) node.placeholder = say(node.dataset.sayPlaceholder);
    const other = language === "ko" ? "en" : "ko";
    $("language").textContent = other === "ko" ? "한국어" : "English";
    $("language").lang = other;
  }

  async function start(tries = 0) {
    const asked = language;
    try {
      const made = await call("start", { language });
      if (asked !== language) return;
      known = made;
      $("holds").textContent = made.holds;
      $("warming").hidden = made.warm;
      $("warming").textContent = say("warming");
      offered();
      chosen();
      suggest(made.questions || []);
      model(made.model);
      if ((!made.warm || !made.questions) && tries < 100) setTimeout(() => asked === language && start(tries + 1), 600);
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
    box.checked = useModel;
    const label = element("label", {}, say("model_use"));
    label.prepend(box);
    $("model").append(label);
  }

  function mark(record) {
    const article = $(`turn-${record.turn}`);
    for (const [name, good] of [["up", true], ["down", false]])
      article?.querySelector(`[data-do="${name}"]`)?.setAttribute("aria-pressed", String(record.good === good));
  }

  async function judge(button, words = "") {
    const [record] = recordOf(button);
    const article = $(`turn-${record.turn}`);
    if (button.dataset.do) record.good = button.dataset.do === "up";
    mark(record);
    article.querySelector("form.note").hidden = false;
    const said = article.querySelector(".saved");
    try {
      const made = await call("feedback", { language, record, good: record.good, note: words, history: record.history || [] });
      said.textContent = made.error || made.said;
    } catch (error) {
      said.textContent = say(error.message === "busy" ? "busy" : "lost");
    }
    save();
  }

  // --- small parts -------------------------------------------------------------------------------------------------

  function element(name, given = {}, words) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(given)) node.setAttribute(key, value);
    if (words !== undefined) node.textContent = words;
    return node;
  }

  function toast(words) {
    $("toast").textContent = words;
    $("toast").hidden = false;
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => ($("toast").hidden = true), 8000);
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
    if (running || !question.trim()) return;
    $("question").value = "";
    grow();
    const place = editing ?? talk.turns.length;
    for (const gone of talk.turns.splice(place)) {
      $(`turn-${gone.turn}`)?.remove();
      $("cards").querySelector(`[data-turn="${gone.turn}"]`)?.remove();
    }
    if (place === 0) talk.name = "";
    editing = null;
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
      if (button.dataset.id === talk.id) show(fresh());
      else list();
      $("search").focus();
    },
    language: () => {
      language = language === "ko" ? "en" : "ko";
      kept.set("language", language);
      translate();
      start();
      show(talk);
    },
    suggested: (button) => ask({ question: button.textContent }),
    filters: () => filters(),
    clear: () => {
      talk.filter = {};
      chosen();
    },
    unfilter: (chip) => {
      talk.filter = without(talk.filter, chip.dataset.key, chip.dataset.value);
      chosen();
      $("question").focus();
    },
    stop,
    edit: (button) => {
      if (running) return;
      const [record, at] = recordOf(button);
      editing = at;
      $("editing").hidden = at === talk.turns.length - 1;
      $("question").value = record.question;
      grow();
      $("question").focus();
    },
    cancel: () => {
      editing = null;
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
        talk.filter = without(talk.filter, key, value);
        chosen();
      }
    },
    restore: (chip) => {
      const [record, at] = recordOf(chip);
      ask({ question: record.question, filter: record.filter, without: record.without.filter((key) => key !== chip.dataset.key), at });
    },
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
      else if (event.target.matches("form.note")) judge(event.target, event.target.querySelector("input").value);
    });
    nb.addEventListener("input", (event) => {
      if (event.target.id === "question") grow();
      if (event.target.id === "search") list();
    });
    nb.addEventListener("change", (event) => {
      if (event.target.closest("#filters")) filterChanged(event.target);
      if (event.target.id === "use-model") useModel = event.target.checked;
    });
    $("log").addEventListener("scroll", () => ($("tip").hidden = true));
    addEventListener("keydown", keyed);
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

  function boot() {
    if (!$("nb") || $("nb").dataset.ready) return;
    $("nb").dataset.ready = "yes";
    text = JSON.parse($("nb").dataset.text);
    const wanted = kept.get("language") || navigator.language || "en";
    language = String(wanted).startsWith("ko") ? "ko" : "en";
    talk = fresh();
    translate();
    listen();
    menu(!NARROW.matches && kept.all().length > 0);
    const last = kept.get("open");
    show((last && kept.get(`talk:${last}`)) || talk);
    start();
    $("question").focus();
  }

  new MutationObserver(boot).observe(document.documentElement, { childList: true, subtree: true });
  boot();
})();
