/** All magics, for `%help`, `%lsmagic` and errors. */
export const MAGICS: readonly { readonly name: string; readonly use: string }[] = [
  { name: "%time", use: "`%time code` runs the cell once and prints how long it took" },
  { name: "%timeit", use: "`%timeit code` runs the code repeatedly and prints mean and deviation" },
  { name: "%check", use: "`%check off|warn|error` before code: for this cell; alone: for the notebook" },
  {
    name: "%traceback",
    use: "`%traceback full` shows all frames of packages and of Node in errors, `short` folds them",
  },
  { name: "%reset", use: "`%reset` forgets all names and types of the notebook" },
  { name: "%who", use: "`%who` lists the notebook's names, `%whos` with their types and values" },
  { name: "%whos", use: "`%whos` lists the notebook's names with their types and values" },
  {
    name: "%stale",
    use: "`%stale` lists cells that used a name which another cell has changed since; `%stale on` keeps the list up to date",
  },
  { name: "%run-stale", use: "`%run-stale` runs these cells again, in the order in which they ran" },
  { name: "%env", use: "`%env` lists environment variables, `%env A` shows one, `%env A=1` sets it" },
  { name: "%cd", use: "`%cd folder` changes the working folder" },
  { name: "%pwd", use: "`%pwd` prints the working folder" },
  { name: "%run", use: "`%run file.ts` runs a file" },
  { name: "%npm", use: "`%npm install name` and every other command of npm" },
  { name: "%%sh", use: "`%%sh` runs the rest of the cell in the shell, `%%bash` in bash; `!command` runs one line" },
  { name: "%%bash", use: "`%%bash` runs the rest of the cell in bash" },
  { name: "%%writefile", use: "`%%writefile [-a] file` writes the rest of the cell to a file, or appends it" },
  { name: "%%html", use: "`%%html` shows the rest of the cell as HTML" },
  { name: "%%md", use: "`%%md` (`%%markdown`) shows the rest of the cell as Markdown" },
  { name: "%%markdown", use: "`%%markdown` shows the rest of the cell as Markdown" },
  { name: "%%latex", use: "`%%latex` shows the rest of the cell as LaTeX" },
  { name: "%%svg", use: "`%%svg` shows the rest of the cell as a picture" },
  { name: "%%javascript", use: "`%%javascript` (`%%js`) runs the rest of the cell in the page" },
  { name: "%%js", use: "`%%js` runs the rest of the cell in the page" },
  { name: "%lsmagic", use: "`%lsmagic` lists the magics" },
  {
    name: "%help",
    use: "`%help` lists what there is; `%help name`, `name?` document a name, `name??` with its source",
  },
];

/** What ipykernel's users type and what to do instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "%pip": "%pip installs Python's packages, and cells are TypeScript. Node's packages come from npm: %npm install name",
  "%conda":
    "%conda installs Python's packages, and cells are TypeScript. Node's packages come from npm: %npm install name",
  "%load": "%load is not there: import the file, or %run it.",
  "%history": "%history is not there: In[n] holds the code of the cell number n.",
  "%debug": "%debug is not there: the front end has the debugger; %traceback full shows all frames of an error.",
  "%pdb": "%pdb is not there: %traceback full shows all frames of an error.",
  "%xmode": "%xmode is not there: %traceback full shows all frames of an error.",
  "%prun": "%prun is not there: %time and %timeit say how long code takes.",
  "%%capture": "%%capture is not there: end the cell with `;void 0` to hide its value.",
  "%%python": "%%python is not there: %%sh with `python3 - <<'END'` runs Python.",
  "%%file": "%%file is called %%writefile here.",
};

/** Magics that ask for what the kernel does anyway. */
const NOT_NEEDED: Readonly<Record<string, string>> = {
  "%autoreload": "Local files are read again whenever they change: there is nothing to set.",
  "%load_ext": "There are no extensions to load.",
  "%reload_ext": "There are no extensions to load.",
  "%matplotlib": "Figures are shown below their cell: there is nothing to set.",
  "%config": "There is nothing to configure.",
};

/** What to print for a magic that is not needed here. */
export function noteOn(magic: string): string | undefined {
  return NOT_NEEDED[magic];
}

/** Why there is no such magic, and which one may be meant. */
export function refusalOf(magic: string): string {
  const elsewhere = ELSEWHERE[magic];
  if (elsewhere !== undefined) return elsewhere;
  const names = MAGICS.map(({ name }) => name);
  const nearest = names
    .map((name) => ({ name, distance: distance(bare(magic), bare(name)) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const meant = nearest !== undefined && nearest.distance <= 2 ? ` Did you mean ${nearest.name}?` : "";
  return `There is no magic ${magic}.${meant} The magics are ${names.join(", ")}; see %help.`;
}

function bare(magic: string): string {
  return magic.replace(/^%+/, "").toLowerCase();
}

/** How many letters have to be changed, added or taken away to make one word of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
