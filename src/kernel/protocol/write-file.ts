import { existsSync } from "node:fs";
import { appendFile, writeFile } from "node:fs/promises";

/** Does what `%%writefile` asks, and says what was done. */
export async function writeText(file: { path: string; text: string; append: boolean }): Promise<string> {
  const { path, text, append } = file;
  const content = text.endsWith("\n") || text === "" ? text : `${text}\n`;
  const isThere = existsSync(path);
  await (append ? appendFile : writeFile)(path, content);
  return `${append && isThere ? "Appending to" : isThere ? "Overwriting" : "Writing"} ${path}\n`;
}
