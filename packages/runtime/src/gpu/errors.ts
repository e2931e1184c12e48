/** What can go wrong with a GPU, as errors for its users. */

/** There is no WebGPU here, or no adapter. */
export class WebGpuUnavailableError extends Error {
  override readonly name = "WebGpuUnavailableError";
}

/** The GPU went away (its driver was reset, the page's GPU process died): arrays that lived there are gone. */
export class DeviceLostError extends Error {
  override readonly name = "DeviceLostError";
}

/** WebGPU refused a shader or a command: a defect of Fluxion or of the driver. */
export class WebGpuError extends Error {
  override readonly name = "WebGpuError";
}

/** Elements of a GPU array were asked for at once; they can only be awaited. */
export class SynchronousReadError extends Error {
  override readonly name = "SynchronousReadError";
}
