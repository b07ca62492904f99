/** The marking page's server: on this machine only, for whoever has its token. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { findOptional } from "dnn-lab-core/optional-package";
import { isRecord } from "dnn-lab-core/objects";
import { ConflictError, type Marking, type MarkingDesk } from "./desk";
import { markingPage } from "./marking-page";

export interface MarkingServer {
  /** With the token: whoever opens it is let in. */
  readonly url: string;
  close(): Promise<void>;
}

const COOKIE = "dnn-lab-marking";
/** Of what a marker sends. */
const MOST_BYTES = 100_000;

class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const same = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

function cookieOf({ headers }: IncomingMessage): string {
  const pairs = (headers.cookie ?? "").split(";").map((each) => each.trim().split("="));
  return pairs.find(([name]) => name === COOKIE)?.[1] ?? "";
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (request.headers["content-type"] !== "application/json") throw new HttpError(415, "expected JSON");
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // The rest is read and dropped: whoever still sends would not see the answer.
    if (bytes <= MOST_BYTES) chunks.push(chunk);
  }
  if (bytes > MOST_BYTES) throw new HttpError(413, "this is too long");
  const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  if (!isRecord(value)) throw new HttpError(400, "expected an object");
  return value;
}

function text(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (typeof value !== "string") throw new HttpError(400, `${name} must be a text`);
  return value;
}

function markingIn(body: Record<string, unknown>): Marking {
  const { items } = body;
  if (!Array.isArray(items)) throw new HttpError(400, "items must be a list");
  const [question, who, state] = ["question", "who", "state"].map((name) => text(body, name)) as [
    string,
    string,
    string,
  ];
  const [points, comment, marker] = ["points", "comment", "marker"].map((name) => text(body, name)) as [
    string,
    string,
    string,
  ];
  return { question, who, state, points, comment, marker, items: items.map(String) };
}

/** What the page asks for; undefined for what is not there. */
async function answered(desk: MarkingDesk, request: IncomingMessage, url: URL): Promise<unknown> {
  const asked = `${request.method} ${url.pathname}`;
  const question = url.searchParams.get("question") ?? "";
  if (asked === "GET /api/questions") return desk.questions();
  if (asked === "GET /api/answers") return desk.answers(question);
  if (asked === "GET /api/run") return { html: desk.run(url.searchParams.get("who") ?? "") };
  if (asked === "POST /api/mark") return desk.mark(markingIn(await bodyOf(request)));
  if (asked !== "POST /api/item") return undefined;
  const body = await bodyOf(request);
  const id = body.id === undefined ? {} : { id: text(body, "id") };
  return desk.item(text(body, "question"), { ...id, text: text(body, "text"), points: body.points as number });
}

function statusOf(error: unknown): number {
  if (error instanceof HttpError) return error.status;
  if (error instanceof ConflictError) return 409;
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError ? 400 : 500;
}

const policy = (nonce: string): string =>
  `default-src 'none'; script-src 'nonce-${nonce}' 'self'; style-src 'unsafe-inline'; img-src data: blob:; connect-src 'self'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Serves a desk on the loopback address. Who has no token sees nothing; other pages of the browser cannot ask (the host's name and the
 * request's origin are looked at, and the cookie goes to this place alone).
 * @param port 0 takes a free one
 */
export async function serveMarking(desk: MarkingDesk, title: string, port = 0): Promise<MarkingServer> {
  const token = randomBytes(24).toString("base64url");
  const plotly = findOptional("plotly.js-dist-min");
  let hosts: readonly string[] = [];

  function send(response: ServerResponse, status: number, type: string, content: string | Buffer, more = {}): void {
    const safe = { "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store" };
    response.writeHead(status, { "content-type": `${type}; charset=utf-8`, ...safe, ...more }).end(content);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, method } = request;
    if (!hosts.includes(headers.host ?? "")) throw new HttpError(403, "this page is for this machine only");
    const url = new URL(request.url ?? "/", `http://${headers.host}`);
    if (method === "POST" && headers.origin !== url.origin) throw new HttpError(403, "another page has asked");
    const given = url.searchParams.get("token");
    if (given !== null && same(given, token)) {
      const cookie = `${COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/`;
      return send(response, 303, "text/plain", "", { location: "/", "set-cookie": cookie });
    }
    if (!same(cookieOf(request), token))
      throw new HttpError(403, "open the address that 'grade --serve' has printed: it has the token");
    if (method === "GET" && url.pathname === "/") {
      const nonce = randomBytes(16).toString("base64");
      const page = markingPage(title, nonce, plotly !== undefined);
      return send(response, 200, "text/html", page, { "content-security-policy": policy(nonce) });
    }
    if (method === "GET" && url.pathname === "/plotly.js" && plotly !== undefined)
      return send(response, 200, "text/javascript", readFileSync(plotly), { "cache-control": "private" });
    const found = await answered(desk, request, url);
    if (found === undefined) throw new HttpError(404, "there is no such page");
    send(response, 200, "application/json", JSON.stringify(found));
  }

  const server: Server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) =>
      send(response, statusOf(error), "application/json", JSON.stringify({ error: (error as Error).message })),
    );
  });
  await new Promise<void>((done, fail) => server.once("error", fail).listen(port, "127.0.0.1", done));
  const own = (server.address() as AddressInfo).port;
  hosts = [`127.0.0.1:${own}`, `localhost:${own}`];
  return {
    url: `http://127.0.0.1:${own}/?token=${token}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
