/** A number for a table: at most so many digits behind the point. */
export const rounded = (value: number, digits = 4): number => Number(value.toFixed(digits));
