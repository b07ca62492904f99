/** What `read` gives; undefined when it throws: a process that is looked at may end at any moment. */
export function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
