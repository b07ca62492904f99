/** The type of danfo's tables, for a package that need not be installed. */

// eslint-disable-next-line @typescript-eslint/ban-ts-comment
/** @ts-ignore danfojs-node is optional: this is `any` where it is not installed. */
export type DataFrame = import("danfojs-node").DataFrame;
