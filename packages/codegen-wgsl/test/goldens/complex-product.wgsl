// multiply_0: 100 iterations, 1 in an invocation, 2 × 1 × 1 workgroups of 64
//   binding 0: out0, buffer 2, 200 × float32, written
//   binding 1: a, buffer 0, 200 × float32, read
//   binding 2: b, buffer 1, 200 × float32, read
// fused:
//   multiply

@group(0) @binding(0) var<storage, read_write> out0: array<f32, 200>;
@group(0) @binding(1) var<storage, read> a: array<f32, 200>;
@group(0) @binding(2) var<storage, read> b: array<f32, 200>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let i0 = i32(wid.x * 64u + lid);
  if (i0 >= 100) { return; }
  let re = a[i0 * 2];
  let im = a[i0 * 2 + 1];
  let re_1 = b[i0 * 2];
  let im_1 = b[i0 * 2 + 1];
  let t = (re * re_1);
  let t_1 = (im * im_1);
  let t_2 = (t - t_1);
  let t_3 = (re * im_1);
  let t_4 = (im * re_1);
  let t_5 = (t_3 + t_4);
  out0[i0 * 2] = t_2;
  out0[i0 * 2 + 1] = t_5;
}
