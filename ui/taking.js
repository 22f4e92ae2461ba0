/* What one takes away: an answer copied, files of an answer, of a conversation, of a report put together by hand. */

import { $, element, fragment, say, state, toast } from "./base.js";
import { call } from "./server.js";
import { kept, recordOf } from "./talks.js";

const report = () => kept.get("report") || { title: "", turns: [] };
const trouble = (error) => toast(say(error.message === "busy" ? "busy" : "lost"));

export async function copy(button) {
  const [record] = recordOf(button);
  try {
    const made = await call("copy", { language: state.language, record });
    if (made.error) return toast(made.error);
    toast(say((await pasteable(made.text)) ? "copied" : "not_copied"));
  } catch (error) {
    trouble(error);
  }
}

/* Puts text on the clipboard; by the old way where the page was not loaded over HTTPS or from this machine. */
async function pasteable(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    const box = element("textarea", { class: "hidden" });
    box.value = words;
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}

/* Saves a file: of the answer that the menu belongs to, of the report on its page, else of the conversation. */
export async function take(button) {
  const menu = button.closest("details");
  menu.open = false;
  menu.querySelector("summary").focus();
  const [record] = recordOf(button);
  let turns = record ? [record] : state.talk.turns.filter((turn) => turn.answer && !turn.ended);
  let title = record || turns.length < 2 ? "" : state.talk.name;
  if (button.closest("#report")) ({ turns, title } = report());
  try {
    const made = await call("take", { language: state.language, turns, title, suffix: button.dataset.suffix });
    if (made.error) return toast(made.error);
    const bytes = Uint8Array.from(atob(made.data), (letter) => letter.charCodeAt(0));
    const link = element("a", { href: URL.createObjectURL(new Blob([bytes], { type: made.media })), download: made.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    toast(say("exported", { name: made.name }));
  } catch (error) {
    trouble(error);
  }
}

/* Whether a turn is in the report, shown on its button. */
export function markCollected(record) {
  const button = $(`turn-${record.turn}`)?.querySelector('[data-do="collect"]');
  if (!button) return;
  const inside = report().turns.some((turn) => turn.turn === record.turn);
  button.setAttribute("aria-pressed", String(inside));
  button.setAttribute("aria-label", say(inside ? "in_report" : "into_report"));
  button.title = say(inside ? "in_report" : "into_report");
}

export function collect(button) {
  const [record] = recordOf(button);
  const { title, turns } = report();
  const inside = turns.some((turn) => turn.turn === record.turn);
  store(title, inside ? turns.filter((turn) => turn.turn !== record.turn) : [...turns, record]);
  markCollected(record);
}

function store(title, turns) {
  kept.set("report", { title, turns });
  counted();
}

/* The number of answers in the report, beside its name in the head. */
export function counted() {
  const n = report().turns.length;
  const link = $("top").querySelector('a[href="#report"]');
  link.textContent = n ? `${say("report_page")} (${n})` : say("report_page");
  for (const record of state.talk.turns) markCollected(record);
}

export function titled(words) {
  store(words, report().turns);
  clearTimeout(titled.timer);
  titled.timer = setTimeout(preview, 400);
}

export function clearReport() {
  store("", []);
  showReport();
}

export function reorder(button) {
  const { title, turns } = report();
  const at = Number(button.closest("li").dataset.at);
  const to = { up: at - 1, down: at + 1 }[button.dataset.move];
  const [moved] = turns.splice(at, 1);
  if (to !== undefined) turns.splice(to, 0, moved);
  store(title, turns);
  showReport();
  const place = $("picked").children[to ?? Math.min(at, turns.length - 1)];
  (place?.querySelector(`[data-move="${button.dataset.move}"]:not(:disabled)`) || place?.querySelector("button:not(:disabled)") || $("report-title")).focus();
}

export function showReport() {
  const { title, turns } = report();
  if ($("report-title").value !== title) $("report-title").value = title;
  $("report-empty").hidden = turns.length > 0;
  $("report-whole").hidden = !turns.length;
  for (const part of $("report").querySelectorAll(".bar > *")) part.hidden = !turns.length;
  $("picked").replaceChildren(
    ...turns.map((turn, at) => {
      const item = element("li", { "data-at": at });
      item.append(element("span", {}, turn.question));
      for (const [move, key, sign, off] of [
        ["up", "move_up", "↑", at === 0],
        ["down", "move_down", "↓", at === turns.length - 1],
        ["out", "take_out", "×", false],
      ]) {
        const label = say(key, { name: turn.question });
        const made = element("button", { type: "button", class: "icon", "data-do": "reorder", "data-move": move, "aria-label": label, title: label }, sign);
        made.disabled = off;
        item.append(made);
      }
      return item;
    }),
  );
  if (turns.length) preview();
}

async function preview() {
  const { title, turns } = report();
  const asked = JSON.stringify([title, turns.map((turn) => turn.turn)]);
  preview.last = asked;
  try {
    const made = await call("report", { language: state.language, turns, title });
    if (preview.last !== asked) return;
    $("paper").replaceChildren(made.error ? element("p", { class: "ended error" }, made.error) : fragment(made.html));
  } catch (error) {
    trouble(error);
  }
}
