/** TensorFlow.js' own layer and initializer classes, which it registers but does not export. */
import { tf } from "../../engine/tf";

export interface RegisteredClass {
  readonly className: string;
  readonly prototype: object;
  new (config: tf.serialization.ConfigDict): tf.serialization.Serializable;
}

/** The class that TensorFlow.js has registered under `name`, such as `'Dropout'` or `'HeNormal'`. */
export function registeredClass(name: string): RegisteredClass {
  const entry = tf.serialization.SerializationMap.getMap().classNameMap[name];
  if (!entry) throw new Error(`TensorFlow.js ${tf.version.tfjs} has no class '${name}'.`);
  return entry[0] as unknown as RegisteredClass;
}

/** The method `name` of a class, or of the one it inherits it from. */
export function methodOf(target: RegisteredClass, name: string): (this: unknown, ...args: unknown[]) => unknown {
  const method: unknown = Reflect.get(target.prototype, name);
  if (typeof method !== "function") throw new Error(`TensorFlow.js' ${target.className} has no method '${name}'.`);
  return method as (this: unknown, ...args: unknown[]) => unknown;
}

/** Puts another method in a class's place. */
export function replaceMethod(
  target: RegisteredClass,
  name: string,
  method: (this: never, ...args: never[]) => unknown,
): void {
  Object.defineProperty(target.prototype, name, { value: method, writable: true, configurable: true });
}
