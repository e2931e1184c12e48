// dot_general_0: 4 × 16 sums in a subgroup of 4
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
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>, 96>;
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
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(subgroup_invocation_id) id: u32) {
  let block = wid.x;
  let row = i32((block / 5u) % 1u) * 4;
  let lane = i32(id);
  let column = (i32(block % 5u) * 4 + lane) * 4;
  var s0_0 = f32();
  var s0_1 = f32();
  var s0_2 = f32();
  var s0_3 = f32();
  var s1_0 = f32();
  var s1_1 = f32();
  var s1_2 = f32();
  var s1_3 = f32();
  var s2_0 = f32();
  var s2_1 = f32();
  var s2_2 = f32();
  var s2_3 = f32();
  var s3_0 = f32();
  var s3_1 = f32();
  var s3_2 = f32();
  var s3_3 = f32();
  for (var k = 0; k < 96; k += 4) {
    let q = (row + lane) * 96 + k;
    let a = x[q >> 2u];
    let q_1 = k * 70 + column;
    let b_1 = vec4<f32>(w[q_1], w[q_1 + 1], w[q_1 + 2], w[q_1 + 3]);
    let b_2 = vec4<f32>(w[q_1 + 70], w[q_1 + 71], w[q_1 + 72], w[q_1 + 73]);
    let b_3 = vec4<f32>(w[q_1 + 140], w[q_1 + 141], w[q_1 + 142], w[q_1 + 143]);
    let b_4 = vec4<f32>(w[q_1 + 210], w[q_1 + 211], w[q_1 + 212], w[q_1 + 213]);
    s0_0 = s0_0 + a.x * b_1.x + a.y * b_2.x + a.z * b_3.x + a.w * b_4.x;
    s0_1 = s0_1 + a.x * b_1.y + a.y * b_2.y + a.z * b_3.y + a.w * b_4.y;
    s0_2 = s0_2 + a.x * b_1.z + a.y * b_2.z + a.z * b_3.z + a.w * b_4.z;
    s0_3 = s0_3 + a.x * b_1.w + a.y * b_2.w + a.z * b_3.w + a.w * b_4.w;
    let f = quadSwapX(a.x);
    let f_1 = quadSwapX(a.y);
    let f_2 = quadSwapX(a.z);
    let f_3 = quadSwapX(a.w);
    s1_0 = s1_0 + f * b_1.x + f_1 * b_2.x + f_2 * b_3.x + f_3 * b_4.x;
    s1_1 = s1_1 + f * b_1.y + f_1 * b_2.y + f_2 * b_3.y + f_3 * b_4.y;
    s1_2 = s1_2 + f * b_1.z + f_1 * b_2.z + f_2 * b_3.z + f_3 * b_4.z;
    s1_3 = s1_3 + f * b_1.w + f_1 * b_2.w + f_2 * b_3.w + f_3 * b_4.w;
    let f_4 = quadSwapY(a.x);
    let f_5 = quadSwapY(a.y);
    let f_6 = quadSwapY(a.z);
    let f_7 = quadSwapY(a.w);
    s2_0 = s2_0 + f_4 * b_1.x + f_5 * b_2.x + f_6 * b_3.x + f_7 * b_4.x;
    s2_1 = s2_1 + f_4 * b_1.y + f_5 * b_2.y + f_6 * b_3.y + f_7 * b_4.y;
    s2_2 = s2_2 + f_4 * b_1.z + f_5 * b_2.z + f_6 * b_3.z + f_7 * b_4.z;
    s2_3 = s2_3 + f_4 * b_1.w + f_5 * b_2.w + f_6 * b_3.w + f_7 * b_4.w;
    let f_8 = quadSwapDiagonal(a.x);
    let f_9 = quadSwapDiagonal(a.y);
    let f_10 = quadSwapDiagonal(a.z);
    let f_11 = quadSwapDiagonal(a.w);
    s3_0 = s3_0 + f_8 * b_1.x + f_9 * b_2.x + f_10 * b_3.x + f_11 * b_4.x;
    s3_1 = s3_1 + f_8 * b_1.y + f_9 * b_2.y + f_10 * b_3.y + f_11 * b_4.y;
    s3_2 = s3_2 + f_8 * b_1.z + f_9 * b_2.z + f_10 * b_3.z + f_11 * b_4.z;
    s3_3 = s3_3 + f_8 * b_1.w + f_9 * b_2.w + f_10 * b_3.w + f_11 * b_4.w;
  }
  var sums: array<vec4<f32>, 4>;
  sums[0] = vec4<f32>(s0_0, s0_1, s0_2, s0_3);
  sums[1] = vec4<f32>(s1_0, s1_1, s1_2, s1_3);
  sums[2] = vec4<f32>(s2_0, s2_1, s2_2, s2_3);
  sums[3] = vec4<f32>(s3_0, s3_1, s3_2, s3_3);
  for (var i = 0; i < 4; i++) {
    let r = row + (i ^ lane);
    if (column + 0 < 70) {
      let q_2 = (column + 0);
      let x_1 = b[q_2 >> 2u];
      let v = (sums[i * 1 + 0] + x_1);
      let v_1 = fx_max_v4(v, vec4<f32>(0.0f));
      let q_3 = r * 70 + (column + 0);
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
  }
}
