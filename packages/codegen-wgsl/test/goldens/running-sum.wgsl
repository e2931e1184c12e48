// reduce_window_0: 20 iterations, 1 in an invocation, 1 × 1 × 1 workgroups of 64
//   binding 0: out0, buffer 1, 2000 × float32, written
//   binding 1: x, buffer 0, 2000 × float32, read
// fused:
//   reduce_window

@group(0) @binding(0) var<storage, read_write> out0: array<f32, 2000>;
@group(0) @binding(1) var<storage, read> x: array<f32, 2000>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let g = i32(wid.x * 64u + lid);
  if (g >= 20) { return; }
  var acc0 = 0.0f;
  for (var s: i32 = 0; s < 100; s += 1) {
    let x_1 = x[g * 100 + s];
    let v = (acc0 + x_1);
    acc0 = v;
    out0[g * 100 + s] = acc0;
  }
}
