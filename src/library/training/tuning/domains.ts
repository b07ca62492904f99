/** `hp`: the values that a hyperparameter may have, under the names that Keras Tuner and Hyperopt give them. */
export { choice, int, logUniform, uniform, when } from "./domain";
