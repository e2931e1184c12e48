// compare_0: 407 iterations, 4 in an invocation, 2 × 1 × 1 workgroups of 64
//   binding 0: out0, buffer 2, 407 × bool, written
//   binding 1: x, buffer 0, 407 × float32, read
//   binding 2: y, buffer 1, 11 × float32, read
// fused:
//   compare

@group(0) @binding(0) var<storage, read_write> out0: array<u32, 104>;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>, 102>;
@group(0) @binding(2) var<storage, read> y: array<f32, 11>;

fn fx_pack8(v: vec4<u32>) -> u32 {
  let s = (v & vec4<u32>(255u)) << vec4<u32>(0u, 8u, 16u, 24u);
  return s.x | s.y | s.z | s.w;
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let i = i32(wid.x * 64u + lid) * 4;
  if (i >= 407) { return; }
  let x_1 = x[i >> 2u];
  let q = i32(u32(i) % 11u);
  let q_1 = i32(u32(i + 1) % 11u);
  let q_2 = i32(u32(i + 2) % 11u);
  let q_3 = i32(u32(i + 3) % 11u);
  let x_2 = vec4<f32>(y[q], y[q_1], y[q_2], y[q_3]);
  let v = (x_1 < x_2);
  out0[i >> 2u] = fx_pack8(select(vec4<u32>(0u), vec4<u32>(1u), v));
}
