/** What `npx dnn-lab setup` can add to a project: npm packages by part, and what else is done for it. */

/** danfo asks for a TensorFlow.js binding of its own and for a package outside the registry; both are replaced. */
const danfoOverrides = {
  "danfojs-node": { "@tensorflow/tfjs-node": "npm:@tensorflow/tfjs@4.22.0", xlsx: "npm:@e965/xlsx@0.20.3" },
};

export const parts = {
  native: {
    packages: { "@tensorflow/tfjs-node-gpu": "4.22.0", "node-api-headers": "1.9.0" },
    line: "TensorFlow's own library, several times faster than WebAssembly (needs Python 3.10 to 3.13; about 1.5 GB)",
  },
  tables: {
    packages: { "danfojs-node": "1.2.0" },
    overrides: danfoOverrides,
    line: "danfo, for tables (dataFrame, historyTable)",
  },
  images: {
    packages: { sharp: "0.35.5" },
    line: "sharp, which decodes pictures of your own (imageFolder)",
  },
  queue: {
    packages: { bullmq: "6.7.0", ioredis: "6.0.0" },
    line: "BullMQ and a Redis client, for searches on several machines (tune's option redis)",
  },
  pictures: {
    packages: { "@sparticuz/chromium": "147.0.0", "plotly.js-dist-min": "3.7.0", "puppeteer-core": "24.43.1" },
    line: "a browser and plotly.js, for static pictures of figures and for reports",
  },
};

/** pip's TensorFlow: `cpu` or `gpu`. */
export const tensorflowPackage = (flavour) => {
  if (flavour === "gpu") return "tensorflow[and-cuda]==2.21.0";
  return process.platform === "darwin" || process.arch === "arm64" ? "tensorflow==2.21.0" : "tensorflow-cpu==2.21.0";
};
