/** What a doctor finds. */
export interface Finding {
  /** `gap`: usable, but not as it could be; `blocker`: something fails. */
  readonly state: "ok" | "note" | "gap" | "blocker";
  readonly title: string;
  readonly detail: string;
  /** What to do about it. */
  readonly remedy?: string;
}

const signs = { ok: "✓", note: "·", gap: "!", blocker: "✗" } as const;

/** A finding as a line, and below it what to do. */
export function findingText({ state, title, detail, remedy }: Finding): string {
  const head = `  ${signs[state]} ${title}${detail ? `: ${detail}` : ""}`.replaceAll("\n", "\n      ");
  return remedy ? `${head}\n      → ${remedy.replaceAll("\n", "\n        ")}` : head;
}
