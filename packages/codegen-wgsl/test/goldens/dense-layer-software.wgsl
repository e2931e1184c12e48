// dot_general_0: 4 × 4 sums in an invocation, subgroups of 4
//   binding 0: out0, buffer 3, 280 × float32, written
//   binding 1: x, buffer 0, 384 × float32, read
//   binding 2: w, buffer 1, 6720 × float32, read
//   binding 3: b, buffer 2, 70 × float32, read
// fused:
//   dot_general
//   add
//   maximum
enable subgroups;

@group(0) @binding(0) var<storage, read_write> out0: array<f32, 280>;
@group(0) @binding(1) var<storage, read> x: array<f32, 384>;
@group(0) @binding(2) var<storage, read> w: array<f32, 6720>;
@group(0) @binding(3) var<storage, read> b: array<vec4<f32>, 18>;

fn fx_key_v4(x: vec4<f32>) -> vec4<i32> {
  let b = bitcast<vec4<i32>>(x);
  return b ^ ((b >> vec4<u32>(31u)) & vec4<i32>(0x7fffffff));
}

fn fx_max_v4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return select(b, a, fx_key_v4(a) - vec4<i32>(0x7fffff) > fx_key_v4(b) - vec4<i32>(0x7fffff));
}

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let block = wid.x;
  let row = i32((block / 5u) % 1u) * 4;
  let lane = i32(lid);
  let column = (i32(block % 5u) * 4 + lane) * 4;
  var s0_0 = vec4<f32>();
  var s1_0 = vec4<f32>();
  var s2_0 = vec4<f32>();
  var s3_0 = vec4<f32>();
  for (var k = 0; k < 96; k += 4) {
    let q = row * 96 + (k + lane);
    let a = x[q];
    let a_1 = x[q + 96];
    let a_2 = x[q + 192];
    let a_3 = x[q + 288];
    let q_1 = k * 70 + column;
    let b_1 = vec4<f32>(w[q_1], w[q_1 + 1], w[q_1 + 2], w[q_1 + 3]);
    let f = subgroupBroadcast(a, 0u);
    s0_0 = s0_0 + f * b_1;
    let f_1 = subgroupBroadcast(a_1, 0u);
    s1_0 = s1_0 + f_1 * b_1;
    let f_2 = subgroupBroadcast(a_2, 0u);
    s2_0 = s2_0 + f_2 * b_1;
    let f_3 = subgroupBroadcast(a_3, 0u);
    s3_0 = s3_0 + f_3 * b_1;
    let b_2 = vec4<f32>(w[q_1 + 70], w[q_1 + 71], w[q_1 + 72], w[q_1 + 73]);
    let f_4 = subgroupBroadcast(a, 1u);
    s0_0 = s0_0 + f_4 * b_2;
    let f_5 = subgroupBroadcast(a_1, 1u);
    s1_0 = s1_0 + f_5 * b_2;
    let f_6 = subgroupBroadcast(a_2, 1u);
    s2_0 = s2_0 + f_6 * b_2;
    let f_7 = subgroupBroadcast(a_3, 1u);
    s3_0 = s3_0 + f_7 * b_2;
    let b_3 = vec4<f32>(w[q_1 + 140], w[q_1 + 141], w[q_1 + 142], w[q_1 + 143]);
    let f_8 = subgroupBroadcast(a, 2u);
    s0_0 = s0_0 + f_8 * b_3;
    let f_9 = subgroupBroadcast(a_1, 2u);
    s1_0 = s1_0 + f_9 * b_3;
    let f_10 = subgroupBroadcast(a_2, 2u);
    s2_0 = s2_0 + f_10 * b_3;
    let f_11 = subgroupBroadcast(a_3, 2u);
    s3_0 = s3_0 + f_11 * b_3;
    let b_4 = vec4<f32>(w[q_1 + 210], w[q_1 + 211], w[q_1 + 212], w[q_1 + 213]);
    let f_12 = subgroupBroadcast(a, 3u);
    s0_0 = s0_0 + f_12 * b_4;
    let f_13 = subgroupBroadcast(a_1, 3u);
    s1_0 = s1_0 + f_13 * b_4;
    let f_14 = subgroupBroadcast(a_2, 3u);
    s2_0 = s2_0 + f_14 * b_4;
    let f_15 = subgroupBroadcast(a_3, 3u);
    s3_0 = s3_0 + f_15 * b_4;
  }
  if (column + 0 < 70) {
    let q_2 = (column + 0);
    let x_1 = b[q_2 >> 2u];
    let v = (s0_0 + x_1);
    let v_1 = fx_max_v4(v, vec4<f32>(0.0f));
    let q_3 = (row + 0) * 70 + (column + 0);
    out0[q_3] = v_1.x;
    if ((column + 0) + 1 < 70) {
      out0[q_3 + 1] = v_1.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[q_3 + 2] = v_1.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[q_3 + 3] = v_1.w;
    }
  }
  if (column + 0 < 70) {
    let q_4 = (column + 0);
    let x_2 = b[q_4 >> 2u];
    let v_2 = (s1_0 + x_2);
    let v_3 = fx_max_v4(v_2, vec4<f32>(0.0f));
    let q_5 = (row + 1) * 70 + (column + 0);
    out0[q_5] = v_3.x;
    if ((column + 0) + 1 < 70) {
      out0[q_5 + 1] = v_3.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[q_5 + 2] = v_3.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[q_5 + 3] = v_3.w;
    }
  }
  if (column + 0 < 70) {
    let q_6 = (column + 0);
    let x_3 = b[q_6 >> 2u];
    let v_4 = (s2_0 + x_3);
    let v_5 = fx_max_v4(v_4, vec4<f32>(0.0f));
    let q_7 = (row + 2) * 70 + (column + 0);
    out0[q_7] = v_5.x;
    if ((column + 0) + 1 < 70) {
      out0[q_7 + 1] = v_5.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[q_7 + 2] = v_5.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[q_7 + 3] = v_5.w;
    }
  }
  if (column + 0 < 70) {
    let q_8 = (column + 0);
    let x_4 = b[q_8 >> 2u];
    let v_6 = (s3_0 + x_4);
    let v_7 = fx_max_v4(v_6, vec4<f32>(0.0f));
    let q_9 = (row + 3) * 70 + (column + 0);
    out0[q_9] = v_7.x;
    if ((column + 0) + 1 < 70) {
      out0[q_9 + 1] = v_7.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[q_9 + 2] = v_7.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[q_9 + 3] = v_7.w;
    }
  }
}
