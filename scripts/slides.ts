/** `npm run slides`: brings docs/coverage.md up to date, and says what is missing. */
import { join } from "node:path";
import { writeFileAtomic } from "dnn-lab-core/files";
import { projectFolder } from "./project-folder";
import { coverage, gaps } from "./coverage/coverage";
import { coveragePage } from "./coverage/coverage-page";

const rows = coverage(projectFolder());
const page = join(projectFolder(), "docs", "coverage.md");
writeFileAtomic(page, coveragePage(rows));
const missing = gaps(rows);
console.log(`${page}: ${rows.length} statements, ${rows.filter(({ open }) => open).length} of them not shown yet.`);
for (const gap of missing) console.error(gap);
process.exitCode = missing.length ? 1 : 0;
