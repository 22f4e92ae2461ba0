/* The library page: the list, files and addresses on their way in, corrections, removals and their undoing. */

import { $, element, fragment, newId, say, state, toast } from "./base.js";
import { call } from "./server.js";
import { kept } from "./talks.js";

const PAGE = 100;
let most = PAGE;
let size = Infinity; // bytes of a file that the server takes
const queue = []; // what waits to be sent: {name, file or address, item}
let sending = false;

export const browser = () => {
  let id = kept.get("browser");
  if (!id) kept.set("browser", (id = newId()));
  return id;
};
const trouble = (error) => toast(say(error.message === "busy" ? "busy" : "lost"));

/* Shows the list as the library is now; rows in which somebody is writing stay, unless the reader is `asking` for another list. */
export async function showLibrary(asking = false) {
  const asked = { language: state.language, search: $("library-search").value, order: $("order").value, most };
  showLibrary.last = asked;
  try {
    const made = await call("library", asked);
    if (showLibrary.last !== asked) return;
    size = made.size;
    $("adding").hidden = !made.open;
    $("library-closed").hidden = made.open;
    if (asking || !$("briefs").querySelector("form.correction:not([hidden])")) $("briefs").innerHTML = made.rows;
    $("chart").innerHTML = made.chart;
    $("found").textContent = say("found", { shown: made.shown, found: made.found, all: made.all });
    $("more").hidden = made.shown === made.found;
  } catch (error) {
    trouble(error);
  }
}

export function searched() {
  clearTimeout(searched.timer);
  searched.timer = setTimeout(() => showLibrary(true), 200);
}

export function more() {
  most += PAGE;
  showLibrary();
}

export async function openBrief(button) {
  try {
    const made = await call("brief", { language: state.language, id: button.closest("li").dataset.id });
    if (made.error) return toast(made.error);
    $("brief-page").replaceChildren(fragment(made.html));
    $("library").classList.add("one");
    $("brief-page").hidden = false;
    $("library").scrollTop = 0;
    $("brief-page").querySelector("h3").focus();
  } catch (error) {
    trouble(error);
  }
}

export function toList() {
  $("library").classList.remove("one");
  $("brief-page").hidden = true;
  $("library-search").focus();
}

/* Opens or closes the fields of a row. */
export function correct(button) {
  const row = button.closest("li");
  const form = row.querySelector("form");
  form.hidden = !form.hidden;
  const opener = row.querySelector('.tools [data-do="correct"]');
  opener.setAttribute("aria-expanded", String(!form.hidden));
  (form.hidden ? opener : form.querySelector("input")).focus();
  if (form.hidden) showLibrary();
}

export async function corrected(form) {
  const values = Object.fromEntries(new FormData(form));
  try {
    const made = await call("correct", { language: state.language, id: form.closest("li").dataset.id, ...values });
    if (made.error) return void (form.querySelector(".error").textContent = made.error);
    toast(made.said);
    form.hidden = true;
    showLibrary();
  } catch (error) {
    trouble(error);
  }
}

export async function remove(button) {
  try {
    const made = await call("remove", { language: state.language, id: button.closest("li").dataset.id });
    if (made.error) return toast(made.error);
    const back = element("button", { type: "button", class: "quiet", "data-do": "undo", "data-undo": made.undo }, say("undo"));
    $("undo").replaceChildren(element("span", {}, made.said), back);
    $("undo").hidden = false;
    back.focus();
    showLibrary();
  } catch (error) {
    trouble(error);
  }
}

export async function undo(button) {
  try {
    const made = await call("undo", { language: state.language, undo: button.dataset.undo });
    $("undo").hidden = true;
    toast(made.error || made.said);
    showLibrary();
    $("library-search").focus();
  } catch (error) {
    trouble(error);
  }
}

