import type { Received } from "./message";

/** An execute_request, with the protocol's defaults filled in. */
export interface ExecuteRequest {
  readonly received: Received;
  readonly cell: string;
  readonly code: string;
  /** The front end's name for the cell, which stays when it is changed and run again. */
  readonly cellId: string | undefined;
  readonly silent: boolean;
  readonly storeHistory: boolean;
  readonly stopOnError: boolean;
  readonly allowStdin: boolean;
  readonly expressions: Readonly<Record<string, string>>;
}

/** Reads an execute_request; throws when it has no code. */
export function readRequest(received: Received): ExecuteRequest {
  const { content, header } = received;
  if (typeof content["code"] !== "string")
    throw new TypeError(`execute_request: code must be a string, received ${typeof content["code"]}`);
  const silent = content["silent"] === true;
  const expressions = content["user_expressions"];
  return {
    received,
    cell: header.msg_id,
    code: content["code"],
    cellId: typeof received.metadata["cellId"] === "string" ? received.metadata["cellId"] : undefined,
    silent,
    storeHistory: !silent && content["store_history"] !== false,
    stopOnError: content["stop_on_error"] !== false,
    allowStdin: content["allow_stdin"] !== false,
    expressions: typeof expressions === "object" && expressions !== null ? (expressions as Record<string, string>) : {},
  };
}
