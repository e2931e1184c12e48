// The import direction of ARCHITECTURE.md: what each package may import, besides itself and npm packages.
const mayImport = {
  ir: [],
  autodiff: ["ir"],
  passes: ["ir"],
  "codegen-wasm": ["ir"],
  "codegen-wgsl": ["ir"],
  runtime: ["ir", "passes", "codegen-wasm", "codegen-wgsl"],
  tracer: ["ir", "autodiff", "runtime"],
  fluxion: ["ir", "autodiff", "passes", "codegen-wasm", "codegen-wgsl", "runtime", "tracer"],
};

const directionRules = Object.entries(mayImport).map(([name, allowed]) => ({
  name: `direction-of-${name}`,
  comment: `packages/${name} may import ${allowed.length ? allowed.join(", ") : "no other package"}`,
  severity: "error",
  from: { path: `^packages/${name}/src/` },
  to: { path: "^packages/", pathNot: [name, ...allowed].map((other) => `^packages/${other}/`) },
}));

module.exports = {
  forbidden: [
    ...directionRules,
    {
      name: "no-cycles",
      comment: "modules that import each other's values depend on load order; `import type` edges are erased",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "other-packages-by-name",
      comment: "import another package by its name, never by a relative path into it",
      severity: "error",
      from: { path: "^packages/([^/]+)/" },
      to: { path: "^packages/", pathNot: "^packages/$1/", dependencyTypes: ["local"] },
    },
    {
      name: "sources-import-no-tests",
      comment: "what users install must not depend on tests, benchmarks, examples or scripts",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: { path: "^(packages/[^/]+/test|tests|bench|examples|scripts)/" },
    },
    {
      name: "sources-import-declared-packages",
      comment: "a dependency of the sources stands under dependencies in the package's package.json",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], pathNot: "^packages/" },
    },
    {
      name: "resolvable",
      comment: "an import that resolves to nothing",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|\\.cache|bench/results)/" },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["fluxion-source", "import", "node", "default", "types"],
      extensions: [".ts", ".mjs", ".js", ".json", ".d.ts"],
      mainFields: ["module", "main", "types"],
    },
  },
};
