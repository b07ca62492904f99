/** What a terminal would show: without colours and links, and with what a carriage return has overwritten. */

/* eslint-disable no-control-regex */
const controls = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]/g;
/* eslint-enable no-control-regex */

/** The text as it stands on the screen. */
export function terminalText(text: string): string {
  const plain = (text.includes("\x1b") ? text.replace(controls, "") : text).replaceAll("\r\n", "\n");
  if (!plain.includes("\r") && !plain.includes("\b")) return plain;
  return plain
    .split("\n")
    .map((line) => (line.includes("\r") || line.includes("\b") ? overwritten(line) : line))
    .join("\n");
}

/** `10 %\r20 %` shows `20 %`; a backspace goes back by one. */
function overwritten(line: string): string {
  const shown: string[] = [];
  let at = 0;
  for (const character of line) {
    if (character === "\r") at = 0;
    else if (character === "\b") at = Math.max(0, at - 1);
    else shown[at++] = character;
  }
  return shown.join("");
}
