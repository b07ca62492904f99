/** What stops the set-up: what failed, why, and what to do about it. */
export class SetupProblem extends Error {
  constructor(what, cause, remedy) {
    super(what);
    this.name = "SetupProblem";
    this.why = cause;
    this.remedy = remedy;
  }

  toString() {
    const indent = (text) => text.trim().split("\n").join("\n    ");
    return `${this.message}\n  Cause: ${indent(this.why)}\n  What to do: ${indent(this.remedy)}`;
  }
}

const signs = [
  {
    pattern: /ENOSPC|No space left on device|Errno 28|disk quota exceeded|EDQUOT/i,
    cause: "the disk is full",
    remedy: "Free some space (the whole set-up takes about 4 GB), then run the command again.",
  },
  {
    pattern: /CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT|unable to get local issuer/i,
    cause: "the registry's certificate is not trusted (a proxy that signs its own, as in many companies)",
    remedy:
      "Tell npm (NODE_EXTRA_CA_CERTS) and pip (PIP_CERT) the proxy's certificate file, then run the command again.",
  },
  {
    pattern:
      /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ESOCKETTIMEDOUT|ERR_SOCKET_TIMEOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|Temporary failure in name resolution|NewConnectionError|ConnectTimeout|Read timed out|Max retries exceeded|ProxyError|Connection to .* timed out|network is unreachable/i,
    cause: "the package registry could not be reached, or did not answer in time",
    remedy:
      "Check the connection and the proxy settings (HTTPS_PROXY, npm config get registry, pip config list), then run the command again: what was fetched is kept in the caches of npm and pip.",
  },
  {
    pattern: /EACCES|EPERM|Permission denied|EROFS|Read-only file system/i,
    cause: "a file or folder may not be written",
    remedy:
      "Make the project folder and the caches in the home folder writable for this user (was an earlier run made as root?), then run the command again.",
  },
];

/** The last lines of a command's output, for a message. */
export function lastLines(output, count = 12) {
  return output.trim().split("\n").slice(-count).join("\n");
}

/** A problem made of a failed command's output, with the cause recognised where it is a known one. */
export function problemFromOutput(what, output, otherwise) {
  const sign = signs.find(({ pattern }) => pattern.test(output));
  if (sign) return new SetupProblem(what, `${sign.cause}. The last lines:\n${lastLines(output)}`, sign.remedy);
  return new SetupProblem(what, lastLines(output) || "no message was given", otherwise);
}
