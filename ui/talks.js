/* The conversations, which are kept in this browser alone. */

import { $, KEY, element, newId, say, state, toast } from "./base.js";

export const kept = {
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
        const oldest = this.all().filter((each) => each.id !== state.talk.id).pop();
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

export const fresh = () => ({ id: newId(), name: "", turns: [], filter: {}, changed: Date.now() });

export function save() {
  state.talk.changed = Date.now();
  if (!state.talk.name && state.talk.turns.length) state.talk.name = state.talk.turns[0].question.slice(0, 200);
  kept.set(`talk:${state.talk.id}`, state.talk);
  kept.set("open", state.talk.id);
  list();
}

export function list() {
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
  if (each.id === state.talk.id) open.setAttribute("aria-current", "true");
  const when = new Date(each.changed).toLocaleDateString(state.language === "ko" ? "ko-KR" : "en-GB", { day: "numeric", month: "short" });
  open.append(element("span", {}, each.name), element("small", {}, when));
  const label = say("delete", { name: each.name });
  const gone = element("button", { type: "button", "data-do": "delete", "data-id": each.id, class: "icon", "aria-label": label, title: label }, "×");
  const item = element("li");
  item.append(open, gone);
  return item;
}

export function recordOf(node) {
  const id = node.closest("[data-turn]")?.dataset.turn;
  const at = state.talk.turns.findIndex((turn) => turn.turn === id);
  return [state.talk.turns[at], at];
}
