/* The filter that holds for the next questions. */

import { $, LISTS, element, say, state } from "./base.js";

function setFilter(field, value) {
  if (LISTS.includes(field)) {
    if (value && !(state.talk.filter[field] || []).includes(value)) state.talk.filter[field] = [...(state.talk.filter[field] || []), value];
  } else if (value) state.talk.filter[field] = value;
  else delete state.talk.filter[field];
  chosen();
}

export function without(filter, field, value) {
  const made = { ...filter };
  if (LISTS.includes(field)) made[field] = (made[field] || []).filter((each) => each !== value);
  if (!LISTS.includes(field) || !made[field].length) delete made[field];
  return made;
}

/* The chips of the filter that holds for the next question, and the fields set to it. */
export function chosen() {
  const chips = [];
  for (const field of ["since", "until"]) {
    $("filters").querySelector(`[name="${field}"]`).value = state.talk.filter[field] || "";
    if (state.talk.filter[field]) chips.push([field, state.talk.filter[field], `${say(field)} ${state.talk.filter[field]}`]);
  }
  for (const field of LISTS)
    for (const value of state.talk.filter[field] || []) {
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

const titleOf = (id) => (state.known.briefs || []).find((each) => each[0] === id)?.[1] || id;
const nameOf = (code) => new Intl.DisplayNames([state.language], { type: "language" }).of(code);

export function offered() {
  for (const field of ["institutions", "languages"]) {
    const options = (state.known[field] || []).map((value) => element("option", { value }, field === "languages" ? nameOf(value) : value));
    $("filters").querySelector(`[name="${field}"]`).replaceChildren(element("option", { value: "" }, say("any")), ...options);
  }
  $("known-authors").replaceChildren(...(state.known.authors || []).map((value) => element("option", { value })));
  $("known-briefs").replaceChildren(...(state.known.briefs || []).map(([value, title]) => element("option", { value, label: title }, title)));
}

export function filterChanged(field) {
  const value = field.value.trim();
  if (!LISTS.includes(field.name)) return setFilter(field.name, field.validity.valid ? value : "");
  const match = (state.known[field.name] || []).find((each) =>
    [each].flat().some((name) => name.toLowerCase() === value.toLowerCase()),
  );
  if (match) {
    setFilter(field.name, [match].flat()[0]);
    field.value = "";
  }
  field.setAttribute("aria-invalid", String(Boolean(value && !match)));
}
