/* Calls of the server's functions, by Gradio's HTTP interface. */

export class Failure extends Error {}

/* Calls a function of the server. `onPart` gets each part of an answer that grows; the last part is returned. */
export async function call(name, value, onPart, signal) {
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
