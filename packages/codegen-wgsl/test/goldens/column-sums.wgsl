// reduce_0: a workgroup of 64 for each of 1 iterations
//   binding 0: out0, buffer 1, 64 × float32, written
//   binding 1: x, buffer 0, 3200 × float32, read
// fused:
//   reduce

@group(0) @binding(0) var<storage, read_write> out0: array<f32, 64>;
@group(0) @binding(1) var<storage, read> x: array<f32, 3200>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lid: u32) {
  let g = 0;
  for (var c: i32 = i32(lid); c < 64; c += 64) {
    var acc0: f32 = 0.0f;
    for (var r0: i32 = 0; r0 < 50; r0 += 1) {
      let x_1 = x[r0 * 64 + g * 64 + c];
      let v = (acc0 + x_1);
      acc0 = v;
    }
    out0[g * 64 + c] = acc0;
  }
}
