/** onnxruntime-web on its wasm backend: each workload as an ONNX model of the fewest operators that express it. */
import { availableParallelism } from "node:os";
import * as ort from "onnxruntime-web";
import { packageVersion } from "../harness/packages.ts";
import { type EngineModule, type Prepared, serve, Unsupported } from "../harness/serve.ts";
import { elements, type FunctionKind, isProgramKind, type Workload } from "../harness/workloads.ts";
import { type Constant, encodeModel, type Node } from "./onnx-model.ts";

interface Program {
  readonly nodes: readonly Node[]; // from the workload's arguments to "out"
  readonly constants?: readonly Constant[];
}

const op = (name: string, inputs: string[], output = "out", attributes: Node["attributes"] = {}): Node => ({
  op: name,
  inputs,
  output,
  attributes,
});
const scalar = (name: string, value: number): Constant => ({
  name,
  shape: [],
  values: Float32Array.of(value),
});
const lastSize = ({ args }: Workload): number => args[0].shape.at(-1) ?? 1;

const programs: Record<FunctionKind, (workload: Workload) => Program> = {
  selu: () => ({ nodes: [op("Selu", ["x"], "out", { alpha: { float: 1.67 }, gamma: { float: 1.05 } })] }),
  affine: () => ({
    nodes: [op("Mul", ["x", "three"], "thrice"), op("Add", ["thrice", "x"])],
    constants: [scalar("three", 3)],
  }),
  "sum-squares": () => ({ nodes: [op("ReduceSumSquare", ["x"], "out", { keepdims: 0 })] }),
  softmax: () => ({ nodes: [op("Softmax", ["x"], "out", { axis: -1 })] }),
  "layer-norm": (workload) => ({
    nodes: [op("LayerNormalization", ["x", "scale"], "out", { axis: -1, epsilon: { float: 1e-5 } })],
    constants: [
      { name: "scale", shape: [lastSize(workload)], values: new Float32Array(lastSize(workload)).fill(1) },
    ],
  }),
  standardise: () => ({
    nodes: [
      op("ReduceMean", ["d"], "mean", { axes: [0] }),
      op("Sub", ["d", "mean"], "centred"),
      op("Mul", ["centred", "centred"], "squares"),
      op("ReduceMean", ["squares"], "variance", { axes: [0] }),
      op("Sqrt", ["variance"], "deviation"),
      op("Div", ["centred", "deviation"]),
    ],
  }),
  "tanh-outer": () => ({ nodes: [op("Add", ["a", "b"], "sum"), op("Tanh", ["sum"])] }),
  matmul: () => ({ nodes: [op("MatMul", ["a", "b"])] }),
  normal: ({ out }) => ({ nodes: [op("RandomNormal", [], "out", { shape: out, seed: { float: 0 } })] }),
  "sin-twice": () => ({
    nodes: [op("Sin", ["x"], "sine"), op("Mul", ["sine", "two"])],
    constants: [scalar("two", 2)],
  }),
};

async function prepare(workload: Workload, data: readonly Float32Array[]): Promise<Prepared<ort.Tensor>> {
  const { args, out, kind } = workload;
  if (isProgramKind(kind)) throw new Unsupported("the library has no such control flow or derivatives");
  const model = encodeModel({
    inputs: args,
    output: { name: "out", shape: out },
    ...programs[kind](workload),
  });
  const session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
  const feeds = Object.fromEntries(
    args.map(({ name, shape }, i) => [name, new ort.Tensor("float32", data[i], [...shape])]),
  );
  return {
    call: async () => (await session.run(feeds)).out,
    release: (result) => result.dispose(),
    read: ({ data: values }) => {
      if (!(values instanceof Float32Array) || values.length !== elements(out))
        throw new Error("the result is not float32 of the expected size");
      return values;
    },
  };
}

function load(): EngineModule<ort.Tensor> {
  ort.env.wasm.numThreads = availableParallelism();
  ort.env.logLevel = "error";
  return {
    description: `onnxruntime-web ${packageVersion("onnxruntime-web")}, wasm, ${ort.env.wasm.numThreads} threads`,
    prepare,
  };
}

await serve(load);
