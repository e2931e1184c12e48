// concatenate_0: 240 iterations, 4 in an invocation, 1 × 1 × 1 workgroups of 64
//   binding 0: out0, buffer 2, 360 × float32, written
//   binding 1: a, buffer 0, 240 × float32, read
// fused:
//   concatenate

@group(0) @binding(0) var<storage, read_write> out0: array<vec4<f32>, 90>;
@group(0) @binding(1) var<storage, read> a: array<vec4<f32>, 60>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let i = i32(wid.x * 64u + lid) * 4;
  if (i >= 240) { return; }
  let x = a[i >> 2u];
  let q = ((i) >> 3u);
  let q_1 = ((i) & 7);
  out0[(q * 12 + q_1) >> 2u] = x;
}

// concatenate_1: 120 iterations, 4 in an invocation, 1 × 1 × 1 workgroups of 64
//   binding 0: out0, buffer 2, 360 × float32, written
//   binding 1: b, buffer 1, 120 × float32, read
// fused:
//   concatenate

@group(0) @binding(0) var<storage, read_write> out0: array<vec4<f32>, 90>;
@group(0) @binding(1) var<storage, read> b: array<vec4<f32>, 30>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let i = i32(wid.x * 64u + lid) * 4;
  if (i >= 120) { return; }
  let x = b[i >> 2u];
  let q = ((i) >> 2u);
  let q_1 = ((i) & 3);
  out0[(q * 12 + q_1 + 8) >> 2u] = x;
}
