// For the type checker: index.js is entry.js, bundled by `make editor`.
export * from "./entry.js";
