// add_0: 66887 iterations, 4 in an invocation, 262 × 1 × 1 workgroups of 64
//   binding 0: out0, buffer 1, 66887 × float32, written
//   binding 1: x, buffer 0, 66887 × float32, read
// fused:
//   multiply
//   add

@group(0) @binding(0) var<storage, read_write> out0: array<vec4<f32>, 16722>;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>, 16722>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let i0 = i32(wid.x * 64u + lid) * 4;
  if (i0 >= 66887) { return; }
  let x_1 = x[i0 >> 2u];
  let v = (x_1 * vec4<f32>(3.0f));
  let v_1 = (v + x_1);
  out0[i0 >> 2u] = v_1;
}
