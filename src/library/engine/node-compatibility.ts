/** tfjs-node 4.22 calls two helpers of `node:util` that Node 23 removed; they are supplied before it is loaded. */
import { util } from "../platform";

type OldUtil = { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean };

/** Adds `util.isNullOrUndefined` and `util.isArray` where this Node no longer has them. */
export function supplyRemovedUtilities(target: OldUtil = util as OldUtil): void {
  target.isNullOrUndefined ??= (value) => value === null || value === undefined;
  target.isArray ??= Array.isArray;
}
