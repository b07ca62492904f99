/** Where a cell's source holds rules: comments `// @check …` and `# @check …`; and comments that look like a rule but are not one. */

export interface RuleComment {
  readonly text: string;
  /** Line in the cell, from 1. */
  readonly line: number;
}

const rule = /(?:\/\/|#|\/\*)\s*@check\b:?(.*?)(?:\*\/)?\s*$/;

/** Comments that begin with `@check`; a magic or a string that says so counts too: better seen than missed. */
export function ruleComments(source: string): RuleComment[] {
  return source.split("\n").flatMap((content, at) => {
    const found = content.includes("@check") ? rule.exec(content) : null;
    return found ? [{ text: found[1], line: at + 1 }] : [];
  });
}

/** What nobody would read as a rule although its author meant one: misspelt, within a block comment, after words. */
export function misplacedRules(source: string): { message: string; line: number }[] {
  if (!source.includes("@")) return [];
  let block = false;
  return source.split("\n").flatMap((content, at) => {
    const { comment, open } = commentIn(content, block);
    const inBlock = block;
    block = open;
    const found = [...comment.matchAll(/(?<![\w.])@\s?([A-Za-z_-]{3,12})(?![\w./])/g)].find(([, word]) =>
      looksLikeCheck(word),
    );
    if (!found || (found[0] === "@check" && rule.test(content))) return [];
    const [text, word] = found;
    const reason =
      word !== "check" || text.includes(" ")
        ? `'${text}' looks like a rule, but is not one: write @check`
        : inBlock || /^\s*\/\*/.test(content)
          ? "a rule within a block comment counts nothing: write // @check in a line of its own"
          : "a rule after other words counts nothing: begin the comment with it, // @check …";
    return [{ message: reason, line: at + 1 }];
  });
}

/** What of a line is a comment, and whether a block comment goes on after it. */
function commentIn(content: string, block: boolean): { comment: string; open: boolean } {
  if (block) {
    const end = content.indexOf("*/");
    return { comment: end < 0 ? content : content.slice(0, end), open: end < 0 };
  }
  const start = content.search(/(?<![:\w])\/\/|#|\/\*/);
  if (start < 0) return { comment: "", open: false };
  const comment = content.slice(start);
  return { comment, open: comment.startsWith("/*") && !comment.includes("*/") };
}

/** One letter off, letters that have changed places, an ending; in whatever case. */
function looksLikeCheck(word: string): boolean {
  const plain = word.toLowerCase();
  const sorted = (text: string) => [...text].sort().join("");
  return distance(plain, "check") <= 1 || sorted(plain) === sorted("check") || /^checks?(ed|er|s|-)?$/.test(plain);
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
