import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["fluxion-source"] },
  ssr: { resolve: { conditions: ["fluxion-source"] } },
  test: { include: ["packages/*/test/**/*.test.ts", "tests/**/*.test.ts"], testTimeout: 60_000 },
});