/* Puts files, or an address, at the end of what is to be added; they go one after the other. */
export function bring(jobs) {
  for (const job of jobs) {
    const item = element("li");
    const cancel = element("button", { type: "button", class: "icon", "data-do": "cancelUpload", "aria-label": say("upload_cancel", { name: job.name }) }, "×");
    const bar = element("progress", { max: 100, value: 0, "aria-label": job.name });
    item.append(element("b", {}, job.name), bar, element("span", { class: "state" }, say("upload_queued")), cancel);
    $("uploads").prepend(item);
    queue.push({ ...job, item, job: newId() });
    item.cancel = () => queue.find((each) => each.item === item)?.stop?.() ?? done(item, { cancelled: say("upload_cancelled") });
  }
  if (!sending) next();
}

async function next() {
  sending = true;
  while (queue.length) {
    const [job] = queue;
    if (!job.item.classList.contains("done")) {
      try {
        done(job.item, await brought(job));
      } catch (error) {
        done(job.item, error.name === "AbortError" ? { cancelled: say("upload_cancelled") } : { error: say("upload_broken") });
      }
    }
    queue.shift();
  }
  sending = false;
  showLibrary();
}

async function brought(job) {
  const abort = new AbortController();
  const value = { language: state.language, browser: browser(), job: job.job, name: job.name, address: job.address };
  let asked = false;
  job.stop = () => {
    if (asked) call("cancel", { job: job.job }).catch(trouble); // the server says what came of it
    else abort.abort();
    return true;
  };
  if (job.file) {
    if (job.file.size > size) return { error: say("upload_large", { size: size / 1e6 }) };
    const made = await sent(job, abort.signal);
    if (made.error) return made;
    value.file = made.file;
  }
  asked = true;
  told(job.item, say("upload_reads"));
  job.item.querySelector("progress").removeAttribute("value");
  return call("add", value, (part) => part?.state && told(job.item, part.state), abort.signal);
}

/* Sends a file, its progress shown; while the server holds too many others, again after a moment. */
async function sent(job, signal) {
  for (;;) {
    const reply = await new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const query = new URLSearchParams({ name: job.name, language: state.language, browser: browser() });
      request.open("POST", new URL(`northbrief/upload?${query}`, document.baseURI));
      request.setRequestHeader("content-type", "application/octet-stream");
      request.upload.onprogress = (event) => {
        const part = Math.round((100 * event.loaded) / (event.total || 1));
        job.item.querySelector("progress").value = part;
        told(job.item, say("upload_sends", { n: part }));
      };
      request.onload = () => resolve([request.status, request.responseText]);
      request.onerror = () => reject(new Error("lost"));
      signal.onabort = () => {
        request.abort();
        reject(new DOMException("", "AbortError"));
      };
      request.send(job.file);
    });
    let made;
    try {
      made = JSON.parse(reply[1]);
    } catch {
      return { error: say("upload_broken") };
    }
    if (reply[0] !== 503) return made;
    told(job.item, made.error);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    if (signal.aborted) throw new DOMException("", "AbortError");
  }
}

const told = (item, words) => (item.querySelector(".state").textContent = words);

function done(item, made) {
  item.classList.add("done");
  item.querySelector("progress")?.remove();
  item.querySelector("button")?.remove();
  const bad = made.error || made.failed?.length;
  item.classList.toggle("bad", Boolean(bad));
  told(item, made.error || made.cancelled || made.said);
  if (made.failed?.length) {
    const reasons = element("ul");
    reasons.append(...made.failed.map(([place, reason]) => element("li", {}, place ? `${place}: ${reason}` : reason)));
    item.append(reasons);
  }
  if (made.changed) showLibrary();
}

export function cancelUpload(button) {
  button.closest("li").cancel();
}

/* Files dropped anywhere on the page are taken; elsewhere a drop must not make the browser leave. */
export function listenForFiles() {
  $("files").addEventListener("change", () => {
    bring([...$("files").files].map((file) => ({ name: file.name, file })));
    $("files").value = "";
  });
  addEventListener("dragover", (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", !$("library").hidden);
  });
  for (const name of ["dragleave", "drop"]) addEventListener(name, () => $("drop").classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    if (!$("library").hidden && !$("adding").hidden) bring([...event.dataTransfer.files].map((file) => ({ name: file.name, file })));
  });
}
