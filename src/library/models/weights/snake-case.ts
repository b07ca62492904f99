/** Keras' way from a class name to the name of a layer or group: `Conv2D` → `conv2d`, `LeakyReLU` → `leaky_re_lu`. */
export function toSnakeCase(name: string): string {
  return name
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
