/**
 * The child process that holds the browser: started on first use, reused, and gone with this process.
 *
 * A child of its own, because a browser's driver must not share a process with a notebook's code: it changes
 * environment variables, and an interrupted cell would leave it in the middle of an exchange. The child ends when its
 * channel to this process closes, which happens however this process ends, by SIGKILL too; the browser in turn ends
 * when its pipe to the child closes.
 */
import { findOptionalFolder, requiredPath } from "dnn-lab-core/optional-package";
import { type ChildProcess, fork, join, rmSync, process } from "../../platform";
import { rendererFolder } from "./cache-folder";
import { findBrowser, remedy } from "./find-browser";

/** What the child draws; answered with base64 (PNG) or text (SVG). */
export interface RenderRequest {
  readonly figure: unknown;
  readonly format: "png" | "svg";
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

/** Static images cannot be made here; the message says why and what to do. */
export class RendererError extends Error {
  override readonly name = "RendererError";
}

interface Answer {
  readonly id: number;
  readonly image?: string;
  readonly error?: string;
  /** True when no browser could be started. */
  readonly noBrowser?: boolean;
}

interface Pending {
  resolve(image: string): void;
  reject(error: Error): void;
}

interface Renderer {
  readonly child: ChildProcess;
  readonly pending: Map<number, Pending>;
  readonly exited: Promise<void>;
}

let running: Renderer | undefined;
let nextId = 0;

/** Has the child draw a figure; starts it when there is none. */
export async function render(request: RenderRequest, timeoutMs: number): Promise<string> {
  const renderer = (running ??= start());
  const id = nextId++;
  setReferenced(renderer, true);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      renderer.pending.set(id, { resolve, reject });
      timer = setTimeout(() => end(renderer, new RendererError(tooLong(timeoutMs))), timeoutMs);
      renderer.child.send({ id, ...request }, (error) => error && reject(new RendererError(error.message)));
    });
  } finally {
    clearTimeout(timer);
    renderer.pending.delete(id);
    // An idle renderer must not keep a finished script alive.
    if (renderer.pending.size === 0) setReferenced(renderer, false);
  }
}

/** Ends the renderer, if one runs, and waits until it is gone; the next image starts another. */
export async function stopRenderer(): Promise<void> {
  const renderer = running;
  if (!renderer) return;
  running = undefined;
  renderer.child.ref();
  if (renderer.child.connected) renderer.child.disconnect();
  await renderer.exited;
}

/** The process id of the running renderer; undefined when none runs. */
export function rendererPid(): number | undefined {
  return running?.child.pid;
}

function start(): Renderer {
  const folder = rendererFolder();
  const child = fork(processFile(), [JSON.stringify(settings(folder))], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    // Not this process' own flags (--inspect, test runners' loaders).
    execArgv: [],
    env: childEnvironment(),
  });
  const pending = new Map<number, Pending>();
  let trouble = "";
  child.stderr?.on("data", (text: Buffer) => (trouble = (trouble + text.toString()).slice(-2000)));
  child.on("message", (answer: Answer) => settle(pending.get(answer.id), answer));
  const exited = new Promise<void>((resolve) => {
    const gone = (reason: string) => {
      if (running?.child === child) running = undefined;
      for (const waiting of pending.values()) waiting.reject(new RendererError(`${reason} ${trouble.trim()}`.trim()));
      removeFiles(join(folder, String(child.pid)));
      resolve();
    };
    child.once("error", (error) => gone(`The drawing process could not be started: ${error.message}.`));
    child.once("exit", (code, signal) =>
      gone(`The drawing process ended unexpectedly (${signal ?? `exit code ${code}`}).`),
    );
  });
  return { child, pending, exited };
}

/** The child is plain JavaScript, copied into the build as it is. */
const processFile = (): string => join(__dirname, "renderer-process.mjs");

function settings(folder: string): object {
  const packages = { plotly: found("plotly.js-dist-min"), puppeteer: found("puppeteer-core") };
  return { folder, ...packages, chromium: findOptionalFolder("@sparticuz/chromium"), ...findBrowser() };
}

function found(name: string): string {
  try {
    return requiredPath(name, "A static picture", "pictures");
  } catch (error) {
    throw new RendererError((error as Error).message);
  }
}

/** What a child that was killed could not remove itself; what is still in use, a later child removes. */
function removeFiles(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Another attempt follows when a renderer starts.
  }
}

function childEnvironment(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  // Meant for this process: it could load a debugger or a test runner's hooks into the child.
  delete environment.NODE_OPTIONS;
  return environment;
}

function settle(waiting: Pending | undefined, { image, error, noBrowser }: Answer): void {
  if (image !== undefined) return waiting?.resolve(image);
  if (noBrowser)
    return waiting?.reject(new RendererError(`No browser could be started to draw them: ${error} ${remedy}`));
  waiting?.reject(new Error(`figureImage: plotly could not draw the figure: ${error}`));
}

/** Has the child end, by force when it does not react. */
function end(renderer: Renderer, error: Error): void {
  if (running === renderer) running = undefined;
  for (const waiting of renderer.pending.values()) waiting.reject(error);
  const { child } = renderer;
  if (child.connected) child.disconnect();
  const force = setTimeout(() => child.kill("SIGKILL"), 8000).unref();
  void renderer.exited.then(() => clearTimeout(force));
}

function tooLong(timeoutMs: number): string {
  return `Drawing took longer than ${timeoutMs / 1000} s and was ended; pass a larger timeoutMs, or see whether the machine is overloaded.`;
}

function setReferenced({ child }: Renderer, referenced: boolean): void {
  const method = referenced ? "ref" : "unref";
  child[method]();
  child.channel?.[method]();
  (child.stderr as unknown as Record<string, () => void> | null)?.[method]?.();
}
