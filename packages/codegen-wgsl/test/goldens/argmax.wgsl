// reduce_0: a workgroup of 64 for each of 40 iterations
//   binding 0: t2, buffer 2, 40 × float32, written
//   binding 1: out0, buffer 1, 40 × int32, written
//   binding 2: x, buffer 0, 12000 × float32, read
// fused:
//   reduce

@group(0) @binding(0) var<storage, read_write> t2: array<f32, 40>;
@group(0) @binding(1) var<storage, read_write> out0: array<i32, 40>;
@group(0) @binding(2) var<storage, read> x: array<f32, 12000>;

var<workgroup> sums: array<f32, 64>;
var<workgroup> sums_1: array<i32, 64>;
var<workgroup> totals: array<f32, 8>;
var<workgroup> totals_1: array<i32, 8>;

fn fx_is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & u32(0x7fffffffu)) > u32(0x7f800000u);
}

var<private> fx_inf_bits: u32 = 0x7f800000u;

fn fx_inf() -> f32 { return bitcast<f32>(fx_inf_bits); }

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lid: u32, @builtin(workgroup_id) wid: vec3<u32>) {
  let g = i32(wid.x);
  var acc0: f32;
  var acc1: i32;
  let start = i32(lid * 4u + min(lid, 44u));
  let end = start + 4 + select(0, 1, lid < 44u);
  {
    let x_1 = x[g * 300 + start];
    let i = (start);
    acc0 = x_1;
    acc1 = i;
  }
  for (var t = start + 1; t < end; t++) {
    let x_2 = x[g * 300 + t];
    let i_1 = (t);
    let v = (acc0 > x_2);
    let v_1 = fx_is_nan(acc0);
    let v_2 = (v | v_1);
    let v_3 = select(x_2, acc0, v_2);
    let v_4 = (acc0 == x_2);
    let v_5 = (acc1 < i_1);
    let v_6 = (v_4 & v_5);
    let v_7 = (v_2 | v_6);
    let v_8 = select(i_1, acc1, v_7);
    let next = v_3;
    let next_1 = v_8;
    acc0 = next;
    acc1 = next_1;
  }
  sums[lid] = acc0;
  sums_1[lid] = acc1;
  workgroupBarrier();
  if (lid < 8u) {
    var a: f32 = sums[lid * 8u];
    var a_1: i32 = sums_1[lid * 8u];
    for (var j_1 = 1u; j_1 < 8u; j_1++) {
      let b = sums[lid * 8u + j_1];
      let b_1 = sums_1[lid * 8u + j_1];
      let v_9 = (a > b);
      let v_10 = fx_is_nan(a);
      let v_11 = (v_9 | v_10);
      let v_12 = select(b, a, v_11);
      let v_13 = (a == b);
      let v_14 = (a_1 < b_1);
      let v_15 = (v_13 & v_14);
      let v_16 = (v_11 | v_15);
      let v_17 = select(b_1, a_1, v_16);
      let next_2 = v_12;
      let next_3 = v_17;
      a = next_2;
      a_1 = next_3;
    }
    totals[lid] = a;
    totals_1[lid] = a_1;
  }
  workgroupBarrier();
  var a_2: f32 = totals[0u];
  var a_3: i32 = totals_1[0u];
  for (var j_2 = 1u; j_2 < 8u; j_2++) {
    let b_2 = totals[j_2];
    let b_3 = totals_1[j_2];
    let v_18 = (a_2 > b_2);
    let v_19 = fx_is_nan(a_2);
    let v_20 = (v_18 | v_19);
    let v_21 = select(b_2, a_2, v_20);
    let v_22 = (a_2 == b_2);
    let v_23 = (a_3 < b_3);
    let v_24 = (v_22 & v_23);
    let v_25 = (v_20 | v_24);
    let v_26 = select(b_3, a_3, v_25);
    let next_4 = v_21;
    let next_5 = v_26;
    a_2 = next_4;
    a_3 = next_5;
  }
  let v_27 = ((-fx_inf()) > a_2);
  let v_28 = fx_is_nan((-fx_inf()));
  let v_29 = (v_27 | v_28);
  let v_30 = select(a_2, (-fx_inf()), v_29);
  let v_31 = ((-fx_inf()) == a_2);
  let v_32 = (0i < a_3);
  let v_33 = (v_31 & v_32);
  let v_34 = (v_29 | v_33);
  let v_35 = select(a_3, 0i, v_34);
  if (lid == 0u) {
    t2[g] = v_30;
  }
  if (lid == 0u) {
    out0[g] = v_35;
  }
}
