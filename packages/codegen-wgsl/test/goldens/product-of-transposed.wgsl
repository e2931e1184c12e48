// dot_general_0: 4 × 4 sums in an invocation, workgroups of 4 × 8
//   binding 0: out0, buffer 2, 1500 × float32, written
//   binding 1: a, buffer 0, 1800 × float32, read
//   binding 2: b, buffer 1, 750 × float32, read
// fused:
//   dot_general

@group(0) @binding(0) var<storage, read_write> out0: array<f32, 1500>;
@group(0) @binding(1) var<storage, read> a: array<f32, 1800>;
@group(0) @binding(2) var<storage, read> b: array<f32, 750>;

@compute @workgroup_size(32)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let block = wid.x;
  let row = i32(((block / 2u) % 2u) * 8u + lid / 4u) * 4;
  let column = i32((block % 2u) * 4u + lid % 4u) * 4;
  if (row >= 60 || column >= 25) { return; }
  var s0_0 = vec4<f32>();
  var s1_0 = vec4<f32>();
  var s2_0 = vec4<f32>();
  var s3_0 = vec4<f32>();
  for (var k = 0; k < 28; k += 4) {
    let q = row * 30 + k;
    let a_1 = vec4<f32>(a[q], a[q + 1], a[q + 2], a[q + 3]);
    let a_2 = vec4<f32>(a[q + 30], a[q + 31], a[q + 32], a[q + 33]);
    let a_3 = vec4<f32>(a[q + 60], a[q + 61], a[q + 62], a[q + 63]);
    let a_4 = vec4<f32>(a[q + 90], a[q + 91], a[q + 92], a[q + 93]);
    let q_1 = column * 30 + k;
    let b_1 = vec4<f32>(b[q_1], b[q_1 + 1], b[q_1 + 2], b[q_1 + 3]);
    let b_2 = vec4<f32>(b[q_1 + 30], b[q_1 + 31], b[q_1 + 32], b[q_1 + 33]);
    let b_3 = vec4<f32>(b[q_1 + 60], b[q_1 + 61], b[q_1 + 62], b[q_1 + 63]);
    let b_4 = vec4<f32>(b[q_1 + 90], b[q_1 + 91], b[q_1 + 92], b[q_1 + 93]);
    s0_0 = s0_0 + a_1.x * vec4<f32>(b_1.x, b_2.x, b_3.x, b_4.x);
    s1_0 = s1_0 + a_2.x * vec4<f32>(b_1.x, b_2.x, b_3.x, b_4.x);
    s2_0 = s2_0 + a_3.x * vec4<f32>(b_1.x, b_2.x, b_3.x, b_4.x);
    s3_0 = s3_0 + a_4.x * vec4<f32>(b_1.x, b_2.x, b_3.x, b_4.x);
    s0_0 = s0_0 + a_1.y * vec4<f32>(b_1.y, b_2.y, b_3.y, b_4.y);
    s1_0 = s1_0 + a_2.y * vec4<f32>(b_1.y, b_2.y, b_3.y, b_4.y);
    s2_0 = s2_0 + a_3.y * vec4<f32>(b_1.y, b_2.y, b_3.y, b_4.y);
    s3_0 = s3_0 + a_4.y * vec4<f32>(b_1.y, b_2.y, b_3.y, b_4.y);
    s0_0 = s0_0 + a_1.z * vec4<f32>(b_1.z, b_2.z, b_3.z, b_4.z);
    s1_0 = s1_0 + a_2.z * vec4<f32>(b_1.z, b_2.z, b_3.z, b_4.z);
    s2_0 = s2_0 + a_3.z * vec4<f32>(b_1.z, b_2.z, b_3.z, b_4.z);
    s3_0 = s3_0 + a_4.z * vec4<f32>(b_1.z, b_2.z, b_3.z, b_4.z);
    s0_0 = s0_0 + a_1.w * vec4<f32>(b_1.w, b_2.w, b_3.w, b_4.w);
    s1_0 = s1_0 + a_2.w * vec4<f32>(b_1.w, b_2.w, b_3.w, b_4.w);
    s2_0 = s2_0 + a_3.w * vec4<f32>(b_1.w, b_2.w, b_3.w, b_4.w);
    s3_0 = s3_0 + a_4.w * vec4<f32>(b_1.w, b_2.w, b_3.w, b_4.w);
  }
  for (var k = 28; k < 30; k++) {
    let q_2 = row * 30 + k;
    let a_5 = a[q_2];
    let a_6 = a[q_2 + 30];
    let a_7 = a[q_2 + 60];
    let a_8 = a[q_2 + 90];
    let q_3 = column * 30 + k;
    let b_5 = vec4<f32>(b[q_3], b[q_3 + 30], b[q_3 + 60], b[q_3 + 90]);
    s0_0 = s0_0 + a_5 * b_5;
    s1_0 = s1_0 + a_6 * b_5;
    s2_0 = s2_0 + a_7 * b_5;
    s3_0 = s3_0 + a_8 * b_5;
  }
  {
    let q_4 = (row + 0) * 25 + (column + 0);
    out0[q_4] = s0_0.x;
    if ((column + 0) + 1 < 25) {
      out0[q_4 + 1] = s0_0.y;
    }
    if ((column + 0) + 2 < 25) {
      out0[q_4 + 2] = s0_0.z;
    }
    if ((column + 0) + 3 < 25) {
      out0[q_4 + 3] = s0_0.w;
    }
  }
  {
    let q_5 = (row + 1) * 25 + (column + 0);
    out0[q_5] = s1_0.x;
    if ((column + 0) + 1 < 25) {
      out0[q_5 + 1] = s1_0.y;
    }
    if ((column + 0) + 2 < 25) {
      out0[q_5 + 2] = s1_0.z;
    }
    if ((column + 0) + 3 < 25) {
      out0[q_5 + 3] = s1_0.w;
    }
  }
  {
    let q_6 = (row + 2) * 25 + (column + 0);
    out0[q_6] = s2_0.x;
    if ((column + 0) + 1 < 25) {
      out0[q_6 + 1] = s2_0.y;
    }
    if ((column + 0) + 2 < 25) {
      out0[q_6 + 2] = s2_0.z;
    }
    if ((column + 0) + 3 < 25) {
      out0[q_6 + 3] = s2_0.w;
    }
  }
  {
    let q_7 = (row + 3) * 25 + (column + 0);
    out0[q_7] = s3_0.x;
    if ((column + 0) + 1 < 25) {
      out0[q_7 + 1] = s3_0.y;
    }
    if ((column + 0) + 2 < 25) {
      out0[q_7 + 2] = s3_0.z;
    }
    if ((column + 0) + 3 < 25) {
      out0[q_7 + 3] = s3_0.w;
    }
  }
}
