/** How a step reports: one line that is rewritten on a terminal, plain lines in a log. */
const LOG_INTERVAL_MS = 10_000;
const TERMINAL_INTERVAL_MS = 200;

export function seconds(milliseconds) {
  const value = milliseconds / 1000;
  return value < 90 ? `${value.toFixed(1)} s` : `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
}

function cut(text, width) {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** Starts the display of one step. `detail` tells what it is at; `done` and `fail` end it. */
export function startStep(title, stream = process.stderr) {
  const started = performance.now();
  const terminal = Boolean(stream.isTTY);
  const elapsed = () => seconds(performance.now() - started);
  let detail = "";

  const tick = () => {
    const text = `${title}${detail && `: ${detail}`}`;
    if (terminal) stream.write(`\r\x1b[2K${cut(`… ${text}`, (stream.columns ?? 100) - 12)} (${elapsed()})`);
    else stream.write(`  ${cut(text, 160)} (${elapsed()})\n`);
  };
  const end = (sign, note) => {
    clearInterval(timer);
    stream.write(`${terminal ? "\r\x1b[2K" : ""}${sign} ${title}${note ? `: ${note}` : ""} (${elapsed()})\n`);
  };

  if (!terminal) stream.write(`- ${title} …\n`);
  const timer = setInterval(tick, terminal ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS);
  timer.unref();
  return {
    detail(text) {
      detail = text.trim().replace(/\s+/g, " ");
    },
    done: (note) => end("✓", note),
    fail: () => end("✗", "failed"),
  };
}
