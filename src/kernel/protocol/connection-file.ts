import { readFileSync } from "node:fs";

/** What a Jupyter connection file says: where to listen and how to sign. */
export interface ConnectionInfo {
  readonly transport: "tcp" | "ipc";
  readonly ip: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
  readonly key: string;
  readonly signature_scheme: string;
  readonly kernel_name?: string;
}

const PORTS = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"] as const;

/** Reads and checks a connection file; an error names the file and the field that is wrong. */
export function readConnectionFile(path: string): ConnectionInfo {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`The connection file ${path} could not be read as JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return checkConnection(parsed, path);
}

/** Checks the parsed text of a connection file; `source` names it in errors. */
export function checkConnection(value: unknown, source: string): ConnectionInfo {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`${source}: expected a JSON object with the kernel's ports, received ${JSON.stringify(value)}`);
  }
  const fields = value as Record<string, unknown>;
  for (const port of PORTS) {
    const number = fields[port];
    if (!Number.isInteger(number) || (number as number) < 0 || (number as number) > 65535) {
      throw new RangeError(`${source}: ${port} must be a port number, received ${JSON.stringify(number)}`);
    }
  }
  const transport = fields["transport"] ?? "tcp";
  if (transport !== "tcp" && transport !== "ipc") {
    throw new RangeError(`${source}: transport must be "tcp" or "ipc", received ${JSON.stringify(transport)}`);
  }
  if (typeof fields["ip"] !== "string" || fields["ip"] === "") {
    throw new TypeError(`${source}: ip must be an address, received ${JSON.stringify(fields["ip"])}`);
  }
  const scheme = fields["signature_scheme"] ?? "hmac-sha256";
  if (typeof scheme !== "string" || !/^hmac-[a-z0-9-]+$/i.test(scheme)) {
    throw new RangeError(`${source}: signature_scheme must be like "hmac-sha256", received ${JSON.stringify(scheme)}`);
  }
  const key = fields["key"] ?? "";
  if (typeof key !== "string") throw new TypeError(`${source}: key must be a string`);
  return { ...(fields as unknown as ConnectionInfo), transport, key, signature_scheme: scheme };
}

/** The zeromq endpoint of one port. */
export function endpoint(connection: ConnectionInfo, port: number): string {
  if (connection.transport === "ipc") return `ipc://${connection.ip}-${port}`;
  const ip = connection.ip.includes(":") ? `[${connection.ip}]` : connection.ip;
  return `tcp://${ip}:${port}`;
}
