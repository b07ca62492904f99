/** Rules that find faults; how code is laid out is Prettier's. */
import js from "@eslint/js";
import tseslint from "typescript-eslint";
import { noFreeGlobals } from "./scripts/lint/no-free-globals.mjs";

export default tseslint.config(
  { ignores: ["node_modules/", "**/dist*/", ".venv*/", "**/.cache/", "results/", "site/", "**/*.d.ts", "**/*.tmp*"] },
  js.configs.recommended,
  {
    files: ["**/*.ts", "**/*.mts"],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A promise that nobody waits for loses its error.
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrors: "none" },
      ],
      // Optional packages and native addons are loaded where they are needed, in CommonJS.
      "@typescript-eslint/no-require-imports": "off",
      "@typescript-eslint/no-empty-function": "off",
    },
  },
  {
    // What runs on the thread of the cells.
    files: [
      "src/kernel/runtime/**/*.ts",
      ...["bridge", "code-frame", "columns", "json-text", "kernel-info", "node-internals"].map(
        (name) => `src/kernel/protocol/${name}.ts`,
      ),
    ],
    plugins: { kernel: { rules: { "no-free-globals": noFreeGlobals } } },
    rules: { "kernel/no-free-globals": "error" },
  },
  {
    files: ["**/*.mjs", "**/*.cjs", "**/*.js"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "process",
          "console",
          "Buffer",
          "URL",
          "setTimeout",
          "clearTimeout",
          "setInterval",
          "clearInterval",
          "performance",
          "AbortController",
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
  {
    files: ["**/*.cjs", "**/*.js"],
    languageOptions: {
      sourceType: "commonjs",
      globals: {
        require: "readonly",
        module: "writable",
        __dirname: "readonly",
        __filename: "readonly",
        exports: "writable",
      },
    },
  },
  {
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "Draw from dnn-lab-core/random." },
      ],
      // Constants of papers are written with all their digits.
      "no-loss-of-precision": "off",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-constant-condition": ["error", { checkLoops: false }],
    },
  },
);
