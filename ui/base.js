/* What all parts of the page's script share: the state of the page, its words, and how elements are made.

The server makes all HTML of answers and sources, with everything from outside escaped. What the script itself puts into
the page goes in as text. */

export const $ = (id) => document.getElementById(id);
export const KEY = "northbrief:";
export const LISTS = ["institutions", "authors", "languages", "briefs"];
export const NARROW = matchMedia("(max-width: 900px)");

export const state = {
  text: {},
  language: "en",
  talk: null, // the conversation that is shown: {id, name, turns, filter}
  running: null, // what is being answered: {abort, turn, stopped}
  editing: null, // the place of the turn that is being edited
  known: {}, // what the library holds, for the filter
  useModel: true,
  from: null, // the link that opened the source pane
};

export const say = (key, values = {}) =>
  Object.entries(values).reduce(
    (made, [name, value]) => made.replace(`{${name}}`, () => value),
    state.text[state.language][key],
  );

export const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => (byte % 36).toString(36)).join("");

export function element(name, given = {}, words) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(given)) node.setAttribute(key, value);
  if (words !== undefined) node.textContent = words;
  return node;
}

export function fragment(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
}

export function toast(words) {
  $("toast").textContent = words;
  $("toast").hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => ($("toast").hidden = true), 8000);
}
