/** What a language service replies to a request, in a thread as in a server. */
import type { LanguageApi, LanguageReply, LanguageRequest } from "./language-api";

/** Calls the method that `request` names; what it throws is the reply. `language` is asked for within, as it may have to be loaded. */
export function answer(language: () => LanguageApi, { id, method, args }: LanguageRequest): LanguageReply {
  try {
    const call = language()[method] as (...values: unknown[]) => unknown;
    return { id, result: call.apply(language(), args) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
