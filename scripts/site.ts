/** `npm run site`: all notebooks, guides and the API reference as static pages in site/. */
import { join } from "node:path";
import { projectFolder } from "./project-folder";
import { buildSite } from "./site/build";

const root = projectFolder();
const out = join(root, "site");
const pages = buildSite({ root, out });
console.log(`${pages.length} pages; open ${join(out, "index.html")}`);
