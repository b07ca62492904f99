/** HTML pages that are one file: plotly.js, figures and style inside, no request to anywhere. */
import { readFileSync } from "../../platform";
import type { PlotlyFigure } from "../figures/figure";
import { escapeHtml, scriptJson } from "dnn-lab-core/html";
import { pageScript } from "./page-script";
import { requiredPath } from "dnn-lab-core/optional-package";
import { pageHead } from "dnn-lab-core/page-head";

export interface Page {
  readonly title: string;
  /** HTML of the body; each figure is drawn in the element with its id, see {@link figurePlace}. */
  readonly body: string;
  readonly figures: Readonly<Record<string, PlotlyFigure>>;
}

/** Nothing may be fetched; plotly.js and the page's own script are inline. */
const policy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'";

/** The whole page. */
export function htmlPage({ title, body, figures }: Page): string {
  return `${pageHead(title, { contentPolicy: policy })}
<body>
${body}
<script>${plotly()}</script>
<script type="application/json" id="figures">${scriptJson(figures)}</script>
<script>${pageScript}</script>
</body>
</html>
`;
}

/** The element in which a figure is drawn; the text stands in until then, and where scripts do not run. */
export function figurePlace(id: string, figure: PlotlyFigure, text: string): string {
  const height = Number(figure.layout.height) || 380;
  const waiting = `<p class="waiting">${escapeHtml(text)}</p>`;
  return `<div class="figure" id="${escapeHtml(id)}" role="img" aria-label="${escapeHtml(text)}" style="min-height: ${height}px">${waiting}</div>`;
}

function plotly(): string {
  const source = readFileSync(requiredPath("plotly.js-dist-min", "A page with figures", "pictures"), "utf8");
  return source.replace(/<\/script/gi, "<\\/script");
}
