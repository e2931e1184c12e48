// dot_general_0: 16 × 8 sums in an invocation, subgroups of 4
//   binding 0: out0, buffer 3, 4480 × float32, written
//   binding 1: x, buffer 0, 6144 × float32, read
//   binding 2: w, buffer 1, 6720 × float32, read
//   binding 3: b, buffer 2, 70 × float32, read
// fused:
//   dot_general
//   add
//   maximum
enable subgroups;

@group(0) @binding(0) var<storage, read_write> out0: array<f32, 4480>;
@group(0) @binding(1) var<storage, read> x: array<f32, 6144>;
@group(0) @binding(2) var<storage, read> w: array<f32, 6720>;
@group(0) @binding(3) var<storage, read> b: array<vec4<f32>, 18>;

fn fx_key_v4(x: vec4<f32>) -> vec4<i32> {
  let b = bitcast<vec4<i32>>(x);
  return b ^ ((b >> vec4<u32>(31u)) & vec4<i32>(0x7fffffff));
}

fn fx_is_nan_v4(x: vec4<f32>) -> vec4<bool> {
  return (bitcast<vec4<u32>>(x) & vec4<u32>(0x7fffffffu)) > vec4<u32>(0x7f800000u);
}

fn fx_max_v4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  let r = select(b, a, fx_key_v4(a) > fx_key_v4(b));
  return select(select(r, b, fx_is_nan_v4(b)), a, fx_is_nan_v4(a));
}

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let block = wid.x;
  let row = i32((block / 3u) % 4u) * 16;
  let column = i32((block % 3u) * 4u + lid) * 8;
  var s0_0 = vec4<f32>();
  var s0_1 = vec4<f32>();
  var s1_0 = vec4<f32>();
  var s1_1 = vec4<f32>();
  var s2_0 = vec4<f32>();
  var s2_1 = vec4<f32>();
  var s3_0 = vec4<f32>();
  var s3_1 = vec4<f32>();
  var s4_0 = vec4<f32>();
  var s4_1 = vec4<f32>();
  var s5_0 = vec4<f32>();
  var s5_1 = vec4<f32>();
  var s6_0 = vec4<f32>();
  var s6_1 = vec4<f32>();
  var s7_0 = vec4<f32>();
  var s7_1 = vec4<f32>();
  var s8_0 = vec4<f32>();
  var s8_1 = vec4<f32>();
  var s9_0 = vec4<f32>();
  var s9_1 = vec4<f32>();
  var s10_0 = vec4<f32>();
  var s10_1 = vec4<f32>();
  var s11_0 = vec4<f32>();
  var s11_1 = vec4<f32>();
  var s12_0 = vec4<f32>();
  var s12_1 = vec4<f32>();
  var s13_0 = vec4<f32>();
  var s13_1 = vec4<f32>();
  var s14_0 = vec4<f32>();
  var s14_1 = vec4<f32>();
  var s15_0 = vec4<f32>();
  var s15_1 = vec4<f32>();
  for (var k = 0; k < 96; k += 4) {
    let a = x[(row + 0) * 96 + (k + i32(lid))];
    let a_1 = x[(row + 1) * 96 + (k + i32(lid))];
    let a_2 = x[(row + 2) * 96 + (k + i32(lid))];
    let a_3 = x[(row + 3) * 96 + (k + i32(lid))];
    let a_4 = x[(row + 4) * 96 + (k + i32(lid))];
    let a_5 = x[(row + 5) * 96 + (k + i32(lid))];
    let a_6 = x[(row + 6) * 96 + (k + i32(lid))];
    let a_7 = x[(row + 7) * 96 + (k + i32(lid))];
    let a_8 = x[(row + 8) * 96 + (k + i32(lid))];
    let a_9 = x[(row + 9) * 96 + (k + i32(lid))];
    let a_10 = x[(row + 10) * 96 + (k + i32(lid))];
    let a_11 = x[(row + 11) * 96 + (k + i32(lid))];
    let a_12 = x[(row + 12) * 96 + (k + i32(lid))];
    let a_13 = x[(row + 13) * 96 + (k + i32(lid))];
    let a_14 = x[(row + 14) * 96 + (k + i32(lid))];
    let a_15 = x[(row + 15) * 96 + (k + i32(lid))];
    let b_1 = vec4<f32>(w[(k + 0) * 70 + (column + 0)], w[(k + 0) * 70 + (column + 0) + 1], w[(k + 0) * 70 + (column + 0) + 2], w[(k + 0) * 70 + (column + 0) + 3]);
    let b_2 = vec4<f32>(w[(k + 0) * 70 + (column + 4)], w[(k + 0) * 70 + (column + 4) + 1], w[(k + 0) * 70 + (column + 4) + 2], w[(k + 0) * 70 + (column + 4) + 3]);
    let f = subgroupBroadcast(a, 0u);
    s0_0 = s0_0 + f * b_1;
    s0_1 = s0_1 + f * b_2;
    let f_1 = subgroupBroadcast(a_1, 0u);
    s1_0 = s1_0 + f_1 * b_1;
    s1_1 = s1_1 + f_1 * b_2;
    let f_2 = subgroupBroadcast(a_2, 0u);
    s2_0 = s2_0 + f_2 * b_1;
    s2_1 = s2_1 + f_2 * b_2;
    let f_3 = subgroupBroadcast(a_3, 0u);
    s3_0 = s3_0 + f_3 * b_1;
    s3_1 = s3_1 + f_3 * b_2;
    let f_4 = subgroupBroadcast(a_4, 0u);
    s4_0 = s4_0 + f_4 * b_1;
    s4_1 = s4_1 + f_4 * b_2;
    let f_5 = subgroupBroadcast(a_5, 0u);
    s5_0 = s5_0 + f_5 * b_1;
    s5_1 = s5_1 + f_5 * b_2;
    let f_6 = subgroupBroadcast(a_6, 0u);
    s6_0 = s6_0 + f_6 * b_1;
    s6_1 = s6_1 + f_6 * b_2;
    let f_7 = subgroupBroadcast(a_7, 0u);
    s7_0 = s7_0 + f_7 * b_1;
    s7_1 = s7_1 + f_7 * b_2;
    let f_8 = subgroupBroadcast(a_8, 0u);
    s8_0 = s8_0 + f_8 * b_1;
    s8_1 = s8_1 + f_8 * b_2;
    let f_9 = subgroupBroadcast(a_9, 0u);
    s9_0 = s9_0 + f_9 * b_1;
    s9_1 = s9_1 + f_9 * b_2;
    let f_10 = subgroupBroadcast(a_10, 0u);
    s10_0 = s10_0 + f_10 * b_1;
    s10_1 = s10_1 + f_10 * b_2;
    let f_11 = subgroupBroadcast(a_11, 0u);
    s11_0 = s11_0 + f_11 * b_1;
    s11_1 = s11_1 + f_11 * b_2;
    let f_12 = subgroupBroadcast(a_12, 0u);
    s12_0 = s12_0 + f_12 * b_1;
    s12_1 = s12_1 + f_12 * b_2;
    let f_13 = subgroupBroadcast(a_13, 0u);
    s13_0 = s13_0 + f_13 * b_1;
    s13_1 = s13_1 + f_13 * b_2;
    let f_14 = subgroupBroadcast(a_14, 0u);
    s14_0 = s14_0 + f_14 * b_1;
    s14_1 = s14_1 + f_14 * b_2;
    let f_15 = subgroupBroadcast(a_15, 0u);
    s15_0 = s15_0 + f_15 * b_1;
    s15_1 = s15_1 + f_15 * b_2;
    let b_3 = vec4<f32>(w[(k + 1) * 70 + (column + 0)], w[(k + 1) * 70 + (column + 0) + 1], w[(k + 1) * 70 + (column + 0) + 2], w[(k + 1) * 70 + (column + 0) + 3]);
    let b_4 = vec4<f32>(w[(k + 1) * 70 + (column + 4)], w[(k + 1) * 70 + (column + 4) + 1], w[(k + 1) * 70 + (column + 4) + 2], w[(k + 1) * 70 + (column + 4) + 3]);
    let f_16 = subgroupBroadcast(a, 1u);
    s0_0 = s0_0 + f_16 * b_3;
    s0_1 = s0_1 + f_16 * b_4;
    let f_17 = subgroupBroadcast(a_1, 1u);
    s1_0 = s1_0 + f_17 * b_3;
    s1_1 = s1_1 + f_17 * b_4;
    let f_18 = subgroupBroadcast(a_2, 1u);
    s2_0 = s2_0 + f_18 * b_3;
    s2_1 = s2_1 + f_18 * b_4;
    let f_19 = subgroupBroadcast(a_3, 1u);
    s3_0 = s3_0 + f_19 * b_3;
    s3_1 = s3_1 + f_19 * b_4;
    let f_20 = subgroupBroadcast(a_4, 1u);
    s4_0 = s4_0 + f_20 * b_3;
    s4_1 = s4_1 + f_20 * b_4;
    let f_21 = subgroupBroadcast(a_5, 1u);
    s5_0 = s5_0 + f_21 * b_3;
    s5_1 = s5_1 + f_21 * b_4;
    let f_22 = subgroupBroadcast(a_6, 1u);
    s6_0 = s6_0 + f_22 * b_3;
    s6_1 = s6_1 + f_22 * b_4;
    let f_23 = subgroupBroadcast(a_7, 1u);
    s7_0 = s7_0 + f_23 * b_3;
    s7_1 = s7_1 + f_23 * b_4;
    let f_24 = subgroupBroadcast(a_8, 1u);
    s8_0 = s8_0 + f_24 * b_3;
    s8_1 = s8_1 + f_24 * b_4;
    let f_25 = subgroupBroadcast(a_9, 1u);
    s9_0 = s9_0 + f_25 * b_3;
    s9_1 = s9_1 + f_25 * b_4;
    let f_26 = subgroupBroadcast(a_10, 1u);
    s10_0 = s10_0 + f_26 * b_3;
    s10_1 = s10_1 + f_26 * b_4;
    let f_27 = subgroupBroadcast(a_11, 1u);
    s11_0 = s11_0 + f_27 * b_3;
    s11_1 = s11_1 + f_27 * b_4;
    let f_28 = subgroupBroadcast(a_12, 1u);
    s12_0 = s12_0 + f_28 * b_3;
    s12_1 = s12_1 + f_28 * b_4;
    let f_29 = subgroupBroadcast(a_13, 1u);
    s13_0 = s13_0 + f_29 * b_3;
    s13_1 = s13_1 + f_29 * b_4;
    let f_30 = subgroupBroadcast(a_14, 1u);
    s14_0 = s14_0 + f_30 * b_3;
    s14_1 = s14_1 + f_30 * b_4;
    let f_31 = subgroupBroadcast(a_15, 1u);
    s15_0 = s15_0 + f_31 * b_3;
    s15_1 = s15_1 + f_31 * b_4;
    let b_5 = vec4<f32>(w[(k + 2) * 70 + (column + 0)], w[(k + 2) * 70 + (column + 0) + 1], w[(k + 2) * 70 + (column + 0) + 2], w[(k + 2) * 70 + (column + 0) + 3]);
    let b_6 = vec4<f32>(w[(k + 2) * 70 + (column + 4)], w[(k + 2) * 70 + (column + 4) + 1], w[(k + 2) * 70 + (column + 4) + 2], w[(k + 2) * 70 + (column + 4) + 3]);
    let f_32 = subgroupBroadcast(a, 2u);
    s0_0 = s0_0 + f_32 * b_5;
    s0_1 = s0_1 + f_32 * b_6;
    let f_33 = subgroupBroadcast(a_1, 2u);
    s1_0 = s1_0 + f_33 * b_5;
    s1_1 = s1_1 + f_33 * b_6;
    let f_34 = subgroupBroadcast(a_2, 2u);
    s2_0 = s2_0 + f_34 * b_5;
    s2_1 = s2_1 + f_34 * b_6;
    let f_35 = subgroupBroadcast(a_3, 2u);
    s3_0 = s3_0 + f_35 * b_5;
    s3_1 = s3_1 + f_35 * b_6;
    let f_36 = subgroupBroadcast(a_4, 2u);
    s4_0 = s4_0 + f_36 * b_5;
    s4_1 = s4_1 + f_36 * b_6;
    let f_37 = subgroupBroadcast(a_5, 2u);
    s5_0 = s5_0 + f_37 * b_5;
    s5_1 = s5_1 + f_37 * b_6;
    let f_38 = subgroupBroadcast(a_6, 2u);
    s6_0 = s6_0 + f_38 * b_5;
    s6_1 = s6_1 + f_38 * b_6;
    let f_39 = subgroupBroadcast(a_7, 2u);
    s7_0 = s7_0 + f_39 * b_5;
    s7_1 = s7_1 + f_39 * b_6;
    let f_40 = subgroupBroadcast(a_8, 2u);
    s8_0 = s8_0 + f_40 * b_5;
    s8_1 = s8_1 + f_40 * b_6;
    let f_41 = subgroupBroadcast(a_9, 2u);
    s9_0 = s9_0 + f_41 * b_5;
    s9_1 = s9_1 + f_41 * b_6;
    let f_42 = subgroupBroadcast(a_10, 2u);
    s10_0 = s10_0 + f_42 * b_5;
    s10_1 = s10_1 + f_42 * b_6;
    let f_43 = subgroupBroadcast(a_11, 2u);
    s11_0 = s11_0 + f_43 * b_5;
    s11_1 = s11_1 + f_43 * b_6;
    let f_44 = subgroupBroadcast(a_12, 2u);
    s12_0 = s12_0 + f_44 * b_5;
    s12_1 = s12_1 + f_44 * b_6;
    let f_45 = subgroupBroadcast(a_13, 2u);
    s13_0 = s13_0 + f_45 * b_5;
    s13_1 = s13_1 + f_45 * b_6;
    let f_46 = subgroupBroadcast(a_14, 2u);
    s14_0 = s14_0 + f_46 * b_5;
    s14_1 = s14_1 + f_46 * b_6;
    let f_47 = subgroupBroadcast(a_15, 2u);
    s15_0 = s15_0 + f_47 * b_5;
    s15_1 = s15_1 + f_47 * b_6;
    let b_7 = vec4<f32>(w[(k + 3) * 70 + (column + 0)], w[(k + 3) * 70 + (column + 0) + 1], w[(k + 3) * 70 + (column + 0) + 2], w[(k + 3) * 70 + (column + 0) + 3]);
    let b_8 = vec4<f32>(w[(k + 3) * 70 + (column + 4)], w[(k + 3) * 70 + (column + 4) + 1], w[(k + 3) * 70 + (column + 4) + 2], w[(k + 3) * 70 + (column + 4) + 3]);
    let f_48 = subgroupBroadcast(a, 3u);
    s0_0 = s0_0 + f_48 * b_7;
    s0_1 = s0_1 + f_48 * b_8;
    let f_49 = subgroupBroadcast(a_1, 3u);
    s1_0 = s1_0 + f_49 * b_7;
    s1_1 = s1_1 + f_49 * b_8;
    let f_50 = subgroupBroadcast(a_2, 3u);
    s2_0 = s2_0 + f_50 * b_7;
    s2_1 = s2_1 + f_50 * b_8;
    let f_51 = subgroupBroadcast(a_3, 3u);
    s3_0 = s3_0 + f_51 * b_7;
    s3_1 = s3_1 + f_51 * b_8;
    let f_52 = subgroupBroadcast(a_4, 3u);
    s4_0 = s4_0 + f_52 * b_7;
    s4_1 = s4_1 + f_52 * b_8;
    let f_53 = subgroupBroadcast(a_5, 3u);
    s5_0 = s5_0 + f_53 * b_7;
    s5_1 = s5_1 + f_53 * b_8;
    let f_54 = subgroupBroadcast(a_6, 3u);
    s6_0 = s6_0 + f_54 * b_7;
    s6_1 = s6_1 + f_54 * b_8;
    let f_55 = subgroupBroadcast(a_7, 3u);
    s7_0 = s7_0 + f_55 * b_7;
    s7_1 = s7_1 + f_55 * b_8;
    let f_56 = subgroupBroadcast(a_8, 3u);
    s8_0 = s8_0 + f_56 * b_7;
    s8_1 = s8_1 + f_56 * b_8;
    let f_57 = subgroupBroadcast(a_9, 3u);
    s9_0 = s9_0 + f_57 * b_7;
    s9_1 = s9_1 + f_57 * b_8;
    let f_58 = subgroupBroadcast(a_10, 3u);
    s10_0 = s10_0 + f_58 * b_7;
    s10_1 = s10_1 + f_58 * b_8;
    let f_59 = subgroupBroadcast(a_11, 3u);
    s11_0 = s11_0 + f_59 * b_7;
    s11_1 = s11_1 + f_59 * b_8;
    let f_60 = subgroupBroadcast(a_12, 3u);
    s12_0 = s12_0 + f_60 * b_7;
    s12_1 = s12_1 + f_60 * b_8;
    let f_61 = subgroupBroadcast(a_13, 3u);
    s13_0 = s13_0 + f_61 * b_7;
    s13_1 = s13_1 + f_61 * b_8;
    let f_62 = subgroupBroadcast(a_14, 3u);
    s14_0 = s14_0 + f_62 * b_7;
    s14_1 = s14_1 + f_62 * b_8;
    let f_63 = subgroupBroadcast(a_15, 3u);
    s15_0 = s15_0 + f_63 * b_7;
    s15_1 = s15_1 + f_63 * b_8;
  }
  if (column + 0 < 70) {
    let x_1 = b[((column + 0)) >> 2u];
    let v = (s0_0 + x_1);
    let v_1 = fx_max_v4(v, vec4<f32>(0.0f));
    out0[(row + 0) * 70 + (column + 0)] = v_1.x;
    if ((column + 0) + 1 < 70) {
      out0[(row + 0) * 70 + (column + 0) + 1] = v_1.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[(row + 0) * 70 + (column + 0) + 2] = v_1.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[(row + 0) * 70 + (column + 0) + 3] = v_1.w;
    }
  }
  if (column + 4 < 70) {
    let x_2 = b[((column + 4)) >> 2u];
    let v_2 = (s0_1 + x_2);
    let v_3 = fx_max_v4(v_2, vec4<f32>(0.0f));
    out0[(row + 0) * 70 + (column + 4)] = v_3.x;
    if ((column + 4) + 1 < 70) {
      out0[(row + 0) * 70 + (column + 4) + 1] = v_3.y;
    }
    if ((column + 4) + 2 < 70) {
      out0[(row + 0) * 70 + (column + 4) + 2] = v_3.z;
    }
    if ((column + 4) + 3 < 70) {
      out0[(row + 0) * 70 + (column + 4) + 3] = v_3.w;
    }
  }
  if (column + 0 < 70) {
    let x_3 = b[((column + 0)) >> 2u];
    let v_4 = (s1_0 + x_3);
    let v_5 = fx_max_v4(v_4, vec4<f32>(0.0f));
    out0[(row + 1) * 70 + (column + 0)] = v_5.x;
    if ((column + 0) + 1 < 70) {
      out0[(row + 1) * 70 + (column + 0) + 1] = v_5.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[(row + 1) * 70 + (column + 0) + 2] = v_5.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[(row + 1) * 70 + (column + 0) + 3] = v_5.w;
    }
  }
  if (column + 4 < 70) {
    let x_4 = b[((column + 4)) >> 2u];
    let v_6 = (s1_1 + x_4);
    let v_7 = fx_max_v4(v_6, vec4<f32>(0.0f));
    out0[(row + 1) * 70 + (column + 4)] = v_7.x;
    if ((column + 4) + 1 < 70) {
      out0[(row + 1) * 70 + (column + 4) + 1] = v_7.y;
    }
    if ((column + 4) + 2 < 70) {
      out0[(row + 1) * 70 + (column + 4) + 2] = v_7.z;
    }
    if ((column + 4) + 3 < 70) {
      out0[(row + 1) * 70 + (column + 4) + 3] = v_7.w;
    }
  }
  if (column + 0 < 70) {
    let x_5 = b[((column + 0)) >> 2u];
    let v_8 = (s2_0 + x_5);
    let v_9 = fx_max_v4(v_8, vec4<f32>(0.0f));
    out0[(row + 2) * 70 + (column + 0)] = v_9.x;
    if ((column + 0) + 1 < 70) {
      out0[(row + 2) * 70 + (column + 0) + 1] = v_9.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[(row + 2) * 70 + (column + 0) + 2] = v_9.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[(row + 2) * 70 + (column + 0) + 3] = v_9.w;
    }
  }
  if (column + 4 < 70) {
    let x_6 = b[((column + 4)) >> 2u];
    let v_10 = (s2_1 + x_6);
    let v_11 = fx_max_v4(v_10, vec4<f32>(0.0f));
    out0[(row + 2) * 70 + (column + 4)] = v_11.x;
    if ((column + 4) + 1 < 70) {
      out0[(row + 2) * 70 + (column + 4) + 1] = v_11.y;
    }
    if ((column + 4) + 2 < 70) {
      out0[(row + 2) * 70 + (column + 4) + 2] = v_11.z;
    }
    if ((column + 4) + 3 < 70) {
      out0[(row + 2) * 70 + (column + 4) + 3] = v_11.w;
    }
  }
  if (column + 0 < 70) {
    let x_7 = b[((column + 0)) >> 2u];
    let v_12 = (s3_0 + x_7);
    let v_13 = fx_max_v4(v_12, vec4<f32>(0.0f));
    out0[(row + 3) * 70 + (column + 0)] = v_13.x;
    if ((column + 0) + 1 < 70) {
      out0[(row + 3) * 70 + (column + 0) + 1] = v_13.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[(row + 3) * 70 + (column + 0) + 2] = v_13.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[(row + 3) * 70 + (column + 0) + 3] = v_13.w;
    }
  }
  if (column + 4 < 70) {
    let x_8 = b[((column + 4)) >> 2u];
    let v_14 = (s3_1 + x_8);
    let v_15 = fx_max_v4(v_14, vec4<f32>(0.0f));
    out0[(row + 3) * 70 + (column + 4)] = v_15.x;
    if ((column + 4) + 1 < 70) {
      out0[(row + 3) * 70 + (column + 4) + 1] = v_15.y;
    }
    if ((column + 4) + 2 < 70) {
      out0[(row + 3) * 70 + (column + 4) + 2] = v_15.z;
    }
    if ((column + 4) + 3 < 70) {
      out0[(row + 3) * 70 + (column + 4) + 3] = v_15.w;
    }
  }
  if (column + 0 < 70) {
    let x_9 = b[((column + 0)) >> 2u];
    let v_16 = (s4_0 + x_9);
    let v_17 = fx_max_v4(v_16, vec4<f32>(0.0f));
    out0[(row + 4) * 70 + (column + 0)] = v_17.x;
    if ((column + 0) + 1 < 70) {
      out0[(row + 4) * 70 + (column + 0) + 1] = v_17.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[(row + 4) * 70 + (column + 0) + 2] = v_17.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[(row + 4) * 70 + (column + 0) + 3] = v_17.w;
    }
  }
  if (column + 4 < 70) {
    let x_10 = b[((column + 4)) >> 2u];
    let v_18 = (s4_1 + x_10);
    let v_19 = fx_max_v4(v_18, vec4<f32>(0.0f));
    out0[(row + 4) * 70 + (column + 4)] = v_19.x;
    if ((column + 4) + 1 < 70) {
      out0[(row + 4) * 70 + (column + 4) + 1] = v_19.y;
    }
    if ((column + 4) + 2 < 70) {
      out0[(row + 4) * 70 + (column + 4) + 2] = v_19.z;
    }
    if ((column + 4) + 3 < 70) {
      out0[(row + 4) * 70 + (column + 4) + 3] = v_19.w;
    }
  }
  if (column + 0 < 70) {
    let x_11 = b[((column + 0)) >> 2u];
    let v_20 = (s5_0 + x_11);
    let v_21 = fx_max_v4(v_20, vec4<f32>(0.0f));
    out0[(row + 5) * 70 + (column + 0)] = v_21.x;
    if ((column + 0) + 1 < 70) {
      out0[(row + 5) * 70 + (column + 0) + 1] = v_21.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[(row + 5) * 70 + (column + 0) + 2] = v_21.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[(row + 5) * 70 + (column + 0) + 3] = v_21.w;
    }
  }
  if (column + 4 < 70) {
    let x_12 = b[((column + 4)) >> 2u];
    let v_22 = (s5_1 + x_12);
    let v_23 = fx_max_v4(v_22, vec4<f32>(0.0f));
    out0[(row + 5) * 70 + (column + 4)] = v_23.x;
    if ((column + 4) + 1 < 70) {
      out0[(row + 5) * 70 + (column + 4) + 1] = v_23.y;
    }
    if ((column + 4) + 2 < 70) {
      out0[(row + 5) * 70 + (column + 4) + 2] = v_23.z;
    }
    if ((column + 4) + 3 < 70) {
      out0[(row + 5) * 70 + (column + 4) + 3] = v_23.w;
    }
  }
  if (column + 0 < 70) {
    let x_13 = b[((column + 0)) >> 2u];
    let v_24 = (s6_0 + x_13);
    let v_25 = fx_max_v4(v_24, vec4<f32>(0.0f));
    out0[(row + 6) * 70 + (column + 0)] = v_25.x;
    if ((column + 0) + 1 < 70) {
      out0[(row + 6) * 70 + (column + 0) + 1] = v_25.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[(row + 6) * 70 + (column + 0) + 2] = v_25.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[(row + 6) * 70 + (column + 0) + 3] = v_25.w;
    }
  }
  if (column + 4 < 70) {
    let x_14 = b[((column + 4)) >> 2u];
    let v_26 = (s6_1 + x_14);
    let v_27 = fx_max_v4(v_26, vec4<f32>(0.0f));
    out0[(row + 6) * 70 + (column + 4)] = v_27.x;
    if ((column + 4) + 1 < 70) {
      out0[(row + 6) * 70 + (column + 4) + 1] = v_27.y;
    }
    if ((column + 4) + 2 < 70) {
      out0[(row + 6) * 70 + (column + 4) + 2] = v_27.z;
    }
    if ((column + 4) + 3 < 70) {
      out0[(row + 6) * 70 + (column + 4) + 3] = v_27.w;
    }
  }
  if (column + 0 < 70) {
    let x_15 = b[((column + 0)) >> 2u];
    let v_28 = (s7_0 + x_15);
    let v_29 = fx_max_v4(v_28, vec4<f32>(0.0f));
    out0[(row + 7) * 70 + (column + 0)] = v_29.x;
    if ((column + 0) + 1 < 70) {
      out0[(row + 7) * 70 + (column + 0) + 1] = v_29.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[(row + 7) * 70 + (column + 0) + 2] = v_29.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[(row + 7) * 70 + (column + 0) + 3] = v_29.w;
    }
  }
  if (column + 4 < 70) {
    let x_16 = b[((column + 4)) >> 2u];
    let v_30 = (s7_1 + x_16);
    let v_31 = fx_max_v4(v_30, vec4<f32>(0.0f));
    out0[(row + 7) * 70 + (column + 4)] = v_31.x;
    if ((column + 4) + 1 < 70) {
      out0[(row + 7) * 70 + (column + 4) + 1] = v_31.y;
    }
    if ((column + 4) + 2 < 70) {
      out0[(row + 7) * 70 + (column + 4) + 2] = v_31.z;
    }
    if ((column + 4) + 3 < 70) {
      out0[(row + 7) * 70 + (column + 4) + 3] = v_31.w;
    }
  }
  if (column + 0 < 70) {
    let x_17 = b[((column + 0)) >> 2u];
    let v_32 = (s8_0 + x_17);
    let v_33 = fx_max_v4(v_32, vec4<f32>(0.0f));
    out0[(row + 8) * 70 + (column + 0)] = v_33.x;
    if ((column + 0) + 1 < 70) {
      out0[(row + 8) * 70 + (column + 0) + 1] = v_33.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[(row + 8) * 70 + (column + 0) + 2] = v_33.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[(row + 8) * 70 + (column + 0) + 3] = v_33.w;
    }
  }
  if (column + 4 < 70) {
    let x_18 = b[((column + 4)) >> 2u];
    let v_34 = (s8_1 + x_18);
    let v_35 = fx_max_v4(v_34, vec4<f32>(0.0f));
    out0[(row + 8) * 70 + (column + 4)] = v_35.x;
    if ((column + 4) + 1 < 70) {
      out0[(row + 8) * 70 + (column + 4) + 1] = v_35.y;
    }
    if ((column + 4) + 2 < 70) {
      out0[(row + 8) * 70 + (column + 4) + 2] = v_35.z;
    }
    if ((column + 4) + 3 < 70) {
      out0[(row + 8) * 70 + (column + 4) + 3] = v_35.w;
    }
  }
  if (column + 0 < 70) {
    let x_19 = b[((column + 0)) >> 2u];
    let v_36 = (s9_0 + x_19);
    let v_37 = fx_max_v4(v_36, vec4<f32>(0.0f));
    out0[(row + 9) * 70 + (column + 0)] = v_37.x;
    if ((column + 0) + 1 < 70) {
      out0[(row + 9) * 70 + (column + 0) + 1] = v_37.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[(row + 9) * 70 + (column + 0) + 2] = v_37.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[(row + 9) * 70 + (column + 0) + 3] = v_37.w;
    }
  }
  if (column + 4 < 70) {
    let x_20 = b[((column + 4)) >> 2u];
    let v_38 = (s9_1 + x_20);
    let v_39 = fx_max_v4(v_38, vec4<f32>(0.0f));
    out0[(row + 9) * 70 + (column + 4)] = v_39.x;
    if ((column + 4) + 1 < 70) {
      out0[(row + 9) * 70 + (column + 4) + 1] = v_39.y;
    }
    if ((column + 4) + 2 < 70) {
      out0[(row + 9) * 70 + (column + 4) + 2] = v_39.z;
    }
    if ((column + 4) + 3 < 70) {
      out0[(row + 9) * 70 + (column + 4) + 3] = v_39.w;
    }
  }
  if (column + 0 < 70) {
    let x_21 = b[((column + 0)) >> 2u];
    let v_40 = (s10_0 + x_21);
    let v_41 = fx_max_v4(v_40, vec4<f32>(0.0f));
    out0[(row + 10) * 70 + (column + 0)] = v_41.x;
    if ((column + 0) + 1 < 70) {
      out0[(row + 10) * 70 + (column + 0) + 1] = v_41.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[(row + 10) * 70 + (column + 0) + 2] = v_41.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[(row + 10) * 70 + (column + 0) + 3] = v_41.w;
    }
  }
  if (column + 4 < 70) {
    let x_22 = b[((column + 4)) >> 2u];
    let v_42 = (s10_1 + x_22);
    let v_43 = fx_max_v4(v_42, vec4<f32>(0.0f));
    out0[(row + 10) * 70 + (column + 4)] = v_43.x;
    if ((column + 4) + 1 < 70) {
      out0[(row + 10) * 70 + (column + 4) + 1] = v_43.y;
    }
    if ((column + 4) + 2 < 70) {
      out0[(row + 10) * 70 + (column + 4) + 2] = v_43.z;
    }
    if ((column + 4) + 3 < 70) {
      out0[(row + 10) * 70 + (column + 4) + 3] = v_43.w;
    }
  }
  if (column + 0 < 70) {
    let x_23 = b[((column + 0)) >> 2u];
    let v_44 = (s11_0 + x_23);
    let v_45 = fx_max_v4(v_44, vec4<f32>(0.0f));
    out0[(row + 11) * 70 + (column + 0)] = v_45.x;
    if ((column + 0) + 1 < 70) {
      out0[(row + 11) * 70 + (column + 0) + 1] = v_45.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[(row + 11) * 70 + (column + 0) + 2] = v_45.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[(row + 11) * 70 + (column + 0) + 3] = v_45.w;
    }
  }
  if (column + 4 < 70) {
    let x_24 = b[((column + 4)) >> 2u];
    let v_46 = (s11_1 + x_24);
    let v_47 = fx_max_v4(v_46, vec4<f32>(0.0f));
    out0[(row + 11) * 70 + (column + 4)] = v_47.x;
    if ((column + 4) + 1 < 70) {
      out0[(row + 11) * 70 + (column + 4) + 1] = v_47.y;
    }
    if ((column + 4) + 2 < 70) {
      out0[(row + 11) * 70 + (column + 4) + 2] = v_47.z;
    }
    if ((column + 4) + 3 < 70) {
      out0[(row + 11) * 70 + (column + 4) + 3] = v_47.w;
    }
  }
  if (column + 0 < 70) {
    let x_25 = b[((column + 0)) >> 2u];
    let v_48 = (s12_0 + x_25);
    let v_49 = fx_max_v4(v_48, vec4<f32>(0.0f));
    out0[(row + 12) * 70 + (column + 0)] = v_49.x;
    if ((column + 0) + 1 < 70) {
      out0[(row + 12) * 70 + (column + 0) + 1] = v_49.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[(row + 12) * 70 + (column + 0) + 2] = v_49.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[(row + 12) * 70 + (column + 0) + 3] = v_49.w;
    }
  }
  if (column + 4 < 70) {
    let x_26 = b[((column + 4)) >> 2u];
    let v_50 = (s12_1 + x_26);
    let v_51 = fx_max_v4(v_50, vec4<f32>(0.0f));
    out0[(row + 12) * 70 + (column + 4)] = v_51.x;
    if ((column + 4) + 1 < 70) {
      out0[(row + 12) * 70 + (column + 4) + 1] = v_51.y;
    }
    if ((column + 4) + 2 < 70) {
      out0[(row + 12) * 70 + (column + 4) + 2] = v_51.z;
    }
    if ((column + 4) + 3 < 70) {
      out0[(row + 12) * 70 + (column + 4) + 3] = v_51.w;
    }
  }
  if (column + 0 < 70) {
    let x_27 = b[((column + 0)) >> 2u];
    let v_52 = (s13_0 + x_27);
    let v_53 = fx_max_v4(v_52, vec4<f32>(0.0f));
    out0[(row + 13) * 70 + (column + 0)] = v_53.x;
    if ((column + 0) + 1 < 70) {
      out0[(row + 13) * 70 + (column + 0) + 1] = v_53.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[(row + 13) * 70 + (column + 0) + 2] = v_53.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[(row + 13) * 70 + (column + 0) + 3] = v_53.w;
    }
  }
  if (column + 4 < 70) {
    let x_28 = b[((column + 4)) >> 2u];
    let v_54 = (s13_1 + x_28);
    let v_55 = fx_max_v4(v_54, vec4<f32>(0.0f));
    out0[(row + 13) * 70 + (column + 4)] = v_55.x;
    if ((column + 4) + 1 < 70) {
      out0[(row + 13) * 70 + (column + 4) + 1] = v_55.y;
    }
    if ((column + 4) + 2 < 70) {
      out0[(row + 13) * 70 + (column + 4) + 2] = v_55.z;
    }
    if ((column + 4) + 3 < 70) {
      out0[(row + 13) * 70 + (column + 4) + 3] = v_55.w;
    }
  }
  if (column + 0 < 70) {
    let x_29 = b[((column + 0)) >> 2u];
    let v_56 = (s14_0 + x_29);
    let v_57 = fx_max_v4(v_56, vec4<f32>(0.0f));
    out0[(row + 14) * 70 + (column + 0)] = v_57.x;
    if ((column + 0) + 1 < 70) {
      out0[(row + 14) * 70 + (column + 0) + 1] = v_57.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[(row + 14) * 70 + (column + 0) + 2] = v_57.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[(row + 14) * 70 + (column + 0) + 3] = v_57.w;
    }
  }
  if (column + 4 < 70) {
    let x_30 = b[((column + 4)) >> 2u];
    let v_58 = (s14_1 + x_30);
    let v_59 = fx_max_v4(v_58, vec4<f32>(0.0f));
    out0[(row + 14) * 70 + (column + 4)] = v_59.x;
    if ((column + 4) + 1 < 70) {
      out0[(row + 14) * 70 + (column + 4) + 1] = v_59.y;
    }
    if ((column + 4) + 2 < 70) {
      out0[(row + 14) * 70 + (column + 4) + 2] = v_59.z;
    }
    if ((column + 4) + 3 < 70) {
      out0[(row + 14) * 70 + (column + 4) + 3] = v_59.w;
    }
  }
  if (column + 0 < 70) {
    let x_31 = b[((column + 0)) >> 2u];
    let v_60 = (s15_0 + x_31);
    let v_61 = fx_max_v4(v_60, vec4<f32>(0.0f));
    out0[(row + 15) * 70 + (column + 0)] = v_61.x;
    if ((column + 0) + 1 < 70) {
      out0[(row + 15) * 70 + (column + 0) + 1] = v_61.y;
    }
    if ((column + 0) + 2 < 70) {
      out0[(row + 15) * 70 + (column + 0) + 2] = v_61.z;
    }
    if ((column + 0) + 3 < 70) {
      out0[(row + 15) * 70 + (column + 0) + 3] = v_61.w;
    }
  }
  if (column + 4 < 70) {
    let x_32 = b[((column + 4)) >> 2u];
    let v_62 = (s15_1 + x_32);
    let v_63 = fx_max_v4(v_62, vec4<f32>(0.0f));
    out0[(row + 15) * 70 + (column + 4)] = v_63.x;
    if ((column + 4) + 1 < 70) {
      out0[(row + 15) * 70 + (column + 4) + 1] = v_63.y;
    }
    if ((column + 4) + 2 < 70) {
      out0[(row + 15) * 70 + (column + 4) + 2] = v_63.z;
    }
    if ((column + 4) + 3 < 70) {
      out0[(row + 15) * 70 + (column + 4) + 3] = v_63.w;
    }
  }
}
