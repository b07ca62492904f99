/** The descriptor in `fd:3`, which stands in place of a connection file; undefined for a path. */
export function descriptorIn(connectionFile: string): number | undefined {
  const found = /^fd:(\d+)$/.exec(connectionFile);
  return found ? Number(found[1]) : undefined;
}
