// Sends what a person asks for; an error carries the service's own sentence.

const PATIENCE = 10000; // ms after which a question counts as unanswered

export class Refused extends Error {
  constructor(status, problem) {
    super(problem.message);
    this.status = status;
    this.problem = problem;
  }
}

/** Ask the service; gives the answer's JSON, or throws Refused with what to tell the person. */
export async function send(method, url, body) {
  const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";
  const headers = { accept: "application/json", "x-csrf-token": csrf };
  if (body !== undefined) headers["content-type"] = "application/json";
  const address = new URL(url, location.href);
  address.searchParams.set("lang", document.documentElement.lang);
  const answer = await fetch(address, {
    method, headers, credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE),
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  const found = text && answer.headers.get("content-type")?.startsWith("application/json") ? JSON.parse(text) : {};
  if (answer.status === 401) dispatchEvent(new Event("signedout"));
  if (!answer.ok) throw new Refused(answer.status, { code: "", message: answer.statusText, where: "", ...found });
  return found;
}
