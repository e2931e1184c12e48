export * from "@fluxion/tracer";
