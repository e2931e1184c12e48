/** SELU and a matrix product on every device of the page, shown on the page with the shaders; reports what came out. */
import { config, devicePut, devices, init, jit, jnp, type NDArray } from "fluxion";

export interface DeviceReport {
  readonly device: string;
  readonly selu: number[];
  readonly product: number[];
}

export interface BothReport {
  readonly before: string[];
  readonly devices: DeviceReport[];
  /** The WGSL of both programs. */
  readonly shaders: string;
  /** What reading at once says on the GPU, and what moving between devices says. */
  readonly complaints: string[];
}

const selu = (x: NDArray): NDArray =>
  jnp.where(x.gt(0), x, jnp.exp(x).sub(1).mul(1.6732632423543772)).mul(1.0507009873554805);
const product = (a: NDArray, b: NDArray): NDArray => jnp.matmul(a, b);

const failure = (run: () => unknown): string => {
  try {
    run();
    return "no error";
  } catch (error) {
    return String(error);
  }
};

function show(title: string, text: string): void {
  const heading = document.createElement("h2");
  heading.textContent = title;
  const body = document.createElement("pre");
  body.textContent = text;
  document.body.append(heading, body);
}

const numbers = async (x: NDArray): Promise<number[]> => Array.from((await x.data()) as Float32Array);

/** @param rows elements are `[rows, inner]` times `[inner, columns]`, row-major */
export async function run(
  x: number[],
  lhs: number[],
  rhs: number[],
  [rows, inner, columns]: [number, number, number],
): Promise<BothReport> {
  const before = devices().map(String);
  await init();
  const [activate, multiply] = [jit(selu), jit(product)];
  const reports: DeviceReport[] = [];
  let shaders = "";
  for (const device of devices()) {
    const put = (values: NDArray): NDArray => devicePut(values, device);
    const input = put(jnp.array(x));
    const [a, b] = [
      put(jnp.array(lhs).reshape([rows, inner])),
      put(jnp.array(rhs).reshape([inner, columns])),
    ];
    const results = await Promise.all([numbers(activate(input)), numbers(multiply(a, b))]);
    reports.push({ device: String(device), selu: results[0], product: results[1] });
    show(`${device}`, `selu(x) = ${results[0].slice(0, 8).join(", ")}, …`);
    if (device.kind !== "gpu") continue;
    shaders = [activate.lower(input), multiply.lower(a, b)]
      .map((lowered) => lowered.asText("wgsl"))
      .join("\n");
    show(`Shaders on ${device}`, shaders);
  }
  const [cpu, gpu] = devices();
  const there = devicePut(jnp.array(x), gpu);
  const complaints = [
    failure(() => there.dataSync()),
    failure(() => jnp.add(there, devicePut(jnp.array(x), cpu))),
    failure(() => config.with({ enableX64: true }, () => devicePut(jnp.array(new Float64Array(100)), gpu))),
  ];
  return { before, devices: reports, shaders, complaints };
}
