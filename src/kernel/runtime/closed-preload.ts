/** Runs before a worker that a cell has started: what is closed to cells is closed here too. */
import { closeToCells } from "./closed";

closeToCells();
