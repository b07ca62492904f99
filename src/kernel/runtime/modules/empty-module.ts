/** Stands for modules of which there are only types. */
export {};
